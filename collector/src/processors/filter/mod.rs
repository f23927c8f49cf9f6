//! `filter`: drops spans, span events, metrics, datapoints, log records and profiles for which a
//! condition holds, and whatever is left empty.
//!
//! All forms of the settings become typed trees whose action is to drop ([`conditions`] for OTTL,
//! [`matchers`] for `include` and `exclude`), which run as any OTTL program does; nothing here
//! touches telemetry itself. A batch of which nothing remains is not handed on; its acknowledgement
//! says delivered, since that is what was asked for.

mod conditions;
mod config;
mod forms;
mod matchers;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;
use holt_runtime::functions::Dialect;
use holt_runtime::program::ErrorMode;
use holt_runtime::{Engine, Program};

use crate::component::{
    Consumer, CreateError, Descriptor, Kind, Processor, ProcessorConfig, Report, Section,
    Stability, TypedConfig, TypedFactory,
};
use crate::config::de::from_node;
use crate::ottl::{ProgramProcessor, dialect, engine, with_failure_log};
use config::Settings;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Processor,
    type_name: "filter",
    aliases: &[],
    stability: &[
        ("traces", Stability::Alpha),
        ("metrics", Stability::Alpha),
        ("logs", Stability::Alpha),
        ("profiles", Stability::Development),
    ],
    summary: "drops telemetry for which a condition holds",
    example: r#"
filter:
  error_mode: ignore
  trace_conditions:
    - span.attributes["http.route"] == "/healthz"
"#,
};

/// Makes `filter` processors.
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

pub(crate) struct Config {
    settings: Settings,
    /// The programs of the signals for which there is something to do.
    programs: Vec<Program>,
}

impl Config {
    /// Reads and compiles a section.
    fn compile(
        section: Section<'_>,
        engine: Engine,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let path = section.path(Kind::Processor);
        let node = section.node;
        let settings = match from_node::<Settings>(node, &path) {
            Ok(settings) => settings,
            Err(more) => {
                findings.extend(more);
                return None;
            }
        };
        let dialect = dialect(Dialect::FILTER, section.gates);
        let mut report = Report { path, location: node.location, findings };
        let mode = settings.error_mode.resolve(node, ErrorMode::default(), &mut report);
        let mut programs = Vec::new();
        for form in forms::forms(&settings) {
            form.check(node, &mut report);
            let signal = form.signal;
            let groups = conditions::groups(node, form.conditions, mode, &mut report);
            let older = conditions::lists(&form, node, mode);
            let trees = |groups, report: &mut Report<'_>| {
                conditions::trees(signal, groups, dialect, node.location, report.findings)
            };
            // Of several forms the newest that says anything counts, but all must be sound.
            let newest = trees(groups.unwrap_or_default(), &mut report);
            let older = trees(older, &mut report);
            let oldest = match signal {
                Signal::Traces => matchers::spans(&settings.spans, &mut at(&mut report, "spans")),
                Signal::Metrics => {
                    matchers::metrics(&settings.metrics, &mut at(&mut report, "metrics"))
                }
                Signal::Logs => matchers::logs(&settings.logs, &mut at(&mut report, "logs")),
                Signal::Profiles => Vec::new(),
            };
            let trees = [newest, older, oldest].into_iter().find(|trees| !trees.is_empty());
            if let Some(trees) = trees {
                let program = Program::new(signal, trees, engine);
                programs.push(with_failure_log(program, Kind::Processor, section.id));
            }
        }
        Some(Self { settings, programs })
    }

    /// The program of a signal, if there is something to do for it.
    fn program(&self, signal: Signal) -> Option<&Program> {
        self.programs.iter().find(|program| program.signal() == signal)
    }
}

/// The same report about a part of the settings.
fn at<'r>(report: &'r mut Report<'_>, key: &str) -> Report<'r> {
    report.at(key, None)
}

impl ProcessorConfig for Config {
    fn create(
        &self,
        settings: crate::component::Settings,
        signal: Signal,
        next: Arc<dyn Consumer>,
    ) -> Result<Arc<dyn Processor>, CreateError> {
        let counter = settings.metrics.counter(
            format!("otelcol_processor_filter_{}.filtered", items_name(signal)),
            [("filter", settings.id.to_string())],
        );
        // Every pipeline counts for itself.
        let program = self.program(signal).and_then(|program| Program::join(&[program]));
        let program = program.map(|program| {
            let counter = counter.clone();
            let count = move |dropped| counter.add(usize::try_from(dropped).unwrap_or(usize::MAX));
            Arc::new(program.on_drop(Arc::new(count)))
        });
        Ok(ProgramProcessor::create(program, next))
    }

    fn programs(&self) -> Vec<&Program> {
        self.programs.iter().collect()
    }
}

/// What the items of a signal are called in the name of the counter.
const fn items_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "spans",
        Signal::Metrics => "datapoints",
        Signal::Logs => "logs",
        Signal::Profiles => "profiles",
    }
}

#[cfg(test)]
mod tests;
