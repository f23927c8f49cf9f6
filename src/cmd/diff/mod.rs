//! `holt diff`: what is different between two configurations once they are merged and their
//! defaults filled in, and what that does to a sample of telemetry.
//!
//! Components Holt does not have are compared as they are written. Exit codes: 0 when the
//! configurations are the same, 1 when they differ, 2 when something cannot be read.

mod compare;
mod sample;
mod show;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use holt_collector::config::model::CollectorConfig;
use holt_collector::graph::Plan;
use holt_grammar::source::{Location, SourceMap};

use super::ConfigArgs;
use super::eval::requests;
use crate::output;
use crate::session::Session;

#[derive(Args, Clone, Debug)]
pub(crate) struct DiffArgs {
    /// The configuration before: a file or a URI.
    #[arg(value_name = "OLD")]
    old: String,

    /// The configuration after.
    #[arg(value_name = "NEW")]
    new: String,

    /// A configuration that both are merged over. May be given several times.
    #[arg(long = "config", value_name = "URI")]
    configs: Vec<String>,

    /// OTLP telemetry, JSON or protobuf, or a JSON request on each line: what the processors of
    /// both configurations make of it is compared too.
    #[arg(short = 'i', long, value_name = "SAMPLE")]
    input: Option<String>,

    /// The form of the report.
    #[arg(short = 'f', long, default_value = "text")]
    format: Format,

    /// Feature gates to enable, or with a leading `-` to disable; separated by commas.
    #[arg(long = "feature-gates", value_name = "GATES", allow_hyphen_values = true)]
    feature_gates: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Markdown,
    Json,
}

/// Exit code of what cannot be compared.
const BROKEN: u8 = 2;

/// One of the two configurations.
#[derive(Clone, Copy)]
struct Side<'s> {
    config: &'s CollectorConfig,
    plan: &'s Plan,
    sources: &'s SourceMap,
}

impl Side<'_> {
    /// A place as people write it: `file.yaml:3:5`.
    fn place(&self, location: Location) -> Option<String> {
        let name = &self.sources.get(location.source)?.name;
        let (line, column) = self.sources.line_column(location.source, location.span.start)?;
        Some(format!("{name}:{line}:{column}"))
    }
}

/// What there is to say.
struct Report {
    differences: Vec<compare::Difference>,
    /// What became of the sample, when there is one.
    outcomes: Option<Vec<sample::Outcome>>,
}

/// Loads both, compares, and says what is different.
pub(crate) fn run(arguments: &DiffArgs) -> ExitCode {
    match report(arguments) {
        Ok(report) => {
            output::text(&match arguments.format {
                Format::Text => show::text(&report, output::colors()),
                Format::Markdown => show::markdown(&report),
                Format::Json => show::json(&report),
            });
            if report.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(message) => {
            if let Some(message) = message {
                output::error(&message);
            }
            ExitCode::from(BROKEN)
        }
    }
}

/// The report; or, unless it was said already, why there is none.
fn report(arguments: &DiffArgs) -> Result<Report, Option<String>> {
    let input = match &arguments.input {
        Some(path) => {
            let bytes = std::fs::read(path);
            let bytes = bytes.map_err(|error| format!("cannot read {path}: {error}"))?;
            Some(requests(&bytes, None, path)?)
        }
        None => None,
    };
    let runtime = super::small_runtime().ok_or(None)?;
    let load = |path: &String| {
        let source = ConfigArgs {
            configs: arguments.configs.iter().chain([path]).cloned().collect(),
            feature_gates: arguments.feature_gates.clone(),
            // What Holt lacks can be compared all the same.
            allow_missing: true,
            ..ConfigArgs::default()
        };
        runtime.block_on(Session::load(&source))
    };
    let sessions = [load(&arguments.old), load(&arguments.new)];
    let sides = sessions.each_ref().map(|session| {
        let resolved = session.resolved();
        if resolved.is_none() {
            output::diagnostics(&session.diagnostics, &session.sources, session.threshold());
        }
        resolved.map(|(config, plan)| Side { config, plan, sources: &session.sources })
    });
    let [Some(old), Some(new)] = sides else { return Err(None) };
    let outcomes = input.map(|requests| runtime.block_on(sample::outcomes(old, new, &requests)));
    Ok(Report { differences: compare::differences(old, new), outcomes })
}
