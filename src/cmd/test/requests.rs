//! Between records and batches: what a test puts in becomes OTLP requests, and what comes out becomes
//! records again.
//!
//! Every record that is put in carries its number in a field that OTLP does not have. Components keep
//! fields they do not know, so that it can be told which record became of which, however much of it
//! was changed.

use std::collections::BTreeSet;
use std::convert::Infallible;

use holt_pdata::{Batch, Editor, Level, Open, Signal, Verdict, edit, json};
use serde_json::{Map, Value, json};

use super::record::{Kind, Record, data_key};

/// The field with the number of a record, counted from 1. OTLP assigns no such field.
const NUMBER: u32 = 17_017;

/// Turns neighbours of one signal into a request; the records have the numbers from `first` on.
///
/// # Errors
/// Why they make no request.
pub(super) fn request(records: &[Record], first: u64) -> Result<Option<Batch>, String> {
    let Some(signal) = records.first().map(|record| record.kind.signal()) else { return Ok(None) };
    let names = match signal {
        Signal::Traces => ["resourceSpans", "scopeSpans", "spans"],
        Signal::Metrics => ["resourceMetrics", "scopeMetrics", "metrics"],
        _ => ["resourceLogs", "scopeLogs", "logRecords"],
    };
    let mut tree = Tree::default();
    for (number, record) in (first..).zip(records) {
        tree.add(record, number);
    }
    let Tree { resources, of_records, of_points } = tree;
    let [outer, inner, list] = names;
    let resources: Vec<Value> = resources
        .into_iter()
        .map(|(resource, scopes)| {
            let scopes: Vec<Value> = scopes
                .into_iter()
                .map(|(scope, records)| json!({ "scope": scope, list: records }))
                .collect();
            json!({ "resource": resource, inner: scopes })
        })
        .collect();
    let text = json!({ outer: resources }).to_string();
    let batch = json::decode(signal, text.as_bytes()).map_err(|error| error.to_string())?;
    let batch = numbered(&batch, Level::Record, &mut of_records.into_iter());
    Ok(Some(match signal {
        Signal::Metrics => numbered(&batch, Level::DataPoint, &mut of_points.into_iter()),
        _ => batch,
    }))
}

/// The same batch with numbers from `first` on in its records, and the number behind the last.
pub(super) fn number_all(batch: &Batch, first: u64) -> (Batch, u64) {
    let count = records(batch, false).len() as u64;
    (numbered(batch, Level::Record, &mut (first..first + count)), first + count)
}

/// Scopes with their records.
type Scopes = Vec<(Value, Vec<Value>)>;

/// Records by resource and scope, and their numbers in the order of a walk.
#[derive(Default)]
struct Tree {
    resources: Vec<(Value, Scopes)>,
    /// Of spans, log records and metrics; 0 for metrics that were not put in as such.
    of_records: Vec<u64>,
    /// Of datapoints; 0 for those of metrics that were put in whole.
    of_points: Vec<u64>,
}

impl Tree {
    fn add(&mut self, record: &Record, number: u64) {
        let mut fields = match &record.value {
            Value::Object(fields) => fields.clone(),
            _ => Map::new(),
        };
        let mut part = |key: &str| fields.remove(key).unwrap_or_else(|| json!({}));
        let (resource, scope) = (part("resource"), part("scope"));
        if self.resources.last().is_none_or(|(known, _)| *known != resource) {
            self.resources.push((resource, Vec::new()));
        }
        let Some((_, scopes)) = self.resources.last_mut() else { return };
        if scopes.last().is_none_or(|(known, _)| *known != scope) {
            scopes.push((scope, Vec::new()));
        }
        let Some((_, list)) = scopes.last_mut() else { return };
        if record.kind != Kind::Datapoint {
            if record.kind == Kind::Metric {
                let points = data_key(&record.value)
                    .and_then(|key| record.value.get(key)?.get("dataPoints")?.as_array());
                self.of_points.extend(points.into_iter().flatten().map(|_| 0));
            }
            list.push(Value::Object(fields));
            self.of_records.push(number);
            return;
        }
        let metric = fields.remove("metric").unwrap_or_default();
        self.of_points.push(number);
        let point = Value::Object(fields);
        // Neighbours of one metric share it.
        if let Some(last) = list.last_mut()
            && let Some(key) = data_key(last)
        {
            let mut shared = last.clone();
            let points = shared.get_mut(key).and_then(|data| data.as_object_mut());
            points.map(|data| data.remove("dataPoints"));
            let slot = last.get_mut(key).and_then(|data| data.get_mut("dataPoints"));
            if let (true, Some(Value::Array(points)), Some(0)) =
                (shared == metric, slot, self.of_records.last())
            {
                points.push(point);
                return;
            }
        }
        let mut metric = metric;
        if let Some(key) = data_key(&metric)
            && let Some(Value::Object(data)) = metric.get_mut(key)
        {
            data.insert("dataPoints".to_owned(), json!([point]));
        }
        list.push(metric);
        self.of_records.push(0);
    }
}

/// Writes numbers into the records of a level.
fn numbered(batch: &Batch, level: Level, numbers: &mut dyn Iterator<Item = u64>) -> Batch {
    struct Writes<'n>(Level, &'n mut dyn Iterator<Item = u64>);

    impl<'a> Editor<'a> for Writes<'_> {
        type Error = Infallible;

        fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Infallible> {
            let record = if self.0 == Level::Record { &mut open.record } else { &mut open.child };
            if let Some(number) = self.1.next().filter(|number| *number > 0) {
                record.set_varint(NUMBER, number);
            }
            Ok(Verdict::Keep)
        }
    }

    let Ok(batch) = edit(batch, level, &mut Writes(level, numbers));
    batch
}

/// A record that came out.
#[derive(Clone, Debug)]
pub(super) struct Output {
    pub(super) kind: Kind,
    /// As in [`Record::value`].
    pub(super) value: Value,
    /// The number of the record that it was when it was put in; 0 for a new one.
    pub(super) number: u64,
}

/// The records of a batch, in order; with `points` the datapoints of metrics in place of these.
pub(super) fn records(batch: &Batch, points: bool) -> Vec<Output> {
    struct Reads(Kind, Vec<Output>);

    impl<'a> Editor<'a> for Reads {
        type Error = Infallible;

        fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Infallible> {
            let shown = |record: &holt_pdata::Record<'_>| -> Value {
                let text = json::encode_message(record.message(), record.raw());
                serde_json::from_slice(&text).unwrap_or_default()
            };
            let record = match self.0 {
                Kind::Datapoint => &open.child,
                _ => &open.record,
            };
            let number = record.field(NUMBER).map(|field| field.scalar).unwrap_or_default();
            let mut value = shown(record);
            if let Value::Object(fields) = &mut value {
                fields.insert("resource".to_owned(), shown(&open.resource));
                fields.insert("scope".to_owned(), shown(&open.scope));
                if self.0 == Kind::Datapoint {
                    let mut metric = shown(&open.record);
                    let data = data_key(&metric).and_then(|key| metric.get_mut(key));
                    if let Some(Value::Object(data)) = data {
                        data.remove("dataPoints");
                    }
                    fields.insert("metric".to_owned(), metric);
                }
            }
            self.1.push(Output { kind: self.0, value, number });
            Ok(Verdict::Keep)
        }
    }

    let (kind, level) = match batch.signal() {
        Signal::Traces => (Kind::Span, Level::Record),
        Signal::Metrics if points => (Kind::Datapoint, Level::DataPoint),
        Signal::Metrics => (Kind::Metric, Level::Record),
        _ => (Kind::Log, Level::Record),
    };
    let mut reads = Reads(kind, Vec::new());
    let Ok(_) = edit(batch, level, &mut reads);
    reads.1
}

/// The numbers of the records in batches.
pub(super) fn numbers(batches: &[Batch]) -> BTreeSet<u64> {
    struct Reads(Level, BTreeSet<u64>);

    impl<'a> Editor<'a> for Reads {
        type Error = Infallible;

        fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Infallible> {
            let record = if self.0 == Level::Record { &open.record } else { &open.child };
            self.1.extend(record.field(NUMBER).map(|field| field.scalar));
            Ok(Verdict::Keep)
        }
    }

    let mut all = BTreeSet::new();
    for batch in batches {
        let levels = match batch.signal() {
            Signal::Metrics => [Level::Record, Level::DataPoint].as_slice(),
            _ => [Level::Record].as_slice(),
        };
        for level in levels {
            let mut reads = Reads(*level, BTreeSet::new());
            let Ok(_) = edit(batch, *level, &mut reads);
            all.append(&mut reads.1);
        }
    }
    all
}
