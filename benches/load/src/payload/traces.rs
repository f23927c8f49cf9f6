//! Server and client spans of a shop's API: about 616 bytes each, 10 to 15 attributes, one in
//! ten with an exception event.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message;

use super::resource::{Container, PER_REQUEST};
use super::{Shape, shares, words};
use crate::random::Random;

/// One encoded trace request.
pub(super) fn request(shape: &Shape, random: &mut Random) -> Vec<u8> {
    let resource_spans = shares(shape.items, PER_REQUEST)
        .map(|items| {
            let spans = (0..items).map(|_| span(shape, random)).collect();
            ResourceSpans {
                resource: Some(Container::new(random).resource(random)),
                scope_spans: vec![ScopeSpans {
                    scope: Some(words::scope()),
                    spans,
                    ..Default::default()
                }],
                ..Default::default()
            }
        })
        .collect();
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn span(shape: &Shape, random: &mut Random) -> Span {
    let korean = random.chance(shape.korean);
    let start = words::moment(random);
    let end = start + random.below(2_000_000_000);
    let noun = random.pick(words::NOUNS);
    let method = random.pick(words::METHODS);
    let code = words::status_code(random);
    let events = match random.chance(0.1) {
        true => vec![exception(random, end, korean)],
        false => Vec::new(),
    };
    let name = match korean {
        true => words::name(random, true).to_owned(),
        false => format!("{method} /api/v1/{noun}/{{id}}"),
    };
    let message = if code >= 500 { words::error(random, korean) } else { "" };
    Span {
        trace_id: random.bytes(16),
        span_id: random.bytes(8),
        parent_span_id: random.bytes(8),
        flags: 0x101,
        name,
        kind: random.below(5) as i32 + 1,
        start_time_unix_nano: start,
        end_time_unix_nano: end,
        attributes: attributes(random, method, noun, code, korean),
        events,
        status: Some(Status { message: message.to_owned(), code: i32::from(code >= 500) * 2 }),
        ..Default::default()
    }
}

/// Ten attributes that every span has and up to five more.
fn attributes(
    random: &mut Random,
    method: &'static str,
    noun: &'static str,
    code: i64,
    korean: bool,
) -> Vec<KeyValue> {
    let id = random.below(10_000_000);
    let mut attributes = vec![
        words::text("http.request.method", method),
        words::int("http.response.status_code", code),
        words::text("http.route", format!("/api/v1/{noun}/{{id}}")),
        words::text("url.path", format!("/api/v1/{noun}/{id}")),
        words::text("url.scheme", "https"),
        words::text("server.address", format!("{noun}.shop.svc.cluster.local")),
        words::int("server.port", 8443),
        words::text("client.address", words::address(random)),
        words::text("user_agent.original", random.pick(words::AGENTS)),
        words::text("app.operation", words::name(random, korean)),
    ];
    let more = [
        words::text("session.id", random.uuid()),
        words::int("http.response.body.size", random.below(100_000) as i64),
        words::text("enduser.id", format!("u-{}", random.hex(8))),
        words::text("network.protocol.version", random.pick(&["1.1", "2"])),
        words::text("db.query.text", format!("SELECT * FROM {noun} WHERE id = {id}")),
    ];
    let extra = random.below(more.len() as u64 + 1) as usize;
    attributes.extend(more.into_iter().take(extra));
    attributes
}

fn exception(random: &mut Random, time: u64, korean: bool) -> Event {
    let trace: String = (0..8)
        .map(|_| {
            let noun = random.pick(words::NOUNS);
            format!("\n\tat shop.{noun}.Handler.run(Handler.java:{})", random.below(900))
        })
        .collect();
    let class = "java.io.IOException";
    let message = words::error(random, korean);
    Event {
        time_unix_nano: time,
        name: "exception".into(),
        attributes: vec![
            words::text("exception.type", class),
            words::text("exception.message", message),
            words::text("exception.stacktrace", format!("{class}: {message}{trace}")),
        ],
        ..Default::default()
    }
}
