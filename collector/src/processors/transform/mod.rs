//! `transform`: changes telemetry with OTTL statements.
//!
//! Statements are compiled when the configuration is read, so that every fault in them is reported
//! at its place in the file; a batch then runs through the compiled program of its signal.

#[cfg(test)]
mod client_tests;
mod config;
mod flatten;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;
use holt_runtime::functions::Dialect;
use holt_runtime::program::compile;
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
    type_name: "transform",
    aliases: &[],
    stability: &[
        ("traces", Stability::Beta),
        ("metrics", Stability::Beta),
        ("logs", Stability::Beta),
        ("profiles", Stability::Development),
    ],
    summary: "changes telemetry with OTTL statements",
    example: r#"
transform:
  error_mode: ignore
  log_statements:
    - set(log.severity_text, "FAIL") where log.body == "request failed"
"#,
};

/// Makes `transform` processors.
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
    programs: Vec<Arc<Program>>,
}

impl Config {
    /// Reads and compiles a section.
    fn compile(
        section: Section<'_>,
        engine: Engine,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let path = section.path(Kind::Processor);
        let settings = match from_node::<Settings>(section.node, &path) {
            Ok(settings) => settings,
            Err(more) => {
                findings.extend(more);
                return None;
            }
        };
        let mut report = Report { path, location: section.node.location, findings };
        let lists = settings.groups(section.node, section.gates, &mut report);
        let dialect = dialect(Dialect::TRANSFORM, section.gates);
        let mut programs = Vec::new();
        for (signal, groups) in lists {
            match compile(signal, &groups, dialect, engine) {
                Ok(compiled) => {
                    report.findings.extend(compiled.warnings);
                    programs.push(Arc::new(with_failure_log(
                        compiled.program,
                        Kind::Processor,
                        section.id,
                    )));
                }
                Err(errors) => report.findings.extend(errors),
            }
        }
        Some(Self { settings, programs })
    }
}

impl ProcessorConfig for Config {
    fn create(
        &self,
        _settings: crate::component::Settings,
        signal: Signal,
        next: Arc<dyn Consumer>,
    ) -> Result<Arc<dyn Processor>, CreateError> {
        let program = self.programs.iter().find(|program| program.signal() == signal).cloned();
        Ok(match signal == Signal::Logs && self.settings.flatten_data.value {
            true => flatten::create(program, next),
            false => ProgramProcessor::create(program, next),
        })
    }

    fn programs(&self) -> Vec<&Program> {
        self.programs.iter().map(AsRef::as_ref).collect()
    }
}

#[cfg(test)]
mod tests;
