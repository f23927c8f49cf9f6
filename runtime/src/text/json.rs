//! Values as JSON text, as the reference writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::number::{push_float, push_float_as_text};
use super::rfc3339::push_rfc3339;
use crate::error::EvalError;
use crate::value::Value;
use crate::whole::ElementType;

/// Which of the reference's two writers is imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// The one that functions use: `<`, `>` and `&` are escaped, exponents have two digits.
    Escaped,
    /// The one that `.string` paths use: text as it is, numbers as in JavaScript.
    Plain,
}

/// Appends a value as JSON. Map keys are sorted; bytes are base64; ids are lists of numbers.
///
/// # Errors
/// For a double that is not finite: JSON has no word for it.
pub fn push_json(out: &mut String, value: Value<'_>, style: Style) -> Result<(), EvalError> {
    match value {
        Value::Nil | Value::Failed(_) | Value::Pattern(_) | Value::Function(_) => {
            out.push_str("null");
        }
        Value::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Value::Int(value) | Value::Duration(value) => out.push_str(&value.to_string()),
        Value::Float(value) if !value.is_finite() => {
            return Err(EvalError::NotFinite);
        }
        Value::Float(value) => match style {
            Style::Escaped => push_float(out, value),
            Style::Plain => push_float_as_text(out, value),
        },
        Value::Str(text) => push_string(out, text, style),
        Value::Bytes(bytes) => {
            out.push('"');
            STANDARD.encode_string(bytes, out);
            out.push('"');
        }
        Value::Time(time) => {
            out.push('"');
            push_rfc3339(out, time);
            out.push('"');
        }
        Value::Map(map) => {
            // Of entries with the same key the last one counts, as in the map that the reference
            // makes before it writes.
            let entries: std::collections::BTreeMap<&str, Value<'_>> =
                map.iter().map(|(key, value)| (key, value.into())).collect();
            push_all(out, ('{', '}'), entries, |out, (key, value)| {
                push_string(out, key, style);
                out.push(':');
                push_json(out, value, style)
            })?;
        }
        // The reference takes these out of their field as Go has them, and nothing is nothing there.
        Value::Typed(list) if list.of != ElementType::Int && list.elements.is_empty() => {
            out.push_str("null");
        }
        Value::List(_) | Value::Items(_) | Value::Typed(_) => {
            let elements = value.elements().into_iter().flat_map(|elements| elements.iter());
            push_all(out, ('[', ']'), elements, |out, value| push_json(out, value, style))?;
        }
        Value::TraceId(id) | Value::ProfileId(id) => push_numbers(out, &id)?,
        Value::SpanId(id) => push_numbers(out, &id)?,
        Value::Message(_) => out.push_str("{}"),
    }
    Ok(())
}

fn push_numbers(out: &mut String, bytes: &[u8]) -> Result<(), EvalError> {
    push_all(out, ('[', ']'), bytes, |out, byte| {
        out.push_str(&byte.to_string());
        Ok(())
    })
}

fn push_all<T>(
    out: &mut String,
    (open, close): (char, char),
    items: impl IntoIterator<Item = T>,
    mut push: impl FnMut(&mut String, T) -> Result<(), EvalError>,
) -> Result<(), EvalError> {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        push(out, item)?;
    }
    out.push(close);
    Ok(())
}

fn push_string(out: &mut String, text: &str, style: Style) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' if style == Style::Escaped => push_unicode(out, character),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => push_unicode(out, character),
            _ => out.push(character),
        }
    }
    out.push('"');
}

fn push_unicode(out: &mut String, character: char) {
    out.push_str(&format!("\\u{:04x}", u32::from(character)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_as_in_go() {
        let mut out = String::new();
        push_json(&mut out, Value::Str("<a>&\"b\"\\\n\u{1}\u{2028}é"), Style::Escaped).unwrap();
        assert_eq!(out, r#""\u003ca\u003e\u0026\"b\"\\\n\u0001\u2028é""#);
        out.clear();
        push_json(&mut out, Value::Str("<o>"), Style::Plain).unwrap();
        assert_eq!(out, r#""<o>""#);
    }

    #[test]
    fn what_is_not_finite_is_refused() {
        let list = [Value::Float(f64::NAN)];
        let result = push_json(&mut String::new(), Value::Items(&list), Style::Escaped);
        assert_eq!(result, Err(EvalError::NotFinite));
    }
}
