//! `replace_pattern`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{FORMAT, FUNCTION, REPLACEMENT, Through, replace_matches};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const REPLACE_PATTERN: FunctionDecl = FunctionDecl {
    name: "replace_pattern",
    doc: "Replaces every match of a regular expression in a text. The replacement may refer to groups \
          (`$1`, `${name}`); with a function, the filled-in replacement is passed to it and its \
          result is used, in the given format. Targets that are not text stay as they are.",
    params: &[
        Param::required("target", Takes::Path),
        Param::required("regex_pattern", Takes::Pattern).late(),
        REPLACEMENT.late(),
        FUNCTION,
        FORMAT,
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "pw=abc x"}"#,
            statement: r#"replace_pattern(log.attributes["a"], "pw=(\\w+)", "pw=$1!")"#,
            expect: r#"{"a": "pw=abc! x"}"#,
        },
        Example {
            given: r#"{"a": 4}"#,
            statement: r#"replace_pattern(log.attributes["a"], "4", "x")"#,
            expect: r#"{"a": 4}"#,
        },
        Example {
            given: r#"{"a": "b ab"}"#,
            statement: r#"replace_pattern(log.attributes["a"], "^b", "$0", SHA256, "<%s>")"#,
            expect: r#"{"a": "<3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d> ab"}"#,
        },
    ],
    run: Shim::Editor(replace_pattern),
};

fn replace_pattern<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [pattern, replacement, function, format] = *args else {
        return Err(EvalError::Internal("replace_pattern"));
    };
    let value = frame.read(target.path, target.keys)?;
    if value.is_nil() {
        return Ok(());
    }
    let work = &mut frame.state.work;
    let replacement = work.needed(replacement)?;
    let (Value::Str(text), Value::Str(replacement)) = (value, replacement) else { return Ok(()) };
    let pattern = work.needed(pattern)?;
    let pattern = work.pattern(pattern)?.clone();
    if !pattern.is_match(text) {
        return Ok(());
    }
    let through = Through::of(function, format)?;
    match replace_matches(work, text, &pattern, replacement, through)? {
        Some(replaced) => frame.write(target.path, target.keys, Value::Str(replaced)),
        None => Ok(()),
    }
}
