//! `MapKeys`

use super::super::{Example, FunctionDecl, Lambdas, Param, Shim, Takes};
use super::{Next, OFFERED, walk};
use crate::encode::{put_entry, storable};
use crate::error::EvalError;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const MAP_KEYS: FunctionDecl = FunctionDecl {
    name: "MapKeys",
    doc: "A map with every key replaced by what a lambda makes of it. Where keys become equal, the \
          last value stays in the first place.",
    params: &[
        Param::required("source", Takes::Exactly(Type::MAP)),
        Param::required("key_mapper", Takes::Lambda(2, Type::STRING)),
    ],
    returns: Type::MAP,
    pure: false,
    offered: OFFERED,
    check: None,
    examples: &[
        Example {
            given: r#"{"m": {"a": 1, "b": 2}}"#,
            statement: r#"set(log.attributes["m"], MapKeys(log.attributes["m"], (k, _) => Concat(["x", k], ".")))"#,
            expect: r#"{"m": {"x.a": 1, "x.b": 2}}"#,
        },
        Example {
            given: r#"{"m": {"a": 1, "b": 2}}"#,
            statement: r#"set(log.attributes["m"], MapKeys(log.attributes["m"], (_, _) => "k"))"#,
            expect: r#"{"m": {"k": 2}}"#,
        },
    ],
    run: Shim::HigherOrder(map_keys),
};

fn map_keys<'a>(lambdas: &mut dyn Lambdas<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let source = args.first().copied().unwrap_or_default();
    let mut entries: Vec<(&'a str, Value<'a>)> = Vec::new();
    walk(source, |key, value| {
        let made = match lambdas.call(1, &[key, value])? {
            Value::Str(made) => made,
            other => {
                return Err(EvalError::Expected { expected: Type::STRING, got: other.kind() });
            }
        };
        match entries.iter_mut().find(|(known, _)| *known == made) {
            Some((_, known)) => *known = value,
            None => entries.push((made, value)),
        }
        Ok(Next::Go)
    })?;
    let mut encoded = Vec::new();
    for (key, value) in entries {
        put_entry(&mut encoded, key, storable(lambdas.work().arena, value)?);
    }
    Ok(lambdas.work().map(&encoded))
}
