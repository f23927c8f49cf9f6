//! `ExtractPatterns`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::ValueView;

use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const EXTRACT_PATTERNS: FunctionDecl = FunctionDecl {
    name: "ExtractPatterns",
    doc: "What the named groups of a regular expression match first in a text, as a map; empty if nothing \
          matches.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("pattern", Takes::Pattern),
    ],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"t": "id=42"}"#,
            statement: r#"set(log.attributes["m"], ExtractPatterns(log.attributes["t"], "id=(?P<id>\\d+)"))"#,
            expect: r#"{"t": "id=42", "m": {"id": "42"}}"#,
        },
        Example {
            given: r#"{"t": "none"}"#,
            statement: r#"set(log.attributes["m"], ExtractPatterns(log.attributes["t"], "id=(?P<id>\\d+)"))"#,
            expect: r#"{"t": "none", "m": {}}"#,
        },
    ],
    run: Shim::Converter(extract_patterns),
};

fn extract_patterns<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), pattern] = *args else {
        return Err(EvalError::Internal("ExtractPatterns"));
    };
    let pattern = work.pattern(pattern)?;
    if !pattern.names().any(|name| name.is_some()) {
        return Err(EvalError::Function("the pattern has no named group".into()));
    }
    let mut entries: Vec<(&str, ValueView<'_>)> = Vec::new();
    if let Some(captures) = pattern.captures(text) {
        for (index, name) in pattern.names().enumerate() {
            let Some(name) = name else { continue };
            let matched = captures.get(index).map_or("", |found| found.as_str());
            match entries.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = ValueView::Str(matched),
                None => entries.push((name, ValueView::Str(matched))),
            }
        }
    }
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}
