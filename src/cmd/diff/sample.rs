//! What the processors of two configurations make of the same telemetry.
//!
//! The sample runs through the processors of every pipeline of its signal, once as the old
//! configuration has them and once as the new one has; the records that come out are paired by what
//! tells them apart and compared. Processors that Holt does not have are left out.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use holt_collector::component::Runner;
use holt_collector::config::ids::PipelineId;
use holt_collector::ottl::ProcessHost;
use holt_pdata::{Batch, Signal, json};
use holt_runtime::Host;
use holt_runtime::text::time::zone::Zone;
use holt_runtime::value::Time;
use serde_json::{Map, Value};

use super::Side;
use crate::cmd::eval::show::{quoted, snake};
use crate::cmd::pipeline::{self, On};

/// This process at one moment, with the same random numbers every time: what differs comes from the
/// configurations alone.
struct Still {
    process: ProcessHost,
    now: Time,
}

impl Host for Still {
    fn now(&self) -> Time {
        self.now
    }

    fn local_zone(&self) -> Zone {
        self.process.local_zone()
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(0x5a);
    }

    fn env(&self, name: &str) -> Option<String> {
        self.process.env(name)
    }
}

/// What became of the records of one pipeline.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) pipeline: String,
    /// Records that went in.
    pub(super) given: usize,
    /// Records that came out; none where there is no such pipeline.
    pub(super) old: Option<usize>,
    pub(super) new: Option<usize>,
    /// Records that come out of the old configuration only, of the new one only, and of both but
    /// differently.
    pub(super) dropped: usize,
    pub(super) added: usize,
    pub(super) changed: usize,
    /// In how many of the changed records a field is gone, new or has another value.
    pub(super) fields: BTreeMap<String, Counts>,
    /// Processors that were left out.
    pub(super) left_out: Vec<String>,
    /// Why requests were refused.
    pub(super) refused: Vec<String>,
}

/// How often a field differs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) gone: usize,
    pub(super) new: usize,
    pub(super) changed: usize,
}

/// The outcomes of all pipelines that the requests go through, in the order of the old
/// configuration.
pub(super) async fn outcomes(old: Side<'_>, new: Side<'_>, requests: &[Batch]) -> Vec<Outcome> {
    let (before, after) = (&old.config.service.pipelines, &new.config.service.pipelines);
    let added = after.keys().filter(|id| !before.contains_key(*id));
    let process = ProcessHost::new();
    let runner: Arc<dyn Runner> = Arc::new(On(Still { now: process.now(), process }));
    let mut all = Vec::new();
    for id in before.keys().chain(added) {
        let signal = Signal::from(id.signal());
        let of_signal = |request: &&Batch| request.signal() == signal;
        let requests: Vec<Batch> = requests.iter().filter(of_signal).cloned().collect();
        if requests.is_empty() {
            continue;
        }
        let given = requests.iter().map(|request| records(request).len()).sum();
        let mut outcome = Outcome { pipeline: id.to_string(), given, ..Outcome::default() };
        let left = through(old, id, &requests, &runner, &mut outcome).await;
        let right = through(new, id, &requests, &runner, &mut outcome).await;
        outcome.count(signal, left, right);
        all.push(outcome);
    }
    all
}

/// The records that come out of a pipeline; `None` when the configuration has no such pipeline.
async fn through(
    side: Side<'_>,
    id: &PipelineId,
    requests: &[Batch],
    runner: &Arc<dyn Runner>,
    outcome: &mut Outcome,
) -> Option<Vec<Map<String, Value>>> {
    let pipeline = side.config.service.pipelines.get(id)?;
    let processors = pipeline.processors.iter().map(|processor| &processor.value);
    let signal = Signal::from(id.signal());
    let passed = pipeline::through(processors, side.plan, signal, requests.to_vec(), runner).await;
    for (known, found) in
        [(&mut outcome.left_out, passed.left_out), (&mut outcome.refused, passed.refused)]
    {
        for one in found {
            if !known.contains(&one) {
                known.push(one);
            }
        }
    }
    Some(passed.batches.iter().flat_map(records).collect())
}

impl Outcome {
    fn count(
        &mut self,
        signal: Signal,
        old: Option<Vec<Map<String, Value>>>,
        new: Option<Vec<Map<String, Value>>>,
    ) {
        if let Some(old) = &old {
            *self.old.get_or_insert_default() += old.len();
        }
        if let Some(new) = &new {
            *self.new.get_or_insert_default() += new.len();
        }
        // There is nothing to compare with.
        let (Some(old), Some(new)) = (old, new) else { return };
        let pairs = pairs(&old, &new);
        self.dropped += old.len() - pairs.len();
        self.added += new.len() - pairs.len();
        for (left, right) in pairs {
            let (Some(left), Some(right)) = (old.get(left), new.get(right)) else { continue };
            if left != right {
                self.changed += 1;
                self.fields(record_word(signal), left, right);
            }
        }
    }

    /// Counts the fields that differ, under a prefix.
    fn fields(&mut self, prefix: &str, old: &Map<String, Value>, new: &Map<String, Value>) {
        let added = new.keys().filter(|key| !old.contains_key(*key));
        for key in old.keys().chain(added) {
            let (left, right) = (old.get(key), new.get(key));
            if left == right {
                continue;
            }
            let object =
                |side: Option<&Value>| side.and_then(Value::as_object).cloned().unwrap_or_default();
            match key.as_str() {
                "resource" | "scope" | "metric" => self.fields(key, &object(left), &object(right)),
                "attributes" => {
                    let (left, right) = (attributes(left), attributes(right));
                    let added = right.keys().filter(|key| !left.contains_key(*key));
                    for key in left.keys().chain(added) {
                        let field = format!("{prefix}.attributes[{}]", quoted(key));
                        self.field(field, left.get(key).copied(), right.get(key).copied());
                    }
                }
                key => self.field(format!("{prefix}.{}", snake(key)), left, right),
            }
        }
    }

    fn field(&mut self, field: String, old: Option<&Value>, new: Option<&Value>) {
        if old == new {
            return;
        }
        let counts = self.fields.entry(field).or_default();
        match (old, new) {
            (Some(_), None) => counts.gone += 1,
            (None, _) => counts.new += 1,
            (Some(_), Some(_)) => counts.changed += 1,
        }
    }
}

const fn record_word(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "span",
        Signal::Metrics => "datapoint",
        Signal::Logs => "log",
        Signal::Profiles => "profile",
    }
}

/// Attributes by key; the first of several with the same key is the one that statements see.
fn attributes(list: Option<&Value>) -> BTreeMap<&str, &Value> {
    let entries = list.and_then(Value::as_array).into_iter().flatten().rev();
    entries
        .filter_map(|entry| {
            Some((entry.get("key")?.as_str()?, entry.get("value").unwrap_or(&Value::Null)))
        })
        .collect()
}

/// The records of a request, each with its resource, its scope and, for a datapoint, its metric.
fn records(batch: &Batch) -> Vec<Map<String, Value>> {
    let tree: Value = serde_json::from_slice(&json::encode(batch)).unwrap_or_default();
    let items = |value: &Value, keys: &[&str]| -> Vec<Value> {
        keys.iter().find_map(|key| value.get(*key)?.as_array()).cloned().unwrap_or_default()
    };
    let mut all = Vec::new();
    for resource in
        items(&tree, &["resourceSpans", "resourceMetrics", "resourceLogs", "resourceProfiles"])
    {
        for scope in items(&resource, &["scopeSpans", "scopeMetrics", "scopeLogs", "scopeProfiles"])
        {
            let mut around = Map::new();
            for (key, parent) in [("resource", &resource), ("scope", &scope)] {
                around.insert(key.to_owned(), parent.get(key).cloned().unwrap_or_default());
            }
            for record in items(&scope, &["spans", "metrics", "logRecords", "profiles"]) {
                let mut add = |record: Value, metric: Option<&Value>| {
                    let mut whole = around.clone();
                    whole.extend(metric.map(|metric| ("metric".to_owned(), metric.clone())));
                    if let Value::Object(record) = record {
                        whole.extend(record);
                    }
                    all.push(whole);
                };
                match split(&record) {
                    Some((metric, points)) => {
                        points.into_iter().for_each(|point| add(point, Some(&metric)));
                    }
                    None => add(record, None),
                }
            }
        }
    }
    all
}

/// A metric without its datapoints, and those; `None` for records that are no metrics.
fn split(record: &Value) -> Option<(Value, Vec<Value>)> {
    const DATA: [&str; 5] = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];
    let kind = DATA.into_iter().find(|kind| record.get(*kind).is_some_and(Value::is_object))?;
    let mut metric = record.as_object()?.clone();
    let mut data = metric.remove(kind)?.as_object()?.clone();
    let points = data.remove("dataPoints").and_then(|points| points.as_array().cloned());
    metric.insert("type".to_owned(), kind.into());
    metric.extend(data);
    Some((metric.into(), points.unwrap_or_default()))
}

/// Fields that tell records apart, the surest first.
const IDENTITIES: [&[&str]; 6] = [
    &[
        "traceId",
        "spanId",
        "timeUnixNano",
        "observedTimeUnixNano",
        "body",
        "name",
        "metric",
        "attributes",
    ],
    &["traceId", "spanId", "timeUnixNano", "startTimeUnixNano", "observedTimeUnixNano", "body"],
    &["metric", "attributes", "timeUnixNano"],
    &["metric", "timeUnixNano", "startTimeUnixNano"],
    &["body"],
    &["name", "startTimeUnixNano", "timeUnixNano", "observedTimeUnixNano"],
];

/// The places of records that belong together.
fn pairs(old: &[Map<String, Value>], new: &[Map<String, Value>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut left: Vec<usize> = (0..old.len()).collect();
    let mut right: Vec<usize> = (0..new.len()).collect();
    let whole = |record: &Map<String, Value>| Some(Value::Object(record.clone()).to_string());
    join(old, new, &mut left, &mut right, &mut pairs, &whole);
    for fields in IDENTITIES {
        let identity = |record: &Map<String, Value>| {
            let values: Vec<&Value> =
                fields.iter().filter_map(|field| record.get(*field)).collect();
            (!values.is_empty()).then(|| format!("{values:?}"))
        };
        join(old, new, &mut left, &mut right, &mut pairs, &identity);
    }
    // As many left on both sides: each has become another.
    if left.len() == right.len() {
        pairs.extend(left.into_iter().zip(right));
    }
    pairs
}

/// Pairs records with equal keys in their order.
fn join(
    old: &[Map<String, Value>],
    new: &[Map<String, Value>],
    left: &mut Vec<usize>,
    right: &mut Vec<usize>,
    pairs: &mut Vec<(usize, usize)>,
    key: &dyn Fn(&Map<String, Value>) -> Option<String>,
) {
    let mut waiting: HashMap<String, VecDeque<usize>> = HashMap::new();
    for index in right.iter().copied() {
        if let Some(key) = new.get(index).and_then(key) {
            waiting.entry(key).or_default().push_back(index);
        }
    }
    let mut taken = Vec::new();
    left.retain(|index| {
        let key = old.get(*index).and_then(key);
        let found = key.and_then(|key| waiting.get_mut(&key)?.pop_front());
        let Some(partner) = found else { return true };
        pairs.push((*index, partner));
        taken.push(partner);
        false
    });
    taken.sort_unstable();
    right.retain(|index| taken.binary_search(index).is_err());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn records(all: &[Value]) -> Vec<Map<String, Value>> {
        all.iter().map(|record| record.as_object().cloned().unwrap()).collect()
    }

    fn paired(old: &[Value], new: &[Value]) -> Vec<(usize, usize)> {
        let mut pairs = pairs(&records(old), &records(new));
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn records_are_found_by_what_tells_them_apart() {
        let span = |id: &str, name: &str| json!({"spanId": id, "name": name});
        let old = [span("1", "a"), span("2", "a"), span("3", "b")];
        let new = [span("3", "c"), span("1", "a")];
        assert_eq!(paired(&old, &new), [(0, 1), (2, 0)]);
        assert_eq!(paired(&new, &old), [(0, 2), (1, 0)]);
    }

    #[test]
    fn equal_records_stay_in_order_and_the_last_ones_are_gone() {
        let same = json!({"body": {"stringValue": "x"}});
        let (two, one) = ([same.clone(), same.clone()], [same]);
        assert_eq!(paired(&two, &one), [(0, 0)]);
        assert_eq!(paired(&two, &two), [(0, 0), (1, 1)]);
    }

    #[test]
    fn what_changed_altogether_is_paired_when_nothing_is_missing() {
        let old = [json!({"body": 1}), json!({"body": 2})];
        assert_eq!(paired(&old, &[json!({"body": 2}), json!({"body": 3})]), [(0, 1), (1, 0)]);
        assert_eq!(paired(&old, &[json!({"body": 3})]), []);
    }

    #[test]
    fn datapoints_carry_their_metric() {
        let metric =
            json!({"name": "m", "sum": {"isMonotonic": true, "dataPoints": [{"asInt": "1"}]}});
        let (metric, points) = split(&metric).unwrap();
        assert_eq!(metric, json!({"name": "m", "type": "sum", "isMonotonic": true}));
        assert_eq!(points, [json!({"asInt": "1"})]);
    }
}
