//! One place that telemetry goes to: standard output or an OTLP receiver.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use holt_grammar::diag::Severity;
use holt_grammar::source::SourceMap;
use holt_pdata::Signal;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::component::{Context, Exporter, Host, Kind, Section, Settings, StatusHub, registry};
use crate::config::feature_gates::Gates;
use crate::config::service::{Level, OtlpExporter, PushExporter};
use crate::config::yaml::{Node, Place, YamlText, parse};
use crate::telemetry::{Metrics, Tracer};

/// Telemetry could not be exported, or the exporter not be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(in crate::telemetry) struct ExportError(pub(in crate::telemetry) String);

/// Where requests of one signal go.
pub(in crate::telemetry) struct Outlet {
    signal: Signal,
    target: Target,
}

enum Target {
    Console,
    Exporter(Arc<dyn Exporter>),
}

/// Time of a request when the settings name none.
const TIMEOUT: u64 = 10_000;

/// How long a request is tried again that a receiver is too busy for.
const RETRIES: &str = "1m";

impl Outlet {
    /// Makes what the settings ask for and starts it.
    pub(in crate::telemetry) async fn open(
        settings: &PushExporter,
        signal: Signal,
    ) -> Result<Self, ExportError> {
        let Some(otlp) = &settings.otlp else {
            return Ok(Self { signal, target: Target::Console });
        };
        let (kind, section) = section(otlp, signal)?;
        let exporter = exporter(kind, &section, signal)?;
        exporter.start(&Host::default()).await.map_err(|error| ExportError(error.0))?;
        Ok(Self { signal, target: Target::Exporter(exporter) })
    }

    /// Sends an OTLP request in JSON.
    pub(in crate::telemetry) async fn send(&self, request: &Value) -> Result<(), ExportError> {
        let text = request.to_string();
        match &self.target {
            Target::Console => {
                let mut out = std::io::stdout().lock();
                out.write_all(format!("{text}\n").as_bytes())
                    .map_err(|error| ExportError(error.to_string()))
            }
            Target::Exporter(exporter) => {
                let batch = holt_pdata::json::decode(self.signal, text.as_bytes())
                    .map_err(|error| ExportError(error.to_string()))?;
                let sent = exporter.consume(batch, Context::none()).await;
                sent.map_err(|refused| ExportError(refused.to_string()))
            }
        }
    }

    /// Closes connections.
    pub(in crate::telemetry) async fn close(&self) {
        if let Target::Exporter(exporter) = &self.target {
            exporter.stop(Instant::now() + Duration::from_secs(1)).await;
        }
    }
}

/// The type of exporter, and its settings, that do what settings in OpenTelemetry's form say.
fn section(otlp: &OtlpExporter, signal: Signal) -> Result<(&'static str, Value), ExportError> {
    let endpoint = otlp.endpoint.as_deref().unwrap_or_default();
    let mut headers: serde_json::Map<String, Value> = serde_json::Map::new();
    for pair in otlp.headers_list.as_deref().unwrap_or_default().split(',') {
        if let Some((name, value)) = pair.split_once('=') {
            headers.insert(name.trim().to_owned(), value.trim().into());
        }
    }
    for (name, value) in otlp.headers.iter() {
        headers.insert(name.to_owned(), value.expose().into());
    }
    let mut section = json!({
        "headers": headers,
        "compression": otlp.compression.as_deref().unwrap_or("none"),
        "timeout": format!("{}ms", otlp.timeout.unwrap_or(TIMEOUT)),
        "sending_queue": {"enabled": false},
        "retry_on_failure": {"initial_interval": "1s", "max_interval": "5s", "max_elapsed_time": RETRIES},
    });
    let is_plain = endpoint.starts_with("http://")
        || (!endpoint.starts_with("https://") && otlp.insecure == Some(true));
    let mut tls = json!({"insecure": is_plain});
    let files = [
        ("ca_file", &otlp.certificate),
        ("cert_file", &otlp.client_certificate),
        ("key_file", &otlp.client_key),
    ];
    for (key, file) in files {
        if let (Some(file), Some(tls)) = (file, tls.as_object_mut()) {
            tls.insert(key.to_owned(), file.as_str().into());
        }
    }
    let Some(keys) = section.as_object_mut() else {
        return Err(ExportError("no settings".to_owned()));
    };
    keys.insert("tls".to_owned(), tls);
    match otlp.protocol.as_deref() {
        Some("grpc") => {
            let address = endpoint.trim_start_matches("http://").trim_start_matches("https://");
            let address = if address.is_empty() { "localhost:4317" } else { address };
            keys.insert("endpoint".to_owned(), address.trim_end_matches('/').into());
            Ok(("otlp_grpc", section))
        }
        _ => {
            let scheme = if is_plain { "http://" } else { "https://" };
            let url = match endpoint {
                "" => "https://localhost:4318".to_owned(),
                url if url.contains("://") => url.to_owned(),
                address => format!("{scheme}{address}"),
            };
            let path = url.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
            // A path stands for itself; without one the usual path of the signal is meant.
            let key = match path {
                Some((_, path)) if !path.is_empty() => format!("{}_endpoint", signal.name()),
                _ => "endpoint".to_owned(),
            };
            keys.insert(key, url.into());
            Ok(("otlp_http", section))
        }
    }
}

fn exporter(kind: &str, section: &Value, signal: Signal) -> Result<Arc<dyn Exporter>, ExportError> {
    let failed = |message: String| ExportError(message);
    let found = registry::all().exporter(kind).map_err(|unknown| failed(unknown.message()))?;
    let node = node(&section.to_string())?;
    let id = kind.parse().map_err(|error| failed(format!("{error}")))?;
    let (gates, mut diagnostics) = (Gates::default(), Vec::new());
    let section = Section { id: &id, node: &node, gates: &gates };
    let Some(config) = found.factory.parse(section, &mut diagnostics) else {
        let errors = diagnostics.iter().filter(|one| one.severity == Severity::Error);
        let messages: Vec<&str> = errors.map(|one| one.message.as_str()).collect();
        return Err(failed(messages.join("; ")));
    };
    // It reports to nobody and counts nothing: it is no component of the service.
    let status = Arc::new(StatusHub::default()).register(Kind::Exporter, id.clone());
    let (metrics, tracer) = (Metrics::new(Level::None), Tracer::default());
    config
        .create(Settings { id, status, metrics, tracer }, signal)
        .map_err(|error| failed(error.to_string()))
}

fn node(json: &str) -> Result<Node, ExportError> {
    let source = SourceMap::default().add("service::telemetry", json);
    let text = YamlText { text: json.into(), place: Place::Source(source) };
    let documents = parse(&Arc::new(text)).map_err(|_| ExportError("no YAML".to_owned()))?;
    documents.into_iter().next().ok_or_else(|| ExportError("no YAML".to_owned()))
}
