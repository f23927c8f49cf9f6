//! `transform`: changes telemetry with OTTL statements.
//!
//! Statements are compiled when the configuration is read, so that every fault in them is reported
//! at its place in the file; a batch then runs through the compiled program of its signal.

mod config;

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::Location;
use holt_pdata::{Batch, Signal};
use holt_runtime::Program;
use holt_runtime::program::compile;

use crate::component::{
    Component, Consumer, Context, CreateError, Descriptor, Kind, Processor, ProcessorConfig,
    ProcessorFactory, Refused, Section, Stability,
};
use crate::config::de::from_node;
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;
use crate::ottl::{ProcessHost, engine};
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
};

/// Makes `transform` processors.
pub struct Factory;

impl ProcessorFactory for Factory {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn parse(
        &self,
        section: Section<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Box<dyn ProcessorConfig>> {
        let path = section.path(Kind::Processor);
        let settings = match from_node::<Settings>(section.node, &path) {
            Ok(settings) => settings,
            Err(findings) => {
                diagnostics.extend(findings);
                return None;
            }
        };
        let mut findings = Vec::new();
        let mut programs = Vec::new();
        for (signal, groups) in settings.groups(section.node.location, &mut findings) {
            match compile(signal, &groups, engine()) {
                Ok(compiled) => {
                    findings.extend(compiled.warnings);
                    programs.push(Arc::new(compiled.program));
                }
                Err(errors) => findings.extend(errors),
            }
        }
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        diagnostics.extend(findings);
        if refused {
            return None;
        }
        Some(Box::new(Config { settings, programs }))
    }
}

struct Config {
    settings: Settings,
    programs: Vec<Arc<Program>>,
}

impl ProcessorConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(&self.settings, location)
    }

    fn create(
        &self,
        _settings: crate::component::Settings,
        signal: Signal,
        next: Arc<dyn Consumer>,
    ) -> Result<Arc<dyn Processor>, CreateError> {
        let program = self.programs.iter().find(|program| program.signal() == signal).cloned();
        Ok(Arc::new(Transform { program, host: ProcessHost::new(), next }))
    }
}

struct Transform {
    /// `None` when there are no statements for the signal.
    program: Option<Arc<Program>>,
    host: ProcessHost,
    next: Arc<dyn Consumer>,
}

impl Component for Transform {}

#[async_trait]
impl Consumer for Transform {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        let batch = match &self.program {
            None => batch,
            Some(program) => program.run(&batch, &self.host).map_err(|error| {
                tracing::error!(%error, "failed processing {}", batch.signal().name());
                // Retryable, as in the reference: its processors return a plain error.
                Refused::retryable(error.to_string())
            })?,
        };
        self.next.consume(batch, context).await
    }
}
