//! `Value`: what an expression yields while a statement runs.
//!
//! Values are `Copy` and borrow from the request, from the program's constants or from the arena of
//! the run. Maps and lists of telemetry stay encoded; only a list that a statement spells out is a
//! slice of values, since its elements may be of types that telemetry cannot carry.

use std::cmp::Ordering;

use holt_pdata::{ArrayView, MapView, ValueView};

use crate::functions::FunctionDecl;
use crate::text::time::zone::Zone;
use crate::types::Kind;
use crate::whole::{Count, TypedList, Whole};

/// Nanoseconds in a second.
pub const NANOS: i64 = 1_000_000_000;

/// A point in time: seconds since 1970 and nanoseconds in that second, as Go's `time.Time`, with the
/// zone whose clocks show it. Times are compared without regard to their zones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Time {
    seconds: i64,
    /// Below [`NANOS`].
    nanos: u32,
    zone: Zone,
}

impl PartialEq for Time {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Time {}

impl PartialOrd for Time {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Time {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.seconds, self.nanos).cmp(&(other.seconds, other.nanos))
    }
}

impl Time {
    /// The time that many seconds and nanoseconds after 1970. Nanoseconds beyond a second carry over.
    pub const fn new(seconds: i64, nanos: i64, zone: Zone) -> Self {
        let seconds = seconds.wrapping_add(nanos.div_euclid(NANOS));
        Self { seconds, nanos: nanos.rem_euclid(NANOS) as u32, zone }
    }

    /// The time that many nanoseconds after 1970, in UTC.
    pub const fn from_unix_nanos(nanos: i64) -> Self {
        Self::new(0, nanos, Zone::UTC)
    }

    /// The zone whose clocks show it.
    pub const fn zone(self) -> Zone {
        self.zone
    }

    /// The same time on the clocks of another zone.
    #[must_use]
    pub const fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// Nanoseconds since 1970, wrapping where Go wraps.
    pub const fn unix_nanos(self) -> i64 {
        self.seconds.wrapping_mul(NANOS).wrapping_add(self.nanos as i64)
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn seconds(self) -> i64 {
        self.seconds
    }

    /// Nanoseconds in the second.
    pub const fn subsecond_nanos(self) -> u32 {
        self.nanos
    }

    /// The time `duration` nanoseconds later.
    #[must_use]
    pub const fn plus(self, duration: i64) -> Self {
        let nanos = self.nanos as i64 + duration.rem_euclid(NANOS);
        Self::new(self.seconds.wrapping_add(duration.div_euclid(NANOS)), nanos, self.zone)
    }

    /// The nanoseconds from `earlier` to `self`, clamped to the range of a duration as in Go.
    pub fn since(self, earlier: Self) -> i64 {
        let seconds = i128::from(self.seconds) - i128::from(earlier.seconds);
        let nanos = i128::from(self.nanos) - i128::from(earlier.nanos);
        let total = seconds * i128::from(NANOS) + nanos;
        total.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
    }
}

/// Names a compiled regular expression of the program or of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternId(pub(crate) u32);

/// The tag of [`Value::Items`], which is a list as well: behind those of all kinds.
pub(crate) const FIRST_WITHOUT_KIND: u8 = Kind::ALL.len() as u8;

/// What an expression yields.
///
/// The layout is fixed, since compiled code reads and writes it: 24 bytes, of which the first is the
/// tag and those from the eighth on are the payload. The tag of a value that has a [`Kind`] of its
/// own is that kind's number.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, u8)]
pub enum Value<'a> {
    /// No value.
    #[default]
    Nil = Kind::Nil as u8,
    /// A truth value.
    Bool(bool) = Kind::Bool as u8,
    /// A 64-bit integer.
    Int(i64) = Kind::Int as u8,
    /// A double.
    Float(f64) = Kind::Float as u8,
    /// Text.
    Str(&'a str) = Kind::String as u8,
    /// Bytes.
    Bytes(&'a [u8]) = Kind::Bytes as u8,
    /// A point in time.
    Time(Time) = Kind::Time as u8,
    /// A span of time in nanoseconds.
    Duration(i64) = Kind::Duration as u8,
    /// A map, encoded.
    Map(MapView<'a>) = Kind::Map as u8,
    /// A list, encoded.
    List(ArrayView<'a>) = Kind::List as u8,
    /// A trace id.
    TraceId([u8; 16]) = Kind::TraceId as u8,
    /// A span id.
    SpanId([u8; 8]) = Kind::SpanId as u8,
    /// A profile id.
    ProfileId([u8; 16]) = Kind::ProfileId as u8,
    /// A field of messages as a whole.
    Message(&'a Whole<'a>) = Kind::Message as u8,
    /// A compiled regular expression.
    Pattern(PatternId) = Kind::Pattern as u8,
    /// A function that is passed to another one.
    Function(&'static FunctionDecl) = Kind::Function as u8,
    /// A list as a statement spells it out.
    Items(&'a [Value<'a>]) = FIRST_WITHOUT_KIND,
    /// An argument whose computation failed; only functions see it. Names the error in
    /// [`crate::frame::Workspace::needed`].
    Failed(u32) = FIRST_WITHOUT_KIND + 1,
    /// A list of one type.
    Typed(&'a TypedList<'a>) = FIRST_WITHOUT_KIND + 2,
}

impl<'a> Value<'a> {
    /// What the value is.
    pub const fn kind(self) -> Kind {
        match self {
            // What failed is no value either.
            Self::Nil | Self::Failed(_) => Kind::Nil,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Str(_) => Kind::String,
            Self::Bytes(_) => Kind::Bytes,
            Self::Time(_) => Kind::Time,
            Self::Duration(_) => Kind::Duration,
            Self::Map(_) => Kind::Map,
            Self::List(_) | Self::Items(_) | Self::Typed(_) => Kind::List,
            Self::TraceId(_) => Kind::TraceId,
            Self::SpanId(_) => Kind::SpanId,
            Self::ProfileId(_) => Kind::ProfileId,
            Self::Message(_) => Kind::Message,
            Self::Pattern(_) => Kind::Pattern,
            Self::Function(_) => Kind::Function,
        }
    }

    /// Whether there is no value.
    pub const fn is_nil(self) -> bool {
        matches!(self, Self::Nil)
    }

    /// The elements of a list, `None` for any other value.
    pub fn elements(self) -> Option<Elements<'a>> {
        match self {
            Self::List(list) => Some(Elements::Encoded(list)),
            Self::Items(items) => Some(Elements::Items(items)),
            Self::Typed(list) => Some(list.elements),
            _ => None,
        }
    }

    /// Whether tests for lists take it for one.
    pub fn is_list(self) -> bool {
        match self {
            Self::List(_) | Self::Items(_) => true,
            Self::Typed(list) => list.of.is_storable(),
            Self::Message(whole) => whole.shape.count == Count::List,
            _ => false,
        }
    }
}

impl<'a> From<ValueView<'a>> for Value<'a> {
    #[inline]
    fn from(view: ValueView<'a>) -> Self {
        match view {
            ValueView::Str(text) => Self::Str(text),
            ValueView::Int(value) => Self::Int(value),
            ValueView::Bool(value) => Self::Bool(value),
            ValueView::Double(value) => Self::Float(value),
            ValueView::Bytes(bytes) => Self::Bytes(bytes),
            ValueView::Map(map) => Self::Map(map),
            ValueView::Array(list) => Self::List(list),
            // Text by index stands only in profiles, which statements do not reach yet.
            ValueView::Empty | ValueView::StrIndex(_) => Self::Nil,
        }
    }
}

/// The elements of a list of either form.
#[derive(Clone, Copy, Debug)]
pub enum Elements<'a> {
    /// Of an encoded list.
    Encoded(ArrayView<'a>),
    /// Of a list that a statement spells out.
    Items(&'a [Value<'a>]),
}

impl<'a> Elements<'a> {
    /// The elements in order.
    pub fn iter(self) -> impl Iterator<Item = Value<'a>> {
        let (encoded, items) = match self {
            Self::Encoded(list) => (Some(list.iter().map(Value::from)), None),
            Self::Items(items) => (None, Some(items.iter().copied())),
        };
        encoded.into_iter().flatten().chain(items.into_iter().flatten())
    }

    /// Number of elements.
    pub fn len(self) -> usize {
        match self {
            Self::Encoded(list) => list.len(),
            Self::Items(items) => items.len(),
        }
    }

    /// Whether there are no elements.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at an index.
    pub fn get(self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Encoded(list) => list.iter().nth(index).map(Value::from),
            Self::Items(items) => items.get(index).copied(),
        }
    }
}

/// How two values compare: `None` when no order and no equality is defined between them, which makes
/// them merely unequal.
pub fn compare(left: Value<'_>, right: Value<'_>) -> Option<Comparison> {
    use Comparison::{Equality, Order};
    use Value as V;
    Some(match (left, right) {
        (V::Nil, V::Nil) => Order(Some(Ordering::Equal)),
        (V::Bool(a), V::Bool(b)) => Order(Some(a.cmp(&b))),
        (V::Int(a), V::Int(b)) => Order(Some(a.cmp(&b))),
        // As in Go, an integer beside a double is compared as a double.
        (V::Int(a), V::Float(b)) => Order((a as f64).partial_cmp(&b)),
        (V::Float(a), V::Int(b)) => Order(a.partial_cmp(&(b as f64))),
        (V::Float(a), V::Float(b)) => Order(a.partial_cmp(&b)),
        (V::Str(a), V::Str(b)) => Order(Some(a.as_bytes().cmp(b.as_bytes()))),
        (V::Bytes(a), V::Bytes(b)) => Order(Some(a.cmp(b))),
        (V::Time(a), V::Time(b)) => Order(Some(a.cmp(&b))),
        (V::Duration(a), V::Duration(b)) => Order(Some(a.cmp(&b))),
        (V::TraceId(a), V::TraceId(b)) | (V::ProfileId(a), V::ProfileId(b)) => Equality(a == b),
        (V::SpanId(a), V::SpanId(b)) => Equality(a == b),
        (V::Message(a), V::Message(b)) => Equality(a.is_same_field(b)),
        (V::Map(_), V::Map(_)) => Equality(deep_equal(left, right)),
        (V::List(_) | V::Items(_), V::List(_) | V::Items(_)) | (V::Typed(_), V::Typed(_)) => {
            Equality(deep_equal(left, right))
        }
        _ => return None,
    })
}

/// What [`compare`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The values are ordered; `None` when one of them is not a number.
    Order(Option<Ordering>),
    /// The values are only equal or not.
    Equality(bool),
}

/// Whether two values are of one type and equal: as `==`, but no integer equals a double.
pub fn is_same(left: Value<'_>, right: Value<'_>) -> bool {
    left.kind() == right.kind() && deep_equal(left, right)
}

/// Equality inside maps and lists: strict about types, blind to the order of map entries.
fn deep_equal(left: Value<'_>, right: Value<'_>) -> bool {
    match (left, right) {
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| {
                    b.get(key).is_some_and(|other| deep_equal(value.into(), other.into()))
                })
        }
        (Value::Int(_), Value::Float(_)) | (Value::Float(_), Value::Int(_)) => false,
        (Value::Message(a), Value::Message(b)) => a.is_equal(b),
        (Value::Typed(a), Value::Typed(b)) if a.of != b.of => false,
        (Value::Typed(_), Value::List(_) | Value::Items(_))
        | (Value::List(_) | Value::Items(_), Value::Typed(_)) => false,
        _ => match (left.elements(), right.elements()) {
            (Some(a), Some(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| deep_equal(a, b))
            }
            _ => matches!(
                compare(left, right),
                Some(Comparison::Order(Some(Ordering::Equal)) | Comparison::Equality(true))
            ),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_three_words() {
        assert_eq!(size_of::<Value<'_>>(), 24);
    }

    #[test]
    fn times_before_1970_count_back() {
        let time = Time::from_unix_nanos(-1);
        assert_eq!((time.seconds(), time.subsecond_nanos()), (-1, 999_999_999));
        assert_eq!(time.unix_nanos(), -1);
        assert_eq!(time.plus(2).unix_nanos(), 1);
        assert_eq!(Time::from_unix_nanos(5).since(time), 6);
    }

    #[test]
    fn numbers_compare_across_types_but_not_inside_lists() {
        let equal = Some(Comparison::Order(Some(Ordering::Equal)));
        assert_eq!(compare(Value::Int(1), Value::Float(1.0)), equal);
        let list = compare(Value::Items(&[Value::Int(1)]), Value::Items(&[Value::Float(1.0)]));
        assert_eq!(list, Some(Comparison::Equality(false)));
        assert_eq!(compare(Value::Int(1), Value::Str("1")), None);
    }
}
