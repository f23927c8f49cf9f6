//! `ParseCEF`

use holt_pdata::ValueView;

use super::parse_key_value::put_last;
use super::{By, Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::encode::map;
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const PARSE_CEF: FunctionDecl = FunctionDecl {
    name: "ParseCEF",
    doc: "The parts of a message in the Common Event Format: the header, and the extensions as a map of text.",
    params: &[Param::required("target", Takes::Exactly(Type::STRING))],
    returns: Type::MAP,
    pure: true,
    offered: Offered::to(By::Transform, &["log"]),
    check: None,
    examples: &[
        Example {
            given: r#"{"t": "CEF:0|V|P|1|7|n|5|src=1.2.3.4 msg=a b"}"#,
            statement: r#"set(log.attributes["t"], ParseCEF(log.attributes["t"])["cef.extensions"])"#,
            expect: r#"{"t": {"src": "1.2.3.4", "msg": "a b"}}"#,
        },
        Example {
            given: r#"{"t": "CEF:0|V"}"#,
            statement: r#"set(log.attributes["t"], ParseCEF(log.attributes["t"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(parse_cef),
};

/// The fields of a header behind its version.
const FIELDS: [&str; 6] = [
    "cef.device_vendor",
    "cef.device_product",
    "cef.device_version",
    "cef.device_event_class_id",
    "cef.name",
    "cef.severity",
];

fn parse_cef<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text)] = *args else { return Err(EvalError::Internal("ParseCEF")) };
    let fault = |what: &str| EvalError::Function(format!("this is no CEF message: {what}").into());
    let start = text.find("CEF:").ok_or_else(|| fault("it has no `CEF:`"))?;
    let message = text.get(start + 4..).unwrap_or_default();
    let (header, extension) = header(message);
    let [version, fields @ ..] = header.as_slice() else { return Err(fault("it is empty")) };
    if fields.len() < FIELDS.len() {
        return Err(fault("its header has fewer than 7 fields"));
    }
    if version.is_empty() {
        return Err(fault("its version is missing"));
    }
    let mut entries: Vec<(&'a str, ValueView<'a>)> = Vec::new();
    entries.push(("cef.version", ValueView::Str(work.arena.alloc_str(version))));
    for (name, field) in FIELDS.into_iter().zip(fields) {
        let field = unescape(field, |next| matches!(next, '|' | '\\').then_some(next));
        entries.push((name, ValueView::Str(work.arena.alloc_str(&field))));
    }
    let mut found = Vec::new();
    for (key, value) in extensions(extension) {
        let value = unescape(value.trim_end_matches(' '), |next| match next {
            '\\' | '=' => Some(next),
            'n' => Some('\n'),
            'r' => Some('\r'),
            _ => None,
        });
        put_last(
            &mut found,
            work.arena.alloc_str(key),
            ValueView::Str(work.arena.alloc_str(&value)),
        );
    }
    entries.push(("cef.extensions", ValueView::Map(map(work.arena, found.into_iter()))));
    Ok(Value::Map(map(work.arena, entries.into_iter())))
}

/// The first seven fields with their escapes, and what follows them.
fn header(message: &str) -> (Vec<&str>, &str) {
    let mut fields = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, byte) in message.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => {
                let next = message.as_bytes().get(at + 1);
                escaped = matches!(next, Some(b'|' | b'\\'));
            }
            b'|' => {
                fields.push(message.get(start..at).unwrap_or_default());
                start = at + 1;
                if fields.len() == FIELDS.len() + 1 {
                    return (fields, message.get(start..).unwrap_or_default());
                }
            }
            _ => {}
        }
    }
    fields.push(message.get(start..).unwrap_or_default());
    (fields, "")
}

/// Keys and values: a key begins the text or follows a blank, and ends with `=`.
fn extensions(text: &str) -> Vec<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut keys: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let begins = at == 0 || bytes.get(at - 1) == Some(&b' ');
        let is_key = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
        let length = bytes.iter().skip(at).take_while(is_key).count();
        if begins && length > 0 && bytes.get(at + length) == Some(&b'=') {
            keys.push((at, length));
            at += length + 1;
        } else {
            at += 1;
        }
    }
    let ends = keys.iter().skip(1).map(|(start, _)| *start).chain([text.len()]);
    keys.iter()
        .zip(ends)
        .filter_map(|(&(start, length), end)| {
            Some((text.get(start..start + length)?, text.get(start + length + 1..end)?))
        })
        .collect()
}

/// Replaces a backslash and the character behind it where `meaning` gives it one.
fn unescape(text: &str, meaning: impl Fn(char) -> Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let replaced =
            (letter == '\\').then(|| letters.peek().copied().and_then(&meaning)).flatten();
        if replaced.is_some() {
            letters.next();
        }
        out.push(replaced.unwrap_or(letter));
    }
    out
}
