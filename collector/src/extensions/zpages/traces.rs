//! The page with the latest spans.

use std::time::Duration;

use jiff::Timestamp;

use super::html::{escape, link, page as whole, table};
use crate::telemetry::traces::{Bucket, FinishedSpan, Recent};

/// The page: an overview, and the spans that `query` asks for.
pub(super) fn page(recent: &Recent, query: &str) -> String {
    let rows = recent.summary().into_iter().map(|summary| {
        let address = |kind: usize, bucket: usize| {
            let name = encode(&summary.name);
            format!("tracez?zspanname={name}&ztype={kind}&zlatencybucket={bucket}")
        };
        let mut row = vec![escape(&summary.name), summary.active.to_string()];
        row.extend(
            summary
                .by_latency
                .iter()
                .enumerate()
                .map(|(bucket, count)| link(&address(1, bucket), &count.to_string())),
        );
        row.push(link(&address(2, 0), &summary.errors.to_string()));
        row
    });
    let head = [&["Span Name", "Running"][..], &Bucket::NAMES, &["Errors"]].concat();
    let mut body = table(&head, rows);
    let asked = |key: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == key).map(|(_, value)| decode(value))
    };
    let number = |key: &str| asked(key).and_then(|text| text.parse().ok()).unwrap_or_default();
    if let Some(name) = asked("zspanname").filter(|name| !name.is_empty()) {
        let spans = match number("ztype") {
            1 => recent.by_latency(&name, Bucket(number("zlatencybucket"))),
            2 => recent.errors(&name),
            _ => Vec::new(),
        };
        body.push_str(&format!("<h2>Span Name: {}</h2>\n", escape(&name)));
        body.push_str(&format!("<p>{} Requests</p>\n<pre>", spans.len()));
        for span in spans {
            body.push_str(&escape(&lines(&span)));
        }
        body.push_str("</pre>\n");
    }
    whole("Trace Spans", &body)
}

/// A span as text: when it started, how long it took, its ids, attributes and events.
fn lines(span: &FinishedSpan) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let time = |time| Timestamp::try_from(time).map(|time| time.to_string()).unwrap_or_default();
    let context = &span.context;
    let mut text = format!(
        "{:30} {:>12}  trace_id: {} span_id: {}\n",
        time(span.start),
        seconds(span.duration),
        hex(&context.trace_id),
        hex(&context.span_id)
    );
    if let Some(error) = &span.error {
        text.push_str(&format!("{:45}Status{{Code=Error, description={error:?}}}\n", ""));
    }
    let attributes = |attributes: &[(&'static str, _)]| {
        let named = attributes
            .iter()
            .map(|(name, value): &(_, crate::telemetry::LabelValue)| format!("{name}={value}"));
        named.collect::<Vec<_>>().join(", ")
    };
    text.push_str(&format!("{:45}Attributes: {{{}}}\n", "", attributes(&span.attributes)));
    for event in &span.events {
        let since = event.time.duration_since(span.start).unwrap_or_default();
        let (name, more) = (event.name, attributes(&event.attributes));
        text.push_str(&format!("{:30} {:>12}  {name} {{{more}}}\n", "", seconds(since)));
    }
    text
}

fn seconds(duration: Duration) -> String {
    format!("{:.6}", duration.as_secs_f64())
}

fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (first, escaped) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
