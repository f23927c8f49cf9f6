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
use holt_grammar::source::Location;
use holt_pdata::Signal;

use self::config::Config;
use self::sender::HttpSender;
use crate::component::{
    Alias, CreateError, Descriptor, Exporter, ExporterConfig, ExporterFactory, Kind, Section,
    Settings, Stability,
};
use crate::config::keys::{self, Key};
use crate::config::ser::{SerError, to_node};
use crate::config::yaml::Node;
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
pub struct Factory;

impl ExporterFactory for Factory {
    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn keys(&self) -> Vec<Key> {
        keys::of(&Config::default())
    }

    fn parse(
        &self,
        section: Section<'_>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Box<dyn ExporterConfig>> {
        let config =
            section.read(Kind::Exporter, &Config::default(), diagnostics, Config::validate)?;
        Some(Box::new(config))
    }
}

impl ExporterConfig for Config {
    fn effective(&self, location: Location) -> Result<Node, SerError> {
        to_node(self, location)
    }

    fn create(&self, settings: Settings, signal: Signal) -> Result<Arc<dyn Exporter>, CreateError> {
        let sender = HttpSender::new(self, &settings, signal).map_err(CreateError::Other)?;
        let (queue, retry) = (&self.sending_queue, &self.retry_on_failure);
        Ok(Arc::new(ExportQueue::new(Arc::new(sender), settings, signal, queue, retry)))
    }
}
