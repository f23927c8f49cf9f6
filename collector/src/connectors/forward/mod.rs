//! `forward`: hands what pipelines end with to pipelines of the same signal, unchanged. For pipelines that
//! share their first or last processors; also the smallest example of a connector.

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{
    Component, Connector, ConnectorConfig, Consumer, Context, CreateError, Descriptor, Kind,
    PipelineOutput, Refused, Section, Settings, Stability, TypedConfig, TypedFactory,
};
use crate::graph::fan_out;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Connector,
    type_name: "forward",
    aliases: &[],
    stability: &[
        ("traces-to-traces", Stability::Beta),
        ("metrics-to-metrics", Stability::Beta),
        ("logs-to-logs", Stability::Beta),
        ("profiles-to-profiles", Stability::Alpha),
    ],
    summary: "hands telemetry to other pipelines of the same signal",
    example: "forward:",
};

/// Makes `forward` connectors.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Connector, &Self::default(), diagnostics, |_, _| {})
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

/// There is nothing to set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {}

impl ConnectorConfig for Config {
    fn supports(&self, from: Signal, to: Signal) -> bool {
        from == to
    }

    fn create(
        &self,
        _settings: Settings,
        _from: Signal,
        outputs: Vec<PipelineOutput>,
    ) -> Result<Arc<dyn Connector>, CreateError> {
        let consumers = outputs.into_iter().map(|output| output.consumer).collect();
        Ok(Arc::new(Forward { next: fan_out(consumers) }))
    }
}

struct Forward {
    next: Arc<dyn Consumer>,
}

impl Component for Forward {}

#[async_trait]
impl Consumer for Forward {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.next.consume(batch, context).await
    }
}
