//! What is done at one visit of a record, chosen at random before the walk.

use holt_pdata::{ArrayView, MapView, Signal, ValueView};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValueList};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use crate::common::mirror::Mirror;
use crate::common::source::Source;

/// A value, as prost holds it, and encoded for views when it is a list or a map.
pub(crate) struct Given {
    pub(crate) value: AnyValue,
    nested: Vec<u8>,
}

impl Given {
    fn new(source: &mut Source<'_>) -> Self {
        let value = AnyValue::generate(source);
        let nested = match &value.value {
            Some(Value::ArrayValue(list)) => list.encode_to_vec(),
            Some(Value::KvlistValue(map)) => map.encode_to_vec(),
            _ => Vec::new(),
        };
        Self { value, nested }
    }

    pub(crate) fn view(&self) -> ValueView<'_> {
        match &self.value.value {
            None => ValueView::Empty,
            Some(Value::StringValue(text)) => ValueView::Str(text),
            Some(Value::BoolValue(value)) => ValueView::Bool(*value),
            Some(Value::IntValue(value)) => ValueView::Int(*value),
            Some(Value::DoubleValue(value)) => ValueView::Double(*value),
            Some(Value::BytesValue(bytes)) => ValueView::Bytes(bytes),
            Some(Value::StringValueStrindex(index)) => ValueView::StrIndex(*index),
            Some(Value::ArrayValue(_)) => ValueView::Array(ArrayView::new(&self.nested)),
            Some(Value::KvlistValue(_)) => ValueView::Map(MapView::new(&self.nested)),
        }
    }
}

/// One thing done to attributes.
pub(crate) enum Action {
    Set(String, Given),
    Remove(String),
    RetainShortKeys,
    /// The map as prost holds it, and encoded.
    Replace(KeyValueList, Vec<u8>),
}

/// What is done at one visit. `None` leaves a field alone; defaults clear it.
pub(crate) struct Visit {
    pub(crate) resource: Vec<Action>,
    pub(crate) resource_dropped: Option<u32>,
    pub(crate) scope: Vec<Action>,
    pub(crate) scope_name: Option<String>,
    pub(crate) schema_url: Option<String>,
    pub(crate) record: Vec<Action>,
    pub(crate) child: Vec<Action>,
    pub(crate) name: Option<String>,
    pub(crate) time: Option<u64>,
    pub(crate) number: Option<i32>,
    pub(crate) flags: Option<u32>,
    pub(crate) id: Option<Vec<u8>>,
    /// Clears a message field, or a repeated one.
    pub(crate) clear: bool,
    pub(crate) drop: bool,
    /// An encoded record that is added to the scope.
    pub(crate) added: Option<Vec<u8>>,
}

/// Records may be added at so many visits of a walk: added ones are visited, too.
pub(crate) const MOST_ADDED: usize = 6;

impl Visit {
    pub(crate) fn new(signal: Signal, source: &mut Source<'_>) -> Self {
        let record = |source: &mut Source<'_>| match signal {
            Signal::Traces => Span::generate(source).encode_to_vec(),
            Signal::Logs => LogRecord::generate(source).encode_to_vec(),
            _ => Metric::generate(source).encode_to_vec(),
        };
        Self {
            resource: sometimes(3, source, actions).unwrap_or_default(),
            resource_dropped: sometimes(5, source, |source| source.below(3) as u32),
            scope: sometimes(3, source, actions).unwrap_or_default(),
            scope_name: sometimes(5, source, |source| source.text()),
            schema_url: sometimes(5, source, |source| source.text()),
            record: sometimes(2, source, actions).unwrap_or_default(),
            child: sometimes(2, source, actions).unwrap_or_default(),
            name: sometimes(3, source, |source| source.text()),
            time: sometimes(3, source, |source| source.bits() % 3),
            number: sometimes(3, source, |source| source.below(3) as i32),
            flags: sometimes(3, source, |source| source.below(3) as u32),
            id: sometimes(4, source, |source| source.id(8)),
            clear: source.once_in(4),
            drop: source.once_in(4),
            added: sometimes(4, source, record),
        }
    }
}

fn sometimes<T>(
    bound: usize,
    source: &mut Source<'_>,
    make: impl FnOnce(&mut Source<'_>) -> T,
) -> Option<T> {
    source.once_in(bound).then(|| make(source))
}

fn actions(source: &mut Source<'_>) -> Vec<Action> {
    (0..source.below(5))
        .map(|_| match source.below(8) {
            0..=3 => Action::Set(source.text(), Given::new(source)),
            4 | 5 => Action::Remove(source.text()),
            6 => Action::RetainShortKeys,
            _ => {
                let map = KeyValueList::generate(source);
                let encoded = map.encode_to_vec();
                Action::Replace(map, encoded)
            }
        })
        .collect()
}
