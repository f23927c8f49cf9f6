//! `replace_match`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{FORMAT, FUNCTION, REPLACEMENT, Whole, check_glob};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const REPLACE_MATCH: FunctionDecl = FunctionDecl {
    name: "replace_match",
    doc: "Replaces a text as a whole if a glob matches it. With a function, the replacement is passed to it \
          and its result is used, in the given format. Targets that are not text stay as they are.",
    params: &[
        Param::required("target", Takes::Path),
        Param::required("pattern", Takes::Exactly(Type::STRING)),
        REPLACEMENT,
        FUNCTION,
        FORMAT,
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check_glob),
    examples: &[
        Example {
            given: r#"{"u": "/user/9/list/1"}"#,
            statement: r#"replace_match(log.attributes["u"], "/user/*/list/*", "/user/{id}")"#,
            expect: r#"{"u": "/user/{id}"}"#,
        },
        Example {
            given: r#"{"u": "/users"}"#,
            statement: r#"replace_match(log.attributes["u"], "/user/*", "x")"#,
            expect: r#"{"u": "/users"}"#,
        },
    ],
    run: Shim::Editor(replace_match),
};

fn replace_match<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let whole = Whole::of(&mut frame.state.work, args)?;
    match frame.read(target.path, target.keys)? {
        Value::Str(text) if whole.matches(text)? => {
            frame.write(target.path, target.keys, Value::Str(whole.replacement))
        }
        _ => Ok(()),
    }
}
