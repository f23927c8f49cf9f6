//! `truncate_all`

use holt_pdata::ValueView;

use super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::types::Type;
use crate::value::Value;

pub(super) const TRUNCATE_ALL: FunctionDecl = FunctionDecl {
    name: "truncate_all",
    doc: "Cuts every text of a map to a number of bytes. No character is cut through unless \
          `utf8_safe` is false. A marker at the end of what was cut counts towards the limit.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("limit", Takes::Literal(Type::INT)),
        Param::optional("utf8_safe", Takes::Literal(Type::BOOL)),
        Param::optional("truncation_marker", Takes::Literal(Type::STRING)),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"a": "héllo", "n": 123456}"#,
            statement: "truncate_all(log.attributes, 2)",
            expect: r#"{"a": "h", "n": 123456}"#,
        },
        Example {
            given: r#"{"a": "héllo"}"#,
            statement: "truncate_all(log.attributes, 2, false)",
            expect: r#"{"a": "h�"}"#,
        },
        Example {
            given: r#"{"a": "abcdef", "b": "abcde"}"#,
            statement: r#"truncate_all(log.attributes, 5, true, "..")"#,
            expect: r#"{"a": "abc..", "b": "abcde"}"#,
        },
    ],
    run: Shim::Editor(truncate_all),
};

fn truncate_all<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [Value::Int(limit), utf8_safe, marker] = *args else {
        return Err(EvalError::Internal("truncate_all"));
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let marker = match marker {
        Value::Str(marker) => marker,
        _ => "",
    };
    let utf8_safe = !matches!(utf8_safe, Value::Bool(false));
    frame.update_values(target, |work, value| {
        let ValueView::Str(text) = value else { return Ok(None) };
        if text.len() <= limit {
            return Ok(None);
        }
        let mut end = limit.saturating_sub(marker.len());
        if utf8_safe {
            end = text.floor_char_boundary(end);
        }
        let kept = text.as_bytes().get(..end).unwrap_or_default();
        let kept = String::from_utf8_lossy(kept);
        Ok(Some(ValueView::Str(work.arena.alloc_str(&[&*kept, marker].concat()))))
    })
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    let Some(limit) = args.int(1) else { return Ok(()) };
    let marker = args.text(3).map_or(0, str::len);
    match usize::try_from(limit) {
        Err(_) => Err(ArgumentFault::new(1, "takes a limit of at least 0", "")),
        Ok(limit) if limit < marker => {
            let message = format!("has a marker of {marker} bytes and a limit of {limit}");
            Err(ArgumentFault::new(3, message, "the marker counts towards the limit"))
        }
        Ok(_) => Ok(()),
    }
}
