//! What is different between two requests: two trees of OTLP/JSON in, lines out.
//!
//! Records are paired by what tells them apart, attributes by their keys; only what changed is
//! shown, under the records that it is in.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::show;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Names a record; what changed in it follows.
    Within,
    /// It was not there before.
    Added,
    /// It is not there any more.
    Removed,
    /// It has another value.
    Changed,
}

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    sign: Sign,
    depth: usize,
    text: String,
}

/// Lines as text, indented by `indent` levels.
pub(crate) fn render(lines: &[Line], indent: usize, color: bool) -> String {
    let mut out = String::new();
    for line in lines {
        let (mark, code) = match line.sign {
            Sign::Within => ("", "1"),
            Sign::Added => ("+ ", "32"),
            Sign::Removed => ("- ", "31"),
            Sign::Changed => ("~ ", "33"),
        };
        let space = "  ".repeat(indent + line.depth);
        let text = &line.text;
        let _ = match color {
            true => writeln!(out, "{space}\u{1b}[{code}m{mark}{text}\u{1b}[0m"),
            false => writeln!(out, "{space}{mark}{text}"),
        };
    }
    out
}

/// What is different between two requests.
pub(crate) fn requests(before: &Value, after: &Value) -> Vec<Line> {
    let mut lines = Lines::default();
    lines.values("", before, after);
    lines.0
}

/// What is different in one record, whose paths begin with `prefix`.
pub(crate) fn record(prefix: &str, before: &Value, after: &Value) -> Vec<Line> {
    let mut lines = Lines::default();
    lines.values(prefix, before, after);
    lines.0
}

/// The lists of records, and what one of each is called.
const RECORDS: [(&str, &str); 17] = [
    ("resourceSpans", "resource"),
    ("resourceMetrics", "resource"),
    ("resourceLogs", "resource"),
    ("resourceProfiles", "resource"),
    ("scopeSpans", "scope"),
    ("scopeMetrics", "scope"),
    ("scopeLogs", "scope"),
    ("scopeProfiles", "scope"),
    ("spans", "span"),
    ("metrics", "metric"),
    ("logRecords", "log"),
    ("profiles", "profile"),
    ("events", "spanevent"),
    ("links", "spanlink"),
    ("dataPoints", "datapoint"),
    ("exemplars", "exemplar"),
    ("samples", "sample"),
];

/// Fields that tell a record from its neighbours.
const IDENTITY: [&str; 10] = [
    "resource",
    "scope",
    "traceId",
    "spanId",
    "name",
    "body",
    "timeUnixNano",
    "startTimeUnixNano",
    "attributes",
    "profileId",
];

/// Lists longer than this are paired by position.
const LONGEST: usize = 1000;

#[derive(Default)]
struct Lines(Vec<Line>);

impl Lines {
    fn push(&mut self, sign: Sign, text: String) {
        self.0.push(Line { sign, depth: 0, text });
    }

    /// Two values at a place.
    fn values(&mut self, path: &str, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.objects(path, before, after),
            _ => self.push(
                Sign::Changed,
                format!("{path}: {} → {}", show::field(before), show::field(after)),
            ),
        }
    }

    fn objects(&mut self, path: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
        let added = after.keys().filter(|key| !before.contains_key(*key));
        let (records, fields): (Vec<&String>, Vec<&String>) =
            before.keys().chain(added).partition(|key| RECORDS.iter().any(|(list, _)| list == key));
        // A record's own fields come before its children.
        for key in fields.into_iter().chain(records) {
            let missing = Value::Null;
            let old = before.get(key).unwrap_or(&missing);
            let new = after.get(key).unwrap_or(&missing);
            if old != new {
                self.members(path, key, old, new);
            }
        }
    }

    /// A member of two objects, which is different.
    fn members(&mut self, path: &str, key: &str, before: &Value, after: &Value) {
        let at = match path {
            "" => show::snake(key),
            path => format!("{path}.{}", show::snake(key)),
        };
        if let Some((_, kind)) = RECORDS.iter().find(|(list, _)| *list == key) {
            let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
            return self.records(kind, &list(before), &list(after));
        }
        match key {
            "attributes" | "filteredAttributes" => return self.entries(&at, before, after),
            "body" => return self.any(&at, Some(before), Some(after)),
            // The resource and the scope are called as the message around them.
            "resource" | "scope" => {
                let empty = Value::Object(Map::new());
                let whole =
                    |value: &Value| if value.is_null() { empty.clone() } else { value.clone() };
                return self.values(key, &whole(before), &whole(after));
            }
            "schemaUrl" if path.is_empty() => {}
            _ => {}
        }
        match (before, after) {
            (Value::Null, after) => self.push(Sign::Added, format!("{at}: {}", show::field(after))),
            (before, Value::Null) => {
                self.push(Sign::Removed, format!("{at}: {}", show::field(before)));
            }
            (before, after) => self.values(&at, before, after),
        }
    }

    /// Two lists of keys and values.
    fn entries(&mut self, path: &str, before: &Value, after: &Value) {
        let list = |value: &Value| -> Vec<(String, Value)> {
            let entries = value.as_array().into_iter().flatten();
            entries
                .map(|entry| {
                    let key = entry.get("key").and_then(Value::as_str).unwrap_or_default();
                    (key.to_owned(), entry.get("value").cloned().unwrap_or_default())
                })
                .collect()
        };
        let (mut old, mut new) = (list(before), list(after));
        // The first of several with the same key is the one that statements see.
        let mut pairs = Vec::new();
        while !old.is_empty() {
            let (key, value) = old.remove(0);
            let found = new.iter().position(|(other, _)| *other == key);
            pairs.push((key, Some(value), found.map(|index| new.remove(index).1)));
        }
        pairs.extend(new.into_iter().map(|(key, value)| (key, None, Some(value))));
        for (key, old, new) in pairs {
            let at = format!("{path}[{}]", show::quoted(&key));
            self.any(&at, old.as_ref(), new.as_ref());
        }
    }

    /// Two values of OTLP's; `None` where there is none.
    fn any(&mut self, path: &str, before: Option<&Value>, after: Option<&Value>) {
        let map = |value: &Value| value.pointer("/kvlistValue/values").cloned();
        match (before, after) {
            (Some(before), Some(after)) if before == after => {}
            (Some(before), Some(after)) => match (map(before), map(after)) {
                (Some(before), Some(after)) => self.entries(path, &before, &after),
                _ => self.push(
                    Sign::Changed,
                    format!("{path}: {} → {}", show::any(before), show::any(after)),
                ),
            },
            (None, Some(after)) => self.push(Sign::Added, format!("{path}: {}", show::any(after))),
            (Some(before), None) => {
                self.push(Sign::Removed, format!("{path}: {}", show::any(before)));
            }
            (None, None) => {}
        }
    }

    /// Two lists of records.
    fn records(&mut self, kind: &str, before: &[Value], after: &[Value]) {
        for (old, new) in pairs(before, after) {
            let one = |at: usize, list: &[Value]| {
                let record = list.get(at).cloned().unwrap_or_default();
                let label = show::label(kind, &record);
                let text = format!("{kind}[{at}] {label}").trim_end().to_owned();
                (text, record)
            };
            match (old, new) {
                (Some(old), None) => self.push(Sign::Removed, one(old, before).0),
                (None, Some(new)) => self.push(Sign::Added, one(new, after).0),
                (Some(old), Some(new)) => {
                    let (text, old) = one(old, before);
                    let mut within = Self::default();
                    within.values(kind, &old, &one(new, after).1);
                    if !within.0.is_empty() {
                        self.push(Sign::Within, text);
                        self.0.extend(within.0.into_iter().map(|mut line| {
                            line.depth += 1;
                            line
                        }));
                    }
                }
                (None, None) => {}
            }
        }
    }
}

/// The places of records that belong together, in order.
fn pairs(before: &[Value], after: &[Value]) -> Vec<(Option<usize>, Option<usize>)> {
    let longest = before.len().max(after.len());
    if before.len() <= after.len() || longest > LONGEST {
        let at = |index: usize, length: usize| (index < length).then_some(index);
        return (0..longest)
            .map(|index| (at(index, before.len()), at(index, after.len())))
            .collect();
    }
    let identity = |record: &Value| -> Vec<Value> {
        IDENTITY.iter().map(|key| record.get(*key).cloned().unwrap_or_default()).collect()
    };
    let old: Vec<_> = before.iter().map(identity).collect();
    let new: Vec<_> = after.iter().map(identity).collect();
    // Lengths of the longest common part of what is left from each place on.
    let mut common = vec![vec![0_u32; new.len() + 1]; old.len() + 1];
    let get = |common: &[Vec<u32>], i: usize, j: usize| -> u32 {
        common.get(i).and_then(|row| row.get(j)).copied().unwrap_or_default()
    };
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let length = match old.get(i) == new.get(j) {
                true => get(&common, i + 1, j + 1) + 1,
                false => get(&common, i + 1, j).max(get(&common, i, j + 1)),
            };
            if let Some(cell) = common.get_mut(i).and_then(|row| row.get_mut(j)) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::with_capacity(longest);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old.get(i) == new.get(j) {
            pairs.push((Some(i), Some(j)));
            (i, j) = (i + 1, j + 1);
        } else if j >= new.len()
            || i < old.len() && get(&common, i + 1, j) >= get(&common, i, j + 1)
        {
            // What changed its identity stands in for what is missing once there is no room for a
            // drop.
            if new.len() - j == old.len() - i {
                pairs.push((Some(i), Some(j)));
                (i, j) = (i + 1, j + 1);
            } else {
                pairs.push((Some(i), None));
                i += 1;
            }
        } else {
            pairs.push((None, Some(j)));
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spans(names: &[&str]) -> Vec<Value> {
        names.iter().map(|name| json!({ "name": name })).collect()
    }

    fn paired(before: &[&str], after: &[&str]) -> Vec<(Option<usize>, Option<usize>)> {
        pairs(&spans(before), &spans(after))
    }

    #[test]
    fn what_was_dropped_stands_without_a_partner() {
        let expected = [(Some(0), None), (Some(1), Some(0)), (Some(2), None), (Some(3), Some(1))];
        assert_eq!(paired(&["a", "b", "c", "d"], &["b", "d"]), expected);
        assert_eq!(paired(&["a", "b"], &[]), [(Some(0), None), (Some(1), None)]);
        // Of equal ones it cannot be told which went.
        assert_eq!(paired(&["a", "a"], &["a"]).len(), 2);
    }

    #[test]
    fn without_drops_the_place_decides() {
        assert_eq!(paired(&["a", "b"], &["x", "b"]), [(Some(0), Some(0)), (Some(1), Some(1))]);
        assert_eq!(paired(&["a"], &["a", "new"]), [(Some(0), Some(0)), (None, Some(1))]);
        assert_eq!(paired(&[], &["new"]), [(None, Some(0))]);
    }

    #[test]
    fn what_changed_and_what_went_are_told_apart() {
        let expected = [(Some(0), None), (Some(1), Some(0)), (Some(2), Some(1))];
        assert_eq!(paired(&["a", "b", "c"], &["b", "x"]), expected);
    }

    #[test]
    fn only_what_differs_is_shown() {
        let request = |route: Value| {
            let attributes = json!([
                {"key": "m", "value": {"kvlistValue": {"values": [
                    {"key": "same", "value": {"intValue": "1"}},
                    {"key": "route", "value": route}]}}}]);
            json!({"resourceSpans": [{"resource": {}, "scopeSpans": [{"scope": {}, "spans": [
                {"name": "a", "attributes": attributes}, {"name": "b"}]}]}]})
        };
        let (old, new) = (json!({"stringValue": "x"}), json!({"arrayValue": {"values": [{}]}}));
        let lines = requests(&request(old), &request(new.clone()));
        let text = render(&lines, 0, false);
        let expected = "resource[0]\n  scope[0]\n    span[0] \"a\"\n      \
                        ~ span.attributes[\"m\"][\"route\"]: \"x\" → [nil]\n";
        assert_eq!(text, expected);
        assert!(requests(&request(new.clone()), &request(new)).is_empty());
    }
}
