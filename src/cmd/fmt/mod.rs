//! `holt fmt`: OTTL in configurations gets its canonical blanks; YAML, comments and quotes stay as
//! they are.
//!
//! Exit codes: 0; 1 for text that cannot be read as YAML or OTTL, and with `--check` or `--diff` when
//! something would change; 2 for files that cannot be read or written.

mod rewrite;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use holt_grammar::diag::Severity;

use super::check::discover::{Input, inputs};
use super::check::settings::Settings;
use crate::output;
pub(super) use rewrite::{Wanted, rewrite};

/// Exit code when a file could not be read or written.
const FAILED: u8 = 2;

/// What to format, and how far to go.
#[derive(Args, Clone, Debug)]
pub(crate) struct FmtArgs {
    /// Files and directories: collector YAML, OpenTelemetryCollector resources, ConfigMaps, streams of
    /// manifests; `-` for standard input, which goes to standard output. By default the current
    /// directory.
    paths: Vec<PathBuf>,

    /// List the files that would change, and change nothing.
    #[arg(long)]
    check: bool,

    /// Show what would change, and change nothing.
    #[arg(long, conflicts_with = "check")]
    diff: bool,

    /// Also write the context before paths that leave it out: `log.attributes` for `attributes`.
    #[arg(long)]
    prefix_paths: bool,

    /// Also make plain lists of groups that only name the context which is inferred anyway.
    #[arg(long)]
    flatten: bool,

    /// The name that messages give standard input.
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    stdin_filename: String,

    /// Read no `.holt.toml`.
    #[arg(long)]
    isolated: bool,
}

/// Formats, and says what changed.
pub(crate) fn run(arguments: &FmtArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::from(FAILED) };
    match runtime.block_on(format(arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            output::error(&message);
            ExitCode::from(FAILED)
        }
    }
}

/// Formats everything that is named; whether all is well.
async fn format(arguments: &FmtArgs) -> Result<bool, String> {
    let settings = if arguments.isolated {
        Settings::default()
    } else {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        Settings::find(&here)?
    };
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here } else { arguments.paths.as_slice() };
    let wanted = Wanted { prefix_paths: arguments.prefix_paths, flatten: arguments.flatten };
    let writes = !arguments.check && !arguments.diff;
    let (mut well, mut changed, mut unchanged) = (true, 0, 0);
    for input in inputs(paths, &arguments.stdin_filename, &settings)? {
        let rewritten = rewrite(&input, wanted).await;
        if writes && input.path.is_none() {
            output::text(rewritten.text.as_ref().unwrap_or(&input.text));
        }
        well &= rewritten.findings.is_empty();
        output::diagnostics(&rewritten.findings, &rewritten.sources, Severity::Error);
        match &rewritten.text {
            Some(text) => {
                changed += 1;
                well &= writes;
                tell(arguments, &input, text, rewritten.changes)?;
            }
            None => unchanged += usize::from(rewritten.is_configuration),
        }
    }
    // A text that goes through the pipe, and a diff, are read by programs.
    let piped = paths.iter().all(|path| path.as_os_str() == "-");
    let is_read = arguments.diff || (piped && writes);
    if !is_read {
        output::note(&summary(changed, unchanged, writes));
    }
    Ok(well)
}

/// Writes or shows a changed text.
fn tell(arguments: &FmtArgs, input: &Input, text: &str, changes: usize) -> Result<(), String> {
    let name = &input.name;
    if arguments.diff {
        let diff = similar::TextDiff::from_lines(input.text.as_str(), text);
        output::text(&diff.unified_diff().header(name, name).to_string());
    } else if arguments.check {
        output::line(name);
    } else if let Some(path) = &input.path {
        std::fs::write(path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        output::line(&format!("{name}: {}", numbered(changes, "change")));
    }
    Ok(())
}

/// `1 file formatted, 2 files unchanged`.
fn summary(changed: usize, unchanged: usize, writes: bool) -> String {
    let verb = if writes { "formatted" } else { "would be formatted" };
    let (changed, unchanged) = (numbered(changed, "file"), numbered(unchanged, "file"));
    format!("{changed} {verb}, {unchanged} unchanged")
}

fn numbered(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}
