//! `Sort`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use std::cmp::Ordering;

use super::text_of::text_of;
use super::{ArgumentFault, Arguments};
use crate::encode::storable;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const SORT: FunctionDecl = FunctionDecl {
    name: "Sort",
    doc: "A list in order, ascending (`asc`) unless `desc` is asked for. Numbers are compared as numbers; \
          if any element is text, a truth value or empty, all are compared by their text. Lists with maps, \
          lists or bytes stay as they are.",
    params: &[
        Param::required("target", Takes::Any),
        Param::optional("order", Takes::Literal(Type::STRING)),
    ],
    returns: Type::LIST,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"l": [3, 1.5, 2]}"#,
            statement: r#"set(log.attributes["l"], Sort(log.attributes["l"], "desc"))"#,
            expect: r#"{"l": [3, 2, 1.5]}"#,
        },
        Example {
            given: r#"{"l": [10, 9, "a"]}"#,
            statement: r#"set(log.attributes["l"], Sort(log.attributes["l"]))"#,
            expect: r#"{"l": [10, 9, "a"]}"#,
        },
    ],
    run: Shim::Converter(sort),
};

fn sort<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [target, order] = *args else { return Err(EvalError::Internal("Sort")) };
    let Some(elements) = target.elements() else {
        return Err(EvalError::Expected { expected: Type::LIST, got: target.kind() });
    };
    let descending = matches!(order, Value::Str("desc"));
    let mut values: Vec<Value<'a>> = elements.iter().collect();
    let is = |ty: Type| values.iter().all(|value| ty.has(value.kind()));
    let turned = |order: Ordering| if descending { order.reverse() } else { order };
    if !is(Type::NUMBER.or(Type::STRING).or(Type::BOOL).or(Type::NIL)) {
        // It stays as it is, but it must be a list that telemetry can carry.
        return storable(work.arena, target).map(Value::from);
    }
    if is(Type::INT) {
        values.sort_by_key(|value| int(*value));
        if descending {
            values.reverse();
        }
    } else if is(Type::NUMBER) {
        values.sort_by(|a, b| turned(by_size(float(*a), float(*b))));
    } else {
        let mut texts: Vec<(&'a str, Value<'a>)> =
            values.iter().map(|value| (text_of(work, *value), *value)).collect();
        texts.sort_by(|(a, _), (b, _)| turned(a.as_bytes().cmp(b.as_bytes())));
        values = texts.into_iter().map(|(_, value)| value).collect();
    }
    Ok(Value::Items(work.arena.alloc_slice_copy(&values)))
}

const fn int(value: Value<'_>) -> i64 {
    match value {
        Value::Int(value) => value,
        _ => 0,
    }
}

const fn float(value: Value<'_>) -> f64 {
    match value {
        Value::Int(value) => value as f64,
        Value::Float(value) => value,
        _ => 0.0,
    }
}

/// As Go compares: what is not a number comes first, and the two zeros are equal.
fn by_size(one: f64, other: f64) -> Ordering {
    one.partial_cmp(&other).unwrap_or_else(|| other.is_nan().cmp(&one.is_nan()))
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(1) {
        None | Some("asc" | "desc") => Ok(()),
        Some(_) => Err(ArgumentFault::new(1, "takes the order `asc` or `desc`", "")),
    }
}
