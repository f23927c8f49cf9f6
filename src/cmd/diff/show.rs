//! The report in its forms.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Report;
use super::compare::{Change, Difference};
use super::sample::{Counts, Outcome};

/// For terminals: by section and component.
pub(super) fn text(report: &Report, color: bool) -> String {
    let mut out = String::new();
    if report.differences.is_empty() {
        out.push_str("the configurations are the same\n");
    }
    let mut section = "";
    let mut id = "";
    for difference in &report.differences {
        if difference.section != section {
            let _ = writeln!(out, "{}", difference.section);
            section = difference.section;
            id = "";
        }
        let is_whole = difference.key.is_empty();
        if !is_whole && difference.id != id {
            let _ = writeln!(out, "  {}", difference.id);
        }
        id = &difference.id;
        let depth = if is_whole || id.is_empty() { "  " } else { "    " };
        let name = if is_whole { &difference.id } else { &difference.key };
        let line = format!("{depth}{} {name}{}", sign(difference.change), values(difference));
        let line = painted(&line, difference.change, color);
        let places: Vec<&str> = [&difference.old_place, &difference.new_place]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect();
        match places.is_empty() {
            true => {
                let _ = writeln!(out, "{line}");
            }
            false => {
                let _ = writeln!(out, "{line}  ({})", places.join(" → "));
            }
        }
    }
    for outcome in report.outcomes.iter().flatten() {
        out.push('\n');
        for line in told(outcome) {
            let _ = writeln!(out, "{line}");
        }
    }
    out
}

const fn sign(change: Change) -> char {
    match change {
        Change::Added => '+',
        Change::Removed => '-',
        Change::Changed | Change::Reordered | Change::Renamed => '~',
    }
}

fn painted(line: &str, change: Change, color: bool) -> String {
    let code = match change {
        Change::Added => 32,
        Change::Removed => 31,
        Change::Changed | Change::Reordered | Change::Renamed => 33,
    };
    if color { format!("\u{1b}[{code}m{line}\u{1b}[0m") } else { line.to_owned() }
}

/// The values of a difference, on one line.
fn values(difference: &Difference) -> String {
    let one_line = |text: &String| text.replace('\n', "⏎");
    let old = difference.old.as_ref().map(one_line);
    let new = difference.new.as_ref().map(one_line);
    let values = match (old, new) {
        (Some(old), Some(new)) if old == new => format!("{new}, another one"),
        (Some(old), Some(new)) => format!("{old} → {new}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return String::new(),
    };
    match difference.change {
        Change::Reordered => format!(": order changed, {values}"),
        Change::Renamed => format!(": formerly {}", difference.old.as_deref().unwrap_or_default()),
        _ => format!(": {values}"),
    }
}

/// An outcome in lines.
fn told(outcome: &Outcome) -> Vec<String> {
    let Outcome { pipeline, given, dropped, added, changed, .. } = outcome;
    let out = |count: Option<usize>| {
        count.map_or_else(|| "no such pipeline".to_owned(), |count| count.to_string())
    };
    let (old, new) = (out(outcome.old), out(outcome.new));
    let mut lines = vec![format!("sample in {pipeline}: {given} in; old: {old}, new: {new}")];
    if outcome.old.is_some() && outcome.new.is_some() {
        lines.push(match (dropped, added, changed) {
            (0, 0, 0) => "  the same comes out".to_owned(),
            _ => format!("  {dropped} dropped, {added} added, {changed} changed"),
        });
    }
    for (field, counts) in &outcome.fields {
        for (sign, count, what) in of(counts) {
            lines.push(format!("  {sign} {field}: {what} {count}"));
        }
    }
    lines.extend(outcome.refused.iter().map(|why| format!("  refused by {why}")));
    if !outcome.left_out.is_empty() {
        lines.push(format!("  not run here: {}", outcome.left_out.join(", ")));
    }
    lines
}

/// The counts that are not zero.
fn of(counts: &Counts) -> impl Iterator<Item = (char, usize, &'static str)> {
    let all = [
        ('-', counts.gone, "gone from"),
        ('+', counts.new, "new in"),
        ('~', counts.changed, "changed in"),
    ];
    all.into_iter().filter(|(_, count, _)| *count > 0)
}

/// For comments on proposed changes.
pub(super) fn markdown(report: &Report) -> String {
    let mut out = String::new();
    if report.differences.is_empty() {
        out.push_str("The configurations are the same.\n");
    } else {
        out.push_str("| change | where | old | new |\n| --- | --- | --- | --- |\n");
    }
    for difference in &report.differences {
        let steps = [difference.section, &difference.id, &difference.key];
        let path: Vec<&str> = steps.into_iter().filter(|step| !step.is_empty()).collect();
        let cell = |value: &Option<String>| value.as_deref().map(code).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            difference.change.word(),
            code(&path.join(" ")),
            cell(&difference.old),
            cell(&difference.new)
        );
    }
    for outcome in report.outcomes.iter().flatten() {
        out.push('\n');
        for (index, line) in told(outcome).iter().enumerate() {
            match index {
                0 => {
                    let _ = writeln!(out, "**{}**\n", line.replace('*', "\\*"));
                }
                _ => {
                    let _ = writeln!(out, "- {}", code(line.trim()));
                }
            }
        }
    }
    out
}

/// Text between as many backticks as it needs, fit for a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('\n', "⏎").replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// For other tools.
pub(super) fn json(report: &Report) -> String {
    let differences: Vec<Value> = report
        .differences
        .iter()
        .map(|difference| {
            json!({
                "change": difference.change.word(),
                "section": difference.section,
                "id": difference.id,
                "key": difference.key,
                "old": difference.old,
                "new": difference.new,
                "oldPlace": difference.old_place,
                "newPlace": difference.new_place,
            })
        })
        .collect();
    let outcome = |outcome: &Outcome| {
        let fields: Vec<Value> = outcome
            .fields
            .iter()
            .map(|(field, counts)| {
                let Counts { gone, new, changed } = counts;
                json!({"field": field, "gone": gone, "new": new, "changed": changed})
            })
            .collect();
        json!({
            "pipeline": outcome.pipeline,
            "given": outcome.given,
            "old": outcome.old,
            "new": outcome.new,
            "dropped": outcome.dropped,
            "added": outcome.added,
            "changed": outcome.changed,
            "fields": fields,
            "refused": outcome.refused,
            "notRun": outcome.left_out,
        })
    };
    let outcomes = report.outcomes.as_ref();
    let outcomes = outcomes.map(|all| all.iter().map(outcome).collect::<Vec<Value>>());
    let whole = json!({"differences": differences, "sample": outcomes});
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}
