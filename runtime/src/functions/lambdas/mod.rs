//! Converters that take lambdas: experimental, behind the feature gate `ottl.functions.enableLambda`.

pub(super) mod all;
pub(super) mod any;
pub(super) mod filter;
pub(super) mod find;
pub(super) mod map_each;
pub(super) mod map_keys;
pub(super) mod reduce;
pub(super) mod when;

use holt_pdata::{ArrayView, MapView, ValueView};

use super::{Lambdas, Offered, Takes};
use crate::encode::{put_entry, put_value, storable};
use crate::error::EvalError;
use crate::types::Type;
use crate::value::{Elements, Value};

/// Who offers them.
const OFFERED: Offered = Offered::gated("ottl.functions.enableLambda");

/// A lambda that gets a key, or an index, and a value, and says yes or no.
const PREDICATE: Takes = Takes::Lambda(2, Type::BOOL);

/// What a lambda has to yield: anything but nil, as in the reference.
const SOMETHING: Type = Type::ANY.without(Type::NIL);

/// What can be walked: maps by key, lists by index.
const WALKABLE: Type = Type::MAP.or(Type::LIST);

/// Calls `visit` with the key or index and the value of each element, until it says stop.
fn walk<'a>(
    source: Value<'a>,
    mut visit: impl FnMut(Value<'a>, Value<'a>) -> Result<Next, EvalError>,
) -> Result<(), EvalError> {
    if let Value::Map(map) = source {
        for (key, value) in map.iter() {
            if visit(Value::Str(key), value.into())? == Next::Stop {
                break;
            }
        }
        return Ok(());
    }
    for (index, value) in elements(source)?.iter().enumerate() {
        let index = i64::try_from(index).unwrap_or(i64::MAX);
        if visit(Value::Int(index), value)? == Next::Stop {
            break;
        }
    }
    Ok(())
}

/// Whether a walk goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Go,
    Stop,
}

fn elements(source: Value<'_>) -> Result<Elements<'_>, EvalError> {
    source.elements().ok_or(EvalError::Expected { expected: WALKABLE, got: source.kind() })
}

/// A map or list in the making, of the kind of its source.
struct Built {
    encoded: Vec<u8>,
    is_map: bool,
}

impl Built {
    const fn like(source: Value<'_>) -> Self {
        Self { encoded: Vec::new(), is_map: matches!(source, Value::Map(_)) }
    }

    fn push(&mut self, key: Value<'_>, value: ValueView<'_>) {
        match key {
            Value::Str(key) if self.is_map => put_entry(&mut self.encoded, key, value),
            _ => put_value(&mut self.encoded, value),
        }
    }

    fn finish<'a>(self, lambdas: &mut dyn Lambdas<'a>) -> Value<'a> {
        let encoded = lambdas.work().arena.alloc_slice_copy(&self.encoded);
        if self.is_map {
            Value::Map(MapView::new(encoded))
        } else {
            Value::List(ArrayView::new(encoded))
        }
    }
}

fn view<'a>(lambdas: &mut dyn Lambdas<'a>, value: Value<'a>) -> Result<ValueView<'a>, EvalError> {
    storable(lambdas.work().arena, value)
}

/// The answer of a predicate.
fn holds<'a>(
    lambdas: &mut dyn Lambdas<'a>,
    param: usize,
    args: &[Value<'a>],
) -> Result<bool, EvalError> {
    match lambdas.call(param, args)? {
        Value::Bool(value) => Ok(value),
        other => Err(EvalError::Expected { expected: Type::BOOL, got: other.kind() }),
    }
}
