//! `ParseKeyValue`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::ValueView;

use super::{ArgumentFault, Arguments};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::key_value::split_quoted;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_KEY_VALUE: FunctionDecl = FunctionDecl {
    name: "ParseKeyValue",
    doc: "The map that a text of key-value pairs holds. Pairs are separated by a blank, keys and values by \
          `=`, unless other delimiters are given; both may be quoted. All values are text.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::optional("delimiter", Takes::Literal(Type::STRING)),
        Param::optional("pair_delimiter", Takes::Literal(Type::STRING)),
    ],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check_delimiters),
    examples: &[
        Example {
            given: r#"{"t": "a='x y' b=c=d"}"#,
            statement: r#"set(log.attributes["m"], ParseKeyValue(log.attributes["t"]))"#,
            expect: r#"{"t": "a='x y' b=c=d", "m": {"a": "x y", "b": "c=d"}}"#,
        },
        Example {
            given: r#"{"t": "k:1|l:2"}"#,
            statement: r#"set(log.attributes["m"], ParseKeyValue(log.attributes["t"], ":", "|"))"#,
            expect: r#"{"t": "k:1|l:2", "m": {"k": "1", "l": "2"}}"#,
        },
    ],
    run: Shim::Converter(parse_key_value),
};

fn parse_key_value<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), delimiter, pair_delimiter] = *args else {
        return Err(EvalError::Internal("ParseKeyValue"));
    };
    let (delimiter, pair_delimiter) = delimiters(delimiter, pair_delimiter);
    if text.is_empty() {
        return Err(EvalError::Function("the text is empty".into()));
    }
    let mut entries: Vec<(&'a str, ValueView<'a>)> = Vec::new();
    for pair in split_quoted(text, pair_delimiter)? {
        let (key, value) = pair.split_once(delimiter).ok_or_else(|| {
            EvalError::Function(format!("{pair:?} has no delimiter {delimiter:?}").into())
        })?;
        let key: &'a str = work.arena.alloc_str(key.trim());
        let value = ValueView::Str(work.arena.alloc_str(value.trim()));
        put_last(&mut entries, key, value);
    }
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

/// Adds an entry; one with the same key is replaced.
pub(super) fn put_last<'a>(
    entries: &mut Vec<(&'a str, ValueView<'a>)>,
    key: &'a str,
    value: ValueView<'a>,
) {
    match entries.iter_mut().find(|(known, _)| *known == key) {
        Some((_, known)) => *known = value,
        None => entries.push((key, value)),
    }
}

/// The delimiters inside and between pairs.
pub(super) fn delimiters<'a>(
    delimiter: Value<'a>,
    pair_delimiter: Value<'a>,
) -> (&'a str, &'a str) {
    let given = |value, default| match value {
        Value::Str(text) => text,
        _ => default,
    };
    (given(delimiter, "="), given(pair_delimiter, " "))
}

/// The rules for delimiters that are the second and third parameter.
pub(super) fn check_delimiters(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    for param in [1, 2] {
        if args.text(param) == Some("") {
            return Err(ArgumentFault::new(param, "takes no empty delimiter", ""));
        }
    }
    let delimiter = args.text(1).unwrap_or("=");
    if delimiter == args.text(2).unwrap_or(" ") {
        let message = "takes two different delimiters";
        return Err(ArgumentFault::new(1, message, "one inside pairs, one between them"));
    }
    Ok(())
}
