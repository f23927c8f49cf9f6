//! `ParseCSV`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use holt_pdata::ValueView;

use super::parse_key_value::put_last;
use super::{ArgumentFault, Arguments};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::csv::row;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_CSV: FunctionDecl = FunctionDecl {
    name: "ParseCSV",
    doc: "The map of a row of comma-separated values, with the names of a header. A text that spans lines \
          is one row. Mode `lazyQuotes` lets misplaced quotes be, `ignoreQuotes` takes them as text.",
    params: &[
        Param::required("target", Takes::Exactly(Type::STRING)),
        Param::required("header", Takes::Exactly(Type::STRING)),
        Param::optional("delimiter", Takes::Literal(Type::STRING)),
        Param::optional("header_delimiter", Takes::Literal(Type::STRING)),
        Param::optional("mode", Takes::Literal(Type::STRING)),
    ],
    returns: Type::MAP,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"t": "1,two"}"#,
            statement: r#"set(log.attributes["m"], ParseCSV(log.attributes["t"], "id,name"))"#,
            expect: r#"{"t": "1,two", "m": {"id": "1", "name": "two"}}"#,
        },
        Example {
            given: r#"{"t": "1|2|3"}"#,
            statement: r#"set(log.attributes["m"], ParseCSV(log.attributes["t"], "a|b", "|"))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_csv),
};

fn parse_csv<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(header), delimiter, header_delimiter, mode] = *args else {
        return Err(EvalError::Internal("ParseCSV"));
    };
    let letter = |value, default| match value {
        Value::Str(text) => text.chars().next().unwrap_or(default),
        _ => default,
    };
    let delimiter = letter(delimiter, ',');
    let header_delimiter = letter(header_delimiter, delimiter);
    if header.is_empty() {
        return Err(EvalError::Function("the header is empty".into()));
    }
    let fields = match mode {
        Value::Str("ignoreQuotes") => text.split(delimiter).map(str::to_owned).collect(),
        mode => row(text, delimiter, matches!(mode, Value::Str("lazyQuotes")))
            .map_err(|error| EvalError::Function(error.to_string().into()))?,
    };
    let names: Vec<&str> = header.split(header_delimiter).collect();
    if names.len() != fields.len() {
        let (names, fields) = (names.len(), fields.len());
        let message = format!("the row has {fields} fields, the header {names}");
        return Err(EvalError::Function(message.into()));
    }
    let mut entries = Vec::new();
    for (name, field) in names.into_iter().zip(fields) {
        let name: &'a str = work.arena.alloc_str(name);
        put_last(&mut entries, name, ValueView::Str(work.arena.alloc_str(&field)));
    }
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    for param in [2, 3] {
        if args.text(param).is_some_and(|text| text.chars().count() != 1) {
            return Err(ArgumentFault::new(param, "takes a delimiter of one character", ""));
        }
    }
    match args.text(4) {
        None | Some("strict" | "lazyQuotes" | "ignoreQuotes") => Ok(()),
        Some(_) => {
            let help = "the modes are `strict`, `lazyQuotes` and `ignoreQuotes`";
            Err(ArgumentFault::new(4, "has no such mode", help))
        }
    }
}
