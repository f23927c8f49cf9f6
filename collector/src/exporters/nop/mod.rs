//! `nop`: takes everything and sends nothing. For measuring and for tests; also the smallest
//! example of an exporter.

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    AckOutcome, Component, Consumer, Context, CreateError, Descriptor, Exporter, ExporterConfig,
    Kind, Refused, Section, Settings, Stability, TypedConfig, TypedFactory,
};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Exporter,
    type_name: "nop",
    aliases: &[],
    stability: &[
        ("traces", Stability::Beta),
        ("metrics", Stability::Beta),
        ("logs", Stability::Beta),
        ("profiles", Stability::Alpha),
    ],
    summary: "takes everything and sends nothing",
    example: "nop:",
};

/// Makes `nop` exporters.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Exporter, &Self::default(), diagnostics, |_, _| {})
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

/// There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {}

impl ExporterConfig for Config {
    fn create(
        &self,
        _settings: Settings,
        _signal: Signal,
    ) -> Result<Arc<dyn Exporter>, CreateError> {
        Ok(Arc::new(Nop))
    }
}

struct Nop;

impl Component for Nop {}

#[async_trait]
impl Consumer for Nop {
    async fn consume(&self, _batch: Batch, context: Context) -> Result<(), Refused> {
        context.ack.resolve(AckOutcome::Delivered);
        Ok(())
    }
}
