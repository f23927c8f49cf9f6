//! Values as a session shows them: in the manner of OTTL, with their types and how many records have
//! which.

use std::collections::HashMap;
use std::fmt::Write as _;

use holt_runtime::error::EvalError;
use holt_runtime::text::number::push_float_as_text;
use holt_runtime::text::rfc3339::push_rfc3339;
use holt_runtime::text::time::duration::push_duration;
use holt_runtime::types::Kind;
use holt_runtime::value::Value;

use super::paint::Paint;
use crate::cmd::eval::show::quoted;

/// Longest text of a value, in characters.
const LONGEST: usize = 400;
/// Longest text of a value among others.
const BRIEF: usize = 40;
/// So many different values are told apart in a summary.
const SHOWN: usize = 6;

/// What an expression yielded for a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Yielded {
    /// A value and what it is.
    Value(String, Kind),
    /// Why there is none.
    Failed(String),
}

impl Yielded {
    /// What an evaluation came to.
    pub(super) fn new(result: Result<Value<'_>, EvalError>) -> Self {
        match result {
            Ok(value) => Self::Value(text(value), value.kind()),
            Err(error) => Self::Failed(error.to_string()),
        }
    }

    /// Whether it is the truth value `true`.
    pub(super) fn is_true(&self) -> bool {
        matches!(self, Self::Value(text, Kind::Bool) if text == "true")
    }

    /// On a line: the value and its type, or the error.
    pub(super) fn line(&self, paint: Paint) -> String {
        match self {
            Self::Value(text, Kind::Nil) => paint.cyan(text),
            Self::Value(text, kind) => {
                format!("{}  {}", cut(text, LONGEST), paint.cyan(kind.name()))
            }
            Self::Failed(error) => paint.red(&format!("error: {}", cut(error, LONGEST))),
        }
    }

    /// In few characters.
    pub(super) fn brief(&self) -> String {
        match self {
            Self::Value(text, _) => cut(text, BRIEF),
            Self::Failed(_) => "error".to_owned(),
        }
    }
}

/// A text cut to so many characters.
pub(super) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// How many records have which value, the most frequent first.
pub(super) fn summary(yielded: &[Yielded]) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for one in yielded {
        let brief = one.brief();
        match places.get(&brief).and_then(|place| counts.get_mut(*place)) {
            Some((_, count)) => *count += 1,
            None => {
                places.insert(brief.clone(), counts.len());
                counts.push((brief, 1));
            }
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut out = format!("all {}:", yielded.len());
    for (text, count) in counts.iter().take(SHOWN) {
        let _ = write!(out, " {text}×{count}");
    }
    if counts.len() > SHOWN {
        let _ = write!(out, " and {} others", counts.len() - SHOWN);
    }
    out
}

/// A value in the manner of OTTL. No character of it moves a terminal's cursor.
pub(super) fn text(value: Value<'_>) -> String {
    let mut out = String::new();
    push(&mut out, value);
    out
}

fn push(out: &mut String, value: Value<'_>) {
    if let Some(elements) = value.elements() {
        out.push('[');
        for (index, element) in elements.iter().enumerate() {
            out.push_str(if index > 0 { ", " } else { "" });
            push(out, element);
        }
        out.push(']');
        return;
    }
    let hex = |out: &mut String, bytes: &[u8]| {
        out.push_str("0x");
        for byte in bytes {
            let _ = write!(out, "{byte:02x}");
        }
    };
    match value {
        Value::Bool(value) => out.push_str(if value { "true" } else { "false" }),
        Value::Int(value) => out.push_str(&value.to_string()),
        Value::Float(value) if value.is_finite() => {
            let start = out.len();
            push_float_as_text(out, value);
            // A double stays one when it is typed again.
            if out.get(start..).is_some_and(|text| !text.contains(['.', 'e'])) {
                out.push_str(".0");
            }
        }
        Value::Float(value) => out.push_str(&value.to_string()),
        Value::Str(text) => out.push_str(&quoted(text)),
        Value::Bytes(bytes) => hex(out, bytes),
        Value::Time(time) => push_rfc3339(out, time),
        Value::Duration(nanos) => push_duration(out, nanos),
        Value::TraceId(id) | Value::ProfileId(id) => hex(out, &id),
        Value::SpanId(id) => hex(out, &id),
        Value::Map(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                out.push_str(&quoted(key));
                out.push_str(": ");
                push(out, value.into());
            }
            out.push('}');
        }
        Value::Message(whole) => {
            out.push_str(&format!("{} × {}", whole.messages(), whole.shape.name));
        }
        Value::Function(function) => out.push_str(function.name),
        _ => out.push_str("nil"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_ottl_writes_them() {
        for (value, expected) in [
            (Value::Nil, "nil"),
            (Value::Float(2.0), "2.0"),
            (Value::Float(1e30), "1e+30"),
            (Value::Str("a\n\u{1b}\"b"), r#""a\n\u001b\"b""#),
            (Value::Bytes(&[0, 255]), "0x00ff"),
            (Value::Items(&[Value::Int(1), Value::Nil]), "[1, nil]"),
            (Value::Duration(1_500_000_000), "1.5s"),
            (Value::SpanId([1; 8]), "0x0101010101010101"),
        ] {
            assert_eq!(text(value), expected);
        }
    }

    #[test]
    fn a_summary_counts_the_most_frequent_first() {
        let value = |number: i64| Yielded::new(Ok(Value::Int(number)));
        assert_eq!(summary(&[value(1), value(2), value(2)]), "all 3: 2×2 1×1");
        let many: Vec<_> = (0..9).map(value).collect();
        assert_eq!(summary(&many), "all 9: 0×1 1×1 2×1 3×1 4×1 5×1 and 3 others");
    }
}
