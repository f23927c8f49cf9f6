//! Visits made through `edit`.

use holt_pdata::messages::numbers;
use holt_pdata::schema::Message;
use holt_pdata::{Batch, Editor, Level, MapView, Open, Record, Signal, Verdict, edit};

use crate::visit::{Action, MOST_ADDED, Visit};

/// Makes one visit after the other, and starts over when they are through.
struct Visitor<'a> {
    signal: Signal,
    level: Level,
    visits: std::iter::Cycle<std::slice::Iter<'a, Visit>>,
    added: usize,
}

/// Walks the batch with the visits.
pub(crate) fn visited(batch: &Batch, level: Level, visits: &[Visit]) -> Batch {
    let visits = visits.iter().cycle();
    edit(batch, level, &mut Visitor { signal: batch.signal(), level, visits, added: 0 }).unwrap()
}

impl<'a> Editor<'a> for Visitor<'a> {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        let Some(visit) = self.visits.next() else { return Ok(Verdict::Keep) };
        parents(open, visit);
        match (self.signal, self.level) {
            (_, Level::Resource | Level::Scope) => {}
            (Signal::Traces, Level::SpanEvent) => {
                act(&mut open.record, &visit.record);
                event(&mut open.child, visit);
            }
            (Signal::Traces, _) => span(&mut open.record, visit),
            (Signal::Logs, _) => log(&mut open.record, visit),
            (_, Level::DataPoint) => {
                metric(&mut open.record, visit);
                data(&mut open.metric_data, visit);
                point(&mut open.child, visit);
            }
            _ => metric(&mut open.record, visit),
        }
        if let Some(record) = &visit.added
            && !matches!(self.level, Level::Resource | Level::Scope)
            && self.added < MOST_ADDED
        {
            self.added += 1;
            open.append(record).unwrap();
        }
        Ok(if visit.drop { Verdict::Drop } else { Verdict::Keep })
    }
}

fn act<'a>(record: &mut Record<'a>, actions: &'a [Action]) {
    for action in actions {
        match action {
            Action::Set(key, given) => record.set_attribute(key, given.view()),
            Action::Remove(key) => {
                let there = record.attribute(key).is_some();
                assert_eq!(record.remove_attribute(key), there);
            }
            Action::RetainShortKeys => record.retain_attributes(|key, _| key.len() < 2),
            Action::Replace(_, encoded) => record.replace_attributes(MapView::new(encoded)),
        }
    }
}

fn parents<'a>(open: &mut Open<'a>, visit: &'a Visit) {
    use numbers::{INSTRUMENTATION_SCOPE as SCOPE, RESOURCE, RESOURCE_SPANS, SCOPE_SPANS};
    act(&mut open.resource, &visit.resource);
    if let Some(count) = visit.resource_dropped {
        open.resource.set_varint(RESOURCE::dropped_attributes_count, count.into());
    }
    if let Some(url) = &visit.schema_url {
        open.resource_envelope.set_text(RESOURCE_SPANS::schema_url, url);
        open.scope_envelope.set_text(SCOPE_SPANS::schema_url, url);
    }
    act(&mut open.scope, &visit.scope);
    if let Some(name) = &visit.scope_name {
        open.scope.set_text(SCOPE::name, name);
    }
}

fn span<'a>(span: &mut Record<'a>, visit: &'a Visit) {
    use numbers::{SPAN, STATUS};
    act(span, &visit.record);
    if let Some(name) = &visit.name {
        span.set_text(SPAN::name, name);
    }
    if let Some(time) = visit.time {
        span.set_fixed64(SPAN::start_time_unix_nano, time);
    }
    if let Some(kind) = visit.number {
        span.set_varint(SPAN::kind, u64::from(kind.cast_unsigned()));
    }
    if let Some(flags) = visit.flags {
        span.set_fixed32(SPAN::flags, flags);
    }
    if let Some(id) = &visit.id {
        span.set_bytes(SPAN::parent_span_id, id);
    }
    if visit.clear {
        span.clear(SPAN::events);
        span.set_message(SPAN::status, &[(STATUS::code << 3) as u8, 2]);
    }
}

fn event<'a>(event: &mut Record<'a>, visit: &'a Visit) {
    use numbers::SPAN_EVENT;
    act(event, &visit.child);
    if let Some(name) = &visit.name {
        event.set_text(SPAN_EVENT::name, name);
    }
    if let Some(time) = visit.time {
        event.set_fixed64(SPAN_EVENT::time_unix_nano, time);
    }
}

fn log<'a>(log: &mut Record<'a>, visit: &'a Visit) {
    use numbers::LOG_RECORD;
    act(log, &visit.record);
    if let Some(name) = &visit.name {
        log.set_text(LOG_RECORD::severity_text, name);
    }
    if let Some(time) = visit.time {
        log.set_fixed64(LOG_RECORD::observed_time_unix_nano, time);
    }
    if let Some(number) = visit.number {
        log.set_varint(LOG_RECORD::severity_number, u64::from(number.cast_unsigned()));
    }
    if let Some(flags) = visit.flags {
        log.set_fixed32(LOG_RECORD::flags, flags);
    }
    if visit.clear {
        log.clear(LOG_RECORD::body);
    }
}

/// A metric has no attributes.
fn metric<'a>(metric: &mut Record<'a>, visit: &'a Visit) {
    use numbers::METRIC;
    if let Some(name) = &visit.name {
        metric.set_text(METRIC::name, name);
    }
    if visit.clear {
        metric.clear(METRIC::description);
    }
}

/// All data messages but gauge and summary have the temporality in field 2.
fn data(data: &mut Record<'_>, visit: &Visit) {
    use numbers::SUM;
    if let Some(number) = visit.number
        && data.message().field(SUM::aggregation_temporality).is_some()
    {
        data.set_varint(SUM::aggregation_temporality, u64::from(number.cast_unsigned()));
    }
}

/// All datapoints have their times in the fields 2 and 3.
fn point<'a>(point: &mut Record<'a>, visit: &'a Visit) {
    use numbers::{HISTOGRAM_DATA_POINT as HISTOGRAM, NUMBER_DATA_POINT as NUMBER};
    act(point, &visit.child);
    if let Some(time) = visit.time {
        point.set_fixed64(NUMBER::time_unix_nano, time);
    }
    let flags = field_named(point.message(), "flags");
    if let Some(value) = visit.flags {
        point.set_varint(flags, value.into());
    }
    let (time, clear) = (visit.time.unwrap_or(7), visit.clear);
    match point.message().name {
        // Another member of the oneof goes.
        "NumberDataPoint" if clear => point.set_fixed64(NUMBER::as_int, time),
        // Zero is not the same as absent.
        "HistogramDataPoint" if clear => {
            point.set_fixed64(HISTOGRAM::sum, 0);
            point.clear(HISTOGRAM::min);
            point.clear(HISTOGRAM::bucket_counts);
        }
        _ => {}
    }
}

fn field_named(message: &Message, name: &str) -> u32 {
    message.fields.iter().find(|field| field.name == name).unwrap().number
}
