//! `batch`: joins small batches into large ones by appending their bytes, and cuts those that are
//! too large at item boundaries; nothing is decoded.
//!
//! `consume` answers when a batch is in the buffer. Unlike the reference, a batch that the next
//! component refuses for now is kept and offered again, and the buffer pushes back when it is
//! full (docs/differences.md).

mod buffer;
mod config;
mod meters;
mod shard;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

use self::config::Config;
use self::meters::Meters;
use self::shard::Shard;
use crate::component::{
    AckOutcome, ClientMetadata, Component, Consumer, Context, CreateError, Descriptor, Kind,
    Processor, ProcessorConfig, Refused, Section, Settings, Stability, Stopped, TypedConfig,
    TypedFactory,
};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Processor,
    type_name: "batch",
    aliases: &[],
    stability: &[
        ("traces", Stability::Beta),
        ("metrics", Stability::Beta),
        ("logs", Stability::Beta),
    ],
    summary: "joins small batches into large ones",
    example: "
batch:
  timeout: 1s
  send_batch_size: 8192
  send_batch_max_size: 16384
",
};

/// Makes `batch` processors.
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
        if signal == Signal::Profiles {
            return Err(CreateError::UnsupportedSignal);
        }
        let meters = Meters::new(&settings);
        // Without keys everything goes into one shard, which counts from the beginning.
        let counted = i64::from(self.metadata_keys.is_empty());
        meters.cardinality.add(counted);
        let shards = Mutex::new(Shards { counted, ..Shards::default() });
        Ok(Arc::new(BatchProcessor {
            config: self.clone(),
            settings,
            meters,
            signal,
            next,
            shards,
        }))
    }

    fn counts_items(&self) -> bool {
        false
    }
}

struct BatchProcessor {
    config: Config,
    settings: Settings,
    meters: Meters,
    signal: Signal,
    next: Arc<dyn Consumer>,
    shards: Mutex<Shards>,
}

#[derive(Default)]
struct Shards {
    by_metadata: HashMap<Vec<Vec<String>>, Arc<Shard>>,
    stopped: bool,
    /// How many of them the metrics tell of.
    counted: i64,
}

impl BatchProcessor {
    /// The shard for the metadata of a context; made on first use and kept.
    fn shard(&self, context: &Context) -> Result<Arc<Shard>, Refused> {
        let keys = &self.config.metadata_keys;
        let values: Vec<_> = keys.iter().map(|key| context.metadata(key).to_vec()).collect();
        let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        if shards.stopped {
            return Err(Refused::retryable("the batch processor is stopped"));
        }
        if let Some(shard) = shards.by_metadata.get(&values) {
            return Ok(shard.clone());
        }
        let limit = self.config.metadata_cardinality_limit as usize;
        if !keys.is_empty() && limit > 0 && shards.by_metadata.len() >= limit {
            return Err(Refused::permanent("too many batcher metadata-value combinations"));
        }
        let client = (!keys.is_empty()).then(|| {
            let mut client = ClientMetadata::default();
            for (key, values) in keys.iter().zip(&values) {
                for value in values {
                    client.push(key, value.as_str());
                }
            }
            Arc::new(client)
        });
        let meters = self.meters.clone();
        let shard = Shard::start(&self.config, &self.settings, meters, self.next.clone(), client);
        if !keys.is_empty() {
            self.meters.cardinality.add(1);
            shards.counted += 1;
        }
        shards.by_metadata.insert(values, shard.clone());
        Ok(shard)
    }
}

impl Drop for BatchProcessor {
    fn drop(&mut self) {
        let shards = self.shards.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.meters.cardinality.add(-shards.counted);
    }
}

#[async_trait]
impl Component for BatchProcessor {
    async fn stop(&self, deadline: Instant) -> Stopped {
        let shards = {
            let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
            shards.stopped = true;
            std::mem::take(&mut shards.by_metadata)
        };
        let ends = shards.values().map(|shard| shard.stop(deadline));
        let unsent = futures_util::future::join_all(ends).await;
        Stopped { unsent_items: unsent.into_iter().sum(), errors: Vec::new() }
    }
}

#[async_trait]
impl Consumer for BatchProcessor {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        debug_assert_eq!(batch.signal(), self.signal);
        if batch.items() == 0 {
            context.ack.resolve(AckOutcome::Delivered);
            return Ok(());
        }
        self.shard(&context)?.put(batch, context.ack).await
    }
}
