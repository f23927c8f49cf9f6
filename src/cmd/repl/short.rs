//! Records in the short form of unit tests: plain values, names in the manner of OTTL, attributes as
//! maps, resource and scope beside the record's own fields.

use holt_pdata::{Batch, Signal};
use serde_json::{Map, Value, json};

use super::records;
use crate::cmd::eval::show::snake;

/// The records of a batch; `None` for a signal that tests do not know.
pub(super) fn records(batch: &Batch) -> Option<Vec<Value>> {
    let (resources, scopes, items, name) = match batch.signal() {
        Signal::Logs => ("resourceLogs", "scopeLogs", "logRecords", "log"),
        Signal::Traces => ("resourceSpans", "scopeSpans", "spans", "span"),
        Signal::Metrics => ("resourceMetrics", "scopeMetrics", "metrics", "metric"),
        Signal::Profiles => return None,
    };
    let tree = records::tree(batch);
    let mut found = Vec::new();
    for resource in list(&tree, resources) {
        let attributes = resource.pointer("/resource/attributes").map(map);
        for scope in list(resource, scopes) {
            let about = scope.get("scope").map(|scope| Value::Object(plain(scope)));
            let about = about.filter(|scope| scope.as_object().is_some_and(|map| !map.is_empty()));
            for item in list(scope, items) {
                let mut record = match batch.signal() {
                    Signal::Metrics => metric(item),
                    _ => plain(item),
                };
                let around = [("scope", &about), ("resource", &attributes)];
                for (key, value) in around {
                    if let Some(value) = value {
                        record.insert(key.to_owned(), value.clone());
                    }
                }
                found.push(json!({ (name): record }));
            }
        }
    }
    Some(found)
}

fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A message with plain values.
fn plain(message: &Value) -> Map<String, Value> {
    let members = message.as_object().into_iter().flatten();
    members.map(|(key, value)| (name(key), field(key, value))).collect()
}

/// The key of a field.
fn name(json: &str) -> String {
    snake(json.strip_suffix("UnixNano").unwrap_or(json))
}

fn field(key: &str, value: &Value) -> Value {
    // 64-bit integers are strings in OTLP/JSON.
    let number = |value: &Value| match value.as_str().and_then(|digits| digits.parse::<u64>().ok())
    {
        Some(number) => Value::from(number),
        None => value.clone(),
    };
    match (key, value) {
        ("attributes", _) => map(value),
        ("body", _) => any(value),
        ("bucketCounts", Value::Array(counts)) => counts.iter().map(number).collect(),
        (_, Value::Array(list)) => list
            .iter()
            .map(|one| if one.is_object() { Value::Object(plain(one)) } else { one.clone() })
            .collect(),
        ("count" | "zeroCount", _) => number(value),
        (key, _) if key.ends_with("UnixNano") => number(value),
        (_, Value::Object(_)) => Value::Object(plain(value)),
        _ => value.clone(),
    }
}

/// The types of metrics in OTLP/JSON and in tests.
const TYPES: [(&str, &str); 5] = [
    ("gauge", "gauge"),
    ("sum", "sum"),
    ("histogram", "histogram"),
    ("exponentialHistogram", "exponential_histogram"),
    ("summary", "summary"),
];

/// A metric, whose datapoints stand beside its name whatever its type is.
fn metric(item: &Value) -> Map<String, Value> {
    let mut record = Map::new();
    for key in ["name", "description", "unit"] {
        if let Some(value) = item.get(key) {
            record.insert(key.to_owned(), value.clone());
        }
    }
    let Some((data, kind)) = TYPES.iter().find_map(|(json, kind)| Some((item.get(*json)?, *kind)))
    else {
        return record;
    };
    record.insert("type".to_owned(), json!(kind));
    for (json, key) in [("aggregationTemporality", "temporality"), ("isMonotonic", "monotonic")] {
        if let Some(value) = data.get(json) {
            record.insert(key.to_owned(), value.clone());
        }
    }
    let points = list(data, "dataPoints").map(|point| {
        let mut short = plain(point);
        // Their examples have no short form.
        short.remove("exemplars");
        let whole = short.remove("as_int").map(|value| any(&json!({ "intValue": value })));
        let double = short.remove("as_double");
        if let Some(value) = whole.or(double) {
            short.insert("value".to_owned(), value);
        }
        Value::Object(short)
    });
    let points: Vec<Value> = points.collect();
    record.insert("datapoints".to_owned(), json!(points));
    record
}

/// A list of keys and values as a map.
fn map(entries: &Value) -> Value {
    let entries = entries.as_array().into_iter().flatten();
    let entries = entries.filter_map(|entry| {
        let key = entry.get("key")?.as_str()?.to_owned();
        Some((key, any(entry.get("value").unwrap_or(&Value::Null))))
    });
    Value::Object(entries.collect())
}

/// A value of OTLP's as a plain one.
fn any(value: &Value) -> Value {
    let Some((kind, held)) = value.as_object().and_then(|object| object.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), held) {
        ("intValue", Value::String(digits)) => {
            digits.parse::<i64>().map_or_else(|_| held.clone(), Value::from)
        }
        // A whole double keeps its point.
        ("doubleValue", Value::Number(number)) => {
            number.as_f64().map_or_else(|| held.clone(), Value::from)
        }
        ("bytesValue", _) => json!({ "$bytes": held }),
        ("arrayValue", _) => list(held, "values").map(any).collect(),
        ("kvlistValue", _) => map(held.get("values").unwrap_or(&Value::Null)),
        _ => held.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::repl::samples::Sample;

    fn of(sample: Sample) -> Vec<Value> {
        records(&sample.batch().unwrap()).unwrap()
    }

    #[test]
    fn log_records_and_spans_are_short() {
        let logs = of(Sample::Logs);
        assert_eq!(logs.len(), 5);
        assert_eq!(logs[0]["log"]["severity_number"], 9);
        assert_eq!(logs[0]["log"]["time"], 1_760_000_000_120_000_000_u64);
        assert_eq!(logs[0]["log"]["attributes"]["stream"], "stdout");
        assert_eq!(logs[0]["log"]["resource"]["service.name"], "checkout");
        assert_eq!(logs[0]["log"]["scope"]["name"], "shop.logger");
        assert_eq!(logs[4]["log"]["attributes"]["http.response.status_code"], 502);
        let spans = of(Sample::Spans);
        assert_eq!(spans[3]["span"]["events"][0]["attributes"]["exception.type"], "TimeoutError");
        assert_eq!(spans[3]["span"]["status"]["code"], 2);
    }

    #[test]
    fn metrics_have_their_datapoints_beside_their_names() {
        let metrics = of(Sample::Metrics);
        let sum = &metrics[0]["metric"];
        assert_eq!((&sum["type"], &sum["monotonic"]), (&json!("sum"), &json!(true)));
        assert_eq!(sum["datapoints"][0]["value"], 1840);
        let histogram = &metrics[2]["metric"]["datapoints"][0];
        assert_eq!(histogram["bucket_counts"], json!([1200, 500, 130, 22]));
        assert_eq!(histogram["count"], 1852);
    }

    #[test]
    fn values_keep_what_they_are() {
        assert_eq!(any(&json!({"doubleValue": 2})).to_string(), "2.0");
        assert_eq!(any(&json!({"bytesValue": "aGk="})), json!({"$bytes": "aGk="}));
        assert_eq!(
            any(&json!({"arrayValue": {"values": [{"intValue": "3"}, {}]}})),
            json!([3, null])
        );
    }
}
