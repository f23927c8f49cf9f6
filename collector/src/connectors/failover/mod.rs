//! `failover`: hands telemetry to the first of several lists of pipelines that takes it.
//!
//! A list that refuses a batch is left at once, for the next one; once every retry interval a batch
//! is offered to the preferred lists again, and the first that takes it is used from then on. When
//! all lists refuse, so does the connector, and the next batch begins with the first list.

mod config;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

use self::config::Config;
use crate::component::{
    AckOutcome, Component, Connector, ConnectorConfig, Consumer, Context, CreateError, Descriptor,
    Kind, Output, PipelineOutput, Refused, Section, Settings, Stability, TypedConfig, TypedFactory,
};
use crate::config::ids::{ComponentId, PipelineId};
use crate::config::values::Text;
use crate::graph::fan_out;
use crate::queue::{ExportQueue, RetrySettings, Sender};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Connector,
    type_name: "failover",
    aliases: &[],
    stability: &[
        ("traces-to-traces", Stability::Alpha),
        ("metrics-to-metrics", Stability::Alpha),
        ("logs-to-logs", Stability::Alpha),
    ],
    summary: "hands telemetry to the first list of pipelines that takes it",
    example: "
failover:
  priority_levels:
    - [traces/first]
    - [traces/second, traces/third]
  retry_interval: 5m
",
};

/// Makes `failover` connectors.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Connector, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ConnectorConfig for Config {
    fn supports(&self, from: Signal, to: Signal) -> bool {
        from == to && from != Signal::Profiles
    }

    fn outputs(&self) -> Vec<Output> {
        self.priority_levels.iter().flatten().filter_map(Output::of).collect()
    }

    /// A level that has lost all its pipelines is passed over.
    fn leave_out(&mut self, pipelines: &[PipelineId]) {
        let is_left_out =
            |name: &Text| name.parse().is_ok_and(|id: PipelineId| pipelines.contains(&id));
        for level in &mut self.priority_levels {
            level.retain(|name| !is_left_out(name));
        }
        self.priority_levels.retain(|level| !level.is_empty());
    }

    fn create(
        &self,
        settings: Settings,
        from: Signal,
        outputs: Vec<PipelineOutput>,
    ) -> Result<Arc<dyn Connector>, CreateError> {
        let level = |names: &Vec<_>| {
            let consumers = names.iter().map(|name: &Text| {
                let output = outputs.iter().find(|output| output.id.to_string() == name.trim());
                output.map(|output| output.consumer.clone())
            });
            let consumers: Option<Vec<_>> = consumers.collect();
            let message = "Error registering consumer".to_owned();
            consumers.map(fan_out).ok_or(CreateError::Other(message))
        };
        let levels = self.priority_levels.iter().map(level).collect::<Result<Vec<_>, _>>()?;
        let failover = Arc::new(Failover {
            levels,
            id: settings.id.clone(),
            interval: self.retry_interval.to_std(),
            state: Mutex::new(State { level: 0, retry_at: Instant::now() }),
        });
        if !self.sending_queue.is_some() {
            return Ok(failover);
        }
        let retry = RetrySettings { enabled: false, ..RetrySettings::default() };
        Ok(Arc::new(ExportQueue::new(failover, settings, from, &self.sending_queue, &retry)))
    }
}

/// The connector of one signal.
struct Failover {
    /// The preferred one first.
    levels: Vec<Arc<dyn Consumer>>,
    id: ComponentId,
    interval: Duration,
    state: Mutex<State>,
}

struct State {
    /// The level in use.
    level: usize,
    /// When those before it are tried again.
    retry_at: Instant,
}

impl Failover {
    /// The levels to offer a batch to, in order.
    fn order(&self) -> std::ops::Range<usize> {
        let mut state = self.lock();
        let now = Instant::now();
        let is_due = state.level > 0 && now >= state.retry_at;
        if is_due {
            // The others need not try as well.
            state.retry_at = now + self.interval;
        }
        let first = if is_due { 0 } else { state.level };
        first..self.levels.len()
    }

    /// A level has taken a batch that those before it refused.
    fn took(&self, level: usize, refused: Option<&Refused>) {
        let mut state = self.lock();
        if state.level == level {
            return;
        }
        if let (Some(refused), true) = (refused, level > state.level) {
            state.retry_at = Instant::now() + self.interval;
            tracing::warn!(
                otelcol.component.id = %self.id,
                otelcol.component.kind = "connector",
                level,
                error = %refused,
                "Pipelines refused data. The next level takes over."
            );
        }
        if level < state.level {
            tracing::info!(
                otelcol.component.id = %self.id,
                otelcol.component.kind = "connector",
                level,
                "Pipelines of a preferred level take data again."
            );
        }
        state.level = level;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Component for Failover {}

#[async_trait]
impl Consumer for Failover {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        let mut refused: Option<Refused> = None;
        for index in self.order() {
            let Some(level) = self.levels.get(index) else { break };
            let attempt = context.ack.attempt();
            let answer = level.consume(batch.clone(), context.with_ack(attempt.ack())).await;
            match answer {
                Ok(()) => {
                    attempt.commit();
                    context.ack.resolve(AckOutcome::Delivered);
                    self.took(index, refused.as_ref());
                    return Ok(());
                }
                Err(error) => refused = Some(error),
            }
        }
        self.lock().level = 0;
        let latest = refused.map(|refused| refused.to_string()).unwrap_or_default();
        Err(Refused::retryable(format!("All provided pipelines return errors: {latest}")))
    }
}

/// Behind a queue.
#[async_trait]
impl Sender for Failover {
    async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Refused> {
        self.consume(batch.clone(), context.clone()).await
    }
}
