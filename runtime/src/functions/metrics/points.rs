//! Datapoints in encoded form: reading what all kinds have, writing number datapoints, making
//! messages over.

use holt_pdata::messages::numbers::NUMBER_DATA_POINT as NUMBER;
use holt_pdata::wire::{Fields, RawField, WireType, put_len, put_tag};
use holt_pdata::{Builder, ValueView};

use super::Kind;

/// Every data message has its datapoints in this field.
pub(super) const POINTS: u32 = 1;

/// All kinds of datapoint have their times, and those but numbers their count and sum, in these
/// fields.
const START: u32 = NUMBER::start_time_unix_nano;
const TIME: u32 = NUMBER::time_unix_nano;
const COUNT: u32 = 4;
const SUM: u32 = 5;

/// The encoded datapoints of a data message.
pub(super) fn points(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    Fields::new(data).filter(|field| field.number == POINTS).map(|field| field.bytes)
}

/// A data message with nothing but its datapoints: what else it holds, known or not, may mean
/// something different in a metric of another kind.
pub(super) fn only_points(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for point in points(data) {
        put_len(&mut out, POINTS, point);
    }
    out
}

/// A datapoint of any kind.
#[derive(Clone, Copy)]
pub(super) struct Point<'p> {
    pub(super) kind: Kind,
    pub(super) raw: &'p [u8],
}

/// The number of a number datapoint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Double(f64),
}

impl<'p> Point<'p> {
    fn scalar(self, number: u32) -> Option<u64> {
        holt_pdata::wire::find(self.raw, number).map(|field| field.scalar)
    }

    /// The count of a histogram or summary.
    pub(super) fn count(self) -> u64 {
        self.scalar(COUNT).unwrap_or_default()
    }

    /// The sum of a histogram or summary; none for a histogram that has none.
    pub(super) fn sum(self) -> Option<f64> {
        match (self.scalar(SUM), self.kind) {
            (Some(bits), _) => Some(f64::from_bits(bits)),
            (None, Kind::Summary) => Some(0.0),
            (None, _) => None,
        }
    }

    /// The encoded attributes.
    pub(super) fn attributes(self) -> impl Iterator<Item = &'p [u8]> {
        let number = self.kind.point().attributes;
        Fields::new(self.raw).filter(move |field| field.number == number).map(|field| field.bytes)
    }

    /// Appends a number datapoint with the times and attributes of this one. `besides` is one more
    /// attribute, in place of one with the same key.
    pub(super) fn put_number(
        self,
        out: &mut Vec<u8>,
        value: Number,
        besides: Option<(&str, ValueView<'_>)>,
    ) {
        let point = Builder::message_bytes(|point| {
            point.fixed64(NUMBER::start_time_unix_nano, self.scalar(START).unwrap_or_default());
            point.fixed64(NUMBER::time_unix_nano, self.scalar(TIME).unwrap_or_default());
            match value {
                Number::Double(value) => point.present_double(NUMBER::as_double, value),
                Number::Int(value) => {
                    point.present_fixed64(NUMBER::as_int, value.cast_unsigned());
                }
            }
            let mut besides = besides;
            for attribute in self.attributes() {
                match besides.take_if(|(key, _)| key_of(attribute) == key.as_bytes()) {
                    Some((key, value)) => point.attribute(NUMBER::attributes, key, value),
                    None => point.encoded(NUMBER::attributes, attribute),
                }
            }
            if let Some((key, value)) = besides {
                point.attribute(NUMBER::attributes, key, value);
            }
        });
        put_len(out, POINTS, &point);
    }
}

/// The key of an encoded attribute.
pub(super) fn key_of(attribute: &[u8]) -> &[u8] {
    holt_pdata::wire::find(attribute, 1).map(|field| field.bytes).unwrap_or_default()
}

/// A message made over: `put` writes what takes the place of a field, nothing for one that goes, or
/// answers no to keep it.
pub(super) fn made_over(
    message: &[u8],
    mut put: impl FnMut(RawField<'_>, &mut Vec<u8>) -> bool,
) -> Vec<u8> {
    let mut out = Vec::with_capacity(message.len());
    let mut fields = Fields::new(message);
    let mut start = 0;
    while let Some(field) = fields.next() {
        let end = fields.offset();
        if !put(field, &mut out) {
            out.extend_from_slice(message.get(start..end).unwrap_or_default());
        }
        start = end;
    }
    out
}

/// A data message with every datapoint made over.
pub(super) fn points_made_over(data: &[u8], mut point: impl FnMut(&[u8]) -> Vec<u8>) -> Vec<u8> {
    made_over(data, |field, out| {
        let is_point = field.number == POINTS;
        if is_point {
            put_len(out, POINTS, &point(field.bytes));
        }
        is_point
    })
}

/// A message with encoded entries of a repeated field behind those it has.
pub(super) fn with_entries(message: Vec<u8>, number: u32, entries: &[u8]) -> Vec<u8> {
    let mut place = 0;
    let mut fields = Fields::new(&message);
    while let Some(field) = fields.next() {
        if field.number <= number {
            place = fields.offset();
        }
    }
    let mut message = message;
    message.splice(place..place, entries.iter().copied());
    message
}

/// Appends a double.
pub(super) fn put_double(out: &mut Vec<u8>, number: u32, value: f64) {
    put_tag(out, number, WireType::Fixed64);
    out.extend_from_slice(&value.to_bits().to_le_bytes());
}

/// The payload of a packed list of eight-byte numbers.
pub(super) fn packed(values: impl IntoIterator<Item = u64>) -> Vec<u8> {
    values.into_iter().flat_map(u64::to_le_bytes).collect()
}
