//! Spans and log records on their way out: each one in, requests of many out.
//!
//! Whoever makes a record never waits: when too many are under way, the rest is dropped and
//! counted in the log.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holt_pdata::Signal;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::{ExportError, Outlet, resource};
use crate::config::service::RecordProcessor;
use crate::telemetry::Resource;

/// A span or log record as OTLP in JSON.
#[derive(Clone, Debug)]
pub(in crate::telemetry) struct Record {
    /// The part of the collector that it is of.
    pub(in crate::telemetry) scope: String,
    /// Attributes of that part, as OTLP in JSON; empty when there are none.
    pub(in crate::telemetry) scope_attributes: Vec<Value>,
    /// The record.
    pub(in crate::telemetry) body: Value,
}

/// A way out for records of one signal.
pub(in crate::telemetry) struct Records {
    sender: Mutex<Option<mpsc::Sender<Record>>>,
    dropped: Arc<AtomicUsize>,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// When a request is sent.
struct Pace {
    delay: Duration,
    size: usize,
    timeout: Duration,
}

impl Records {
    /// Starts a way out as configured.
    pub(in crate::telemetry) async fn start(
        settings: &RecordProcessor,
        signal: Signal,
        of: Resource,
    ) -> Result<Self, ExportError> {
        let number = |value: Option<i64>, usual: u64| {
            value.and_then(|value| u64::try_from(value).ok()).unwrap_or(usual)
        };
        let (exporter, pace, queue) = match (&settings.batch, &settings.simple) {
            (Some(batch), _) => {
                let delay = if signal == Signal::Traces { 5000 } else { 1000 };
                let pace = Pace {
                    delay: Duration::from_millis(number(batch.schedule_delay, delay)),
                    size: usize::try_from(number(batch.max_export_batch_size, 512)).unwrap_or(512),
                    timeout: Duration::from_millis(number(batch.export_timeout, 30_000)),
                };
                (&batch.exporter, pace, number(batch.max_queue_size, 2048))
            }
            (None, Some(simple)) => {
                let timeout = Duration::from_secs(30);
                let pace = Pace { delay: Duration::ZERO, size: 1, timeout };
                (&simple.exporter, pace, 2048)
            }
            (None, None) => return Err(ExportError("no processor".to_owned())),
        };
        let outlet = Outlet::open(exporter, signal).await?;
        let capacity = usize::try_from(queue).unwrap_or(2048).max(1);
        let (sender, receiver) = mpsc::channel(capacity);
        let dropped = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(run(receiver, outlet, pace, signal, of, dropped.clone()));
        Ok(Self { sender: Mutex::new(Some(sender)), dropped, task: Mutex::new(Some(task)) })
    }

    /// Sends a record out, or drops it when too many are under way.
    pub(in crate::telemetry) fn push(&self, record: Record) {
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = sender.as_ref()
            && sender.try_send(record).is_err()
        {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Sends out what is under way, until `deadline`, and ends.
    pub(in crate::telemetry) async fn stop(&self, deadline: Instant) {
        self.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(mut task) = task
            && tokio::time::timeout_at(deadline, &mut task).await.is_err()
        {
            task.abort();
        }
    }
}

async fn run(
    mut receiver: mpsc::Receiver<Record>,
    outlet: Outlet,
    pace: Pace,
    signal: Signal,
    of: Resource,
    dropped: Arc<AtomicUsize>,
) {
    let mut waiting = Vec::new();
    while let Some(first) = receiver.recv().await {
        waiting.push(first);
        let due = Instant::now() + pace.delay;
        while waiting.len() < pace.size.max(1) {
            match tokio::time::timeout_at(due, receiver.recv()).await {
                Ok(Some(record)) => waiting.push(record),
                Ok(None) | Err(_) => break,
            }
        }
        let request = request(std::mem::take(&mut waiting), signal, &of);
        let sent = tokio::time::timeout(pace.timeout, outlet.send(&request)).await;
        let failure = match sent {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.0),
            Err(_) => Some("the export took too long".to_owned()),
        };
        // A failure to export log records must not make a log record to export.
        if let Some(error) = failure {
            tracing::error!(target: super::super::NOT_EXPORTED, error, "OpenTelemetry internal telemetry error");
        }
        let lost = dropped.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(target: super::super::NOT_EXPORTED, lost, "Internal telemetry was dropped");
        }
    }
    outlet.close().await;
}

/// The request for some records, by the parts of the collector that they are of.
fn request(records: Vec<Record>, signal: Signal, of: &Resource) -> Value {
    let (outer, middle, inner) = match signal {
        Signal::Traces => ("resourceSpans", "scopeSpans", "spans"),
        _ => ("resourceLogs", "scopeLogs", "logRecords"),
    };
    let mut scopes: BTreeMap<(String, String), (Vec<Value>, Vec<Value>)> = BTreeMap::new();
    for record in records {
        let attributes = Value::from(record.scope_attributes.clone()).to_string();
        let scope = scopes.entry((record.scope, attributes)).or_default();
        scope.0 = record.scope_attributes;
        scope.1.push(record.body);
    }
    let scopes: Vec<Value> = scopes
        .into_iter()
        .map(|((name, _), (attributes, records))| {
            json!({"scope": {"name": name, "attributes": attributes}, inner: records})
        })
        .collect();
    json!({outer: [{"resource": resource(of), "schemaUrl": of.schema_url, middle: scopes}]})
}
