//! `replace_all_matches`

use holt_pdata::ValueView;

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{FORMAT, FUNCTION, REPLACEMENT, Whole, check_glob};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const REPLACE_ALL_MATCHES: FunctionDecl = FunctionDecl {
    name: "replace_all_matches",
    doc: "Replaces every text of a map that a glob matches, as a whole. With a function, the replacement is \
          passed to it and its result is used, in the given format.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("pattern", Takes::Exactly(Type::STRING)),
        REPLACEMENT,
        FUNCTION,
        FORMAT,
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check_glob),
    examples: &[Example {
        given: r#"{"u": "/user/9/list/1", "v": "/user", "n": 5}"#,
        statement: r#"replace_all_matches(log.attributes, "/user/*/list/*", "/user/{id}")"#,
        expect: r#"{"u": "/user/{id}", "v": "/user", "n": 5}"#,
    }],
    run: Shim::Editor(replace_all_matches),
};

fn replace_all_matches<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let whole = Whole::of(&mut frame.state.work, args)?;
    frame.update_values(target, |_, value| {
        Ok(match value {
            ValueView::Str(text) if whole.matches(text)? => Some(ValueView::Str(whole.replacement)),
            _ => None,
        })
    })
}
