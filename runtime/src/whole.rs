//! Fields of telemetry that the language passes on as a whole: the events of a span, the buckets of a
//! histogram, a list of counts.
//!
//! Paths make such values and take them back; nothing inside them can be reached. A field is
//! described once by a [`Shape`], whatever messages it consists of.

use holt_pdata::wire::Fields;

use crate::value::Elements;

/// A kind of field that is passed on as a whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Shape {
    /// What it holds, for messages: `span events`.
    pub name: &'static str,
    /// The name of its type in Go, which formatted text may show.
    pub go_type: &'static str,
    /// How many messages it holds.
    pub count: Count,
}

/// How many messages a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// One.
    One,
    /// Any number, and tests for lists take it for one.
    List,
    /// Any number, but tests for lists do not know it.
    Many,
}

impl Shape {
    /// A field that holds one message.
    pub const fn one(name: &'static str, go_type: &'static str) -> Self {
        Self { name, go_type, count: Count::One }
    }

    /// A field that holds a list of messages.
    pub const fn list(name: &'static str, go_type: &'static str) -> Self {
        Self { name, go_type, count: Count::List }
    }
}

/// A field as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// What it is.
    pub shape: &'static Shape,
    /// Number of the field.
    pub field: u32,
    /// The encoded message; for many messages the one that holds them.
    pub raw: &'a [u8],
}

impl Whole<'_> {
    /// Whether both are the same field of the same record. A record has one field of a number, and
    /// statements see one record of a sort at a time, so their content need not be looked at; two
    /// fields with the same content are different.
    pub fn is_same_field(&self, other: &Self) -> bool {
        self.shape == other.shape && self.field == other.field
    }

    /// Whether both hold the same.
    pub fn is_equal(&self, other: &Self) -> bool {
        match self.shape.count {
            Count::One => self.shape == other.shape && self.raw == other.raw,
            Count::List | Count::Many => self.is_same_field(other),
        }
    }

    /// Number of messages.
    pub fn messages(&self) -> usize {
        match self.shape.count {
            Count::One => 1,
            Count::List | Count::Many => {
                Fields::new(self.raw).filter(|field| field.number == self.field).count()
            }
        }
    }
}

/// A list all of whose elements are of one type because its field says so. It is a list to most
/// functions, but equal to lists of its own sort only.
#[derive(Clone, Copy, Debug)]
pub struct TypedList<'a> {
    /// The type.
    pub of: ElementType,
    /// The elements.
    pub elements: Elements<'a>,
}

/// The types of the elements of a [`TypedList`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElementType {
    /// Integers.
    Int,
    /// Integers that are not negative. Only their own fields take such lists.
    Unsigned,
    /// Doubles.
    Float,
    /// Times. Only their own fields take such lists.
    Time,
}

impl ElementType {
    /// Whether an attribute can hold such a list.
    pub const fn is_storable(self) -> bool {
        matches!(self, Self::Int | Self::Float)
    }

    /// The name used in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Int => "integers",
            Self::Unsigned => "unsigned integers",
            Self::Float => "doubles",
            Self::Time => "times",
        }
    }

    /// The name of such a list in Go, which formatted text may show.
    pub const fn go_type(self) -> &'static str {
        match self {
            Self::Int => "[]int64",
            Self::Unsigned => "[]uint64",
            Self::Float => "[]float64",
            Self::Time => "[]time.Time",
        }
    }
}
