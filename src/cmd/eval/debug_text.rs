//! What the debug exporter writes with verbosity `detailed`, read again: text in, requests out.
//!
//! Such text is what people have when something is wrong in a cluster. It does not hold everything: bytes
//! inside of lists are text, doubles of datapoints have six places, and the scale of exponential histograms
//! is not there, so that their buckets are left out.

use holt_pdata::{Batch, Signal, json};
use serde_json::{Map, Value, json};

/// What each signal calls its resources, scopes and records: in the text and in OTLP/JSON.
struct Words {
    signal: Signal,
    texts: [&'static str; 3],
    lists: [&'static str; 3],
}

const WORDS: [Words; 3] = [
    Words {
        signal: Signal::Logs,
        texts: ["ResourceLog", "ScopeLogs", "LogRecord"],
        lists: ["resourceLogs", "scopeLogs", "logRecords"],
    },
    Words {
        signal: Signal::Traces,
        texts: ["ResourceSpans", "ScopeSpans", "Span"],
        lists: ["resourceSpans", "scopeSpans", "spans"],
    },
    Words {
        signal: Signal::Metrics,
        texts: ["ResourceMetrics", "ScopeMetrics", "Metric"],
        lists: ["resourceMetrics", "scopeMetrics", "metrics"],
    },
];

/// Lines that begin something below a record: the depth it has and the list it goes to.
const PARTS: [(&str, usize, &str); 7] = [
    ("SpanEvent", 3, "events"),
    ("SpanLink", 3, "links"),
    ("NumberDataPoints", 3, "dataPoints"),
    ("HistogramDataPoints", 3, "dataPoints"),
    ("ExponentialHistogramDataPoints", 3, "dataPoints"),
    ("SummaryDataPoints", 3, "dataPoints"),
    ("Exemplar", 4, "exemplars"),
];

/// Lines with a value of their own: the name in the text and the field in OTLP/JSON.
const FIELDS: [(&str, &str, Form); 32] = [
    ("ObservedTimestamp", "observedTimeUnixNano", Form::Time),
    ("Timestamp", "timeUnixNano", Form::Time),
    ("StartTimestamp", "startTimeUnixNano", Form::Time),
    ("Start time", "startTimeUnixNano", Form::Time),
    ("End time", "endTimeUnixNano", Form::Time),
    ("SeverityText", "severityText", Form::Text),
    ("SeverityNumber", "severityNumber", Form::NumberInBrackets),
    ("EventName", "eventName", Form::Text),
    ("Body", "body", Form::Typed),
    ("Trace ID", "traceId", Form::Text),
    ("Span ID", "spanId", Form::Text),
    ("Parent ID", "parentSpanId", Form::Text),
    ("ID", "spanId", Form::Text),
    ("Flags", "flags", Form::Number),
    ("Name", "name", Form::Text),
    (
        "Kind",
        "kind",
        Form::Word(&["Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"]),
    ),
    ("TraceState", "traceState", Form::Text),
    ("Status code", "status.code", Form::Word(&["Unset", "Ok", "Error"])),
    ("Status message", "status.message", Form::Text),
    ("DroppedAttributesCount", "droppedAttributesCount", Form::Number),
    ("DroppedEventsCount", "droppedEventsCount", Form::Number),
    ("DroppedLinksCount", "droppedLinksCount", Form::Number),
    ("Description", "description", Form::Text),
    ("Unit", "unit", Form::Text),
    ("DataType", "", Form::DataType),
    ("IsMonotonic", "isMonotonic", Form::OfData),
    ("AggregationTemporality", "aggregationTemporality", Form::OfData),
    ("Value", "", Form::PointValue),
    ("Count", "count", Form::Number),
    ("Sum", "sum", Form::Double),
    ("Min", "min", Form::Double),
    ("Max", "max", Form::Double),
];

/// How a value is written.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Number,
    Double,
    Time,
    /// `Info(9)`.
    NumberInBrackets,
    /// `Str(text)`.
    Typed,
    /// The name of a number: its place in the list.
    Word(&'static [&'static str]),
    /// What sort of metric it is.
    DataType,
    /// A field of the data of a metric.
    OfData,
    /// An integer or a double.
    PointValue,
}

/// Whether a text is, or begins as, what the debug exporter writes in detail.
pub(crate) fn is_debug_text(text: &str) -> bool {
    let mut lines = text.trim_start().lines().map(without_log);
    let Some(first) = lines.next() else { return false };
    let count = ["Logs\t{", "Traces\t{", "Metrics\t{"].iter().any(|word| first.starts_with(word));
    let first = if count { lines.next().unwrap_or_default() } else { first };
    let is_resource = WORDS.iter().any(|words| numbered(first, words.texts[0]));
    let next = lines.next();
    (is_resource && next.is_none_or(|next| next.starts_with("Resource SchemaURL:")))
        || (count && first.is_empty())
}

/// The requests that a text tells of, one for each signal.
///
/// # Errors
/// What in it makes no telemetry.
pub(super) fn requests(text: &str, name: &str) -> Result<Vec<Batch>, String> {
    let mut reader = Reader::default();
    let mut lines = text.lines().map(without_log).peekable();
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        // Text with line breaks goes on until its bracket closes.
        while is_cut(&line) {
            let Some(next) = lines.next() else { break };
            line.push('\n');
            line.push_str(next);
        }
        reader.line(&line);
    }
    reader.close(0);
    let batches = reader.requests.into_iter().map(|(signal, resources)| {
        let list = words(signal).map_or("", |words| words.lists[0]);
        let request = json!({ list: resources });
        json::decode(signal, request.to_string().as_bytes())
            .map_err(|error| format!("{name} is no output of the debug exporter: {error}"))
    });
    batches.collect()
}

fn words(signal: Signal) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.signal == signal)
}

/// A line without what the collector's own log puts around it: time and level before it, fields behind.
fn without_log(line: &str) -> &str {
    let line = line.trim_end_matches('\r');
    let line = match line.rsplit_once("\t{") {
        Some((before, fields))
            if fields.ends_with('}') && fields.starts_with('"') && !before.contains('{') =>
        {
            match before {
                "Logs" | "Traces" | "Metrics" => line,
                _ => before,
            }
        }
        _ => line,
    };
    match line.rsplit_once('\t') {
        Some((_, header)) if WORDS.iter().any(|words| numbered(header, words.texts[0])) => header,
        _ => line,
    }
}

/// Whether a line is this word with a number: `Span #3`.
fn numbered(line: &str, word: &str) -> bool {
    let number = line.strip_prefix(word).and_then(|rest| rest.strip_prefix(" #"));
    number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|digit| digit.is_ascii_digit())
    })
}

/// Whether a line has a value of which the end is missing.
fn is_cut(line: &str) -> bool {
    let value = match line.strip_prefix("Body: ") {
        Some(value) => Some(value),
        None => attribute(line).map(|(_, value)| value),
    };
    value.is_some_and(|value| {
        KINDS.iter().any(|kind| value.starts_with(kind)) && !value.ends_with(')')
    })
}

/// How typed values begin.
const KINDS: [&str; 8] = ["Str(", "Int(", "Double(", "Bool(", "Bytes(", "Empty(", "Slice(", "Map("];

/// The key and the value of a line such as `     -> key: Str(value)`.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let entry = line.trim_start().strip_prefix("-> ")?;
    let starts = entry.match_indices(": ").map(|(at, _)| at);
    let mut entries = starts.filter_map(|at| Some((entry.get(..at)?, entry.get(at + 2..)?)));
    entries.find(|(_, value)| KINDS.iter().any(|kind| value.starts_with(kind)))
}

/// Something that is being read: a resource, scope, record or a part of one.
struct Open {
    depth: usize,
    list: &'static str,
    node: Map<String, Value>,
    /// The list that lines with attributes go to, and the object that it is in.
    attributes: Option<(&'static str, &'static str)>,
    /// What sort of metric it is.
    data: &'static str,
}

#[derive(Default)]
struct Reader {
    requests: Vec<(Signal, Vec<Value>)>,
    signal: Option<Signal>,
    open: Vec<Open>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        if self.begins(line) {
            return;
        }
        let Some(open) = self.open.last_mut() else { return };
        if let Some(target) = header(line) {
            open.attributes = target;
            return;
        }
        let (within, list) = open.attributes.unwrap_or_default();
        if !list.is_empty()
            && let Some((key, value)) = attribute(line)
        {
            let object = match within {
                "" => Some(&mut open.node),
                within => object(&mut open.node, within),
            };
            if let Some(object) = object {
                push(object, list, json!({ "key": key, "value": typed(value) }));
            }
            return;
        }
        if let Some(scope) = line.strip_prefix("InstrumentationScope ") {
            let (name, version) = scope.rsplit_once(' ').unwrap_or((scope, ""));
            set(object(&mut open.node, "scope"), "name", name.into());
            set(object(&mut open.node, "scope"), "version", version.into());
            return;
        }
        for word in ["Resource", "ScopeLogs", "ScopeSpans", "ScopeMetrics"] {
            let rest = line.strip_prefix(word).and_then(|rest| rest.strip_prefix(" SchemaURL: "));
            if let Some(url) = rest {
                open.node.insert("schemaUrl".to_owned(), url.into());
                return;
            }
        }
        open.bucket(line);
        let entry = line.trim_start();
        let entry = entry.strip_prefix("-> ").unwrap_or(entry);
        if let Some((name, value)) = entry.split_once(':') {
            open.field(name.trim_end(), value.strip_prefix(' ').unwrap_or(value));
        }
    }

    /// Opens what a line begins.
    fn begins(&mut self, line: &str) -> bool {
        for words in &WORDS {
            for (depth, (text, list)) in words.texts.iter().zip(words.lists).enumerate() {
                if !numbered(line, text) {
                    continue;
                }
                self.close(depth);
                if depth == 0 {
                    self.signal = Some(words.signal);
                }
                self.begin(depth, list);
                return true;
            }
        }
        let part = PARTS.iter().find(|(word, ..)| numbered(line, word));
        if let Some((_, depth, list)) = part {
            self.close(*depth);
            self.begin(*depth, list);
        }
        part.is_some()
    }

    fn begin(&mut self, depth: usize, list: &'static str) {
        let data = self.open.last().map_or("", |parent| parent.data);
        let data = if depth > 2 { data } else { "" };
        self.open.push(Open { depth, list, node: Map::new(), attributes: None, data });
    }

    /// Ends everything of a depth and below.
    fn close(&mut self, depth: usize) {
        while self.open.last().is_some_and(|open| open.depth >= depth) {
            let Some(done) = self.open.pop() else { return };
            let node = Value::Object(done.node);
            match self.open.last_mut() {
                Some(parent) if done.list == "dataPoints" && !parent.data.is_empty() => {
                    if let Some(data) = object(&mut parent.node, parent.data) {
                        push(data, done.list, node);
                    }
                }
                Some(parent) => push(&mut parent.node, done.list, node),
                None => {
                    let Some(signal) = self.signal else { return };
                    match self.requests.iter_mut().find(|(known, _)| *known == signal) {
                        Some((_, resources)) => resources.push(node),
                        None => self.requests.push((signal, vec![node])),
                    }
                }
            }
        }
    }
}

/// Where the attributes behind a line go to: the object and the list; nowhere for what is left out.
fn header(line: &str) -> Option<Option<(&'static str, &'static str)>> {
    Some(Some(match line.trim_start().trim_start_matches("-> ") {
        "Resource attributes:" => ("resource", "attributes"),
        "InstrumentationScope attributes:" => ("scope", "attributes"),
        "Attributes:" | "Attributes::" | "Data point attributes:" => ("", "attributes"),
        "FilteredAttributes:" => ("", "filteredAttributes"),
        "Metadata:" => ("", "metadata"),
        "Resource entity refs:" => return Some(None),
        _ => return None,
    }))
}

impl Open {
    fn field(&mut self, name: &str, value: &str) {
        let Some((_, field, form)) = FIELDS.iter().find(|(word, ..)| *word == name) else { return };
        let read = match form {
            Form::Text => Value::from(value),
            Form::Number => Value::from(value),
            Form::Double => number(value),
            Form::Time => match nanos(value) {
                Some(time) => Value::from(time.to_string()),
                None => return,
            },
            Form::NumberInBrackets => {
                let number = value.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
                Value::from(
                    number.and_then(|number| number.parse::<i64>().ok()).unwrap_or_default(),
                )
            }
            Form::Typed => typed(value),
            Form::Word(words) => {
                Value::from(words.iter().position(|word| *word == value).unwrap_or_default())
            }
            Form::DataType => {
                self.data = match value {
                    "Gauge" => "gauge",
                    "Sum" => "sum",
                    "Histogram" => "histogram",
                    "ExponentialHistogram" => "exponentialHistogram",
                    "Summary" => "summary",
                    _ => return,
                };
                object(&mut self.node, self.data);
                return;
            }
            Form::OfData => {
                let read = match value {
                    "true" => Value::from(true),
                    "Delta" => Value::from(1),
                    "Cumulative" => Value::from(2),
                    _ => return,
                };
                set(object(&mut self.node, self.data), field, read);
                return;
            }
            Form::PointValue => {
                let (field, read) = match value.parse::<i64>() {
                    Ok(_) => ("asInt", value.into()),
                    Err(_) => ("asDouble", number(value)),
                };
                self.node.insert(field.to_owned(), read);
                return;
            }
        };
        match field.split_once('.') {
            Some((within, field)) => set(object(&mut self.node, within), field, read),
            None => set(Some(&mut self.node), field, read),
        }
    }

    /// Buckets and quantiles, which have more than a name and a value.
    fn bucket(&mut self, line: &str) {
        let behind = |word: &str| line.strip_prefix(word)?.split_once(": ").map(|(_, value)| value);
        if let Some(bound) = behind("ExplicitBounds #") {
            push(&mut self.node, "explicitBounds", number(bound));
        } else if let Some(count) = behind("Buckets #") {
            push(&mut self.node, "bucketCounts", count.into());
        } else if let Some(count) = behind("Bucket [0, 0], Count") {
            self.node.insert("zeroCount".to_owned(), count.into());
        } else if let Some(rest) = behind("QuantileValue #")
            && let Some((quantile, value)) =
                rest.strip_prefix("Quantile ").and_then(|rest| rest.split_once(", Value "))
        {
            let read = json!({ "quantile": number(quantile), "value": number(value) });
            push(&mut self.node, "quantileValues", read);
        }
    }
}

/// A double as OTLP/JSON has it.
fn number(text: &str) -> Value {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => number.into(),
        Ok(number) if number.is_nan() => "NaN".into(),
        Ok(number) if number > 0.0 => "Infinity".into(),
        Ok(_) => "-Infinity".into(),
        Err(_) => text.into(),
    }
}

/// The object under a key, which is made when it is not there.
fn object<'n>(node: &'n mut Map<String, Value>, key: &str) -> Option<&'n mut Map<String, Value>> {
    node.entry(key).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

fn set(node: Option<&mut Map<String, Value>>, key: &str, value: Value) {
    if let Some(node) = node {
        node.insert(key.to_owned(), value);
    }
}

fn push(node: &mut Map<String, Value>, key: &str, value: Value) {
    if let Value::Array(list) = node.entry(key).or_insert_with(|| Value::Array(Vec::new())) {
        list.push(value);
    }
}

/// A typed value as OTLP/JSON has it.
fn typed(text: &str) -> Value {
    let Some((kind, inner)) = text.strip_suffix(')').and_then(|text| text.split_once('(')) else {
        return json!({});
    };
    match kind {
        "Str" => json!({ "stringValue": inner }),
        "Int" => json!({ "intValue": inner }),
        "Double" => json!({ "doubleValue": number(inner) }),
        "Bool" => json!({ "boolValue": inner == "true" }),
        "Bytes" => json!({ "bytesValue": inner }),
        "Slice" | "Map" => match serde_json::from_str(inner) {
            Ok(value) => any(&value),
            Err(_) if kind == "Map" => json!({ "kvlistValue": { "values": [] } }),
            Err(_) => json!({ "arrayValue": { "values": [] } }),
        },
        _ => json!({}),
    }
}

/// A value of plain JSON as OTLP/JSON has it.
fn any(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(value) => json!({ "boolValue": value }),
        Value::Number(number) if number.is_i64() => json!({ "intValue": number.to_string() }),
        Value::Number(number) => json!({ "doubleValue": number }),
        Value::String(text) => json!({ "stringValue": text }),
        Value::Array(items) => {
            let values: Vec<Value> = items.iter().map(any).collect();
            json!({ "arrayValue": { "values": values } })
        }
        Value::Object(entries) => {
            let entries =
                entries.iter().map(|(key, value)| json!({ "key": key, "value": any(value) }));
            json!({ "kvlistValue": { "values": entries.collect::<Vec<_>>() } })
        }
    }
}

/// Nanoseconds since 1970 of a time such as `2023-11-14 22:13:20.5 +0000 UTC`.
fn nanos(text: &str) -> Option<u64> {
    let text = text.strip_suffix(" +0000 UTC")?;
    let (date, time) = text.split_once(' ')?;
    let mut date = date.split('-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut time = time.split(':').map(str::parse::<i64>);
    let (hours, minutes, seconds) = (time.next()?.ok()?, time.next()?.ok()?, time.next()?.ok()?);
    // Days since 1970, with years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
        - 719_468;
    let seconds = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
    let fraction: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    // Times before 1970 are how the reference writes very late ones.
    Some(seconds.wrapping_mul(1_000_000_000).wrapping_add(fraction).cast_unsigned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A text of the reference, read, and the payload that it was made from.
    fn read(name: &str, signal: Signal) -> (Batch, Batch) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance/debug");
        let text = std::fs::read_to_string(folder.join(format!("{name}.detailed.txt"))).unwrap();
        assert!(is_debug_text(&text), "{name}");
        let mut batches = requests(&text, name).unwrap();
        assert_eq!(batches.len(), 1, "{name}");
        let payload = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        (batches.remove(0), json::decode(signal, &payload).unwrap())
    }

    #[test]
    fn texts_of_the_reference_have_all_records() {
        let texts = [
            ("logs", Signal::Logs),
            ("logs-severities", Signal::Logs),
            ("logs-minimal", Signal::Logs),
            ("traces", Signal::Traces),
            ("traces-minimal", Signal::Traces),
            ("metrics", Signal::Metrics),
            ("metrics-minimal", Signal::Metrics),
            ("metrics-numbers", Signal::Metrics),
            ("values", Signal::Logs),
        ];
        for (name, signal) in texts {
            let (read, written) = read(name, signal);
            assert_eq!((read.signal(), read.items()), (signal, written.items()), "{name}");
        }
    }

    #[test]
    fn spans_come_back_as_they_were() {
        let tree =
            |batch: &Batch| -> Value { serde_json::from_slice(&json::encode(batch)).unwrap() };
        let (read, written) = read("traces", Signal::Traces);
        let span = |tree: &Value| tree["resourceSpans"][0]["scopeSpans"][0]["spans"][1].clone();
        let (mut read, mut written) = (span(&tree(&read)), span(&tree(&written)));
        // The text does not have them: flags, and what bytes in lists are.
        for tree in [&mut read, &mut written] {
            tree.as_object_mut().unwrap().retain(|key, _| {
                !matches!(key.as_str(), "flags" | "links" | "attributes" | "events")
            });
        }
        assert_eq!(read, written);
    }

    #[test]
    fn values_times_and_text_of_many_lines_are_read() {
        let text = "2026-01-02T03:04:05.678Z\tinfo\tResourceLog #0\nResource SchemaURL: \nResource attributes:\n     \
            -> service.name: Str(cart)\nScopeLogs #0\nScopeLogs SchemaURL: \nInstrumentationScope my lib 1.2\n\
            LogRecord #0\nObservedTimestamp: 2023-11-14 22:13:20.5 +0000 UTC\nSeverityNumber: Warn(13)\n\
            Body: Str(two: Str(x\nlines)\nAttributes:\n     -> a: b: Int(-7)\n     \
            -> m: Map({\"n\":[1,1.5,null,true,\"t\"]})\nTrace ID: \nFlags: 1\n\t{\"resource\": {}, \"x\": \"y\"}\n";
        assert!(is_debug_text(text));
        let batch = requests(text, "text").unwrap().remove(0);
        let tree: Value = serde_json::from_slice(&json::encode(&batch)).unwrap();
        let resource = &tree["resourceLogs"][0];
        assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "cart");
        let scope = &resource["scopeLogs"][0];
        assert_eq!(
            (&scope["scope"]["name"], &scope["scope"]["version"]),
            (&"my lib".into(), &"1.2".into())
        );
        let record = &scope["logRecords"][0];
        assert_eq!(record["observedTimeUnixNano"], "1700000000500000000");
        assert_eq!(record["severityNumber"], 13);
        assert_eq!(record["body"]["stringValue"], "two: Str(x\nlines");
        assert_eq!(record["attributes"][0], json!({"key": "a: b", "value": {"intValue": "-7"}}));
        let list = &record["attributes"][1]["value"]["kvlistValue"]["values"][0]["value"];
        assert_eq!(list["arrayValue"]["values"][1]["doubleValue"], 1.5);
        assert_eq!(record["flags"], 1);
    }

    #[test]
    fn other_text_is_left_alone() {
        for text in [
            "",
            "log.body",
            "ResourceLog #0 service.name=a\nbody",
            "{\"resourceLogs\": []}",
            "Logs\tare fine",
        ] {
            assert!(!is_debug_text(text), "{text}");
        }
        // The first lines of what is being pasted.
        assert!(is_debug_text("Logs\t{\"resource logs\": 1}") && is_debug_text("ResourceLog #0"));
    }
}
