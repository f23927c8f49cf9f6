//! `otlp_http` (formerly `otlphttp`): sends OTLP over HTTP, in protobuf or JSON.
//!
//! In protobuf a batch leaves as the bytes it is, compressed when asked; the peer's answer becomes
//! the batch's outcome.

mod config;
mod response;
mod sender;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;

use self::config::Config;
use self::sender::HttpSender;
use crate::component::{
    Alias, CreateError, Descriptor, Exporter, ExporterConfig, Kind, Section, Settings, Stability,
    TypedConfig, TypedFactory,
};
use crate::queue::ExportQueue;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Exporter,
    type_name: "otlp_http",
    aliases: &[Alias { name: "otlphttp", deprecated: true }],
    stability: &[
        ("traces", Stability::Stable),
        ("metrics", Stability::Stable),
        ("logs", Stability::Stable),
        ("profiles", Stability::Alpha),
    ],
    summary: "sends OTLP over HTTP",
    example: "
otlp_http:
  endpoint: https://backend.example.com
  headers:
    authorization: Bearer ${env:TOKEN}
",
};

/// Makes `otlp_http` exporters.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Exporter, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ExporterConfig for Config {
    fn create(&self, settings: Settings, signal: Signal) -> Result<Arc<dyn Exporter>, CreateError> {
        let sender = HttpSender::new(self, &settings, signal).map_err(CreateError::Other)?;
        let (queue, retry) = (&self.sending_queue, &self.retry_on_failure);
        Ok(Arc::new(ExportQueue::new(Arc::new(sender), settings, signal, queue, retry)))
    }
}
