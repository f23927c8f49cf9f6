//! `memory_limiter`: refuses batches while the process has more memory than it should, so that
//! senders wait instead of the process being killed.
//!
//! What counts is the resident memory of the process. All pipelines that use a limiter share one
//! ([`limiter`]), also across a reload.

mod config;
mod limiter;
mod memory;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

use self::config::Config;
use self::limiter::Limiter;
use crate::component::{
    Component, Consumer, Context, CreateError, Descriptor, Host, Kind, Processor, ProcessorConfig,
    Refused, Section, Settings, Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::telemetry::Counter;
use crate::telemetry::metrics::items_name;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Processor,
    type_name: "memory_limiter",
    aliases: &[],
    stability: &[
        ("traces", Stability::Beta),
        ("metrics", Stability::Beta),
        ("logs", Stability::Beta),
        ("profiles", Stability::Alpha),
    ],
    summary: "refuses telemetry while memory is short",
    example: "
memory_limiter:
  check_interval: 1s
  limit_percentage: 80
  spike_limit_percentage: 20
",
};

/// Makes `memory_limiter` processors.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Processor, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ProcessorConfig for Config {
    fn create(
        &self,
        settings: Settings,
        signal: Signal,
        next: Arc<dyn Consumer>,
    ) -> Result<Arc<dyn Processor>, CreateError> {
        let counter = |what: &str| match signal {
            // The reference counts none of these.
            Signal::Profiles => Counter::default(),
            _ => settings.metrics.counter(
                format!("otelcol_processor_memory_limiter_{what}_{}", items_name(signal)),
                [("processor", settings.id.to_string())],
            ),
        };
        let (accepted, refused) = (counter("accepted"), counter("refused"));
        let limiter = OnceLock::new();
        Ok(Arc::new(MemoryLimiter {
            config: self.clone(),
            settings,
            next,
            limiter,
            accepted,
            refused,
        }))
    }
}

/// The limiter in one pipeline.
struct MemoryLimiter {
    config: Config,
    settings: Settings,
    next: Arc<dyn Consumer>,
    limiter: OnceLock<Arc<Shared>>,
    accepted: Counter,
    refused: Counter,
}

/// What all pipelines share.
struct Shared(Arc<Limiter>);

#[async_trait]
impl Component for MemoryLimiter {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let limits = self.config.limits().map_err(StartError)?;
        // With other limits it is another limiter.
        let key = format!("{} {limits:?} {}", self.settings.id, self.config.check_interval);
        let interval = self.config.check_interval.to_std();
        let open = async {
            self.config.log(limits);
            let limiter = Limiter::start(limits, Box::new(memory::resident), interval);
            Ok::<_, Infallible>(Shared(limiter))
        };
        let shared = host.resources().share(&key, open).await;
        let shared = shared.unwrap_or_else(|never| match never {});
        shared.0.join(self.settings.status.clone());
        // A component is started once.
        let _ = self.limiter.set(shared);
        Ok(())
    }

    async fn stop(&self, _deadline: Instant) -> Stopped {
        if let Some(shared) = self.limiter.get() {
            shared.0.leave(&self.settings.status);
        }
        Stopped::default()
    }
}

#[async_trait]
impl Consumer for MemoryLimiter {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        // A test asks what becomes of telemetry, not how much memory the tester has.
        if let Some(shared) = self.limiter.get()
            && context.runner.is_none()
            && let Err(refused) = shared.0.admit(batch.retained())
        {
            self.refused.add(batch.items());
            return Err(refused);
        }
        self.accepted.add(batch.items());
        self.next.consume(batch, context).await
    }
}
