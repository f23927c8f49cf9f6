//! `stringify_all`

use holt_pdata::ValueView;

use super::text_of::text_of;
use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const STRINGIFY_ALL: FunctionDecl = FunctionDecl {
    name: "stringify_all",
    doc: "Turns every value of a map into text: lists and maps into JSON, bytes into base64, an empty \
          value into empty text.",
    params: &[Param::required("target", Takes::MapPath)],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{"n": 1.50, "b": true, "m": {"k": [1]}, "s": "x", "e": null}"#,
        statement: "stringify_all(log.attributes)",
        expect: r#"{"n": "1.5", "b": "true", "m": "{\"k\":[1]}", "s": "x", "e": ""}"#,
    }],
    run: Shim::Editor(stringify_all),
};

fn stringify_all<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    _: &[Value<'a>],
) -> Result<(), EvalError> {
    frame.update_values(target, |work, value| {
        Ok(match value {
            ValueView::Str(_) => None,
            other => Some(ValueView::Str(text_of(work, other.into()))),
        })
    })
}
