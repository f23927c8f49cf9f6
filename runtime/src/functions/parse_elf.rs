//! `ParseELF`

use holt_pdata::{ArrayView, ValueView};

use super::parse_key_value::put_last;
use super::{By, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::{map, put_value};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_ELF: FunctionDecl = FunctionDecl {
    name: "ParseELF",
    doc: "The parts of a text in the W3C Extended Log Format: its directives, and its entries as a list of maps.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::to(By::Transform, &["log"]),
    check: None,
    examples: &[
        Example {
            given: r##"{"t": "#Version: 1.0\n#Fields: a b\n1 2"}"##,
            statement: r#"set(log.attributes["t"], ParseELF(log.attributes["t"])["elf.entries"])"#,
            expect: r#"{"t": [{"a": "1", "b": "2"}]}"#,
        },
        Example {
            given: r##"{"t": "#Fields: a"}"##,
            statement: r#"set(log.attributes["t"], ParseELF(log.attributes["t"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_elf),
};

fn parse_elf<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ParseELF")) };
    let fault = |what: &str| {
        EvalError::Function(format!("this is not in the Extended Log Format: {what}").into())
    };
    if text.is_empty() {
        return Err(fault("the text is empty"));
    }
    let mut directives: Vec<(&'a str, ValueView<'a>)> = Vec::new();
    let mut fields: Vec<&'a str> = Vec::new();
    let mut rows = Vec::new();
    let lines = text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty());
    for line in lines {
        if let Some(directive) = line.strip_prefix('#') {
            let Some((name, value)) = directive.split_once(':') else {
                let word = directive.trim().get(..6).unwrap_or_default();
                if word.eq_ignore_ascii_case("fields") {
                    return Err(fault("`#Fields` has no colon"));
                }
                continue;
            };
            let (name, value) = (name.trim().to_lowercase(), value.trim());
            let key = match name.as_str() {
                "fields" => {
                    fields = value.split_whitespace().collect();
                    continue;
                }
                "version" => "elf.version",
                "software" => "elf.software",
                "date" => "elf.date",
                "start-date" => "elf.start_date",
                "end-date" => "elf.end_date",
                "remark" => "elf.remark",
                _ => continue,
            };
            put_last(&mut directives, key, ValueView::Str(value));
            continue;
        }
        if fields.is_empty() {
            return Err(fault("an entry comes before `#Fields`"));
        }
        let values = values(line).ok_or_else(|| fault("a quoted value does not end"))?;
        let mut row: Vec<(&'a str, ValueView<'a>)> = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let value = values.get(index).map_or("-", String::as_str);
            put_last(&mut row, field, ValueView::Str(work.arena.alloc_str(value)));
        }
        put_value(&mut rows, ValueView::Map(map(work.arena, row.into_iter())));
    }
    if !directives.iter().any(|(key, _)| *key == "elf.version") {
        return Err(fault("`#Version` is missing"));
    }
    let mut names = Vec::new();
    fields.iter().for_each(|field| put_value(&mut names, ValueView::Str(field)));
    let entries = ("elf.entries", ValueView::Array(ArrayView::new(&rows)));
    let names = ("elf.fields", ValueView::Array(ArrayView::new(&names)));
    let all = std::iter::once(entries).chain(directives).chain([names]);
    Ok(Value::Map(map(work.arena, all)))
}

/// The values of a line; quotes keep blanks inside, two quotes are one. `None` when a quote is not
/// closed.
fn values(line: &str) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = line.trim_start_matches([' ', '\t']);
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut value = String::new();
            rest = quoted;
            loop {
                let (part, after) = rest.split_once('"')?;
                value.push_str(part);
                match after.strip_prefix('"') {
                    Some(after) => {
                        value.push('"');
                        rest = after;
                    }
                    None => {
                        rest = after;
                        break;
                    }
                }
            }
            values.push(value);
        } else {
            let end = rest.find([' ', '\t']).unwrap_or(rest.len());
            let (value, after) = rest.split_at(end);
            values.push(value.to_owned());
            rest = after;
        }
        rest = rest.trim_start_matches([' ', '\t']);
    }
    Some(values)
}
