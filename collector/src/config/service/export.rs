//! Where the collector's own telemetry goes: the parts that metrics, logs and traces share, in the
//! form of OpenTelemetry's declarative configuration 0.3.

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::codes::WRONG_VALUE;
use crate::config::values::{Headers, Spanned};

/// Standard output; has no settings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Console {}

/// Where records go: to exactly one place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PushExporter {
    /// Standard output, as OTLP in JSON, a request a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub console: Option<Console>,
    /// A receiver of OTLP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp: Option<OtlpExporter>,
}

/// A receiver of OTLP.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OtlpExporter {
    /// `grpc` or `http/protobuf`.
    pub protocol: Option<String>,
    /// Its address; for HTTP with the whole path, such as `http://localhost:4318/v1/metrics`.
    /// Without `http://` in front, TLS is used unless `insecure` is set.
    pub endpoint: Option<String>,
    /// Headers of every request.
    #[serde(skip_serializing_if = "Headers::is_empty")]
    pub headers: Headers,
    /// More headers, as `name=value` with commas in between.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers_list: Option<String>,
    /// `gzip` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compression: Option<String>,
    /// Time for a request, in milliseconds; 10000 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u64>,
    /// Whether an endpoint without a scheme is plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insecure: Option<bool>,
    /// A file with certificates of authorities to trust.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// A file with the certificate to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<String>,
    /// A file with its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_key: Option<String>,
    /// Of metrics: `cumulative`, `delta` or `lowmemory`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temporality_preference: Option<String>,
    /// Of metrics: how histograms without buckets of their own are kept; without effect, as in the
    /// reference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_histogram_aggregation: Option<String>,
}

/// How log records or spans are exported: in exactly one of two ways.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RecordProcessor {
    /// Many at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchRecords>,
    /// Each as it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simple: Option<SimpleRecords>,
}

/// Export of many records at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BatchRecords {
    /// Longest wait for a batch to fill, in milliseconds; 5000 for spans and 1000 for log records
    /// when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule_delay: Option<i64>,
    /// Time for an export, in milliseconds; 30000 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub export_timeout: Option<i64>,
    /// Records that may wait; those beyond are dropped. 2048 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_queue_size: Option<i64>,
    /// Records of an export; 512 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_export_batch_size: Option<i64>,
    /// Where they go.
    pub exporter: PushExporter,
}

/// Export of each record as it comes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SimpleRecords {
    /// Where they go.
    pub exporter: PushExporter,
}

/// A finding at a place, with what the Go collector says.
pub(super) fn refuse(at: Option<Location>, what: &str, help: &str, go: &str) -> Diagnostic {
    let mut finding = Diagnostic::error(WRONG_VALUE, what.to_owned());
    if let Some(location) = at {
        finding = finding.label(location, "");
    }
    finding.note(help.to_owned()).note(format!("the Go collector says: {go}"))
}

/// Checks processors of `what`: `span` or `log`.
pub(super) fn check_processors(
    processors: &[Spanned<RecordProcessor>],
    what: &str,
    findings: &mut Vec<Diagnostic>,
) {
    for processor in processors {
        let at = processor.location;
        let exporter = match (&processor.batch, &processor.simple) {
            (Some(batch), None) => {
                check_batch(batch, at, findings);
                &batch.exporter
            }
            (None, Some(simple)) => &simple.exporter,
            (Some(_), Some(_)) => {
                findings.push(refuse(
                    at,
                    "a processor is either `batch` or `simple`",
                    "write them as two entries of the list, or keep one",
                    &format!("must not specify multiple {what} processor type"),
                ));
                continue;
            }
            (None, None) => {
                findings.push(refuse(
                    at,
                    "a processor is `batch` or `simple`, and this is neither",
                    "write `batch: {exporter: {otlp: {protocol: grpc, endpoint: ...}}}`",
                    &format!("unsupported {what} processor type, must be one of simple or batch"),
                ));
                continue;
            }
        };
        check_exporter(exporter, what, at, findings);
    }
}

fn check_batch(batch: &BatchRecords, at: Option<Location>, findings: &mut Vec<Diagnostic>) {
    let bounds = [
        ("export_timeout", "export timeout", batch.export_timeout),
        ("max_export_batch_size", "batch size", batch.max_export_batch_size),
        ("max_queue_size", "queue size", batch.max_queue_size),
        ("schedule_delay", "schedule delay", batch.schedule_delay),
    ];
    for (key, go_name, value) in bounds {
        if let Some(value) = value.filter(|value| *value < 0) {
            findings.push(refuse(
                at,
                &format!("`{key}` is below zero"),
                "leave it out for the default",
                &format!("invalid {go_name} {value}"),
            ));
        }
    }
}

/// Checks where records of `what` go: `metric`, `span` or `log`.
pub(super) fn check_exporter(
    exporter: &PushExporter,
    what: &str,
    at: Option<Location>,
    findings: &mut Vec<Diagnostic>,
) {
    let otlp = match (&exporter.console, &exporter.otlp) {
        (Some(_), Some(_)) => {
            findings.push(refuse(
                at,
                "an exporter is either `console` or `otlp`",
                "keep one of them",
                "must not specify multiple exporters",
            ));
            return;
        }
        (Some(_), None) => return,
        (None, Some(otlp)) => otlp,
        (None, None) => {
            findings.push(refuse(
                at,
                "nothing says where the records go",
                "write `exporter: {otlp: {protocol: http/protobuf, endpoint: ...}}`",
                &format!("no valid {what} exporter"),
            ));
            return;
        }
    };
    match otlp.protocol.as_deref() {
        Some("grpc" | "http/protobuf") => {}
        Some(other) => findings.push(refuse(
            at,
            &format!("`{other}` is no protocol of OTLP exporters"),
            "the protocols are `grpc` and `http/protobuf`",
            &format!("unsupported protocol {other:?}"),
        )),
        None => findings.push(refuse(
            at,
            "the OTLP exporter has no `protocol`",
            "the protocols are `grpc` and `http/protobuf`",
            &format!("no valid {what} exporter"),
        )),
    }
    if let Some(other) =
        otlp.compression.as_deref().filter(|other| !matches!(*other, "gzip" | "none"))
    {
        findings.push(refuse(
            at,
            &format!("`{other}` is no compression of OTLP exporters"),
            "the compressions are `gzip` and `none`",
            &format!("unsupported compression {other:?}"),
        ));
    }
    if let Some(other) = otlp
        .temporality_preference
        .as_deref()
        .filter(|other| !matches!(*other, "cumulative" | "delta" | "lowmemory"))
    {
        findings.push(refuse(
            at,
            &format!("`{other}` is no temporality"),
            "the temporalities are `cumulative`, `delta` and `lowmemory`",
            &format!("unsupported temporality preference {other:?}"),
        ));
    }
}
