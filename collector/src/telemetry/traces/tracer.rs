//! What components start spans with.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use tokio::time::Instant;

use super::ids::random;
use super::sampler::Sampler;
use super::{FinishedSpan, Recent, Span, SpanContext};
use crate::config::service::TraceSettings;
use crate::telemetry::Resource;
use crate::telemetry::export::{ExportError, Records};

/// Starts spans; the default one is off. Clones are the same tracer, and stay so when its settings
/// change.
#[derive(Clone, Default)]
pub struct Tracer(Arc<ArcSwapOption<Inner>>);

/// What a tracer that is on consists of.
pub(super) struct Inner {
    sampler: Sampler,
    records: Vec<Records>,
    pub(super) recent: Arc<Recent>,
    reads_trace_context: bool,
    reads_b3: bool,
}

impl Inner {
    async fn configured(
        settings: &TraceSettings,
        resource: &Resource,
    ) -> Result<Self, ExportError> {
        let mut records = Vec::new();
        for processor in &settings.processors {
            let signal = holt_pdata::Signal::Traces;
            records.push(Records::start(processor, signal, resource.clone()).await?);
        }
        let reads = |name: &str| settings.propagators.iter().any(|one| one.value == name);
        Ok(Self {
            sampler: Sampler::new(settings.sampler.as_ref().map(|sampler| &sampler.value)),
            records,
            recent: Arc::default(),
            reads_trace_context: reads("tracecontext"),
            reads_b3: reads("b3"),
        })
    }

    pub(super) fn ended(&self, span: FinishedSpan) {
        let span = Arc::new(span);
        for records in &self.records {
            records.push(span.record());
        }
        self.recent.ended(&span);
    }

    async fn stop(&self, deadline: Instant) {
        for records in &self.records {
            records.stop(deadline).await;
        }
    }
}

impl Tracer {
    /// Makes spans as the settings say from now on; none when they have no processors. Spans that
    /// are under way end and go out as they would have.
    pub(in crate::telemetry) async fn configure(
        &self,
        settings: &TraceSettings,
        resource: &Resource,
    ) -> Result<(), ExportError> {
        let inner = match settings.are_on() {
            true => Some(Arc::new(Inner::configured(settings, resource).await?)),
            false => None,
        };
        self.0.store(inner);
        Ok(())
    }
    /// A tracer whose spans are only kept for [`Self::recent`].
    #[cfg(test)]
    pub(crate) fn keeping() -> Self {
        Self(Arc::new(ArcSwapOption::from_pointee(Inner {
            sampler: Sampler::new(None),
            records: Vec::new(),
            recent: Arc::default(),
            reads_trace_context: true,
            reads_b3: false,
        })))
    }

    /// Whether spans are made.
    pub fn is_on(&self) -> bool {
        self.0.load().is_some()
    }

    /// The latest spans; `None` when none are made.
    pub fn recent(&self) -> Option<Arc<Recent>> {
        self.0.load().as_ref().map(|inner| inner.recent.clone())
    }

    /// Starts a span as part of `parent`, or of a new trace.
    pub fn start(&self, name: &Arc<str>, scope: &Arc<str>, parent: Option<SpanContext>) -> Span {
        let inner = self.0.load();
        let Some(inner) = inner.as_ref() else { return Span::default() };
        let trace_id = parent.map_or_else(random, |parent| parent.trace_id);
        let is_sampled = inner.sampler.keeps(&trace_id, parent.as_ref());
        let context = SpanContext { trace_id, span_id: random(), is_sampled, is_remote: false };
        match is_sampled {
            true => Span::start(inner.clone(), name.clone(), scope.clone(), context, parent),
            false => Span::unsampled(context),
        }
    }

    /// The span of another process that headers of its request tell of.
    pub fn remote(&self, headers: &http::HeaderMap) -> Option<SpanContext> {
        let inner = self.0.load();
        let inner = inner.as_ref()?;
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let trace_context = inner.reads_trace_context.then(|| text("traceparent")).flatten();
        trace_context
            .and_then(trace_parent)
            .or_else(|| inner.reads_b3.then(|| text("b3")).flatten().and_then(b3))
    }

    /// Sends out what is under way, until `deadline`.
    pub(in crate::telemetry) async fn stop(&self, deadline: Instant) {
        let inner = self.0.load_full();
        if let Some(inner) = inner {
            inner.stop(deadline).await;
        }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tracer").field("is_on", &self.is_on()).finish()
    }
}

/// `00-<trace id>-<span id>-<flags>`.
fn trace_parent(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    let version = parts.next().filter(|version| version.len() == 2 && *version != "ff")?;
    let (trace_id, span_id) = (parts.next()?, parts.next()?);
    let flags = u8::from_str_radix(parts.next().filter(|flags| flags.len() == 2)?, 16).ok()?;
    if version == "00" && parts.next().is_some() {
        return None;
    }
    context(trace_id, span_id, flags & 1 == 1)
}

/// `<trace id>-<span id>-<sampled>`, where the last may be absent.
fn b3(text: &str) -> Option<SpanContext> {
    let mut parts = text.trim().split('-');
    let (trace_id, span_id) = (parts.next()?, parts.next()?);
    let trace_id = format!("{trace_id:0>32}");
    context(&trace_id, span_id, matches!(parts.next(), Some("1" | "d")))
}

fn context(trace_id: &str, span_id: &str, is_sampled: bool) -> Option<SpanContext> {
    let (trace_id, span_id) = (bytes::<16>(trace_id)?, bytes::<8>(span_id)?);
    let is_valid = trace_id != [0; 16] && span_id != [0; 8];
    is_valid.then_some(SpanContext { trace_id, span_id, is_sampled, is_remote: true })
}

fn bytes<const LENGTH: usize>(hex: &str) -> Option<[u8; LENGTH]> {
    if hex.len() != 2 * LENGTH || !hex.is_ascii() {
        return None;
    }
    let mut bytes = [0; LENGTH];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(bytes)
}
