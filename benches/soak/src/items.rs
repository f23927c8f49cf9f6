//! Log records that carry a sequence number: numbers in, encoded requests out, and back.
//!
//! The number is the attribute `sequence` of a record; every tenth record says `keep: false`, so
//! that a filter has something to drop.

use std::ops::Range;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;

/// The attribute that holds the sequence number.
const SEQUENCE: &str = "sequence";
/// One in so many records is one for a filter to drop.
const DROP_EVERY: u64 = 10;

/// Whether the record of a number says `keep: false`.
pub fn filtered(number: u64) -> bool {
    number.is_multiple_of(DROP_EVERY)
}

/// An encoded `ExportLogsServiceRequest` with one record for each number, each of about
/// `size` bytes.
pub fn request(numbers: Range<u64>, size: usize) -> Bytes {
    let log_records = numbers.map(|number| record(number, size)).collect();
    let service = KeyValue {
        key: "service.name".to_owned(),
        value: value(Value::StringValue("soak".to_owned())),
        ..KeyValue::default()
    };
    let resource = Resource { attributes: vec![service], ..Resource::default() };
    let request = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(resource),
            scope_logs: vec![ScopeLogs { log_records, ..ScopeLogs::default() }],
            ..ResourceLogs::default()
        }],
    };
    request.encode_to_vec().into()
}

/// What an encoded request holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// The sequence numbers.
    pub numbers: Vec<u64>,
    /// Records whose text is not the one that was sent.
    pub altered: u64,
}

/// Reads an encoded request.
pub fn read(request: impl bytes::Buf) -> Result<Arrived, prost::DecodeError> {
    let request = ExportLogsServiceRequest::decode(request)?;
    let records = request
        .resource_logs
        .iter()
        .flat_map(|resource| &resource.scope_logs)
        .flat_map(|scope| &scope.log_records);
    let mut arrived = Arrived::default();
    for record in records {
        match number(record) {
            Some(number) => {
                arrived.numbers.push(number);
                arrived.altered += u64::from(!intact(record, number));
            }
            None => arrived.altered += 1,
        }
    }
    Ok(arrived)
}

fn intact(record: &LogRecord, number: u64) -> bool {
    let body = record.body.as_ref().and_then(|body| body.value.as_ref());
    match body {
        Some(Value::StringValue(found)) => *found == text(number, found.len()),
        _ => false,
    }
}

fn number(record: &LogRecord) -> Option<u64> {
    let attribute = record.attributes.iter().find(|attribute| attribute.key == SEQUENCE)?;
    match attribute.value.as_ref()?.value {
        Some(Value::IntValue(number)) => u64::try_from(number).ok(),
        _ => None,
    }
}

fn record(number: u64, size: usize) -> LogRecord {
    let attribute =
        |key: &str, of| KeyValue { key: key.to_owned(), value: value(of), ..KeyValue::default() };
    LogRecord {
        time_unix_nano: 1_763_800_000_000_000_000 + number,
        body: value(Value::StringValue(text(number, size))),
        attributes: vec![
            attribute(SEQUENCE, Value::IntValue(number as i64)),
            attribute("keep", Value::BoolValue(!filtered(number))),
        ],
        ..LogRecord::default()
    }
}

fn value(value: Value) -> Option<AnyValue> {
    Some(AnyValue { value: Some(value) })
}

/// Text that differs from record to record, so that compression has no holiday.
fn text(number: u64, size: usize) -> String {
    let mut text = String::with_capacity(size + 16);
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    while text.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(&format!("{state:016x}"));
    }
    text.truncate(size);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_and_changes_are_seen() {
        let request = request(7..29, 100);
        let numbers: Vec<u64> = (7..29).collect();
        let expected = Arrived { numbers: numbers.clone(), altered: 0 };
        assert_eq!(read(request.clone()).unwrap(), expected);
        let mut changed = request.to_vec();
        let text = text(7, 100);
        let start = changed.windows(100).position(|window| window == text.as_bytes()).unwrap();
        changed[start + 5] ^= 1;
        assert_eq!(read(changed.as_slice()).unwrap(), Arrived { numbers, altered: 1 });
        assert!(filtered(20) && !filtered(21));
    }
}
