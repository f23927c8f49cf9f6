//! A finding as a workflow command of GitHub Actions, which shows it beside the line.

use super::Report;
use super::place::Place;
use crate::diag::{Diagnostic, Severity};

/// The command of a finding. Notes follow the message, since nothing else is shown.
pub(super) fn command(diagnostic: &Diagnostic, report: &Report<'_>) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    let primary = diagnostic.labels.first();
    if let Some(place) = primary.and_then(|label| Place::of(label.location, report.sources)) {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={}", place.start.line));
        properties.push(format!("col={}", place.start.column));
        properties.push(format!("endLine={}", place.end.line));
        // Columns of a range are taken only within a line.
        if place.start.line == place.end.line {
            properties.push(format!("endColumn={}", place.end.column));
        }
    }
    let title = format!("{} {}", diagnostic.code, report.title(diagnostic.code));
    properties.push(format!("title={}", property(&title)));
    let mut message = diagnostic.message.clone();
    for note in &diagnostic.notes {
        message.push('\n');
        message.push_str(note);
    }
    format!("::{command} {}::{}", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
