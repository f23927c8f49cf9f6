//! All findings as a SARIF 2.1.0 log (OASIS), which code scanning services take.

use serde_json::{Map, Value, json};

use super::Report;
use super::place::Place;
use crate::diag::{Diagnostic, Fix, Severity, fingerprint};
use crate::source::Location;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The log, with one run.
pub(super) fn report(report: &Report<'_>) -> Value {
    let mut codes: Vec<&str> = report.diagnostics.iter().map(|finding| finding.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code, report)).collect();
    let fingerprints = fingerprint::of_all(report.diagnostics, report.sources);
    let results: Vec<Value> = report
        .diagnostics
        .iter()
        .zip(fingerprints)
        .map(|(finding, fingerprint)| {
            let index = codes.binary_search(&finding.code).unwrap_or_default();
            result(finding, index, &fingerprint, report)
        })
        .collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "holt", "version": report.version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &str, report: &Report<'_>) -> Value {
    match (report.explain)(code) {
        Some(entry) => json!({
            "id": code,
            "shortDescription": { "text": entry.title },
            "fullDescription": { "text": entry.explanation },
            "help": { "text": format!("holt explain {code}") },
        }),
        None => json!({ "id": code }),
    }
}

fn result(diagnostic: &Diagnostic, rule: usize, fingerprint: &str, report: &Report<'_>) -> Value {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let mut text = diagnostic.message.clone();
    for note in &diagnostic.notes {
        text.push('\n');
        text.push_str(note);
    }
    let mut places = diagnostic
        .labels
        .iter()
        .filter_map(|label| Some((label, physical(label.location, report)?)))
        .map(|(label, place)| match label.message.as_str() {
            "" => json!({ "physicalLocation": place }),
            message => json!({ "physicalLocation": place, "message": { "text": message } }),
        });
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("ruleId", diagnostic.code.into());
    put("ruleIndex", rule.into());
    put("level", level.into());
    put("message", json!({ "text": text }));
    put("partialFingerprints", json!({ "holt/v1": fingerprint }));
    put("locations", places.next().into_iter().collect());
    let related: Vec<Value> = places.collect();
    if !related.is_empty() {
        put("relatedLocations", related.into());
    }
    let fixes: Vec<Value> = diagnostic.fixes.iter().filter_map(|one| fix(one, report)).collect();
    if !fixes.is_empty() {
        put("fixes", fixes.into());
    }
    Value::Object(object)
}

fn physical(location: Location, report: &Report<'_>) -> Option<Value> {
    let place = Place::of(location, report.sources)?;
    Some(json!({ "artifactLocation": { "uri": uri(&place.file) }, "region": region(&place) }))
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
    })
}

/// A relative reference; characters that a URI cannot hold are percent-encoded.
fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A fix, with one change for each file it touches.
fn fix(fix: &Fix, report: &Report<'_>) -> Option<Value> {
    let mut changes: Vec<(String, Vec<Value>)> = Vec::new();
    for (location, replacement) in &fix.edits {
        let place = Place::of(*location, report.sources)?;
        let one = json!({
            "deletedRegion": region(&place),
            "insertedContent": { "text": replacement },
        });
        match changes.iter_mut().find(|(file, _)| *file == place.file) {
            Some((_, replacements)) => replacements.push(one),
            None => changes.push((place.file, vec![one])),
        }
    }
    let changes: Vec<Value> = changes
        .into_iter()
        .map(|(file, replacements)| {
            json!({ "artifactLocation": { "uri": uri(&file) }, "replacements": replacements })
        })
        .collect();
    Some(json!({ "description": { "text": fix.message }, "artifactChanges": changes }))
}
