//! `merge_maps`

use super::ordered::Ordered;
use super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const MERGE_MAPS: FunctionDecl = FunctionDecl {
    name: "merge_maps",
    doc: "Copies the entries of a map into another one: those whose key is new (`insert`), those whose \
          key is there already (`update`), or all (`upsert`). Nested maps are not merged but replaced.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("source", Takes::Exactly(Type::MAP)),
        Param::required("strategy", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": 1, "m": {"a": 2, "b": 3}}"#,
            statement: r#"merge_maps(log.attributes, log.attributes["m"], "insert")"#,
            expect: r#"{"a": 1, "m": {"a": 2, "b": 3}, "b": 3}"#,
        },
        Example {
            given: r#"{"a": 1, "m": {"a": 2, "b": 3}}"#,
            statement: r#"merge_maps(log.attributes, log.attributes["m"], "update")"#,
            expect: r#"{"a": 2, "m": {"a": 2, "b": 3}}"#,
        },
        Example {
            given: r#"{"a": 1}"#,
            statement: r#"merge_maps(log.attributes, {"a": 2, "b": 3}, "upsert")"#,
            expect: r#"{"a": 2, "b": 3}"#,
        },
    ],
    run: Shim::Editor(merge_maps),
};

/// So many entries are looked for one by one among the attributes of a record, which leaves the other
/// attributes as they stand in the request.
const FEW: usize = 32;

fn merge_maps<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Map(source), Value::Str(strategy)] = *args else {
        return Err(EvalError::Internal("merge_maps"));
    };
    let writes = |exists: bool| match strategy {
        "insert" => !exists,
        "update" => exists,
        _ => true,
    };
    if source.len() <= FEW && frame.attributes_of(target).is_some() {
        frame.note_write(target.path.slot);
        let record = frame.record(target.path.slot);
        for (key, value) in source.iter() {
            if writes(record.attribute(key).is_some()) {
                record.set_attribute(key, value);
            }
        }
        return Ok(());
    }
    let mut merged = Ordered::of(frame.entries(target)?);
    for (key, value) in source.iter() {
        if writes(merged.has(key)) {
            merged.put(key, value);
        }
    }
    frame.replace_map(target, merged.into_entries())
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(2) {
        None | Some("insert" | "update" | "upsert") => Ok(()),
        Some(_) => {
            let message = "takes the strategy `insert`, `update` or `upsert`";
            Err(ArgumentFault::new(2, message, ""))
        }
    }
}
