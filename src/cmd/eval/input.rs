//! Telemetry to evaluate statements on: bytes of a file or of standard input, requests out.
//!
//! OTLP/JSON, a request or one on each line, and OTLP protobuf are told apart by what they hold,
//! and so is the signal unless it is given. So is what the debug exporter writes in detail. Plain text
//! can stand for log records.

use bytes::Bytes;
use holt_pdata::{Batch, Signal, json};
use serde_json::{Map, Value, json};

use super::debug_text;

/// The requests in the bytes; never none.
///
/// # Errors
/// Why there are none, in words for the user; `name` is what they know the bytes by.
pub(crate) fn requests(
    bytes: &[u8],
    signal: Option<Signal>,
    name: &str,
) -> Result<Vec<Batch>, String> {
    if bytes.trim_ascii().is_empty() {
        return Err(format!("{name} holds no telemetry"));
    }
    if let Ok(text) = std::str::from_utf8(bytes)
        && debug_text::is_debug_text(text)
    {
        return debug_text::requests(text, name);
    }
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Ok(vec![from_protobuf(bytes, signal, name)?]);
    }
    let whole = from_json(bytes, signal);
    let lines: Vec<(usize, &[u8])> = bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .collect();
    let failure = match whole {
        Ok(batch) => return Ok(vec![batch]),
        Err(failure) => failure,
    };
    // A length byte of protobuf may look like a brace.
    if let Ok(batch) = from_protobuf(bytes, signal, name) {
        return Ok(vec![batch]);
    }
    match lines.as_slice() {
        // Of text that is broken over lines, the first line is no request.
        [(_, first), _, ..] if from_json(first, signal).is_ok() => lines
            .into_iter()
            .map(|(index, line)| {
                from_json(line, signal)
                    .map_err(|failure| failure.told(line, &format!("{name}, line {}", index + 1)))
            })
            .collect(),
        _ => Err(failure.told(bytes, name)),
    }
}

/// As [`requests`]; text of another sort is taken for log records, a line each.
///
/// # Errors
/// As [`requests`].
pub(crate) fn requests_or_lines(
    bytes: &[u8],
    signal: Option<Signal>,
    name: &str,
) -> Result<Vec<Batch>, String> {
    match lines(bytes, signal) {
        Some(batch) => Ok(vec![batch]),
        None => requests(bytes, signal, name),
    }
}

/// The lines of a text as log records; `None` for telemetry, also when it is broken.
fn lines(bytes: &[u8], signal: Option<Signal>) -> Option<Batch> {
    if signal.is_some_and(|signal| signal != Signal::Logs) {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    if debug_text::is_debug_text(text) {
        return None;
    }
    let is_odd = |letter: char| letter.is_control() && !"\n\r\t\u{1b}".contains(letter);
    if text.contains(is_odd) {
        return None;
    }
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let first = lines().next()?;
    if first.trim_start().starts_with('{') {
        let is_object = serde_json::from_str::<Map<String, Value>>(first).is_ok();
        if !is_object || !matches!(from_json(first.as_bytes(), None), Err(Failure::NoSignal)) {
            return None;
        }
    }
    let records: Vec<Value> =
        lines().map(|line| json!({ "body": { "stringValue": line } })).collect();
    let request = json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": records }] }] });
    json::decode(Signal::Logs, request.to_string().as_bytes()).ok()
}

/// Why text is no request.
enum Failure {
    /// It is not OTLP/JSON.
    Malformed(json::JsonError),
    /// It holds no resources of any signal.
    NoSignal,
}

impl Failure {
    fn told(&self, text: &[u8], name: &str) -> String {
        match self {
            Self::Malformed(error) => {
                let before = text.get(..error.offset).unwrap_or(text);
                let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
                let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let column = String::from_utf8_lossy(before.get(start..).unwrap_or_default())
                    .chars()
                    .count();
                format!("{name}:{line}:{}: {error}", column + 1)
            }
            Self::NoSignal => format!(
                "{name} holds neither resourceSpans, resourceMetrics, resourceLogs nor \
                 resourceProfiles; say what it is with --signal"
            ),
        }
    }
}

fn from_json(text: &[u8], signal: Option<Signal>) -> Result<Batch, Failure> {
    if let Some(signal) = signal {
        return json::decode(signal, text).map_err(Failure::Malformed);
    }
    let mut failure = None;
    for signal in Signal::ALL {
        // What belongs to other signals is skipped as unknown.
        match json::decode(signal, text) {
            Ok(batch) if batch.has_no_resources() => {}
            Ok(batch) => return Ok(batch),
            // A fault further in than in the text as such names the signal.
            Err(error) => {
                let deeper = |known: &json::JsonError| error.path.len() > known.path.len();
                if failure.as_ref().is_none_or(deeper) {
                    failure = Some(error);
                }
            }
        }
    }
    Err(failure.map_or(Failure::NoSignal, Failure::Malformed))
}

fn from_protobuf(bytes: &[u8], signal: Option<Signal>, name: &str) -> Result<Batch, String> {
    let decode = |signal| Batch::decode(signal, Bytes::copy_from_slice(bytes));
    if let Some(signal) = signal {
        return decode(signal).map_err(|error| format!("{name}: {error}"));
    }
    let readable: Vec<Batch> =
        Signal::ALL.into_iter().filter_map(|signal| decode(signal).ok()).collect();
    // Bytes of another signal may pass as text that needs repair.
    let sound = readable.iter().filter(|batch| !batch.repairs().text && !batch.is_empty());
    match sound.collect::<Vec<_>>().as_slice() {
        [only] => Ok((*only).clone()),
        [] if readable.is_empty() => {
            Err(format!("{name} is neither OTLP/JSON nor OTLP protobuf of any signal"))
        }
        found => {
            let all: Vec<&Batch> = readable.iter().collect();
            let found = if found.is_empty() { all.as_slice() } else { found };
            let names: Vec<&str> = found.iter().map(|batch| batch.signal().name()).collect();
            Err(format!(
                "{name} can be read as {}; say which with --signal",
                names.join(" and as ")
            ))
        }
    }
}
