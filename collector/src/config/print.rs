//! Printing a tree: YAML in the form the reference's library writes, and JSON.
//!
//! Keys are sorted, indentation is four blanks. Secrets are printed as `[REDACTED]` unless asked
//! for, and so is whatever the caller's rule names.

use std::fmt::Write as _;

use serde_json::Value;

use super::values::REDACTED;
use super::yaml::{Kind, Node, Scalar, ScalarValue};

/// What is shown of secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Secrets {
    /// `[REDACTED]` in their place.
    #[default]
    Redacted,
    /// Their text.
    Shown,
}

/// Decides about a value by its path of keys: `true` hides it.
pub type Hide<'h> = &'h dyn Fn(&[String]) -> bool;

/// Prints as YAML.
pub fn yaml(node: &Node, secrets: Secrets, hide: Hide<'_>) -> String {
    let value = Form { secrets, hide, nanoseconds: false }.plain(node, &mut Vec::new());
    let mut out = String::new();
    match &value {
        Value::Object(map) if map.is_empty() => out.push_str("{}\n"),
        Value::Object(_) => write_value(&value, 0, &mut out),
        Value::Array(list) if list.is_empty() => out.push_str("[]\n"),
        Value::Array(_) => write_value(&value, 0, &mut out),
        scalar => {
            out.push_str(&inline(scalar));
            out.push('\n');
        }
    }
    out
}

/// Prints as JSON with an indentation of two blanks and a line feed at the end.
pub fn json(node: &Node, secrets: Secrets, hide: Hide<'_>) -> String {
    let value = Form { secrets, hide, nanoseconds: true }.plain(node, &mut Vec::new());
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
    text.push('\n');
    text
}

/// As plain values, with secrets hidden and durations as text.
pub fn plain(node: &Node) -> Value {
    let form = Form { secrets: Secrets::Redacted, hide: &|_| false, nanoseconds: false };
    form.plain(node, &mut Vec::new())
}

/// How values are made plain.
struct Form<'h> {
    secrets: Secrets,
    hide: Hide<'h>,
    /// Durations as numbers instead of text: what the reference's JSON has.
    nanoseconds: bool,
}

impl Form<'_> {
    /// The tree as plain values. A dormant default is nothing.
    fn plain(&self, node: &Node, path: &mut Vec<String>) -> Value {
        let hidden = self.secrets == Secrets::Redacted && (node.secret || (self.hide)(path));
        if hidden && !node.is_null() {
            return Value::String(REDACTED.to_owned());
        }
        if node.dormant {
            return Value::Null;
        }
        match &node.kind {
            Kind::Null => Value::Null,
            Kind::Scalar(scalar) => self.scalar(scalar),
            Kind::Sequence(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (at, item) in items.iter().enumerate() {
                    path.push(at.to_string());
                    list.push(self.plain(item, path));
                    path.pop();
                }
                Value::Array(list)
            }
            Kind::Mapping(mapping) => {
                let mut map = serde_json::Map::new();
                for (key, entry) in &mapping.entries {
                    path.push(key.clone());
                    map.insert(key.clone(), self.plain(&entry.value, path));
                    path.pop();
                }
                Value::Object(map)
            }
        }
    }

    fn scalar(&self, scalar: &Scalar) -> Value {
        match scalar.value {
            ScalarValue::Bool(value) => Value::Bool(value),
            ScalarValue::Integer(value) => Value::from(value),
            ScalarValue::Unsigned(value) => Value::from(value),
            ScalarValue::Float(value) => float(value, &scalar.text),
            ScalarValue::Duration(nanoseconds) if self.nanoseconds => Value::from(nanoseconds),
            ScalarValue::Duration(_) | ScalarValue::Timestamp | ScalarValue::Text => {
                Value::String(scalar.text.clone())
            }
        }
    }
}

/// A number; one without a fraction is printed without a point, as Go does.
fn float(value: f64, text: &str) -> Value {
    const EXACT: f64 = 1e15;
    if value.fract() == 0.0 && value.abs() < EXACT {
        // Whole and small: nothing is lost.
        #[allow(clippy::cast_possible_truncation)]
        return Value::from(value as i64);
    }
    serde_json::Number::from_f64(value)
        .map_or_else(|| Value::String(text.to_owned()), Value::Number)
}

/// Writes a map or list that is not empty, each entry on its line.
fn write_value(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            for (key, value) in keys.into_iter().filter_map(|key| Some((key, map.get(key)?))) {
                let _ = write!(out, "{pad}{}:", text(key, indent));
                write_after(value, indent + 4, out);
            }
        }
        Value::Array(list) => {
            for item in list {
                let _ = write!(out, "{pad}-");
                match item {
                    Value::Object(map) if !map.is_empty() => {
                        // The first key stands on the line of the dash.
                        let mut inner = String::new();
                        write_value(item, indent + 2, &mut inner);
                        out.push(' ');
                        out.push_str(inner.trim_start_matches(' '));
                    }
                    Value::Array(inner_list) if !inner_list.is_empty() => {
                        let mut inner = String::new();
                        write_value(item, indent + 2, &mut inner);
                        out.push(' ');
                        out.push_str(inner.trim_start_matches(' '));
                    }
                    scalar => write_after(scalar, indent + 2, out),
                }
            }
        }
        scalar => out.push_str(&inline(scalar)),
    }
}

/// Writes a value after its key: on the same line when it is short.
fn write_after(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            write_value(value, indent, out);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            write_value(value, indent, out);
        }
        Value::String(string) => {
            let _ = writeln!(out, " {}", text(string, indent));
        }
        other => {
            let _ = writeln!(out, " {}", inline(other));
        }
    }
}

/// A value that fits on a line.
fn inline(value: &Value) -> String {
    match value {
        Value::String(string) => text(string, 0),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// A string as YAML: bare where that reads back as the same string, a block where it has lines,
/// quoted otherwise.
fn text(string: &str, indent: usize) -> String {
    if string.is_empty() {
        return "\"\"".to_owned();
    }
    let lines = string.contains('\n');
    let odd = string.chars().any(|char| (char.is_control() && char != '\n') || char == '\u{feff}');
    if lines && !odd && !string.starts_with([' ', '\n', '\t']) && indent > 0 {
        return block(string, indent);
    }
    if odd || lines {
        return serde_json::to_string(string).unwrap_or_default();
    }
    if super::yaml::means_other_than_text(string) {
        return format!("\"{string}\"");
    }
    if needs_quotes(string) {
        format!("'{}'", string.replace('\'', "''"))
    } else {
        string.to_owned()
    }
}

/// A literal block.
fn block(string: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let chomping = match (string.ends_with("\n\n"), string.ends_with('\n')) {
        (true, _) => "+",
        (false, true) => "",
        (false, false) => "-",
    };
    let body = string.strip_suffix('\n').unwrap_or(string);
    let lines: Vec<String> = body
        .split('\n')
        .map(|line| if line.is_empty() { String::new() } else { format!("{pad}{line}") })
        .collect();
    format!("|{chomping}\n{}", lines.join("\n"))
}

/// Whether a string of one line would not read back as itself without quotes.
fn needs_quotes(string: &str) -> bool {
    let reserved = string.starts_with([
        '-', '?', ':', ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@',
        '`', ' ', '=',
    ]);
    let harmless_dash = string.starts_with(['-', '?', ':'])
        && string.chars().nth(1).is_some_and(|second| second != ' ')
        && !string.starts_with("---");
    (reserved && !harmless_dash)
        || string.contains(": ")
        || string.contains(" #")
        || string.ends_with([':', ' '])
        || string == "-"
        || string.starts_with("...")
}
