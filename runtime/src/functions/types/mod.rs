//! Converters that ask for the type of a value.

pub(super) mod is_bool;
pub(super) mod is_double;
pub(super) mod is_empty;
pub(super) mod is_int;
pub(super) mod is_list;
pub(super) mod is_map;
pub(super) mod is_string;

use crate::types::Type;
use crate::value::Value;

/// Whether the only argument is of a type.
fn is_of<'a>(ty: Type, args: &[Value<'a>]) -> Value<'a> {
    Value::Bool(args.first().is_some_and(|value| ty.has(value.kind())))
}
