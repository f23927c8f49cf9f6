//! All findings as Reviewdog's JSON. Its columns count bytes.

use serde_json::{Value, json};

use super::Report;
use super::place::{Place, Point};
use crate::diag::Severity;

/// The report.
pub(super) fn report(report: &Report<'_>) -> Value {
    let diagnostics: Vec<Value> = report
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let severity = match diagnostic.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            };
            let primary = diagnostic.labels.first();
            let place = primary.and_then(|label| Place::of(label.location, report.sources));
            let location = place.map_or_else(
                || json!({ "path": "" }),
                |place| json!({ "path": place.file, "range": range(&place) }),
            );
            // A suggestion is one replacement; a fix of several has no such form.
            let suggestions: Vec<Value> = diagnostic
                .fixes
                .iter()
                .filter_map(|fix| match fix.edits.as_slice() {
                    [(location, text)] => {
                        let place = Place::of(*location, report.sources)?;
                        Some(json!({ "range": range(&place), "text": text }))
                    }
                    _ => None,
                })
                .collect();
            json!({
                "message": diagnostic.message,
                "location": location,
                "severity": severity,
                "code": { "value": diagnostic.code },
                "suggestions": suggestions,
            })
        })
        .collect();
    json!({ "source": { "name": "holt" }, "diagnostics": diagnostics })
}

fn range(place: &Place) -> Value {
    let point = |at: Point| json!({ "line": at.line, "column": at.byte_column });
    json!({ "start": point(place.start), "end": point(place.end) })
}
