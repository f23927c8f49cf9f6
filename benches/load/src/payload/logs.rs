//! Application logs: about 433 bytes each, a JSON body and six attributes.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use prost::Message;

use super::resource::{Container, PER_REQUEST};
use super::{Shape, shares, words};
use crate::random::Random;

/// One encoded log request.
pub(super) fn request(shape: &Shape, random: &mut Random) -> Vec<u8> {
    let resource_logs = shares(shape.items, PER_REQUEST)
        .map(|items| {
            let log_records = (0..items).map(|_| record(shape, random)).collect();
            ResourceLogs {
                resource: Some(Container::new(random).resource(random)),
                scope_logs: vec![ScopeLogs {
                    scope: Some(words::scope()),
                    log_records,
                    ..Default::default()
                }],
                ..Default::default()
            }
        })
        .collect();
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}

fn record(shape: &Shape, random: &mut Random) -> LogRecord {
    let korean = random.chance(shape.korean);
    let time = words::moment(random);
    let code = words::status_code(random);
    let noun = random.pick(words::NOUNS);
    let (severity_number, severity_text) = match code {
        500.. => (17, "ERROR"),
        400.. => (13, "WARN"),
        _ => (9, "INFO"),
    };
    LogRecord {
        time_unix_nano: time,
        observed_time_unix_nano: time + random.below(50_000_000),
        severity_number,
        severity_text: severity_text.into(),
        body: Some(words::value(body(random, noun, code, korean))),
        attributes: vec![
            words::text("log.iostream", random.pick(&["stdout", "stderr"])),
            words::text("http.route", format!("/api/v1/{noun}/{{id}}")),
            words::int("http.response.status_code", code),
            words::text("thread.name", format!("worker-{}", random.below(64))),
            words::text("code.function.name", format!("shop.{noun}.run")),
            words::text("client.address", words::address(random)),
        ],
        flags: 1,
        trace_id: random.bytes(16),
        span_id: random.bytes(8),
        ..Default::default()
    }
}

/// What an application prints: one JSON object a line.
fn body(random: &mut Random, noun: &str, code: i64, korean: bool) -> String {
    format!(
        concat!(
            r#"{{"msg":"{}","status":{},"took_ms":{:.3},"#,
            r#""path":"/api/v1/{}/{}","user":"u-{}","bytes":{},"retry":{}}}"#
        ),
        words::message(random, korean),
        code,
        random.between(0.1, 900.0),
        noun,
        random.below(10_000_000),
        random.hex(8),
        random.below(100_000),
        random.chance(0.1)
    )
}
