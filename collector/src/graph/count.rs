//! Counting round processors: what comes to one and what it hands on, for all of them alike.
//!
//! A processor that is nothing but a program counts inside the program, since neighbouring programs
//! are joined and run as one. Any other stands between two of the consumers here. At the level
//! `detailed` nothing is joined, so that each processor's time is its own.

use std::cell::Cell;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use holt_pdata::{Batch, Signal};
use holt_runtime::Program;

use crate::component::{Consumer, Context, Processor, Refused};
use crate::config::ids::ComponentId;
use crate::config::service::Level;
use crate::telemetry::{Counter, Histogram, Metrics};

tokio::task_local! {
    /// Time that the batch under way has spent behind the processor.
    static BEHIND: Cell<Duration>;
}

/// What one processor of a pipeline counts with.
pub(super) struct Counting {
    incoming: Counter,
    outgoing: Counter,
    duration: Histogram,
    joins: bool,
}

impl Counting {
    pub(super) fn new(metrics: &Metrics, id: &ComponentId, signal: Signal) -> Self {
        let labels = || [("processor", id.to_string()), ("otel.signal", signal.name().to_owned())];
        Self {
            incoming: metrics.counter("otelcol_processor_incoming_items", labels()),
            outgoing: metrics.counter("otelcol_processor_outgoing_items", labels()),
            duration: metrics.histogram("otelcol_processor_internal_duration", labels()),
            joins: metrics.level() < Level::Detailed,
        }
    }

    /// What the processor is to hand its batches to, in place of `next`.
    pub(super) fn behind(&self, next: Arc<dyn Consumer>) -> Arc<Behind> {
        let is_timed = self.duration.is_on();
        Arc::new(Behind { next, counter: OnceLock::new(), is_timed, joins: self.joins })
    }

    /// What batches are to be handed to in place of the processor, which hands its own to `behind`.
    pub(super) fn before(
        self,
        processor: &Arc<dyn Processor>,
        behind: &Behind,
    ) -> Arc<dyn Consumer> {
        if self.joins
            && let Some((program, _)) = processor.program()
        {
            let Self { incoming, outgoing, .. } = self;
            program.on_first_passed(Arc::new(move |came, left| {
                incoming.add(came);
                outgoing.add(left);
            }));
            return processor.clone();
        }
        // It is empty: this is the only place that fills it.
        let _ = behind.counter.set(self.outgoing);
        Arc::new(Before {
            processor: processor.clone(),
            incoming: self.incoming,
            duration: self.duration,
        })
    }
}

/// Counts what comes to a processor.
struct Before {
    processor: Arc<dyn Processor>,
    incoming: Counter,
    duration: Histogram,
}

#[async_trait]
impl Consumer for Before {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.incoming.add(batch.items());
        if !self.duration.is_on() {
            return self.processor.consume(batch, context).await;
        }
        let start = Instant::now();
        let work = async {
            let answer = self.processor.consume(batch, context).await;
            (answer, BEHIND.with(Cell::get))
        };
        let (answer, behind) = BEHIND.scope(Cell::default(), work).await;
        self.duration.record(start.elapsed().saturating_sub(behind).as_secs_f64());
        answer
    }
}

/// Counts what a processor hands on.
pub(super) struct Behind {
    next: Arc<dyn Consumer>,
    /// Empty when the processor counts for itself.
    counter: OnceLock<Counter>,
    is_timed: bool,
    joins: bool,
}

#[async_trait]
impl Consumer for Behind {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        if let Some(counter) = self.counter.get() {
            counter.add(batch.items());
        }
        if !self.is_timed {
            return self.next.consume(batch, context).await;
        }
        let start = Instant::now();
        let answer = self.next.consume(batch, context).await;
        // A batch that is handed on by a task of the processor's own is under way no more.
        let _ = BEHIND.try_with(|behind| behind.set(behind.get() + start.elapsed()));
        answer
    }

    fn program(&self) -> Option<(&Arc<Program>, &Arc<dyn Consumer>)> {
        if self.joins { self.next.program() } else { None }
    }
}
