//! Random telemetry: every kind of value under the same few keys, so that statements meet them.

use holt_pdata::Signal;
use serde_json::{Value, json};

use super::choices::Choices;

/// Keys of maps.
pub(crate) const KEYS: [&str; 10] = ["s", "i", "f", "b", "by", "e", "l", "m", "new", "é"];

/// A request of a signal, as OTLP/JSON.
pub(crate) fn request(choices: &mut Choices, signal: Signal) -> Value {
    let resource = json!({ "attributes": attributes(choices, 40) });
    let scope = json!({ "name": "scope", "version": "1", "attributes": attributes(choices, 20) });
    match signal {
        Signal::Traces => {
            let spans = [span(choices), span(choices)];
            json!({ "resourceSpans": [{ "resource": resource, "schemaUrl": "u",
                "scopeSpans": [{ "scope": scope, "spans": spans }] }] })
        }
        Signal::Logs => {
            let records = [log(choices), log(choices)];
            json!({ "resourceLogs": [{ "resource": resource,
                "scopeLogs": [{ "scope": scope, "logRecords": records }] }] })
        }
        _ => json!({ "resourceMetrics": [{ "resource": resource,
            "scopeMetrics": [{ "scope": scope, "metrics": metrics(choices) }] }] }),
    }
}

fn value(choices: &mut Choices, key: &str) -> Value {
    let texts =
        ["abc-12", "12", "", "é wörld", "2024-02-29", "a=1 b=2", r#"{"a":1}"#, "10.1.2.3", "<a/>"];
    match if choices.percent(80) { key } else { *choices.of(&KEYS) } {
        "i" => json!({ "intValue": *choices.of(&["42", "0", "-7", "9007199254740993"]) }),
        "f" => json!({ "doubleValue": *choices.of(&[1.5, 0.0, -2.25, 1e21]) }),
        "b" => json!({ "boolValue": choices.percent(50) }),
        "by" => json!({ "bytesValue": *choices.of(&["AQL/", "", "aGk="]) }),
        "e" => json!({}),
        "l" => json!({ "arrayValue": { "values": [
            { "stringValue": "x" }, { "intValue": "2" }, { "doubleValue": 1.5 }] } }),
        "m" => json!({ "kvlistValue": { "values": [
            { "key": "s", "value": { "stringValue": *choices.of(&texts) } },
            { "key": "l", "value": { "arrayValue": { "values": [{ "intValue": "1" }] } } }] } }),
        _ => json!({ "stringValue": *choices.of(&texts) }),
    }
}

fn attributes(choices: &mut Choices, percent: usize) -> Value {
    KEYS.iter()
        .filter(|key| **key != "new" && choices.percent(percent))
        .collect::<Vec<_>>()
        .into_iter()
        .map(|key| json!({ "key": key, "value": value(choices, key) }))
        .collect()
}

fn span(choices: &mut Choices) -> Value {
    let link = json!({ "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "0102030405060708",
        "attributes": attributes(choices, 20) });
    let event = |choices: &mut Choices, name: &str| json!({ "name": name, "timeUnixNano": "1500", "attributes": attributes(choices, 30) });
    let events = [event(choices, "first"), event(choices, "é")];
    let parent = if choices.percent(50) { "0807060504030201" } else { "" };
    json!({ "name": *choices.of(&["GET /x", "", "é"]), "kind": choices.below(6),
        "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "1112131415161718",
        "parentSpanId": parent, "startTimeUnixNano": "1700000000000000000",
        "endTimeUnixNano": "1700000001500000000", "traceState": *choices.of(&["a=1,b=2", "", "broken"]),
        "attributes": attributes(choices, 80), "events": events, "links": [link],
        "droppedEventsCount": 1, "status": { "code": choices.below(3), "message": "no" } })
}

fn log(choices: &mut Choices) -> Value {
    let kind = *choices.of(&["s", "m", "l", "i", "e"]);
    json!({ "body": value(choices, kind), "severityNumber": *choices.of(&[0, 1, 9, 17]),
        "severityText": *choices.of(&["INFO", ""]), "timeUnixNano": "1700000000000000000",
        "observedTimeUnixNano": "1700000000000000001", "attributes": attributes(choices, 80),
        "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "1112131415161718", "flags": 1,
        "eventName": "event" })
}

fn metrics(choices: &mut Choices) -> Value {
    let number = |choices: &mut Choices| {
        let value = if choices.percent(50) { json!("5") } else { json!(2.5) };
        let member = if value.is_string() { "asInt" } else { "asDouble" };
        let mut point = json!({ "attributes": attributes(choices, 40),
            "startTimeUnixNano": "1700000000000000000", "timeUnixNano": "1700000001000000000" });
        point[member] = value;
        if choices.percent(30) {
            point["exemplars"] = json!([{ "asDouble": 1.5, "timeUnixNano": "5",
                "traceId": "0102030405060708090a0b0c0d0e0f10", "spanId": "1112131415161718",
                "filteredAttributes": attributes(choices, 20) }]);
        }
        point
    };
    let temporality = choices.below(3);
    let mut metrics = vec![
        json!({ "name": "g", "unit": "s", "gauge": { "dataPoints": [number(choices), number(choices)] } }),
        json!({ "name": "s", "description": "sum", "sum": {
            "dataPoints": [number(choices), number(choices)], "isMonotonic": choices.percent(50),
            "aggregationTemporality": temporality } }),
    ];
    if choices.percent(60) {
        metrics.push(json!({ "name": "h", "histogram": { "aggregationTemporality": temporality,
            "dataPoints": [{ "count": "6", "sum": 9.0, "bucketCounts": ["1", "2", "3"], "min": 0.5,
                "explicitBounds": [1.0, 2.0], "attributes": attributes(choices, 40), "timeUnixNano": "9" }] } }));
    }
    if choices.percent(40) {
        metrics.push(
            json!({ "name": "e", "exponentialHistogram": { "aggregationTemporality": temporality,
            "dataPoints": [{ "count": "6", "sum": 9.0, "scale": 1, "zeroCount": "1",
                "positive": { "offset": 1, "bucketCounts": ["2", "3"] },
                "negative": { "bucketCounts": [] },
                "attributes": attributes(choices, 40), "timeUnixNano": "9" }] } }),
        );
    }
    if choices.percent(40) {
        metrics.push(json!({ "name": "q", "summary": { "dataPoints": [{ "count": "6", "sum": 9.0,
            "quantileValues": [{ "quantile": 0.5, "value": 1.0 }, { "quantile": 0.9, "value": 3.0 }],
            "attributes": attributes(choices, 40), "timeUnixNano": "9" }] } }));
    }
    json!(metrics)
}
