//! The same visits made on prost's types.

use std::collections::VecDeque;

use holt_pdata::Level;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    HistogramDataPoint, Metric, NumberDataPoint, number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::Event;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};

use prost::Message;

use crate::common::mirror::{Logs, Metrics, Traces};
use crate::visit::{Action, MOST_ADDED, Visit};

/// The visits, one after the other, over and over.
pub(crate) struct Visits<'v> {
    visits: std::iter::Cycle<std::slice::Iter<'v, Visit>>,
    pub(crate) level: Level,
    added: usize,
}

impl<'v> Visits<'v> {
    pub(crate) fn new(visits: &'v [Visit], level: Level) -> Self {
        Self { visits: visits.iter().cycle(), level, added: 0 }
    }

    /// What a visit adds to the records of the scope.
    fn add<T: Message + Default>(&mut self, visit: &Visit, records: &mut Vec<T>) {
        if let Some(record) = visit.added.as_deref().filter(|_| self.added < MOST_ADDED) {
            self.added += 1;
            records.push(T::decode(record).unwrap());
        }
    }

    fn next(&mut self) -> &'v Visit {
        self.visits.next().unwrap()
    }
}

/// What stands above a record.
struct Parents<'p> {
    resource: &'p mut Option<Resource>,
    resource_url: &'p mut String,
    scope: Option<(&'p mut Option<InstrumentationScope>, &'p mut String)>,
}

impl Parents<'_> {
    fn edit(&mut self, visit: &Visit) {
        let resource = self.resource.get_or_insert_default();
        act(&mut resource.attributes, &visit.resource);
        if let Some(count) = visit.resource_dropped {
            resource.dropped_attributes_count = count;
        }
        if let Some(url) = &visit.schema_url {
            self.resource_url.clone_from(url);
        }
        let Some((scope, scope_url)) = &mut self.scope else { return };
        let scope = scope.get_or_insert_default();
        act(&mut scope.attributes, &visit.scope);
        if let Some(name) = &visit.scope_name {
            scope.name.clone_from(name);
        }
        if let Some(url) = &visit.schema_url {
            scope_url.clone_from(url);
        }
    }
}

fn act(attributes: &mut Vec<KeyValue>, actions: &[Action]) {
    let entry = |key: &str, value: &AnyValue| KeyValue {
        key: key.to_owned(),
        value: Some(value.clone()),
        ..KeyValue::default()
    };
    for action in actions {
        match action {
            Action::Set(key, given) => {
                let new = entry(key, &given.value);
                match attributes.iter_mut().find(|attribute| attribute.key == *key) {
                    Some(attribute) => *attribute = new,
                    None => attributes.push(new),
                }
            }
            Action::Remove(key) => {
                if let Some(at) = attributes.iter().position(|attribute| attribute.key == *key) {
                    attributes.remove(at);
                }
            }
            Action::RetainShortKeys => attributes.retain(|attribute| attribute.key.len() < 2),
            Action::Replace(map, _) => {
                let value = |entry: &KeyValue| entry.value.clone().unwrap_or_default();
                *attributes = map.values.iter().map(|new| entry(&new.key, &value(new))).collect();
            }
        }
    }
}

/// Edits the elements of a list; answers whether the message around it stays: it goes with its
/// last child.
fn each<T>(list: &mut Vec<T>, mut keep: impl FnMut(&mut T) -> bool) -> bool {
    let before = list.len();
    list.retain_mut(&mut keep);
    !list.is_empty() || before == 0
}

/// As [`each`], of records, which may add others behind all.
fn each_record<T>(list: &mut Vec<T>, mut keep: impl FnMut(&mut T, &mut Vec<T>) -> bool) -> bool {
    let before = list.len();
    let mut rest: VecDeque<T> = std::mem::take(list).into();
    let mut added = Vec::new();
    while let Some(mut record) = rest.pop_front() {
        if keep(&mut record, &mut added) {
            list.push(record);
        }
        rest.extend(added.drain(..));
    }
    !list.is_empty() || before == 0
}

/// Walks the envelopes of a request; `$record` edits one record.
macro_rules! walk {
    ($request:expr, $visits:expr, $resources:ident, $scopes:ident, $records:ident, $record:expr) => {
        each(&mut $request.$resources, |resource| {
            let (head, resource_url) = (&mut resource.resource, &mut resource.schema_url);
            if $visits.level == Level::Resource {
                let visit = $visits.next();
                Parents { resource: head, resource_url, scope: None }.edit(visit);
                return !visit.drop;
            }
            each(&mut resource.$scopes, |scope| {
                let scope_parts = (&mut scope.scope, &mut scope.schema_url);
                let mut parents =
                    Parents { resource: head, resource_url, scope: Some(scope_parts) };
                if $visits.level == Level::Scope {
                    let visit = $visits.next();
                    parents.edit(visit);
                    return !visit.drop;
                }
                each_record(&mut scope.$records, |record, added| {
                    $record(record, &mut parents, $visits, added)
                })
            })
        });
    };
}

pub(crate) fn traces(request: &mut Traces, visits: &mut Visits<'_>) {
    walk!(request, visits, resource_spans, scope_spans, spans, span);
}

pub(crate) fn logs(request: &mut Logs, visits: &mut Visits<'_>) {
    walk!(request, visits, resource_logs, scope_logs, log_records, log);
}

pub(crate) fn metrics(request: &mut Metrics, visits: &mut Visits<'_>) {
    walk!(request, visits, resource_metrics, scope_metrics, metrics, metric);
}

fn span(
    span: &mut Span,
    parents: &mut Parents<'_>,
    visits: &mut Visits<'_>,
    added: &mut Vec<Span>,
) -> bool {
    if visits.level == Level::SpanEvent {
        let Span { events, attributes, .. } = span;
        each(events, |event| {
            let visit = visits.next();
            parents.edit(visit);
            act(attributes, &visit.record);
            edit_event(event, visit);
            visits.add(visit, added);
            !visit.drop
        });
        return true;
    }
    let visit = visits.next();
    parents.edit(visit);
    visits.add(visit, added);
    act(&mut span.attributes, &visit.record);
    if let Some(name) = &visit.name {
        span.name.clone_from(name);
    }
    span.start_time_unix_nano = visit.time.unwrap_or(span.start_time_unix_nano);
    span.kind = visit.number.unwrap_or(span.kind);
    span.flags = visit.flags.unwrap_or(span.flags);
    if let Some(id) = &visit.id {
        span.parent_span_id.clone_from(id);
    }
    if visit.clear {
        span.events.clear();
        span.status = Some(Status { code: 2, ..Status::default() });
    }
    !visit.drop
}

fn edit_event(event: &mut Event, visit: &Visit) {
    act(&mut event.attributes, &visit.child);
    if let Some(name) = &visit.name {
        event.name.clone_from(name);
    }
    event.time_unix_nano = visit.time.unwrap_or(event.time_unix_nano);
}

fn log(
    log: &mut LogRecord,
    parents: &mut Parents<'_>,
    visits: &mut Visits<'_>,
    added: &mut Vec<LogRecord>,
) -> bool {
    let visit = visits.next();
    parents.edit(visit);
    visits.add(visit, added);
    act(&mut log.attributes, &visit.record);
    if let Some(name) = &visit.name {
        log.severity_text.clone_from(name);
    }
    log.observed_time_unix_nano = visit.time.unwrap_or(log.observed_time_unix_nano);
    log.severity_number = visit.number.unwrap_or(log.severity_number);
    log.flags = visit.flags.unwrap_or(log.flags);
    if visit.clear {
        log.body = None;
    }
    !visit.drop
}

fn edit_metric(name: &mut String, description: &mut String, visit: &Visit) {
    if let Some(new) = &visit.name {
        name.clone_from(new);
    }
    if visit.clear {
        description.clear();
    }
}

fn metric(
    metric: &mut Metric,
    parents: &mut Parents<'_>,
    visits: &mut Visits<'_>,
    added: &mut Vec<Metric>,
) -> bool {
    let Metric { name, description, data, .. } = metric;
    if visits.level != Level::DataPoint {
        let visit = visits.next();
        parents.edit(visit);
        visits.add(visit, added);
        edit_metric(name, description, visit);
        return !visit.drop;
    }
    /// Edits the datapoints of one kind; `$more` edits what only this kind has.
    macro_rules! points {
        ($data:ident, $temporality:expr, $more:expr) => {
            each(&mut $data.data_points, |point| {
                let visit = visits.next();
                parents.edit(visit);
                visits.add(visit, added);
                edit_metric(name, description, visit);
                if let (Some(number), Some(temporality)) = (visit.number, $temporality) {
                    *temporality = number;
                }
                act(&mut point.attributes, &visit.child);
                point.time_unix_nano = visit.time.unwrap_or(point.time_unix_nano);
                point.flags = visit.flags.unwrap_or(point.flags);
                if visit.clear {
                    $more(point, visit);
                }
                !visit.drop
            })
        };
    }
    let none = || None::<&mut i32>;
    let as_int = |point: &mut NumberDataPoint, visit: &Visit| {
        let value = visit.time.unwrap_or(7).cast_signed();
        point.value = Some(number_data_point::Value::AsInt(value));
    };
    match data {
        None => true,
        Some(Data::Gauge(gauge)) => points!(gauge, none(), as_int),
        Some(Data::Sum(sum)) => points!(sum, Some(&mut sum.aggregation_temporality), as_int),
        Some(Data::Histogram(histogram)) => points!(
            histogram,
            Some(&mut histogram.aggregation_temporality),
            |point: &mut HistogramDataPoint, _: &Visit| {
                point.sum = Some(0.0);
                point.min = None;
                point.bucket_counts.clear();
            }
        ),
        Some(Data::ExponentialHistogram(histogram)) => {
            points!(
                histogram,
                Some(&mut histogram.aggregation_temporality),
                |_: &mut _, _: &Visit| {}
            )
        }
        Some(Data::Summary(summary)) => points!(summary, none(), |_: &mut _, _: &Visit| {}),
    }
}
