//! The operations of the language on values: arithmetic, comparison, indexing, conversion.
//!
//! Both engines and the constant folder call these, so that there is one meaning of each.

use std::cmp::Ordering;

use holt_grammar::ast::{CompareOp, MathOp};

use crate::encode::{put_entry, storable};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::{bool_like, bytes_like, float_like, int_like, text_like};
use crate::types::{Kind, Type};
use crate::value::{Comparison, Value, compare};

/// A conversion that stands in the tree because a parameter or a condition asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// Passes values of the type on and refuses all others.
    Expect(Type),
    /// As [`text_like`].
    TextLike,
    /// As [`int_like`].
    IntLike,
    /// As [`float_like`].
    FloatLike,
    /// As [`bool_like`].
    BoolLike,
    /// As [`bytes_like`].
    BytesLike,
    /// Text to a compiled regular expression.
    Pattern,
}

impl Conversion {
    /// Converts a value.
    ///
    /// # Errors
    /// When it has no such form.
    #[inline]
    pub fn apply<'a>(
        self,
        work: &mut Workspace<'a>,
        value: Value<'a>,
    ) -> Result<Value<'a>, EvalError> {
        match self {
            Self::Expect(ty) if ty.has(value.kind()) => Ok(value),
            Self::Expect(ty) => Err(EvalError::Expected { expected: ty, got: value.kind() }),
            Self::TextLike => text_like(work, value),
            Self::IntLike => int_like(value),
            Self::FloatLike => float_like(value),
            Self::BoolLike => bool_like(value),
            Self::BytesLike => bytes_like(work, value),
            Self::Pattern => match value {
                Value::Str(text) => work.compile(text).map(Value::Pattern),
                Value::Pattern(_) => Ok(value),
                other => Err(EvalError::Expected { expected: Type::STRING, got: other.kind() }),
            },
        }
    }

    /// What it takes without failing for its type alone.
    pub const fn takes(self) -> Type {
        match self {
            Self::Expect(ty) => ty,
            Self::TextLike => Type::ANY,
            Self::IntLike | Self::FloatLike | Self::BoolLike => {
                Type::NUMBER.or(Type::STRING).or(Type::BOOL).or(Type::NIL)
            }
            Self::BytesLike => {
                Type::BYTES.or(Type::NUMBER).or(Type::STRING).or(Type::BOOL).or(Type::NIL)
            }
            Self::Pattern => Type::STRING,
        }
    }

    /// Whether it changes nothing about values of that type.
    pub const fn is_identity(self, given: Type) -> bool {
        match self {
            Self::Expect(ty) => given.is_within(ty),
            Self::TextLike => given.is_within(Type::STRING.or(Type::NIL)),
            Self::IntLike => given.is_within(Type::INT.or(Type::NIL)),
            Self::FloatLike => given.is_within(Type::FLOAT.or(Type::NIL)),
            Self::BoolLike => given.is_within(Type::BOOL.or(Type::NIL)),
            Self::BytesLike => given.is_within(Type::BYTES.or(Type::NIL)),
            Self::Pattern => given.is_within(Type::of(Kind::Pattern)),
        }
    }

    /// What it yields for what it is given.
    pub const fn yields(self, given: Type) -> Type {
        match self {
            Self::Expect(ty) => given.and(ty),
            Self::TextLike => Type::STRING.or(given.and(Type::NIL)),
            Self::IntLike => Type::INT.or(given.and(Type::NIL)),
            Self::FloatLike => Type::FLOAT.or(given.and(Type::NIL)),
            Self::BoolLike => Type::BOOL.or(given.and(Type::NIL)),
            Self::BytesLike => Type::BYTES.or(given.and(Type::NIL)),
            Self::Pattern => Type::of(Kind::Pattern),
        }
    }
}

/// Compares two values. Values of different types are unequal and not ordered. No bytes at all are
/// nil, though not inside maps and lists.
#[inline]
pub fn compared(op: CompareOp, left: Value<'_>, right: Value<'_>) -> bool {
    let outer = |value| match value {
        Value::Bytes([]) => Value::Nil,
        other => other,
    };
    match (compare(outer(left), outer(right)), op) {
        (None | Some(Comparison::Order(None)), op) => op == CompareOp::Ne,
        (Some(Comparison::Equality(equal)), CompareOp::Eq) => equal,
        (Some(Comparison::Equality(equal)), CompareOp::Ne) => !equal,
        (Some(Comparison::Equality(_)), _) => false,
        (Some(Comparison::Order(Some(order))), op) => match op {
            CompareOp::Eq => order == Ordering::Equal,
            CompareOp::Ne => order != Ordering::Equal,
            CompareOp::Lt => order == Ordering::Less,
            CompareOp::Le => order != Ordering::Greater,
            CompareOp::Gt => order == Ordering::Greater,
            CompareOp::Ge => order != Ordering::Less,
        },
    }
}

/// Calculates.
///
/// # Errors
/// For operands that arithmetic does not take, and for a division by zero.
#[inline]
pub fn math<'a>(op: MathOp, left: Value<'a>, right: Value<'a>) -> Result<Value<'a>, EvalError> {
    use Value::{Duration, Float, Int, Time};
    Ok(match (left, right) {
        (Int(left), Int(right)) => Int(match op {
            MathOp::Add => left.wrapping_add(right),
            MathOp::Sub => left.wrapping_sub(right),
            MathOp::Mul => left.wrapping_mul(right),
            MathOp::Div if right == 0 => return Err(EvalError::DivisionByZero),
            MathOp::Div => left.wrapping_div(right),
        }),
        (Int(left), Float(right)) => Float(float(op, left as f64, right)?),
        (Float(left), Int(right)) => Float(float(op, left, right as f64)?),
        (Float(left), Float(right)) => Float(float(op, left, right)?),
        (Time(left), Duration(right)) if op == MathOp::Add => Time(left.plus(right)),
        (Time(left), Duration(right)) if op == MathOp::Sub => Time(left.plus(right.wrapping_neg())),
        (Time(left), Time(right)) if op == MathOp::Sub => Duration(left.since(right)),
        (Duration(left), Time(right)) if op == MathOp::Add => Time(right.plus(left)),
        (Duration(left), Duration(right)) if op == MathOp::Add => {
            Duration(left.wrapping_add(right))
        }
        (Duration(left), Duration(right)) if op == MathOp::Sub => {
            Duration(left.wrapping_sub(right))
        }
        _ => {
            let (left, right) = (left.kind(), right.kind());
            return Err(EvalError::Arithmetic { left, operator: op.as_str(), right });
        }
    })
}

fn float(op: MathOp, left: f64, right: f64) -> Result<f64, EvalError> {
    Ok(match op {
        MathOp::Add => left + right,
        MathOp::Sub => left - right,
        MathOp::Mul => left * right,
        MathOp::Div if right == 0.0 => return Err(EvalError::DivisionByZero),
        MathOp::Div => left / right,
    })
}

/// The type of a calculation: nothing when it always fails.
pub fn math_type(op: MathOp, left: Type, right: Type) -> Type {
    let additive = matches!(op, MathOp::Add | MathOp::Sub);
    let mut result = Type::NOTHING;
    let mut add = |a: Type, b: Type, yields: Type| {
        if !left.is_disjoint(a) && !right.is_disjoint(b) {
            result = result.or(yields);
        }
    };
    add(Type::INT, Type::INT, Type::INT);
    add(Type::FLOAT, Type::NUMBER, Type::FLOAT);
    add(Type::INT, Type::FLOAT, Type::FLOAT);
    if additive {
        add(Type::TIME, Type::DURATION, Type::TIME);
        add(Type::DURATION, Type::DURATION, Type::DURATION);
    }
    match op {
        MathOp::Add => add(Type::DURATION, Type::TIME, Type::TIME),
        MathOp::Sub => add(Type::TIME, Type::TIME, Type::DURATION),
        MathOp::Mul | MathOp::Div => {}
    }
    result
}

/// Changes the sign.
///
/// # Errors
/// For what is not a number.
pub fn negate(value: Value<'_>) -> Result<Value<'static>, EvalError> {
    match value {
        Value::Int(value) => Ok(Value::Int(value.wrapping_neg())),
        Value::Float(value) => Ok(Value::Float(-value)),
        other => Err(EvalError::Negate(other.kind())),
    }
}

/// An element of what a converter returned. Unlike in a path, a missing key is an error.
///
/// # Errors
/// For a missing key, an index out of bounds and what cannot be indexed so.
pub fn index<'a>(value: Value<'a>, key: Value<'a>) -> Result<Value<'a>, EvalError> {
    match (value, key) {
        (Value::Map(map), Value::Str(key)) => {
            map.get(key).map(Value::from).ok_or_else(|| EvalError::MissingKey(key.into()))
        }
        (Value::List(_) | Value::Items(_) | Value::Typed(_), Value::Int(index)) => {
            let found = value.elements().zip(usize::try_from(index).ok());
            found.and_then(|(list, at)| list.get(at)).ok_or(EvalError::OutOfBounds(index))
        }
        (container, key) => {
            Err(EvalError::WrongKey { container: container.kind(), key: key.kind() })
        }
    }
}

/// A map of keys and values that alternate; of entries with the same key the last one counts, at the
/// place of the first.
///
/// # Errors
/// For a key that is not text, and for a value that telemetry cannot carry.
pub fn new_map<'a>(
    work: &Workspace<'a>,
    keys_and_values: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let mut entries: Vec<(&str, Value<'a>)> = Vec::new();
    for pair in keys_and_values.chunks_exact(2) {
        let [key, value] = pair else { continue };
        let key = match *key {
            Value::Str(key) => key,
            other => {
                return Err(EvalError::Expected { expected: Type::STRING, got: other.kind() });
            }
        };
        match entries.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = *value,
            None => entries.push((key, *value)),
        }
    }
    let mut encoded = Vec::new();
    for (key, value) in entries {
        put_entry(&mut encoded, key, storable(work.arena, value)?);
    }
    Ok(work.map(&encoded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Time;

    #[test]
    fn comparisons_follow_the_table() {
        use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
        let holds = |left, right| [Eq, Ne, Lt, Le, Gt, Ge].map(|op| compared(op, left, right));
        let unequal = [false, true, false, false, false, false];
        assert_eq!(holds(Value::Nil, Value::Nil), [true, false, false, true, false, true]);
        assert_eq!(holds(Value::Nil, Value::Int(5)), unequal);
        assert_eq!(holds(Value::Str("a"), Value::Int(5)), unequal);
        assert_eq!(holds(Value::Float(f64::NAN), Value::Float(f64::NAN)), unequal);
        assert_eq!(
            holds(Value::Int(1), Value::Float(1.5)),
            [false, true, true, true, false, false]
        );
        assert_eq!(
            holds(Value::SpanId([1; 8]), Value::SpanId([1; 8])),
            [true, false, false, false, false, false]
        );
    }

    #[test]
    fn the_type_of_a_calculation_covers_its_results() {
        let samples = [
            Value::Nil,
            Value::Bool(true),
            Value::Int(3),
            Value::Float(1.5),
            Value::Str("x"),
            Value::Time(Time::from_unix_nanos(5)),
            Value::Duration(7),
        ];
        for op in [MathOp::Add, MathOp::Sub, MathOp::Mul, MathOp::Div] {
            for left in samples {
                for right in samples {
                    let ty = math_type(op, Type::of(left.kind()), Type::of(right.kind()));
                    match math(op, left, right) {
                        Ok(value) => assert_eq!(ty, Type::of(value.kind())),
                        Err(_) => assert_eq!(ty, Type::NOTHING, "{left:?} {op:?} {right:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn integers_wrap_and_zero_divides_nothing() {
        let value = math(MathOp::Div, Value::Int(i64::MIN), Value::Int(-1)).unwrap();
        assert!(matches!(value, Value::Int(i64::MIN)));
        for zero in [Value::Int(0), Value::Float(0.0)] {
            let error = math(MathOp::Div, Value::Int(1), zero).unwrap_err();
            assert_eq!(error, EvalError::DivisionByZero);
        }
        assert!(matches!(negate(Value::Int(i64::MIN)), Ok(Value::Int(i64::MIN))));
    }
}
