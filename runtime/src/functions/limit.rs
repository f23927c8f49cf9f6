//! `limit`

use super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const LIMIT: FunctionDecl = FunctionDecl {
    name: "limit",
    doc: "Removes entries of a map until no more than a number are left. Those with a priority key stay, \
          then those that come first.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("limit", Takes::Literal(Type::INT)),
        Param::required("priority_keys", Takes::Literals(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": 1, "b": 2, "c": 3}"#,
            statement: r#"limit(log.attributes, 2, ["c"])"#,
            expect: r#"{"a": 1, "c": 3}"#,
        },
        Example {
            given: r#"{"a": 1, "b": 2}"#,
            statement: "limit(log.attributes, 2, [])",
            expect: r#"{"a": 1, "b": 2}"#,
        },
    ],
    run: Shim::Editor(limit),
};

fn limit<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Int(limit), priority] = *args else { return Err(EvalError::Internal("limit")) };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let entries = frame.entries(target)?;
    if entries.len() <= limit {
        return Ok(());
    }
    let priority: Vec<&str> = priority
        .elements()
        .into_iter()
        .flat_map(|keys| keys.iter())
        .filter_map(|key| match key {
            Value::Str(key) => Some(key),
            _ => None,
        })
        .collect();
    // A key that is listed twice counts twice.
    let is_there = |wanted: &&&str| entries.iter().any(|(key, _)| key == *wanted);
    let mut count = priority.iter().filter(is_there).count();
    frame.retain(target, |key, _| {
        if priority.contains(&key) {
            return true;
        }
        let stays = count < limit;
        count += usize::from(stays);
        stays
    })
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    let Some(limit) = args.int(1) else { return Ok(()) };
    let priority = args.elements(2).map_or(0, |keys| keys.len());
    match usize::try_from(limit) {
        Err(_) => Err(ArgumentFault::new(1, "takes a limit of at least 0", "")),
        Ok(limit) if limit < priority => {
            let message = format!("has {priority} priority keys and a limit of {limit}");
            Err(ArgumentFault::new(1, message, "priority keys count towards the limit"))
        }
        Ok(_) => Ok(()),
    }
}
