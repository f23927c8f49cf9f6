//! `nop`: receives nothing. For configurations that need a receiver and for tests; also the
//! smallest example of one.

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    Component, CreateError, Descriptor, Kind, Outputs, ReceiverConfig, Section, Settings,
    Stability, TypedConfig, TypedFactory,
};

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
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Receiver, &Self::default(), diagnostics, |_, _| {})
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

/// There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {}

impl ReceiverConfig for Config {
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
