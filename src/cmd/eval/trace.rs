//! What every statement did to every record: watches a run, and writes what it sees.

use std::fmt::Write as _;

use holt_pdata::{Open, Record, json as otlp};
use holt_runtime::program::{Step, Tally, Trace};
use serde_json::{Value, json};

use super::{diff, show};

/// Watches the run of a program over a batch.
pub(crate) struct Watch<'p> {
    tallies: &'p [Tally],
    color: bool,
    /// What was seen so far.
    pub(crate) text: String,
    /// The records as they were after the last step.
    seen: Vec<Seen>,
    /// The statement that ended last, and where the records that it saw lie.
    last: Option<(usize, [(*const u8, usize); 4])>,
    /// Records so far.
    count: usize,
}

/// A record as it was.
struct Seen {
    prefix: &'static str,
    /// Where its bytes lie: another place is another record.
    place: (*const u8, usize, usize),
    value: Value,
}

impl<'p> Watch<'p> {
    /// Watches a program with these statements.
    pub(crate) const fn new(tallies: &'p [Tally], color: bool) -> Self {
        Self { tallies, color, text: String::new(), seen: Vec::new(), last: None, count: 0 }
    }

    /// Compares a record with what it was, and remembers it.
    fn look(&mut self, prefix: &'static str, record: &Record<'_>, index: usize) -> Vec<diff::Line> {
        let raw = record.raw();
        let place = (raw.as_ptr(), raw.len(), index);
        let value = |bytes: &[u8]| -> Value {
            let text = otlp::encode_message(record.message(), bytes);
            serde_json::from_slice(&text).unwrap_or_default()
        };
        let known = self.seen.iter().position(|seen| seen.prefix == prefix);
        let known = known.map(|index| self.seen.swap_remove(index));
        let before = match known {
            Some(known) if known.place == place => known.value,
            _ => value(raw),
        };
        let mut edited = Vec::new();
        record.encode(&mut edited);
        let now = value(&edited);
        let lines = diff::record(prefix, &before, &now);
        self.seen.push(Seen { prefix, place, value: now });
        lines
    }
}

impl Trace for Watch<'_> {
    fn step(&mut self, statement: usize, step: Step<'_>, open: &Open<'_>) {
        let place = |record: &Record<'_>| (record.raw().as_ptr(), record.raw().len());
        let item =
            [place(&open.child), place(&open.record), place(&open.scope), place(&open.resource)];
        let first =
            self.last.as_ref().is_none_or(|(last, known)| statement <= *last || *known != item);
        self.last = Some((statement, item));
        let mut changes = Vec::new();
        changes.extend(self.look("resource", &open.resource, open.resource_index));
        changes.extend(self.look("scope", &open.scope, open.scope_index));
        for (prefix, record) in [
            (kind(&open.record), &open.record),
            ("metric", &open.metric_data),
            (kind(&open.child), &open.child),
        ] {
            // Records below the context are none.
            if !record.raw().is_empty() || record.is_changed() {
                let prefix = if record.message().name == "Metric" { "metric" } else { prefix };
                changes.extend(self.look(prefix, record, 0));
            }
        }
        if first {
            self.count += 1;
            let label = heading(open);
            let _ = writeln!(self.text, "{}: {label}", self.count);
        }
        let Some(tally) = self.tallies.get(statement) else { return };
        let what = if tally.is_guard { "condition " } else { "" };
        let text = &tally.text;
        let _ = match step {
            Step::Matched => writeln!(self.text, "  matched  {what}{text}"),
            Step::NotMatched => writeln!(self.text, "  skipped  {what}{text}"),
            Step::Failed(error) => writeln!(self.text, "  failed   {what}{text}: {error}"),
        };
        self.text.push_str(&diff::render(&changes, 5, self.color));
    }
}

/// What the statements see, in a few words.
pub(crate) fn heading(open: &Open<'_>) -> String {
    let shown = |record: &Record<'_>| -> Value {
        let text = otlp::encode_message(record.message(), record.raw());
        serde_json::from_slice(&text).unwrap_or_default()
    };
    let record = [&open.child, &open.record].into_iter().find(|record| !record.raw().is_empty());
    let (kind, value) = match record {
        Some(record) => (kind(record), shown(record)),
        None if open.scope_index > 0 => ("scope", json!({ "scope": shown(&open.scope) })),
        None => ("resource", json!({ "resource": shown(&open.resource) })),
    };
    format!("{kind} {}", show::label(kind, &value)).trim_end().to_owned()
}

/// What a record is called.
fn kind(record: &Record<'_>) -> &'static str {
    match record.message().name {
        "Span" => "span",
        "Event" => "spanevent",
        "Link" => "spanlink",
        "Metric" => "metric",
        "LogRecord" => "log",
        "Profile" => "profile",
        name if name.ends_with("DataPoint") => "datapoint",
        _ => "metric",
    }
}
