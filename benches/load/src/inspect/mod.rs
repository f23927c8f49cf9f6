//! Says what captured requests hold, one line a record, so that two captures can be compared.
//!
//! In go the `.binpb` files of [`crate::capture`]; out come sorted lines of JSON. What differs
//! between two runs of the same program (times of spans and points, random ids) is replaced by
//! whether it was there; span ids become the names of their spans. How records were grouped into
//! requests does not show, what their resource and scope was does.

mod records;
mod value;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;

use crate::signal::Signal;

/// Why captures cannot be inspected.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// The directory or a file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The directory or file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is no request of the signal in its name.
    #[error("{path} is no {signal} request: {source}")]
    Decode {
        /// The file.
        path: PathBuf,
        /// The signal in its name.
        signal: &'static str,
        /// What is wrong.
        source: prost::DecodeError,
    },
    /// There is nothing to inspect, which is hardly what was wanted.
    #[error("{0} has no files of the form NAME-SIGNAL-N.binpb")]
    Empty(PathBuf),
}

/// All requests of a directory.
#[derive(Debug, Default)]
struct Captured {
    traces: Vec<ExportTraceServiceRequest>,
    metrics: Vec<ExportMetricsServiceRequest>,
    logs: Vec<ExportLogsServiceRequest>,
}

/// The lines that describe the captures in `directory`.
pub fn inspect(directory: &Path) -> Result<Vec<String>, InspectError> {
    let captured = read(directory)?;
    let names = records::span_names(&captured.traces);
    let mut lines = Vec::new();
    records::spans(&captured.traces, &names, &mut lines);
    records::points(&captured.metrics, &mut lines);
    records::logs(&captured.logs, &names, &mut lines);
    let mut lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    lines.sort();
    Ok(lines)
}

/// The names of spans by their ids.
type SpanNames = BTreeMap<Vec<u8>, String>;

fn read(directory: &Path) -> Result<Captured, InspectError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |source| InspectError::Read { path, source }
    };
    let mut captured = Captured::default();
    let mut found = false;
    for entry in fs::read_dir(directory).map_err(unreadable(directory))? {
        let path = entry.map_err(unreadable(directory))?.path();
        let Some(signal) = signal_of(&path) else { continue };
        found = true;
        let bytes = fs::read(&path).map_err(unreadable(&path))?;
        let decoded = match signal {
            Signal::Traces => {
                Message::decode(bytes.as_slice()).map(|request| captured.traces.push(request))
            }
            Signal::Metrics => {
                Message::decode(bytes.as_slice()).map(|request| captured.metrics.push(request))
            }
            Signal::Logs => {
                Message::decode(bytes.as_slice()).map(|request| captured.logs.push(request))
            }
        };
        decoded.map_err(|source| InspectError::Decode { path, signal: signal.name(), source })?;
    }
    if found { Ok(captured) } else { Err(InspectError::Empty(directory.to_owned())) }
}

/// The signal in a name such as `grpc-traces-1.binpb`.
fn signal_of(path: &Path) -> Option<Signal> {
    let stem = path.file_name()?.to_str()?.strip_suffix(".binpb")?;
    let (rest, _number) = stem.rsplit_once('-')?;
    Signal::ALL.into_iter().find(|signal| rest.ends_with(&format!("-{}", signal.name())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Shape;

    #[test]
    fn every_item_is_a_line_and_grouping_does_not_show() {
        let directory = tempfile::tempdir().unwrap();
        for signal in Signal::ALL {
            let shape = Shape { signal, items: 30, korean: 0.5, bare_points: true, seed: 3 };
            let file = format!("a-{}-1.binpb", signal.name());
            fs::write(directory.path().join(file), shape.request(0)).unwrap();
        }
        let lines = inspect(directory.path()).unwrap();
        let of = |signal: &str| lines.iter().filter(|line| line.contains(signal)).count();
        assert_eq!(lines.len(), 90);
        assert_eq!(of(r#""record":"span""#), 30);
        assert_eq!(of(r#""record":"point""#), 30);
        assert_eq!(of(r#""record":"log""#), 30);

        // The same records, the resources in the opposite order and one request each.
        let whole = fs::read(directory.path().join("a-traces-1.binpb")).unwrap();
        let whole = ExportTraceServiceRequest::decode(whole.as_slice()).unwrap();
        fs::remove_file(directory.path().join("a-traces-1.binpb")).unwrap();
        for (number, resource) in whole.resource_spans.into_iter().rev().enumerate() {
            let part = ExportTraceServiceRequest { resource_spans: vec![resource] };
            let file = directory.path().join(format!("b-traces-{number}.binpb"));
            fs::write(file, part.encode_to_vec()).unwrap();
        }
        assert_eq!(inspect(directory.path()).unwrap(), lines);
    }

    #[test]
    fn an_empty_directory_and_a_broken_file_are_errors() {
        let directory = tempfile::tempdir().unwrap();
        let error = inspect(directory.path()).unwrap_err();
        assert!(matches!(error, InspectError::Empty(_)), "{error}");
        fs::write(directory.path().join("a-logs-1.binpb"), [0xff]).unwrap();
        let error = inspect(directory.path()).unwrap_err();
        assert!(error.to_string().contains("a-logs-1.binpb is no logs request"), "{error}");
    }
}
