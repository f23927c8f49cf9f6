//! `ToKeyValueString`

use super::parse_key_value::{check_delimiters, delimiters};
use super::text_of::text_of;
use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::MAX_TEXT;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const TO_KEY_VALUE_STRING: FunctionDecl = FunctionDecl {
    name: "ToKeyValueString",
    doc: "The entries of a map as text: keys and values joined by one delimiter (`=`), entries by another \
          (a blank). What holds a delimiter is quoted. Sorted by key if asked for.",
    params: &[
        Param::required("target", Takes::Exactly(Type::MAP)),
        Param::optional("delimiter", Takes::Literal(Type::STRING)),
        Param::optional("pair_delimiter", Takes::Literal(Type::STRING)),
        Param::optional("sort_output", Takes::Literal(Type::BOOL)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check_delimiters),
    examples: &[
        Example {
            given: r#"{"m": {"b": 1, "a": "x y"}}"#,
            statement: r#"set(log.attributes["t"], ToKeyValueString(log.attributes["m"], "=", " ", true))"#,
            expect: r#"{"m": {"b": 1, "a": "x y"}, "t": "a=\"x y\" b=1"}"#,
        },
        Example {
            given: r#"{"m": {"k": 1, "l": 2}}"#,
            statement: r#"set(log.attributes["t"], ToKeyValueString(log.attributes["m"], ":", ","))"#,
            expect: r#"{"m": {"k": 1, "l": 2}, "t": "k:1,l:2"}"#,
        },
    ],
    run: Shim::Converter(to_key_value_string),
};

fn to_key_value_string<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Map(map), delimiter, pair_delimiter, sorted] = *args else {
        return Err(EvalError::Internal("ToKeyValueString"));
    };
    let (delimiter, pair_delimiter) = delimiters(delimiter, pair_delimiter);
    let mut entries: Vec<(&'a str, Value<'a>)> =
        map.iter().map(|(key, value)| (key, value.into())).collect();
    if matches!(sorted, Value::Bool(true)) {
        entries.sort_by_key(|(key, _)| *key);
    }
    let mut text = String::new();
    for (index, (key, value)) in entries.into_iter().enumerate() {
        if index > 0 {
            text.push_str(pair_delimiter);
        }
        push_quoted(&mut text, key, delimiter, pair_delimiter);
        text.push_str(delimiter);
        push_quoted(&mut text, text_of(work, value), delimiter, pair_delimiter);
        if text.len() > MAX_TEXT {
            return Err(EvalError::TooLong);
        }
    }
    Ok(work.text(&text))
}

fn push_quoted(out: &mut String, text: &str, delimiter: &str, pair_delimiter: &str) {
    let escaped = text.replace('"', "\\\"");
    if escaped.contains(pair_delimiter) || escaped.contains(delimiter) {
        out.push('"');
        out.push_str(&escaped);
        out.push('"');
    } else {
        out.push_str(&escaped);
    }
}
