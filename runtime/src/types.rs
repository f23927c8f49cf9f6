//! The types of OTTL: what a value may turn out to be when a statement runs.
//!
//! A [`Kind`] is what one value is; a [`Type`] is the set of kinds an expression can yield. Types
//! form a lattice under inclusion: `nothing` at the bottom, [`Type::ANY`] at the top. The checker
//! works with types, the engines with kinds.

use std::fmt;

/// What one value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// No value.
    Nil,
    /// A truth value.
    Bool,
    /// A 64-bit integer.
    Int,
    /// A double.
    Float,
    /// Text.
    String,
    /// Bytes.
    Bytes,
    /// A point in time.
    Time,
    /// A span of time.
    Duration,
    /// A map with text keys.
    Map,
    /// A list.
    List,
    /// A trace id.
    TraceId,
    /// A span id.
    SpanId,
    /// A profile id.
    ProfileId,
    /// A field of messages as a whole.
    Message,
    /// A compiled regular expression; only functions see it.
    Pattern,
    /// A function; only functions see it.
    Function,
}

impl Kind {
    /// All kinds, in the order of their bits.
    pub const ALL: [Self; 16] = [
        Self::Nil,
        Self::Bool,
        Self::Int,
        Self::Float,
        Self::String,
        Self::Bytes,
        Self::Time,
        Self::Duration,
        Self::Map,
        Self::List,
        Self::TraceId,
        Self::SpanId,
        Self::ProfileId,
        Self::Message,
        Self::Pattern,
        Self::Function,
    ];

    /// The name used in messages and documentation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Map => "map",
            Self::List => "list",
            Self::TraceId => "trace id",
            Self::SpanId => "span id",
            Self::ProfileId => "profile id",
            Self::Message => "message",
            Self::Pattern => "pattern",
            Self::Function => "function",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Type(u32);

impl Type {
    /// No kind at all: an expression that always fails.
    pub const NOTHING: Self = Self(0);
    /// Every kind.
    pub const ANY: Self = Self((1 << Kind::ALL.len()) - 1);
    /// Nil.
    pub const NIL: Self = Self::of(Kind::Nil);
    /// A truth value.
    pub const BOOL: Self = Self::of(Kind::Bool);
    /// An integer.
    pub const INT: Self = Self::of(Kind::Int);
    /// A double.
    pub const FLOAT: Self = Self::of(Kind::Float);
    /// Text.
    pub const STRING: Self = Self::of(Kind::String);
    /// Bytes.
    pub const BYTES: Self = Self::of(Kind::Bytes);
    /// A point in time.
    pub const TIME: Self = Self::of(Kind::Time);
    /// A span of time.
    pub const DURATION: Self = Self::of(Kind::Duration);
    /// A map.
    pub const MAP: Self = Self::of(Kind::Map);
    /// A list.
    pub const LIST: Self = Self::of(Kind::List);
    /// A field of messages as a whole.
    pub const MESSAGE: Self = Self::of(Kind::Message);
    /// Integer or double.
    pub const NUMBER: Self = Self::INT.or(Self::FLOAT);
    /// What an attribute holds: everything that telemetry can carry, or nil when it is missing.
    pub const VALUE: Self = Self::NIL
        .or(Self::BOOL)
        .or(Self::NUMBER)
        .or(Self::STRING)
        .or(Self::BYTES)
        .or(Self::MAP)
        .or(Self::LIST);

    /// Exactly one kind.
    pub const fn of(kind: Kind) -> Self {
        Self(1 << kind as u32)
    }

    /// The union.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The intersection.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The kinds of `self` that `other` lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether a value of that kind belongs to the type.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }

    /// Whether every value of `self` belongs to `other`.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether no value belongs to both.
    pub const fn is_disjoint(self, other: Self) -> bool {
        self.0 & other.0 == 0
    }

    /// The only kind of the type, if there is just one.
    pub fn single(self) -> Option<Kind> {
        let mut kinds = self.kinds();
        let first = kinds.next()?;
        kinds.next().is_none().then_some(first)
    }

    /// The kinds, in a fixed order.
    pub fn kinds(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }
}

impl fmt::Display for Type {
    /// `int`, `string or nil`, `any`; never more than a handful of words.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |name: &str, rest: Self, f: &mut fmt::Formatter<'_>| {
            f.write_str(name)?;
            if rest.has(Kind::Nil) { f.write_str(" or nil") } else { Ok(()) }
        };
        if *self == Self::ANY {
            return f.write_str("any");
        }
        if *self == Self::ANY.without(Self::NIL) {
            return f.write_str("any but nil");
        }
        if *self == Self::NOTHING {
            return f.write_str("nothing");
        }
        let present = self.without(Self::NIL);
        if present == Self::VALUE.without(Self::NIL) {
            return named("value", *self, f);
        }
        let mut names: Vec<&str> = present.kinds().map(Kind::name).collect();
        if self.has(Kind::Nil) {
            names.push(Kind::Nil.name());
        }
        match names.split_last() {
            Some((last, [])) => f.write_str(last),
            Some((last, rest)) => write!(f, "{} or {last}", rest.join(", ")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_print_as_words() {
        assert_eq!(Type::INT.to_string(), "int");
        assert_eq!(Type::VALUE.to_string(), "value or nil");
        assert_eq!(Type::STRING.or(Type::NIL).to_string(), "string or nil");
        assert_eq!(Type::NUMBER.or(Type::TIME).to_string(), "int, float or time");
        assert_eq!(Type::ANY.to_string(), "any");
    }

    #[test]
    fn every_kind_has_its_own_bit() {
        let all = Kind::ALL.into_iter().map(Type::of).fold(Type::NOTHING, Type::or);
        assert_eq!(all, Type::ANY);
        for (index, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, index);
        }
    }
}
