//! Spans: from their start to the moment that they are dropped.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use serde_json::{Value, json};

use super::ids::hex;
use super::tracer::Inner;
use crate::telemetry::export::{Record, attributes, nanos};
use crate::telemetry::metrics::LabelValue;

/// What tells a span from all others, and travels with what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpanContext {
    /// The trace.
    pub trace_id: [u8; 16],
    /// The span in it.
    pub span_id: [u8; 8],
    /// Whether the trace is kept.
    pub is_sampled: bool,
    /// Whether another process started it.
    pub is_remote: bool,
}

/// Something that happened in a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanEvent {
    /// What.
    pub name: &'static str,
    /// When.
    pub time: SystemTime,
    /// More about it.
    pub attributes: Vec<(&'static str, LabelValue)>,
}

/// A span that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinishedSpan {
    /// Its name.
    pub name: Arc<str>,
    /// The part of the collector that it is of.
    pub scope: Arc<str>,
    /// Its ids.
    pub context: SpanContext,
    /// The span it is part of.
    pub parent: Option<SpanContext>,
    /// When it started.
    pub start: SystemTime,
    /// How long it took.
    pub duration: Duration,
    /// What is known about it.
    pub attributes: Vec<(&'static str, LabelValue)>,
    /// What happened in it.
    pub events: Vec<SpanEvent>,
    /// Why it failed, if it did.
    pub error: Option<String>,
}

/// A span that is under way; it ends when it is dropped.
#[derive(Default)]
pub struct Span {
    context: Option<SpanContext>,
    active: Option<Box<Active>>,
}

struct Active {
    tracer: Arc<Inner>,
    started: Instant,
    span: FinishedSpan,
}

impl Span {
    /// A span that nobody keeps.
    pub(super) const fn unsampled(context: SpanContext) -> Self {
        Self { context: Some(context), active: None }
    }

    pub(super) fn start(
        tracer: Arc<Inner>,
        name: Arc<str>,
        scope: Arc<str>,
        context: SpanContext,
        parent: Option<SpanContext>,
    ) -> Self {
        tracer.recent.began(&name);
        let span = FinishedSpan {
            name,
            scope,
            context,
            parent,
            start: SystemTime::now(),
            duration: Duration::ZERO,
            attributes: Vec::new(),
            events: Vec::new(),
            error: None,
        };
        let active = Active { tracer, started: Instant::now(), span };
        Self { context: Some(context), active: Some(Box::new(active)) }
    }

    /// Its ids; `None` when traces are off.
    pub const fn context(&self) -> Option<SpanContext> {
        self.context
    }

    /// Whether anybody will see it; for attributes that cost something to find.
    pub const fn is_recording(&self) -> bool {
        self.active.is_some()
    }

    /// Sets an attribute.
    pub fn set(&mut self, name: &'static str, value: impl Into<LabelValue>) {
        if let Some(active) = &mut self.active {
            active.span.attributes.push((name, value.into()));
        }
    }

    /// Sets a number.
    pub fn count(&mut self, name: &'static str, value: usize) {
        self.set(name, i64::try_from(value).unwrap_or(i64::MAX));
    }

    /// Notes that something happened.
    pub fn event(&mut self, name: &'static str, attributes: Vec<(&'static str, LabelValue)>) {
        if let Some(active) = &mut self.active {
            active.span.events.push(SpanEvent { name, time: SystemTime::now(), attributes });
        }
    }

    /// Notes that it failed.
    pub fn fail(&mut self, error: impl ToString) {
        if let Some(active) = &mut self.active {
            active.span.error = Some(error.to_string());
        }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(active) = self.active.take() {
            let Active { tracer, started, mut span } = *active;
            span.duration = started.elapsed();
            tracer.ended(span);
        }
    }
}

impl FinishedSpan {
    /// The span as OTLP in JSON.
    pub(super) fn record(&self) -> Record {
        let named = |attributes: &[(&'static str, LabelValue)]| -> Value {
            self::attributes(attributes.iter().map(|(name, value)| (*name, value)))
        };
        let events: Vec<Value> = self
            .events
            .iter()
            .map(|event| {
                json!({
                    "name": event.name,
                    "timeUnixNano": nanos(event.time),
                    "attributes": named(&event.attributes),
                })
            })
            .collect();
        let mut body = json!({
            "traceId": hex(&self.context.trace_id),
            "spanId": hex(&self.context.span_id),
            "flags": 1,
            "name": &*self.name,
            "kind": 1,
            "startTimeUnixNano": nanos(self.start),
            "endTimeUnixNano": nanos(self.start + self.duration),
            "attributes": named(&self.attributes),
            "events": events,
        });
        if let Some(fields) = body.as_object_mut() {
            if let Some(parent) = &self.parent {
                fields.insert("parentSpanId".to_owned(), hex(&parent.span_id).into());
            }
            if let Some(error) = &self.error {
                fields.insert("status".to_owned(), json!({"code": 2, "message": error}));
            }
        }
        let scope = self.scope.to_string();
        Record { scope, scope_attributes: Vec::new(), body }
    }
}
