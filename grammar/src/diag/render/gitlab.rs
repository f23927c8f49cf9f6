//! All findings as GitLab's code quality report.

use serde_json::{Value, json};

use super::Report;
use super::place::Place;
use crate::diag::{Severity, fingerprint};

/// The report: an array. GitLab shows findings with a place only, so one without any is put at the
/// first line of the first file.
pub(super) fn report(report: &Report<'_>) -> Value {
    let fingerprints = fingerprint::of_all(report.diagnostics, report.sources);
    let issues = report.diagnostics.iter().zip(fingerprints).map(|(diagnostic, fingerprint)| {
        let severity = match diagnostic.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        };
        let primary = diagnostic.labels.first();
        let place = primary.and_then(|label| Place::of(label.location, report.sources));
        let first = report.files.first().map_or("", String::as_str);
        let (path, begin, end) = place
            .as_ref()
            .map_or((first, 1, 1), |place| (place.file.as_str(), place.start.line, place.end.line));
        json!({
            "description": diagnostic.message,
            "check_name": diagnostic.code,
            "fingerprint": fingerprint,
            "severity": severity,
            "location": { "path": path, "lines": { "begin": begin, "end": end } },
        })
    });
    issues.collect()
}
