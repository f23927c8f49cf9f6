//! `nop`: takes everything and sends nothing. For measuring and for tests; also the smallest
//! example of an exporter.

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::{Batch, Signal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    AckOutcome, Component, Consumer, Context, CreateError, Descriptor, Exporter, ExporterConfig,
    ExporterFactory, Kind, Refused, Section, Settings, Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

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
pub struct Factory;

impl ExporterFactory for Factory {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn keys(&self) -> Vec<Key> {
        keys::of(&Config::default())
    }

    fn parse(
        &self,
        section: Section<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Box<dyn ExporterConfig>> {
        let config = section.read(Kind::Exporter, &Config::default(), diagnostics, |_, _| {})?;
        Some(Box::new(config))
    }
}

/// There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Config {}

impl ExporterConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self, location)
    }

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
