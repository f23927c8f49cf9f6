//! `attributes`: inserts, changes, removes, hashes, extracts and converts attributes of spans, log
//! records and datapoints.
//!
//! The settings become a typed tree for each signal ([`lower`]), which runs as any OTTL program
//! does; nothing here touches telemetry itself. What is wrong with an action is reported when the
//! configuration is read. What `include` and `exclude` may name depends on the signal: a fault that
//! concerns all signals is reported at its place, one that concerns some when a pipeline of these
//! uses the processor.

mod actions;
mod config;
mod lower;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;
use holt_runtime::compiler::hir::Expr;
use holt_runtime::{Engine, Program};

use crate::component::{
    Consumer, CreateError, Descriptor, Kind, MISSING_KEY, Processor, ProcessorConfig, Report,
    Section, Stability, TypedConfig, TypedFactory, WRONG_VALUE,
};
use crate::config::de::from_node;
use crate::config::ids::ComponentId;
use crate::config::values::Spanned;
use crate::matching::{self, MatchSettings, NoCondition};
use crate::ottl::{ProgramProcessor, engine, with_failure_log};
use actions::Action;
use config::Settings;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Processor,
    type_name: "attributes",
    aliases: &[],
    stability: &[
        ("traces", Stability::Beta),
        ("metrics", Stability::Beta),
        ("logs", Stability::Beta),
    ],
    summary: "changes attributes of spans, log records and datapoints",
    example: "
attributes:
  actions:
    - key: environment
      value: production
      action: insert
    - key: password
      action: delete
",
};

const SIGNALS: [Signal; 3] = [Signal::Traces, Signal::Logs, Signal::Metrics];

/// Makes `attributes` processors.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Settings;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        Self::compile(section, engine(), diagnostics)
    }

    fn settings(&self) -> &Self::Settings {
        &self.settings
    }
}

/// A program, or why `include` and `exclude` do not make one for the signal.
type Outcome = Result<Arc<Program>, NoCondition>;

pub(crate) struct Config {
    settings: Settings,
    programs: Vec<(Signal, Outcome)>,
}

impl Config {
    /// Reads and compiles a section. Findings that concern one signal only are kept for it.
    fn compile(
        section: Section<'_>,
        engine: Engine,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let path = section.path(Kind::Processor);
        let location = section.node.location;
        let settings = match from_node::<Settings>(section.node, &path) {
            Ok(settings) => settings,
            Err(more) => {
                findings.extend(more);
                return None;
            }
        };
        let mut report = Report { path, location, findings };
        if settings.actions.is_empty() {
            let place = section.node.get("actions").map(|actions| actions.location);
            report.refuse(
                MISSING_KEY,
                place,
                (
                    "there is nothing to do",
                    "add actions: `actions: [{key: k, value: v, action: insert}]`",
                ),
                "missing required field \"actions\"",
            );
        }
        let actions = actions::actions(&settings.actions, &mut report);
        let programs: Vec<(Signal, Outcome)> = SIGNALS
            .into_iter()
            .map(|signal| {
                (signal, program(section.id, signal, &settings, &actions, engine, &mut report))
            })
            .collect();
        let faults: Vec<&NoCondition> =
            programs.iter().filter_map(|(_, outcome)| outcome.as_ref().err()).collect();
        if faults.len() == programs.len()
            && let Some(nearest) = faults.into_iter().min_by_key(|fault| fault.foreign)
        {
            report.findings.extend(nearest.findings.iter().cloned());
        }
        Some(Self { settings, programs })
    }

    /// The program of a signal, or what is wrong with the settings for it. `None` for a signal that
    /// the processor does not handle.
    fn outcome(&self, signal: Signal) -> Option<&Outcome> {
        self.programs.iter().find(|(one, _)| *one == signal).map(|(_, outcome)| outcome)
    }
}

fn program(
    id: &ComponentId,
    signal: Signal,
    settings: &Settings,
    actions: &[Action],
    engine: Engine,
    report: &mut Report<'_>,
) -> Outcome {
    let fault = |findings| NoCondition { foreign: 0, findings };
    let context = lower::context(signal).ok_or_else(|| fault(Vec::new()))?;
    let mut condition = |key: &str, side: &Option<Spanned<MatchSettings>>| match side {
        Some(side) => {
            matching::condition(side, signal, context, &mut report.at(key, side.location))
        }
        None => Ok(None),
    };
    let include = condition("include", &settings.include);
    let exclude = condition("exclude", &settings.exclude);
    let (include, exclude): (Option<Expr>, Option<Expr>) = match (include, exclude) {
        (Ok(include), Ok(exclude)) => (include, exclude),
        (Err(mut include), Err(exclude)) => {
            include.foreign += exclude.foreign;
            include.findings.extend(exclude.findings);
            return Err(include);
        }
        (Err(one), Ok(_)) | (Ok(_), Err(one)) => return Err(one),
    };
    let group = lower::group(context, include, exclude, actions)
        .map_err(|error| fault(vec![Diagnostic::error(WRONG_VALUE, error.to_string())]))?;
    Ok(Arc::new(with_failure_log(Program::new(signal, vec![group], engine), Kind::Processor, id)))
}

impl ProcessorConfig for Config {
    fn create(
        &self,
        _settings: crate::component::Settings,
        signal: Signal,
        next: Arc<dyn Consumer>,
    ) -> Result<Arc<dyn Processor>, CreateError> {
        let program = match self.outcome(signal).ok_or(CreateError::UnsupportedSignal)? {
            Ok(program) => Arc::clone(program),
            Err(fault) => return Err(CreateError::Other(in_one_line(&fault.findings))),
        };
        if signal == Signal::Metrics && self.settings.names_resources() {
            tracing::warn!("`resources` of `include` and `exclude` are not looked at for metrics");
        }
        Ok(ProgramProcessor::create(Some(program), next))
    }

    fn findings(&self, signal: Signal) -> Vec<Diagnostic> {
        match self.outcome(signal) {
            Some(Err(fault)) => fault.findings.clone(),
            _ => Vec::new(),
        }
    }

    fn programs(&self) -> Vec<&Program> {
        let outcomes = self.programs.iter().filter_map(|(_, outcome)| outcome.as_ref().ok());
        outcomes.map(AsRef::as_ref).collect()
    }
}

/// Findings as the text of an error.
fn in_one_line(findings: &[Diagnostic]) -> String {
    let texts: Vec<String> = findings
        .iter()
        .map(|finding| match finding.notes.as_slice() {
            [] => finding.message.clone(),
            notes => format!("{} ({})", finding.message, notes.join("; ")),
        })
        .collect();
    texts.join("; ")
}

#[cfg(test)]
mod tests;
