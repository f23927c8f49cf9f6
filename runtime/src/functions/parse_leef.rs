//! `ParseLEEF`

use holt_pdata::ValueView;

use super::parse_key_value::put_last;
use super::{By, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_LEEF: FunctionDecl = FunctionDecl {
    name: "ParseLEEF",
    doc: "The parts of a message in the Log Event Extended Format 1.0 or 2.0: the header, and the attributes as a map of text.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::to(By::Transform, &["log"]),
    check: None,
    examples: &[
        Example {
            given: r#"{"t": "LEEF:2.0|A|B|1|9|^|x=1^y=2"}"#,
            statement: r#"set(log.attributes["t"], ParseLEEF(log.attributes["t"])["leef.attributes"])"#,
            expect: r#"{"t": {"x": "1", "y": "2"}}"#,
        },
        Example {
            given: r#"{"t": "LEEF:3.0|A"}"#,
            statement: r#"set(log.attributes["t"], ParseLEEF(log.attributes["t"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_leef),
};

fn parse_leef<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ParseLEEF")) };
    let fault = |what: &str| EvalError::Function(format!("this is no LEEF message: {what}").into());
    let start = text.find("LEEF:").ok_or_else(|| fault("it has no `LEEF:`"))?;
    let message = text.get(start + 5..).unwrap_or_default();
    let (version, rest) = message.split_once('|').ok_or_else(|| fault("its header is missing"))?;
    if !matches!(version, "1.0" | "2.0") {
        return Err(fault("its version is neither 1.0 nor 2.0"));
    }
    let fields: Vec<&'a str> = rest.splitn(5, '|').collect();
    let [vendor, product, product_version, event, attributes @ ..] = fields.as_slice() else {
        return Err(fault("its header has fewer than 4 fields behind the version"));
    };
    let attributes = attributes.first().copied().unwrap_or_default();
    let (delimiter, attributes) = match version {
        "1.0" => ('\t', attributes),
        // A field that holds an equals sign is an attribute already.
        _ => match attributes.split_once('|').unwrap_or((attributes, "")) {
            (first, _) if first.contains('=') => ('\t', attributes),
            (first, attributes) => (delimiter(first).map_err(fault)?, attributes),
        },
    };
    let mut found: Vec<(&'a str, ValueView<'a>)> = Vec::new();
    for pair in attributes.split(delimiter) {
        if let Some((key, value)) = pair.split_once('=').filter(|(key, _)| !key.is_empty()) {
            put_last(&mut found, key, ValueView::Str(value));
        }
    }
    let found = map(work.arena, found.into_iter());
    let entries = [
        ("leef.version", ValueView::Str(version)),
        ("leef.vendor", ValueView::Str(vendor)),
        ("leef.product.name", ValueView::Str(product)),
        ("leef.product.version", ValueView::Str(product_version)),
        ("leef.event.id", ValueView::Str(event)),
        ("leef.attributes", ValueView::Map(found)),
    ];
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

/// The delimiter that a header asks for: one character, or one byte in hexadecimal.
fn delimiter(field: &str) -> Result<char, &'static str> {
    const FAULT: &str = "its delimiter is neither one character nor 0x and two digits";
    if field.is_empty() {
        return Ok('\t');
    }
    if let Some(digits) = field.strip_prefix("0x").or_else(|| field.strip_prefix("0X")) {
        let is_byte = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let byte = u8::from_str_radix(digits, 16).ok().filter(|byte| is_byte && byte.is_ascii());
        return byte.map(char::from).ok_or(FAULT);
    }
    match field.as_bytes() {
        [byte] => Ok(char::from(*byte)),
        _ => Err(FAULT),
    }
}
