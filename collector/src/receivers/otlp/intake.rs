//! What both protocols do with a request body: decode it, offer it to the pipelines, count it.

use std::sync::Arc;

use bytes::Bytes;
use holt_pdata::json::JsonError;
use holt_pdata::{Batch, DecodeError, Signal};

use crate::component::{ClientMetadata, Consumer, Context, Outputs, Refused, Settings};
use crate::telemetry::{Counter, Span, Tracer};

/// A short request is a slice of a read buffer, which is about this large.
const READ_BUFFER: usize = 64 << 10;

/// The way into the pipelines of one receiver and transport.
#[derive(Clone)]
pub(super) struct Intake {
    lanes: [Option<Arc<Lane>>; Signal::ALL.len()],
    /// Whether request metadata goes along.
    pub(super) include_metadata: bool,
}

/// The way into the pipelines of one signal.
pub(super) struct Lane {
    /// The signal.
    pub(super) signal: Signal,
    consumer: Arc<dyn Consumer>,
    accepted: Counter,
    refused: Counter,
    /// Failures of the receiver itself, of which there are none: what fails is refused.
    failed: Counter,
    spans: ReceiverSpans,
}

/// The spans of a receiver.
struct ReceiverSpans {
    tracer: Tracer,
    name: Arc<str>,
    scope: Arc<str>,
    transport: String,
}

impl ReceiverSpans {
    fn new(settings: &Settings, signal: Signal, transport: &str) -> Self {
        let what = match signal {
            Signal::Traces => "TraceDataReceived",
            Signal::Metrics => "MetricsReceived",
            Signal::Logs => "LogsReceived",
            Signal::Profiles => "ProfilesReceived",
        };
        Self {
            tracer: settings.tracer.clone(),
            name: format!("receiver/{}/{what}", settings.id).into(),
            scope: settings.id.to_string().into(),
            transport: transport.to_owned(),
        }
    }

    /// The span of a request.
    fn start(&self, client: &ClientMetadata) -> Span {
        let mut span = self.tracer.start(&self.name, &self.scope, self.tracer.remote(&client.grpc));
        if span.is_recording() {
            span.set("transport", self.transport.as_str());
            span.set("format", "protobuf");
        }
        span
    }
}

impl Intake {
    pub(super) fn new(
        outputs: &Outputs,
        settings: &Settings,
        transport: &str,
        include_metadata: bool,
    ) -> Self {
        let counter =
            |what, signal| settings.metrics.receiver(what, signal, &settings.id, transport);
        let lanes = Signal::ALL.map(|signal| {
            let consumer = outputs.get(signal)?.clone();
            Some(Arc::new(Lane {
                signal,
                consumer,
                accepted: counter("accepted", signal),
                refused: counter("refused", signal),
                failed: counter("failed", signal),
                spans: ReceiverSpans::new(settings, signal, transport),
            }))
        });
        Self { lanes, include_metadata }
    }

    /// The lane of a signal; `None` when no pipeline takes it.
    pub(super) fn lane(&self, signal: Signal) -> Option<&Arc<Lane>> {
        self.lanes.get(signal as usize)?.as_ref()
    }

    /// All lanes.
    pub(super) fn lanes(&self) -> impl Iterator<Item = &Arc<Lane>> {
        self.lanes.iter().flatten()
    }
}

impl Lane {
    /// Decodes an OTLP request in protobuf.
    pub(super) fn decode(&self, body: Bytes) -> Result<Batch, DecodeError> {
        let batch = Batch::decode(self.signal, body)?;
        let allocation = batch.encoded_len().max(READ_BUFFER);
        Ok(batch.with_allocation(allocation))
    }

    /// Decodes an OTLP request in JSON.
    pub(super) fn decode_json(&self, body: &[u8]) -> Result<Batch, JsonError> {
        holt_pdata::json::decode(self.signal, body)
    }

    /// Offers a batch to the pipelines. An empty one is taken without asking them.
    pub(super) async fn offer(&self, batch: Batch, client: ClientMetadata) -> Result<(), Refused> {
        let items = batch.items();
        if items == 0 {
            return Ok(());
        }
        // A cancelled request counts as refused, as the pipelines see it.
        let span = self.spans.start(&client);
        let own = span.context();
        let mut outcome = Outcome { lane: self, items, is_taken: false, span };
        let client = Some(Arc::new(client));
        let context = Context { client, span: own, ..Context::none() };
        let answer = self.consumer.consume(batch, context).await;
        if let Err(refused) = &answer {
            outcome.span.fail(refused);
        }
        outcome.is_taken = answer.is_ok();
        answer
    }
}

struct Outcome<'a> {
    lane: &'a Lane,
    items: usize,
    is_taken: bool,
    span: Span,
}

impl Drop for Outcome<'_> {
    fn drop(&mut self) {
        // Adding nothing lets the others be seen from the first request on.
        let (accepted, refused) = if self.is_taken { (self.items, 0) } else { (0, self.items) };
        self.lane.accepted.add(accepted);
        self.lane.refused.add(refused);
        self.lane.failed.add(0);
        if self.span.is_recording() {
            let [accepted_key, refused_key, failed_key] = item_keys(self.lane.signal);
            self.span.count(accepted_key, accepted);
            self.span.count(refused_key, refused);
            self.span.count(failed_key, 0);
        }
    }
}

/// Names of the numbers of accepted, refused and failed items in spans.
const fn item_keys(signal: Signal) -> [&'static str; 3] {
    match signal {
        Signal::Traces => ["accepted_spans", "refused_spans", "failed_spans"],
        Signal::Metrics => {
            ["accepted_metric_points", "refused_metric_points", "failed_metric_points"]
        }
        Signal::Logs => ["accepted_log_records", "refused_log_records", "failed_log_records"],
        Signal::Profiles => {
            ["accepted_profile_samples", "refused_profile_samples", "failed_profile_samples"]
        }
    }
}
