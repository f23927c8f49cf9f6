//! Counts the items of a request by skipping over them: no message is decoded, nothing is copied.
//!
//! Works on any [`Buf`], so a body that arrived in many HTTP/2 frames needs no gathering first.

use bytes::Buf;

use crate::signal::Signal;

/// Why a request could not be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// The bytes end inside a field, or a length points past its parent.
    #[error("the protobuf message ends inside a field")]
    Truncated,
    /// More than ten bytes, or a tag without a field number.
    #[error("the protobuf message has an unreadable tag or length")]
    Malformed,
    /// The JSON text is none, or has another shape than an export request.
    #[error("the JSON body is not an OTLP export request")]
    Json,
}

/// One level of nesting between a request and its items.
type Level = &'static [u64];

/// Field numbers from the request down to the items (opentelemetry-proto): resources, scopes,
/// records; metrics have two levels more, the kinds of data and their points.
const TRACES_AND_LOGS: &[Level] = &[&[1], &[2], &[2]];
const METRICS: &[Level] = &[&[1], &[2], &[2], &[5, 7, 9, 10, 11], &[1]];

/// The number of spans, datapoints or log records in an encoded export request.
pub fn count_items(signal: Signal, mut request: impl Buf) -> Result<u64, CountError> {
    let levels = match signal {
        Signal::Traces | Signal::Logs => TRACES_AND_LOGS,
        Signal::Metrics => METRICS,
    };
    count_level(&mut request, 0, levels)
}

/// Counts within one message, which ends when `end` bytes remain in the buffer.
fn count_level(buffer: &mut impl Buf, end: usize, levels: &[Level]) -> Result<u64, CountError> {
    let Some((fields, deeper)) = levels.split_first() else { return Ok(0) };
    let mut items = 0;
    while buffer.remaining() > end {
        let tag = varint(buffer)?;
        let (field, wire_type) = (tag >> 3, tag & 7);
        if wire_type != 2 || !fields.contains(&field) {
            skip(buffer, field, wire_type, end)?;
            continue;
        }
        let length = length(buffer, end)?;
        if deeper.is_empty() {
            items += 1;
            buffer.advance(length);
        } else {
            let inner_end = buffer.remaining() - length;
            items += count_level(buffer, inner_end, deeper)?;
        }
    }
    if buffer.remaining() == end { Ok(items) } else { Err(CountError::Truncated) }
}

/// Skips a field of no interest. Groups (wire types 3 and 4) are skipped tag by tag: their
/// content is ordinary fields, none of which has a number that is looked for with a meaning,
/// so they must be skipped as a whole.
fn skip(buffer: &mut impl Buf, field: u64, wire_type: u64, end: usize) -> Result<(), CountError> {
    let bytes = match wire_type {
        0 => return varint(buffer).map(|_| ()),
        1 => 8,
        2 => length(buffer, end)?,
        3 => return skip_group(buffer, field, end),
        5 => 4,
        _ => return Err(CountError::Malformed),
    };
    if buffer.remaining().saturating_sub(end) < bytes {
        return Err(CountError::Truncated);
    }
    buffer.advance(bytes);
    Ok(())
}

/// Skips to the end of a group without recursion: open groups are kept in a list.
fn skip_group(buffer: &mut impl Buf, field: u64, end: usize) -> Result<(), CountError> {
    let mut open = vec![field];
    while let Some(innermost) = open.last().copied() {
        let tag = varint(buffer)?;
        match (tag >> 3, tag & 7) {
            (inner, 3) => open.push(inner),
            (closed, 4) if closed == innermost => {
                open.pop();
            }
            (inner, wire_type) => skip(buffer, inner, wire_type, end)?,
        }
    }
    Ok(())
}

fn length(buffer: &mut impl Buf, end: usize) -> Result<usize, CountError> {
    let length = usize::try_from(varint(buffer)?).map_err(|_| CountError::Malformed)?;
    match buffer.remaining().checked_sub(end) {
        Some(available) if length <= available => Ok(length),
        _ => Err(CountError::Truncated),
    }
}

fn varint(buffer: &mut impl Buf) -> Result<u64, CountError> {
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        if !buffer.has_remaining() {
            return Err(CountError::Truncated);
        }
        let byte = buffer.get_u8();
        value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err(CountError::Malformed)
}

/// The number of items in an OTLP/JSON request. This one does parse the text.
pub fn count_json_items(signal: Signal, text: &[u8]) -> Result<u64, CountError> {
    let request: serde_json::Value = serde_json::from_slice(text).map_err(|_| CountError::Json)?;
    let (resources, scopes, records) = match signal {
        Signal::Traces => ("resourceSpans", "scopeSpans", "spans"),
        Signal::Metrics => ("resourceMetrics", "scopeMetrics", "metrics"),
        Signal::Logs => ("resourceLogs", "scopeLogs", "logRecords"),
    };
    if !request.is_object() {
        return Err(CountError::Json);
    }
    let records = list(&request, resources)
        .flat_map(|resource| list(resource, scopes))
        .flat_map(|scope| list(scope, records));
    if signal != Signal::Metrics {
        return Ok(records.count() as u64);
    }
    let kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];
    let points = records
        .flat_map(|metric| kinds.iter().filter_map(|kind| metric.get(*kind)))
        .flat_map(|data| list(data, "dataPoints"));
    Ok(points.count() as u64)
}

fn list<'a>(
    parent: &'a serde_json::Value,
    key: &str,
) -> impl Iterator<Item = &'a serde_json::Value> + use<'a> {
    parent.get(key).and_then(serde_json::Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::Shape;

    #[test]
    fn a_body_in_many_chunks_counts_like_one() {
        let shape =
            Shape { signal: Signal::Metrics, items: 57, korean: 0.2, bare_points: false, seed: 9 };
        let request = shape.request(0);
        for cut in [0, 1, 2, 3, 100, 1000, request.len()] {
            let (head, tail) = request.split_at(cut);
            assert_eq!(count_items(Signal::Metrics, head.chain(tail)), Ok(57), "cut at {cut}");
        }
    }

    #[test]
    fn every_truncation_is_noticed() {
        let shape =
            Shape { signal: Signal::Traces, items: 2, korean: 0.0, bare_points: true, seed: 9 };
        let request = shape.request(0);
        // Cuts between the resources leave a complete, shorter request.
        let whole = (0..request.len())
            .filter(|cut| count_items(Signal::Traces, &request[..*cut]).is_ok())
            .count();
        assert_eq!(whole, 2, "only the empty request and the one with the first resource");
    }

    #[test]
    fn unknown_fields_and_groups_are_skipped() {
        // Field 99: varint, fixed64, bytes, group with a nested group, fixed32; then an empty
        // resource (field 1 of length 0).
        let request = [
            0x98, 0x06, 0x80, 0x01, // 99: varint 128
            0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, // 99: fixed64
            0x9a, 0x06, 0x02, 0x0a, 0x00, // 99: two bytes that look like a resource
            0x9b, 0x06, 0x0b, 0x08, 0x01, 0x0c, 0x9c, 0x06, // 99: group { 1: group { 1: 1 } }
            0x9d, 0x06, 1, 2, 3, 4, // 99: fixed32
            0x0a, 0x00, // resource
        ];
        assert_eq!(count_items(Signal::Traces, request.as_slice()), Ok(0));
        assert_eq!(
            count_items(Signal::Traces, [0x9b, 0x06].as_slice()),
            Err(CountError::Truncated)
        );
        assert_eq!(count_items(Signal::Logs, [0x0c].as_slice()), Err(CountError::Malformed));
        assert_eq!(count_items(Signal::Logs, [0xff; 11].as_slice()), Err(CountError::Malformed));
    }

    #[test]
    fn json_counts_points_of_every_kind() {
        let text = br#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[
            {"gauge":{"dataPoints":[{},{}]}},{"exponentialHistogram":{"dataPoints":[{}]}}]}]}]}"#;
        assert_eq!(count_json_items(Signal::Metrics, text), Ok(3));
        assert_eq!(count_json_items(Signal::Logs, b"{}"), Ok(0));
        assert_eq!(count_json_items(Signal::Logs, b"[]"), Err(CountError::Json));
    }
}
