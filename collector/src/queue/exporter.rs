//! The exporter that a pipeline sees.

use std::sync::Arc;

use async_trait::async_trait;
use holt_pdata::{Batch, Signal};
use tokio::time::Instant;

use super::{QueueSettings, RetrySettings};
use crate::component::{
    AckOutcome, Component, Consumer, Context, Host, Refused, Settings, StartError, Stopped,
};
use crate::config::values::Optional;
use crate::telemetry::Counter;

/// Sends batches by one protocol.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Makes one attempt, within the exporter's own timeout.
    async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Refused>;

    /// Opens what the first attempt would have to wait for. Must not wait for a peer.
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let _ = host;
        Ok(())
    }
}

/// An exporter made of a [`Sender`].
///
/// Batches are sent within `consume`, and the outcome of the one attempt is the answer: the client
/// learns of every failure and repeats the request when that makes sense.
pub struct ExportQueue {
    sender: Arc<dyn Sender>,
    settings: Settings,
    sent: Counter,
    failed: Counter,
}

impl ExportQueue {
    /// An exporter of one signal.
    pub fn new(
        sender: Arc<dyn Sender>,
        settings: Settings,
        signal: Signal,
        _queue: &Optional<QueueSettings>,
        _retry: &RetrySettings,
    ) -> Self {
        let sent = settings.counters.exporter("sent", signal, &settings.id);
        let failed = settings.counters.exporter("send_failed", signal, &settings.id);
        Self { sender, settings, sent, failed }
    }
}

#[async_trait]
impl Component for ExportQueue {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        self.sender.start(host).await
    }

    async fn stop(&self, _deadline: Instant) -> Stopped {
        Stopped::default()
    }
}

#[async_trait]
impl Consumer for ExportQueue {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        match self.sender.send(&batch, &context).await {
            Ok(()) => {
                self.sent.add(batch.items());
                context.ack.resolve(AckOutcome::Delivered);
                Ok(())
            }
            Err(refused) => {
                self.failed.add(batch.items());
                tracing::error!(
                    otelcol.component.id = %self.settings.id,
                    otelcol.component.kind = "exporter",
                    error = %refused,
                    rejected_items = batch.items(),
                    "Exporting failed. Rejecting data."
                );
                Err(refused)
            }
        }
    }
}
