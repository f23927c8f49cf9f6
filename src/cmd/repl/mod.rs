//! `holt repl`: tries OTTL on telemetry, line by line.
//!
//! A line is a statement, an expression or a command; what it does to the telemetry is the answer.
//! Everything is compiled and run as in the collector. At a terminal, lines come from an editor with
//! completion and history; piped, they are echoed, so that the output reads as a transcript.
//!
//! Exit codes: 0; 2 when there is nothing to start with.

mod buffer;
mod commands;
mod complete;
mod editor;
mod entry;
mod evaluate;
mod export;
mod findings;
mod glob;
mod highlight;
mod keys;
mod moment;
mod paint;
mod piped;
mod rc;
mod records;
mod samples;
mod session;
mod short;
mod show;
mod signature;
mod yaml;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Args;
use holt_collector::config::feature_gates::Gates;
use holt_collector::ottl::dialect;
use holt_grammar::diag::Severity;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Signal};
use holt_runtime::Program;
use holt_runtime::functions::Dialect;
use holt_runtime::paths::CONTEXTS;

use super::eval::{self, SignalName, Wrong, input};
use crate::output;
use samples::Sample;
use session::{Session, Start};

#[derive(Args, Clone, Debug)]
pub(crate) struct ReplArgs {
    /// Telemetry: OTLP, JSON or protobuf, a JSON request on each line, text of the debug exporter in
    /// detail, or log lines. A built-in sample when not given.
    #[arg(short = 'i', long, value_name = "FILE")]
    input: Option<String>,

    /// What the input holds; found out from it when not given.
    #[arg(long)]
    signal: Option<SignalName>,

    /// The built-in sample to begin with.
    #[arg(long, conflicts_with_all = ["input", "signal"])]
    sample: Option<Sample>,

    /// The context of the statements; inferred from their paths when not given.
    #[arg(long, conflicts_with = "at")]
    context: Option<String>,

    /// A configuration with the component of --at. May be given several times.
    #[arg(long = "config", value_name = "URI", requires = "at")]
    configs: Vec<String>,

    /// Begin with the statements of this processor of the configuration, such as transform/x.
    #[arg(long, value_name = "ID", requires = "configs")]
    at: Option<String>,

    /// Feature gates to enable, or with a leading `-` to disable; separated by commas.
    #[arg(long = "feature-gates", value_name = "GATES", allow_hyphen_values = true)]
    feature_gates: Vec<String>,

    /// Write no colours.
    #[arg(long)]
    no_color: bool,

    /// Leave out the lines of `holt/replrc` in the configuration directory of the user.
    #[arg(long)]
    no_rc: bool,
}

/// Answers lines until there are no more.
pub(crate) fn run(arguments: &ReplArgs) -> ExitCode {
    let mut session = match begin(arguments) {
        Ok(session) => session,
        Err(Wrong(code)) => return code,
    };
    if !arguments.no_rc {
        match rc::run(&mut session) {
            Ok(true) => {}
            Ok(false) => return ExitCode::SUCCESS,
            Err(message) => return Wrong::usage(&message).0,
        }
    }
    if !is_interactive() {
        piped::run(&mut session);
        return ExitCode::SUCCESS;
    }
    match editor::run(session) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => Wrong::usage(&message).0,
    }
}

/// A session with what the command line asks for.
fn begin(arguments: &ReplArgs) -> Result<Session, Wrong> {
    let engine = eval::engine()?;
    let mut gates = Gates::default();
    if let Err(findings) = gates.apply(arguments.feature_gates.iter().map(String::as_str)) {
        output::diagnostics(&findings, &SourceMap::default(), Severity::Error);
        return Err(Wrong(ExitCode::from(2)));
    }
    let programs = match &arguments.at {
        Some(id) => eval::component(&arguments.configs, &arguments.feature_gates, id)?,
        None => Vec::new(),
    };
    let filters = arguments.at.as_deref().is_some_and(is_filter);
    let (batches, name) = telemetry(arguments, &programs)?;
    let signal = batches.first().map_or(Signal::Logs, Batch::signal);
    let start = Start {
        signal,
        engine,
        dialect: dialect(if filters { Dialect::FILTER } else { Dialect::TRANSFORM }, &gates),
        context: arguments.context.clone(),
        color: !arguments.no_color && output::colors(),
        name,
        batches,
    };
    if let Some(name) = &start.context
        && !CONTEXTS.iter().any(|context| {
            context.serves_in(signal, start.dialect) && context.name == name.to_lowercase()
        })
    {
        return Err(Wrong::usage(&format!("{} have no context `{name}`", signal.name())));
    }
    let mut session = Session::new(start);
    if let Some(id) = &arguments.at {
        match programs.iter().find(|program| program.signal() == signal) {
            Some(program) => session.adopt(program).map_err(|why| {
                Wrong::usage(&format!("the statements of `{id}` cannot be shown as text: {why}"))
            })?,
            None => {
                let message = format!("`{id}` has no statements for {}", signal.name());
                return Err(Wrong::usage(&message));
            }
        }
    }
    Ok(session)
}

/// Whether the id of a processor, with or without its section, is one of `filter`.
fn is_filter(id: &str) -> bool {
    let id = id.strip_prefix("processors::").or(id.strip_prefix("processors/")).unwrap_or(id);
    id.split('/').next() == Some("filter")
}

/// The telemetry to begin with, and what it is called.
fn telemetry(arguments: &ReplArgs, programs: &[Program]) -> Result<(Vec<Batch>, String), Wrong> {
    let signal = arguments.signal.map(Signal::from);
    let Some(path) = &arguments.input else {
        let wanted = signal.or(programs.first().map(Program::signal));
        let sample = match (arguments.sample, wanted) {
            (Some(sample), _) => Some(sample),
            (None, Some(signal)) => Sample::of(signal),
            (None, None) => Some(Sample::Logs),
        };
        let Some(sample) = sample else {
            return Err(Wrong::usage(
                "there is no built-in sample of profiles: give a file with -i",
            ));
        };
        let batch = sample.batch().map_err(|error| Wrong::usage(&error))?;
        return Ok((vec![batch], sample.title().to_owned()));
    };
    if path == "-" {
        return Err(Wrong::usage("standard input is for lines: give a file with -i"));
    }
    let batches = read(path, signal).map_err(|message| Wrong::usage(&message))?;
    Ok((batches, path.clone()))
}

/// The requests of a file; all of one signal.
fn read(path: &str, signal: Option<Signal>) -> Result<Vec<Batch>, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    requests(&bytes, signal, path)
}

/// The requests in the bytes that are known by a name; all of one signal.
fn requests(bytes: &[u8], signal: Option<Signal>, path: &str) -> Result<Vec<Batch>, String> {
    let batches = input::requests_or_lines(bytes, signal, path)?;
    let mut signals: Vec<Signal> = batches.iter().map(Batch::signal).collect();
    signals.dedup();
    match signals.as_slice() {
        [_] => Ok(batches),
        _ => {
            let names: Vec<&str> = signals.iter().map(|signal| signal.name()).collect();
            let names = names.join(", then ");
            Err(format!("{path} holds {names}; a session is about one signal"))
        }
    }
}

/// Whether a person sits at both ends.
fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}
