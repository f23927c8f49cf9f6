//! A component on its own: batches go in, what it passes on comes out. It is the component that a
//! collector would run, between a source and an end that belong to the command.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holt_collector::component::{
    Component, Connector, ConnectorConfig, Consumer, Context, CreateError, Host, Kind,
    PipelineOutput, Processor, ProcessorConfig, Refused, Runner, Settings, StartError, StatusHub,
    Stopped,
};
use holt_collector::config::ids::{ComponentId, PipelineId};
use holt_collector::telemetry::{Metrics, Tracer};
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

/// How long a component may take to pass on what it holds.
const PATIENCE: Duration = Duration::from_secs(30);

/// A component that is tried.
pub(crate) struct Stage<'s> {
    /// Its id.
    pub(crate) id: ComponentId,
    /// Its settings.
    pub(crate) config: Configured<'s>,
    /// The texts that its statements stand in.
    pub(crate) sources: Arc<SourceMap>,
}

/// The settings of a component.
pub(crate) enum Configured<'s> {
    /// Of a configuration that was read.
    There(&'s dyn ProcessorConfig),
    /// Made for this.
    Here(Box<dyn ProcessorConfig>),
    /// A connector of a configuration that was read, and the pipelines that start with it.
    Joins(&'s dyn ConnectorConfig, Vec<PipelineId>),
}

/// A component that was made, and where what it hands on ends up: one end for each pipeline, or one
/// without.
struct Made {
    component: Arc<dyn Processor>,
    ends: Vec<(Option<PipelineId>, Arc<End>)>,
}

/// What came out of a component.
#[derive(Debug, Default)]
pub(crate) struct Passed {
    /// What it passed on.
    pub(crate) batches: Vec<Batch>,
    /// What of that went to which pipeline; empty unless it is a connector.
    pub(crate) routed: Vec<(PipelineId, Vec<Batch>)>,
    /// Why it refused batches.
    pub(crate) refusals: Vec<String>,
}

impl Stage<'_> {
    /// Takes batches of one signal through the component.
    ///
    /// # Errors
    /// Why the component cannot be made, or does not start.
    pub(crate) async fn run(
        &self,
        signal: Signal,
        batches: Vec<Batch>,
        runner: Arc<dyn Runner>,
    ) -> Result<Passed, String> {
        let failed = |error: String| format!("{}: {error}", self.id);
        let Made { component, ends } =
            self.make(signal).map_err(|error| failed(format!("{error} ({})", signal.name())))?;
        let started = component.start(&Host::default()).await;
        started.map_err(|error| failed(error.to_string()))?;
        let mut refusals = Vec::new();
        for batch in batches {
            let context = Context { runner: Some(runner.clone()), ..Context::none() };
            if let Err(refused) = component.consume(batch, context).await {
                refusals.push(refused.to_string());
            }
        }
        let stopped = component.stop(Instant::now() + PATIENCE).await;
        refusals.extend(stopped.errors);
        let mut passed = Passed { refusals, ..Passed::default() };
        for (pipeline, end) in ends {
            let batches =
                std::mem::take(&mut *end.0.lock().unwrap_or_else(PoisonError::into_inner));
            passed.batches.extend(batches.iter().cloned());
            passed.routed.extend(pipeline.map(|pipeline| (pipeline, batches)));
        }
        Ok(passed)
    }

    fn make(&self, signal: Signal) -> Result<Made, CreateError> {
        let hub = Arc::new(StatusHub::default());
        let settings = |kind| Settings {
            id: self.id.clone(),
            status: hub.register(kind, self.id.clone()),
            metrics: Metrics::default(),
            tracer: Tracer::default(),
        };
        let config: &dyn ProcessorConfig = match &self.config {
            Configured::There(config) => *config,
            Configured::Here(config) => config.as_ref(),
            Configured::Joins(config, pipelines) => {
                let fed = pipelines
                    .iter()
                    .filter(|pipeline| config.supports(signal, pipeline.signal().into()));
                let ends: Vec<_> =
                    fed.map(|pipeline| (pipeline.clone(), Arc::new(End::default()))).collect();
                let outputs = ends
                    .iter()
                    .map(|(id, end)| PipelineOutput { id: id.clone(), consumer: end.clone() });
                let made = config.create(settings(Kind::Connector), signal, outputs.collect())?;
                let component = Arc::new(Joined(made));
                let ends = ends.into_iter().map(|(id, end)| (Some(id), end)).collect();
                return Ok(Made { component, ends });
            }
        };
        let end = Arc::new(End::default());
        let component = config.create(settings(Kind::Processor), signal, end.clone())?;
        Ok(Made { component, ends: vec![(None, end)] })
    }
}

/// A connector, which is run as processors are.
struct Joined(Arc<dyn Connector>);

#[async_trait::async_trait]
impl Component for Joined {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        self.0.start(host).await
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.0.stop(deadline).await
    }
}

#[async_trait::async_trait]
impl Consumer for Joined {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.0.consume(batch, context).await
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
