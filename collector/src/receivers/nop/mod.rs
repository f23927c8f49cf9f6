//! `nop`: receives nothing. For configurations that need a receiver and for tests; also the
//! smallest example of one.

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    Component, CreateError, Descriptor, Kind, Outputs, ReceiverConfig, ReceiverFactory, Section,
    Settings, Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Receiver,
    type_name: "nop",
    aliases: &[],
    stability: &[
        ("traces", Stability::Beta),
        ("metrics", Stability::Beta),
        ("logs", Stability::Beta),
        ("profiles", Stability::Alpha),
    ],
    summary: "receives nothing",
    example: "nop:",
};

/// Makes `nop` receivers.
pub struct Factory;

impl ReceiverFactory for Factory {
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
    ) -> Option<Box<dyn ReceiverConfig>> {
        let config = section.read(Kind::Receiver, &Config::default(), diagnostics, |_, _| {})?;
        Some(Box::new(config))
    }
}

/// There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Config {}

impl ReceiverConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self, location)
    }

    fn create(
        &self,
        _settings: Settings,
        _outputs: Outputs,
    ) -> Result<Arc<dyn Component>, CreateError> {
        Ok(Arc::new(Nop))
    }
}

struct Nop;

impl Component for Nop {}
