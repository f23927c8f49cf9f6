//! Values, ids and times as text: views come in, text comes out.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use holt_pdata::{AttributesView, ValueView};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::number::value_form;

/// A value as it stands behind `key=`: text as it is, lists and maps as JSON.
///
/// A list or map that holds a number JSON has no form for gives nothing, as in the reference.
pub(super) fn value_text(value: ValueView<'_>) -> String {
    match value {
        ValueView::Empty => String::new(),
        ValueView::Str(text) => text.to_owned(),
        ValueView::Bool(value) => value.to_string(),
        ValueView::Int(value) => value.to_string(),
        ValueView::Double(value) => value_form(value),
        ValueView::Bytes(bytes) => STANDARD.encode(bytes),
        ValueView::Array(_) | ValueView::Map(_) => {
            let mut json = String::new();
            match write_json(value, &mut json) {
                Some(()) => json,
                None => String::new(),
            }
        }
        // Only profiles use these, and a value alone does not know their dictionary.
        ValueView::StrIndex(index) => format!("string #{index}"),
    }
}

/// A value with its type: `Str(text)`.
pub(super) fn typed_text(value: ValueView<'_>) -> String {
    let type_name = match value {
        ValueView::Empty => "Empty",
        ValueView::Str(_) | ValueView::StrIndex(_) => "Str",
        ValueView::Bool(_) => "Bool",
        ValueView::Int(_) => "Int",
        ValueView::Double(_) => "Double",
        ValueView::Bytes(_) => "Bytes",
        ValueView::Array(_) => "Slice",
        ValueView::Map(_) => "Map",
    };
    format!("{type_name}({})", value_text(value))
}

/// Attributes in the form `a=1 b=x`, with `separator` between them.
pub(super) fn attributes_text(attributes: AttributesView<'_>, separator: &str) -> String {
    let pairs =
        attributes.iter().map(|entry| format!("{}={}", entry.key(), value_text(entry.get())));
    pairs.collect::<Vec<_>>().join(separator)
}

/// `None` when the value has no JSON form.
fn write_json(value: ValueView<'_>, out: &mut String) -> Option<()> {
    match value {
        ValueView::Empty => out.push_str("null"),
        ValueView::Str(text) => write_json_text(text, out),
        ValueView::Double(number) if !number.is_finite() => return None,
        ValueView::Bool(_) | ValueView::Int(_) | ValueView::Double(_) => {
            out.push_str(&value_text(value));
        }
        ValueView::Bytes(_) | ValueView::StrIndex(_) => write_json_text(&value_text(value), out),
        ValueView::Array(list) => {
            out.push('[');
            for (index, element) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(element, out)?;
            }
            out.push(']');
        }
        ValueView::Map(map) => {
            // Sorted; of equal keys the last one counts.
            let entries: std::collections::BTreeMap<_, _> = map.iter().collect();
            out.push('{');
            for (index, (key, element)) in entries.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json_text(key, out);
                out.push(':');
                write_json(element, out)?;
            }
            out.push('}');
        }
    }
    Some(())
}

fn write_json_text(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// An id in hexadecimal digits; nothing for an id of zeros.
pub(super) fn id_text(id: &[u8]) -> String {
    if id.iter().all(|byte| *byte == 0) {
        return String::new();
    }
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A time in nanoseconds since 1970: `2023-11-14 22:13:20.1 +0000 UTC`. Times that do not fit into
/// 63 bits count backwards, as in the reference.
pub(super) fn time_text(nanoseconds: u64) -> String {
    let since_epoch = i128::from(nanoseconds.cast_signed());
    match Timestamp::from_nanosecond(since_epoch) {
        Ok(time) => {
            let time = time.to_zoned(TimeZone::UTC);
            time.strftime("%Y-%m-%d %H:%M:%S%.f +0000 UTC").to_string()
        }
        // Unreachable: 63 bits of nanoseconds lie within the years a timestamp can have.
        Err(_) => nanoseconds.to_string(),
    }
}
