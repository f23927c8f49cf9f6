//! Constants: values that a program owns.

use std::sync::Arc;

use holt_pdata::{ArrayView, MapView};

use crate::functions::FunctionDecl;
use crate::text::regex::Pattern;
use crate::types::{Kind, Type};
use crate::value::{Time, Value};

/// A value that a program owns.
#[derive(Clone, Debug)]
pub enum Constant {
    /// No value.
    Nil,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// Text.
    Str(Box<str>),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A point in time.
    Time(Time),
    /// A span of time in nanoseconds.
    Duration(i64),
    /// An encoded map.
    Map(Box<[u8]>),
    /// An encoded list.
    List(Box<[u8]>),
    /// A trace id.
    TraceId([u8; 16]),
    /// A span id.
    SpanId([u8; 8]),
    /// A profile id.
    ProfileId([u8; 16]),
    /// A compiled regular expression.
    Pattern(Arc<PatternConstant>),
    /// A function.
    Function(&'static FunctionDecl),
}

/// A regular expression and its text.
#[derive(Debug)]
pub struct PatternConstant {
    /// As it was written.
    pub text: Box<str>,
    /// Compiled.
    pub pattern: Pattern,
}

impl Constant {
    /// Its type.
    pub const fn ty(&self) -> Type {
        Type::of(match self {
            Self::Nil => Kind::Nil,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Float(_) => Kind::Float,
            Self::Str(_) => Kind::String,
            Self::Bytes(_) => Kind::Bytes,
            Self::Time(_) => Kind::Time,
            Self::Duration(_) => Kind::Duration,
            Self::Map(_) => Kind::Map,
            Self::List(_) => Kind::List,
            Self::TraceId(_) => Kind::TraceId,
            Self::SpanId(_) => Kind::SpanId,
            Self::ProfileId(_) => Kind::ProfileId,
            Self::Pattern(_) => Kind::Pattern,
            Self::Function(_) => Kind::Function,
        })
    }

    /// The value; `None` for a pattern, which has one only in a table of patterns.
    pub fn value(&self) -> Option<Value<'_>> {
        Some(match self {
            Self::Nil => Value::Nil,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Float(value) => Value::Float(*value),
            Self::Str(text) => Value::Str(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Time(time) => Value::Time(*time),
            Self::Duration(nanos) => Value::Duration(*nanos),
            Self::Map(encoded) => Value::Map(MapView::new(encoded)),
            Self::List(encoded) => Value::List(ArrayView::new(encoded)),
            Self::TraceId(id) => Value::TraceId(*id),
            Self::SpanId(id) => Value::SpanId(*id),
            Self::ProfileId(id) => Value::ProfileId(*id),
            Self::Function(function) => Value::Function(function),
            Self::Pattern(_) => return None,
        })
    }

    /// The constant of a value; `None` for what a program cannot own.
    pub fn of(value: Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Nil => Self::Nil,
            Value::Bool(value) => Self::Bool(value),
            Value::Int(value) => Self::Int(value),
            Value::Float(value) => Self::Float(value),
            Value::Str(text) => Self::Str(text.into()),
            Value::Bytes(bytes) => Self::Bytes(bytes.into()),
            Value::Time(time) => Self::Time(time),
            Value::Duration(nanos) => Self::Duration(nanos),
            Value::Map(map) => Self::Map(map.raw().into()),
            Value::List(list) => Self::List(list.raw().into()),
            Value::TraceId(id) => Self::TraceId(id),
            Value::SpanId(id) => Self::SpanId(id),
            Value::ProfileId(id) => Self::ProfileId(id),
            Value::Function(function) => Self::Function(function),
            Value::Items(_)
            | Value::Typed(_)
            | Value::Message(_)
            | Value::Pattern(_)
            | Value::Failed(_) => return None,
        })
    }
}
