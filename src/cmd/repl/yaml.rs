//! Trees as YAML: in blocks, with text as it is where that reads back as the same text.

use serde_json::Value;

/// A tree as YAML, with a line feed at the end.
pub(super) fn text(tree: &Value) -> String {
    let mut out = String::new();
    match tree {
        Value::Object(map) if !map.is_empty() => members(&mut out, tree, 0),
        Value::Array(list) if !list.is_empty() => members(&mut out, tree, 0),
        scalar => {
            out.push_str(&inline(scalar));
            out.push('\n');
        }
    }
    out
}

/// The members of a map or the items of a list, each on a line of its own.
fn members(out: &mut String, tree: &Value, depth: usize) {
    let pad = "  ".repeat(depth);
    match tree {
        Value::Object(map) => {
            for (key, value) in map {
                out.push_str(&pad);
                out.push_str(&scalar(key));
                out.push(':');
                after(out, value, depth);
            }
        }
        Value::Array(list) => {
            for item in list {
                let mut inner = String::new();
                match item {
                    Value::Object(map) if !map.is_empty() => members(&mut inner, item, depth + 1),
                    Value::Array(list) if !list.is_empty() => members(&mut inner, item, depth + 1),
                    other => {
                        inner.push_str(&inline(other));
                        inner.push('\n');
                    }
                }
                out.push_str(&pad);
                out.push_str("- ");
                out.push_str(inner.trim_start_matches(' '));
            }
        }
        _ => {}
    }
}

/// What stands behind a key.
fn after(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            out.push('\n');
            members(out, value, depth + 1);
        }
        Value::Array(list) if !list.is_empty() => {
            out.push('\n');
            members(out, value, depth + 1);
        }
        other => {
            out.push(' ');
            out.push_str(&inline(other));
            out.push('\n');
        }
    }
}

fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// Text as a scalar.
pub(super) fn scalar(text: &str) -> String {
    let odd = |letter: char| {
        letter.is_control() || matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}')
    };
    if text.contains(odd) {
        // The escapes of JSON are escapes of YAML.
        return Value::from(text).to_string();
    }
    let plain = text
        .starts_with(|letter: char| letter.is_alphabetic() || matches!(letter, '_' | '/'))
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !means_something(text);
    match plain {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

/// Whether text without quotes means something else than text, in any version of YAML.
fn means_something(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf"]
        .contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn trees_are_written_in_blocks() {
        let tree = json!({"a": {"b": [1, {"c": "x: y", "d": []}, ["z"]]}, "on": "3"});
        let expected = "a:\n  b:\n    - 1\n    - c: 'x: y'\n      d: []\n    - - z\n'on': '3'\n";
        assert_eq!(text(&tree), expected);
        assert_eq!(text(&json!([])), "[]\n");
    }

    #[test]
    fn text_is_quoted_where_it_must_be() {
        for (given, expected) in [
            ("plain words, and (more)", "plain words, and (more)"),
            ("set(a, \"b\") where c == \"d: e\"", "'set(a, \"b\") where c == \"d: e\"'"),
            ("it's: so", "'it''s: so'"),
            ("No", "'No'"),
            ("12", "'12'"),
            ("", "''"),
            ("a\nb", "\"a\\nb\""),
            ("ends ", "'ends '"),
        ] {
            assert_eq!(scalar(given), expected);
        }
    }
}
