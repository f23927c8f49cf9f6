//! A component on its own: batches go in, what it passes on comes out. It is the component that a
//! collector would run, between a source and an end that belong to the test.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holt_collector::component::{
    Consumer, Context, Host, Kind, ProcessorConfig, Refused, Settings, StatusHub,
};
use holt_collector::config::ids::ComponentId;
use holt_collector::telemetry::Counters;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

use super::look::Look;

/// How long a component may take to pass on what it holds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A component under test.
pub(super) struct Stage<'s> {
    /// Its id.
    pub(super) id: ComponentId,
    /// Its settings.
    pub(super) config: Configured<'s>,
    /// The texts that its statements stand in.
    pub(super) sources: Arc<SourceMap>,
}

/// The settings of a component.
pub(super) enum Configured<'s> {
    /// Of the configuration under test.
    There(&'s dyn ProcessorConfig),
    /// Of the test itself.
    Here(Box<dyn ProcessorConfig>),
}

impl Configured<'_> {
    fn get(&self) -> &dyn ProcessorConfig {
        match self {
            Self::There(config) => *config,
            Self::Here(config) => config.as_ref(),
        }
    }
}

/// What came out of a component.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// What it passed on.
    pub(super) batches: Vec<Batch>,
    /// Why it refused batches.
    pub(super) refusals: Vec<String>,
}

impl Stage<'_> {
    /// Takes batches of one signal through the component.
    ///
    /// # Errors
    /// Why the component cannot be made, or does not start.
    pub(super) async fn run(
        &self,
        signal: Signal,
        batches: Vec<Batch>,
        look: &Arc<Look>,
    ) -> Result<Passed, String> {
        let end = Arc::new(End::default());
        let status = Arc::new(StatusHub::default()).register(Kind::Processor, self.id.clone());
        let settings = Settings { id: self.id.clone(), status, counters: Counters::default() };
        let processor = self
            .config
            .get()
            .create(settings, signal, end.clone())
            .map_err(|error| format!("{}: {error} ({})", self.id, signal.name()))?;
        let started = processor.start(&Host::default()).await;
        started.map_err(|error| format!("{}: {error}", self.id))?;
        let mut refusals = Vec::new();
        for batch in batches {
            let context = Context { runner: Some(look.clone()), ..Context::none() };
            if let Err(refused) = processor.consume(batch, context).await {
                refusals.push(refused.to_string());
            }
        }
        let stopped = processor.stop(Instant::now() + PATIENCE).await;
        refusals.extend(stopped.errors);
        let batches = std::mem::take(&mut *end.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Passed { batches, refusals })
    }
}

/// Keeps what it is given.
#[derive(Default)]
struct End(Mutex<Vec<Batch>>);

#[async_trait::async_trait]
impl Consumer for End {
    async fn consume(&self, batch: Batch, _: Context) -> Result<(), Refused> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(batch);
        Ok(())
    }
}
