//! `holt check`: what is wrong with configurations, at the very character, and also where they would
//! start. Exit code 0 if nothing is, 1 for findings, 2 when something could not be checked.

mod args;
mod baseline;
pub(super) mod discover;
pub(super) mod examine;
mod sample;
pub(super) mod settings;
mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use holt_collector::component::known::{self, Release};
use holt_collector::lint::target::Target;
use holt_grammar::diag::render::Format;
use holt_grammar::diag::{Applicability, Diagnostic, Severity, fix};

pub(crate) use args::CheckArgs;
pub(crate) use sample::CODES as SAMPLE_CODES;

use super::watch::Watched;
use crate::output;
use baseline::Baseline;
use discover::{Input, inputs};
use examine::{Examined, Rules};
use settings::Settings;

/// Exit code when something could not be checked.
const FAILED: u8 = 2;

/// So many bytes of statements are remembered with their trees.
const REMEMBERED: usize = 2 << 20;

/// Checks, and says what was found.
pub(crate) fn run(arguments: &CheckArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::from(FAILED) };
    // Several rules read the same statements.
    holt_grammar::parse::remember(REMEMBERED);
    loop {
        let watched = Watched::begin();
        let code = match runtime.block_on(once(arguments)) {
            Ok(code) => code,
            Err(message) => {
                output::error(&message);
                ExitCode::from(FAILED)
            }
        };
        if !arguments.watch {
            return code;
        }
        watched.wait(&watched_paths(arguments));
    }
}

async fn once(arguments: &CheckArgs) -> Result<ExitCode, String> {
    let settings = if arguments.isolated {
        Settings::default()
    } else {
        let here = std::env::current_dir().map_err(|error| error.to_string())?;
        Settings::find(&here)?
    };
    let allow_missing = arguments.config.allow_missing;
    let target = target(arguments.target_version, arguments.distribution.clone(), &settings)?;
    let sample = match &arguments.sample {
        Some(path) => sample::read(path)?,
        None => Vec::new(),
    };
    let mut rules = Rules { allow_missing, target, sample, ..Rules::default() };
    let enabled = arguments.config.feature_gates.iter().map(String::as_str);
    if let Err(findings) = rules.gates.apply(enabled) {
        let messages: Vec<_> = findings.into_iter().map(|finding| finding.message).collect();
        return Err(messages.join("; "));
    }
    let mut texts = Vec::new();
    let examined = if arguments.config.configs.is_empty() {
        let here = [PathBuf::from(".")];
        let paths = if arguments.paths.is_empty() { &here } else { arguments.paths.as_slice() };
        texts = inputs(paths, &arguments.stdin_filename, &settings)?;
        Examined::texts(&texts, &rules).await
    } else if arguments.paths.is_empty() {
        Examined::merged(&arguments.config, &rules).await
    } else {
        return Err("give either paths, each checked by itself, or --config, merged".to_owned());
    };
    if arguments.fix || arguments.diff {
        return mend(arguments, &settings, &examined, &texts, &rules).await;
    }
    report(arguments, &settings, examined)
}

/// What else must run the configurations; flags win over the file.
pub(super) fn target(
    version: Option<Release>,
    distribution: Option<String>,
    settings: &Settings,
) -> Result<Target, String> {
    let version = match (version, &settings.target_version) {
        (None, Some(text)) => Some(Release::parse(text).ok_or_else(|| {
            format!(".holt.toml: `target-version`: versions are written as v0.148, not {text:?}")
        })?),
        (given, _) => given,
    };
    let distribution = distribution.or_else(|| settings.distribution.clone());
    if let Some(name) = &distribution
        && !known::distributions().contains(&name.as_str())
    {
        let known = known::distributions().join(", ");
        return Err(format!(".holt.toml: no distribution is called {name:?}; there are {known}"));
    }
    Ok(Target { version, distribution })
}

/// Applies fixes until there are none left, and says what remains.
async fn mend(
    arguments: &CheckArgs,
    settings: &Settings,
    examined: &Examined,
    inputs: &[Input],
    rules: &Rules,
) -> Result<ExitCode, String> {
    /// Fixes that overlap wait for the next round.
    const ROUNDS: usize = 10;
    let allowed = if arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
    let mut texts: Vec<String> = inputs.iter().map(|input| input.text.clone()).collect();
    let mut mended = 0;
    let mut latest = None;
    for _ in 0..ROUNDS {
        let current = latest.as_ref().unwrap_or(examined);
        let chosen = Choice::of(arguments, settings);
        let findings = chosen.apply(current.findings.clone(), current);
        let is_file = |source| current.files.iter().any(|(file, _)| *file == source);
        let applied = fix::apply(&findings, &current.sources, allowed, &is_file);
        if applied.texts.is_empty() {
            break;
        }
        mended += applied.mended;
        for (source, text) in applied.texts {
            let index = current.files.iter().find(|(file, _)| *file == source);
            if let Some(slot) = index.and_then(|(_, index)| texts.get_mut(*index)) {
                *slot = text;
            }
        }
        let changed: Vec<Input> = inputs
            .iter()
            .zip(&texts)
            .map(|(input, text)| Input {
                name: input.name.clone(),
                path: input.path.clone(),
                text: text.clone(),
                named: input.named,
            })
            .collect();
        latest = Some(Examined::texts(&changed, rules).await);
    }
    for (input, text) in inputs.iter().zip(&texts) {
        if input.text == *text {
            continue;
        }
        if arguments.diff {
            let diff = similar::TextDiff::from_lines(&input.text, text);
            let name = &input.name;
            output::text(&diff.unified_diff().header(name, name).to_string());
        } else if let Some(path) = &input.path {
            std::fs::write(path, text)
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
    }
    if arguments.diff {
        return Ok(exit(arguments, mended == 0));
    }
    output::note(&format!("{mended} mended"));
    report(arguments, settings, latest.unwrap_or_default())
}

/// Says what was found, in the form that was asked for.
fn report(
    arguments: &CheckArgs,
    settings: &Settings,
    mut examined: Examined,
) -> Result<ExitCode, String> {
    let findings = std::mem::take(&mut examined.findings);
    let mut findings = Choice::of(arguments, settings).apply(findings, &examined);
    let path = arguments.baseline.as_ref().or(settings.baseline.as_ref());
    match path {
        Some(path) if arguments.write_baseline => {
            Baseline::of(&findings, &examined.sources).write(path)?;
            output::note(&format!("{} findings written to {}", findings.len(), path.display()));
            return Ok(ExitCode::SUCCESS);
        }
        Some(path) => findings = Baseline::read(path)?.without(findings, &examined.sources),
        None => {}
    }
    let least = arguments.severity.or(settings.severity).map_or(Severity::Warning, Severity::from);
    let counted = if arguments.deny_warnings || settings.deny_warnings {
        least.min(Severity::Warning)
    } else {
        least
    };
    let clean = Examined::heaviest(&findings).is_none_or(|heaviest| heaviest < counted);
    findings.retain(|finding| finding.severity >= least);
    let text = if arguments.statistics {
        show::statistics(&findings)
    } else {
        show::report(format(arguments), &findings, &examined, arguments.output.is_none())
    };
    match &arguments.output {
        Some(path) => std::fs::write(path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?,
        None => output::text(&text),
    }
    Ok(exit(arguments, clean))
}

/// Which findings flags and settings leave.
pub(super) struct Choice<'c> {
    select: &'c [String],
    ignore: &'c [String],
    settings: &'c Settings,
}

impl<'c> Choice<'c> {
    fn of(arguments: &'c CheckArgs, settings: &'c Settings) -> Self {
        let select = if arguments.select.is_empty() { &settings.select } else { &arguments.select };
        Self { select, ignore: &arguments.ignore, settings }
    }

    /// What settings alone leave.
    pub(super) fn of_settings(settings: &'c Settings) -> Self {
        Self { select: &settings.select, ignore: &[], settings }
    }

    /// The findings that are left.
    pub(super) fn apply(&self, findings: Vec<Diagnostic>, examined: &Examined) -> Vec<Diagnostic> {
        let begins = |code: &str, prefixes: &[String]| {
            prefixes.iter().any(|prefix| code.starts_with(&*prefix.trim().to_ascii_uppercase()))
        };
        let file = |finding: &Diagnostic| {
            let source = finding.labels.first()?.location.source;
            Some(examined.sources.get(source)?.name.clone())
        };
        let settings = self.settings;
        let stays = |finding: &Diagnostic| {
            (self.select.is_empty() || begins(finding.code, self.select))
                && !begins(finding.code, self.ignore)
                && !begins(finding.code, &settings.ignore)
                && !file(finding)
                    .is_some_and(|file| settings.ignores(finding.code, Path::new(&file)))
        };
        findings.into_iter().filter(stays).collect()
    }
}

fn format(arguments: &CheckArgs) -> Format {
    let named = arguments.output_format.as_deref();
    let named = named.and_then(|name| Format::ALL.into_iter().find(|(known, _)| *known == name));
    named.map_or_else(
        || match std::env::var("GITHUB_ACTIONS").as_deref() {
            Ok("true") if arguments.output.is_none() => Format::Github,
            _ => Format::Full,
        },
        |(_, format)| format,
    )
}

fn exit(arguments: &CheckArgs, clean: bool) -> ExitCode {
    if clean || arguments.exit_zero { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The files and directories that were checked.
fn watched_paths(arguments: &CheckArgs) -> Vec<PathBuf> {
    let files = arguments
        .config
        .configs
        .iter()
        .map(|uri| PathBuf::from(uri.strip_prefix("file:").unwrap_or(uri)));
    let mut paths: Vec<PathBuf> = arguments.paths.iter().cloned().chain(files).collect();
    if paths.is_empty() {
        paths.push(PathBuf::from("."));
    }
    paths
}
