//! `holt eval`: runs statements, or a configured component, on telemetry from a file and shows what
//! they do to it.
//!
//! Telemetry on standard output, everything said about it on standard error. Exit codes: 0; 1 when a
//! statement failed under `propagate`, or with `-e` when none matched; 2 when something is wrong with
//! the command line, the statements or the input.

pub(super) mod debug_text;
pub(super) mod diff;
pub(super) mod input;
pub(super) mod show;
pub(super) mod trace;

use std::io::{IsTerminal, Read};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::{Args, ValueEnum};
use holt_collector::component::ProcessorConfig;
use holt_collector::config::feature_gates::Gates;
use holt_collector::ottl::{ProcessHost, dialect};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Signal, json};
use holt_runtime::functions::Dialect;
use holt_runtime::program::{Engine, ErrorMode, Failure, Group, SourceText, compile};
use holt_runtime::{Host, Program};
use serde_json::Value;

pub(crate) use input::requests;

use super::ConfigArgs;
use crate::output;
use crate::session::Session;

#[derive(Args, Clone, Debug)]
pub(crate) struct EvalArgs {
    /// Statements, which run in order as one group.
    #[arg(value_name = "STATEMENT", required_unless_present = "at", conflicts_with = "at")]
    statements: Vec<String>,

    /// What the input holds; found out from it when not given.
    #[arg(long)]
    signal: Option<SignalName>,

    /// The context of the statements; inferred from their paths when not given.
    #[arg(long, conflicts_with = "at")]
    context: Option<String>,

    /// What a statement that fails does: ignore, silent or propagate.
    #[arg(long, value_name = "MODE", default_value = "ignore", value_parser = error_mode)]
    error_mode: ErrorMode,

    /// A configuration with the component of --at. May be given several times.
    #[arg(long = "config", value_name = "URI", requires = "at")]
    configs: Vec<String>,

    /// Run this processor of the configuration, such as transform/x or filter.
    #[arg(long, value_name = "ID", requires = "configs", conflicts_with = "error_mode")]
    at: Option<String>,

    /// OTLP telemetry, JSON or protobuf, or a JSON request on each line; `-` is standard input.
    #[arg(short = 'i', long, value_name = "FILE", default_value = "-")]
    input: String,

    /// What is written: what changed, or the result as OTLP/JSON, indented or a line a request.
    #[arg(short = 'f', long, default_value = "diff")]
    format: Format,

    /// Say what every statement did to every record.
    #[arg(long)]
    trace: bool,

    /// Exit with 1 when no statement matched anything.
    #[arg(short = 'e', long)]
    exit_status: bool,

    /// Feature gates to enable, or with a leading `-` to disable; separated by commas.
    #[arg(long = "feature-gates", value_name = "GATES", allow_hyphen_values = true)]
    feature_gates: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SignalName {
    Traces,
    Metrics,
    Logs,
    Profiles,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Diff,
    Otlp,
    Jsonl,
}

fn error_mode(name: &str) -> Result<ErrorMode, String> {
    name.parse().map_err(|error| format!("{error}"))
}

impl From<SignalName> for Signal {
    fn from(name: SignalName) -> Self {
        match name {
            SignalName::Traces => Self::Traces,
            SignalName::Metrics => Self::Metrics,
            SignalName::Logs => Self::Logs,
            SignalName::Profiles => Self::Profiles,
        }
    }
}

/// What is wrong was said; this is what to exit with.
pub(super) struct Wrong(pub(super) ExitCode);

const USAGE: u8 = 2;

impl Wrong {
    /// Says what is wrong with how the command was called.
    pub(super) fn usage(message: &str) -> Self {
        output::error(message);
        Self(ExitCode::from(USAGE))
    }
}

/// Reads, compiles, runs and shows.
pub(crate) fn run(arguments: &EvalArgs) -> ExitCode {
    match evaluate(arguments) {
        Ok(code) | Err(Wrong(code)) => code,
    }
}

fn evaluate(arguments: &EvalArgs) -> Result<ExitCode, Wrong> {
    let engine = engine()?;
    let requests = read(arguments)?;
    let programs = programs(arguments, &requests, engine)?;
    let host = ProcessHost::new();
    let mut runs = Runs { arguments, host: &host, failures: Failures::default(), printed: 0 };
    let mut reports = Vec::new();
    for program in &programs {
        reports.push(runs.reporting(program));
    }
    for request in &requests {
        let program = reports.iter().find(|program| program.signal() == request.signal());
        if let Some(refused) = runs.run(program, request) {
            runs.failures.say(&reports);
            output::error(&refused);
            return Ok(ExitCode::FAILURE);
        }
    }
    runs.failures.say(&reports);
    let matched = reports
        .iter()
        .flat_map(|program| program.tallies())
        .any(|tally| !tally.is_guard && tally.counts().matched > 0);
    Ok(match arguments.exit_status && !matched {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

/// The engine that `HOLT_ENGINE` asks for.
pub(super) fn engine() -> Result<Engine, Wrong> {
    match std::env::var("HOLT_ENGINE") {
        Ok(name) => {
            name.parse().map_err(|error| Wrong::usage(&format!("HOLT_ENGINE={name}: {error}")))
        }
        Err(_) => Ok(Engine::Auto),
    }
}

/// The requests of the input.
fn read(arguments: &EvalArgs) -> Result<Vec<Batch>, Wrong> {
    let (bytes, name) = match arguments.input.as_str() {
        "-" => {
            if std::io::stdin().is_terminal() {
                let message = "there is no telemetry: give a file with -i, or pipe it in";
                return Err(Wrong::usage(message));
            }
            let mut bytes = Vec::new();
            let outcome = std::io::stdin().lock().read_to_end(&mut bytes);
            (outcome.map(|_| bytes), "<stdin>")
        }
        path => (std::fs::read(path), path),
    };
    let bytes = bytes.map_err(|error| Wrong::usage(&format!("cannot read {name}: {error}")))?;
    let signal = arguments.signal.map(Signal::from);
    requests(&bytes, signal, name).map_err(|message| Wrong::usage(&message))
}

/// The programs to run, at most one for each signal.
fn programs(
    arguments: &EvalArgs,
    requests: &[Batch],
    engine: Engine,
) -> Result<Vec<Program>, Wrong> {
    if let Some(id) = &arguments.at {
        return component(&arguments.configs, &arguments.feature_gates, id);
    }
    let mut signals: Vec<Signal> = requests.iter().map(Batch::signal).collect();
    signals.dedup();
    let [signal] = signals.as_slice() else {
        let names: Vec<&str> = signals.iter().map(|signal| signal.name()).collect();
        let message = format!(
            "the input holds {}; statements are for one signal, say which with --signal",
            names.join(", then ")
        );
        return Err(Wrong::usage(&message));
    };
    let mut sources = SourceMap::default();
    let mut gates = Gates::default();
    if let Err(findings) = gates.apply(arguments.feature_gates.iter().map(String::as_str)) {
        output::diagnostics(&findings, &sources, Severity::Error);
        return Err(Wrong(ExitCode::from(USAGE)));
    }
    let mut text = |name: String, text: &str| {
        let source = sources.add(name, text);
        SourceText::new(text, Verbatim { source, offset: 0 })
    };
    let group = Group {
        context: arguments.context.as_deref().map(|name| text("--context".to_owned(), name)),
        statements: arguments
            .statements
            .iter()
            .enumerate()
            .map(|(index, statement)| text(format!("statement {}", index + 1), statement))
            .collect(),
        error_mode: arguments.error_mode,
        ..Group::default()
    };
    let dialect = dialect(Dialect::TRANSFORM, &gates);
    match compile(*signal, &[group], dialect, engine) {
        Ok(compiled) => {
            output::diagnostics(&compiled.warnings, &sources, Severity::Warning);
            Ok(vec![compiled.program])
        }
        Err(findings) => {
            output::diagnostics(&findings, &sources, Severity::Warning);
            Err(Wrong(ExitCode::from(USAGE)))
        }
    }
}

/// The programs of a configured processor.
pub(super) fn component(
    configs: &[String],
    feature_gates: &[String],
    id: &str,
) -> Result<Vec<Program>, Wrong> {
    let Some(runtime) = super::small_runtime() else { return Err(Wrong(ExitCode::from(USAGE))) };
    let source = ConfigArgs {
        configs: configs.to_vec(),
        feature_gates: feature_gates.to_vec(),
        // What else the configuration needs does not matter here.
        allow_missing: true,
        ..ConfigArgs::default()
    };
    let session = runtime.block_on(Session::load(&source));
    let id = id.strip_prefix("processors::").or(id.strip_prefix("processors/")).unwrap_or(id);
    let configured = session.read().and_then(|(config, _)| {
        config.processors.values().find(|component| component.id.to_string() == id)
    });
    let section = configured.map(|component| component.settings.location);
    let plan = session.read().map(|(_, plan)| plan);
    let found =
        plan.and_then(|plan| plan.processors.iter().find(|(known, _)| known.to_string() == id));
    // Of a configuration that can be read, only this section matters.
    let mine = |finding: &&Diagnostic| {
        let first = finding.labels.first().map(|label| label.location);
        section.zip(first).is_some_and(|(section, first)| {
            section.source == first.source
                && (section.span.start..=section.span.end).contains(&first.span.start)
        })
    };
    let with_programs = |config: &dyn ProcessorConfig| !config.programs().is_empty();
    match (plan, found) {
        (Some(_), Some((_, config))) if with_programs(config.as_ref()) => {
            let findings: Vec<_> = session.diagnostics.iter().filter(mine).cloned().collect();
            output::diagnostics(&findings, &session.sources, Severity::Warning);
            let programs = config.programs();
            Ok(programs.into_iter().filter_map(|program| Program::join(&[program])).collect())
        }
        (Some(_), None) if section.is_some() => {
            let mut findings: Vec<_> = session.diagnostics.iter().filter(mine).cloned().collect();
            if findings.iter().all(|finding| finding.severity != Severity::Error) {
                findings.clone_from(&session.diagnostics);
            }
            output::diagnostics(&findings, &session.sources, Severity::Warning);
            Err(Wrong(ExitCode::from(USAGE)))
        }
        (None, _) => {
            output::diagnostics(&session.diagnostics, &session.sources, Severity::Warning);
            Err(Wrong(ExitCode::from(USAGE)))
        }
        (Some(plan), found) => {
            let names: Vec<String> = plan
                .processors
                .iter()
                .filter(|(_, config)| with_programs(config.as_ref()))
                .map(|(id, _)| id.to_string())
                .collect();
            let what = match found {
                Some(_) => format!("the processor `{id}` runs no statements"),
                None => format!("the configuration has no processor `{id}`"),
            };
            let near = holt_grammar::did_you_mean(id, names.iter().map(String::as_str));
            let help = match (near, names.is_empty()) {
                (Some(near), _) => format!("did you mean `{near}`?"),
                (None, true) => "it has no processor that does".to_owned(),
                (None, false) => format!("these do: {}", names.join(", ")),
            };
            Err(Wrong::usage(&format!("{what}; {help}")))
        }
    }
}

/// The first failure of each statement that went on.
#[derive(Clone, Default)]
struct Failures(Arc<Mutex<Vec<(String, String)>>>);

impl Failures {
    fn note(&self, statement: &str, error: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.iter().any(|(text, _)| text == statement) {
            known.push((statement.to_owned(), error.to_owned()));
        }
    }

    /// Says what failed and how often.
    fn say(&self, programs: &[Program]) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (statement, error) in known.iter() {
            let tallies = programs.iter().flat_map(Program::tallies);
            let times: u64 = tallies
                .filter(|tally| *tally.text == **statement)
                .map(|tally| tally.counts().errors)
                .sum();
            let times = if times == 1 { "once".to_owned() } else { format!("{times} times") };
            output::note(&format!("Warning: failed {times}: {statement}: {error}"));
        }
    }
}

/// Runs requests and writes what comes out.
struct Runs<'a> {
    arguments: &'a EvalArgs,
    host: &'a dyn Host,
    failures: Failures,
    printed: usize,
}

impl Runs<'_> {
    /// The program, telling its failures here.
    fn reporting(&self, program: &Program) -> Program {
        let failures = self.failures.clone();
        let joined = Program::join(&[program]);
        // A program joins with itself.
        let program =
            joined.unwrap_or_else(|| Program::new(program.signal(), Vec::new(), Engine::Auto));
        program.on_failure(Arc::new(move |failure: &Failure<'_>| {
            failures.note(failure.statement, &failure.error.to_string());
        }))
    }

    /// Runs one request; answers why it was refused.
    fn run(&mut self, program: Option<&Program>, request: &Batch) -> Option<String> {
        self.printed += 1;
        let outcome = match program {
            None => Ok(request.clone()),
            Some(program) if self.arguments.trace => {
                let color = output::colors_errors();
                let mut watch = trace::Watch::new(program.tallies(), color);
                let outcome = program.run_traced(request, self.host, &mut watch);
                output::note(watch.text.trim_end());
                outcome
            }
            Some(program) => program.run(request, self.host),
        };
        match outcome {
            Ok(result) => {
                self.print(request, &result);
                None
            }
            Err(error) => Some(error.to_string()),
        }
    }

    fn print(&self, before: &Batch, after: &Batch) {
        let text = String::from_utf8(json::encode(after)).unwrap_or_default();
        match self.arguments.format {
            Format::Jsonl => output::line(&text),
            Format::Otlp => output::line(&indented(&text)),
            Format::Diff => {
                let color = output::colors();
                let tree =
                    |text: &[u8]| -> Value { serde_json::from_slice(text).unwrap_or_default() };
                let lines = diff::requests(&tree(&json::encode(before)), &tree(text.as_bytes()));
                if self.printed > 1 {
                    output::line("");
                }
                match lines.is_empty() {
                    true => output::line("nothing changed"),
                    false => output::text(&diff::render(&lines, 0, color)),
                }
            }
        }
    }
}

/// JSON on several lines. Numbers and the order of keys stay as they are.
pub(super) fn indented(json: &str) -> String {
    let mut out = String::with_capacity(json.len() * 2);
    let mut depth = 0_usize;
    let (mut quoted, mut escaped) = (false, false);
    let mut letters = json.chars().peekable();
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(letter) = letters.next() {
        if quoted {
            out.push(letter);
            quoted = letter != '"' || escaped;
            escaped = letter == '\\' && !escaped;
            continue;
        }
        match letter {
            '{' | '[' if letters.next_if(|next| matches!(next, '}' | ']')).is_some() => {
                out.push(letter);
                out.push(if letter == '{' { '}' } else { ']' });
            }
            '{' | '[' => {
                out.push(letter);
                depth += 1;
                line(&mut out, depth);
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                quoted = letter == '"';
                out.push(letter);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn json_is_indented_as_it_is() {
        let text = r#"{"a":[1,{"b":"x, {y}: \"z\\"}],"c":{},"d":[],"e":1.50}"#;
        let expected = r#"{
  "a": [
    1,
    {
      "b": "x, {y}: \"z\\"
    }
  ],
  "c": {},
  "d": [],
  "e": 1.50
}"#;
        assert_eq!(indented(text), expected);
    }
}
