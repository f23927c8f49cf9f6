//! A finding as a JSON object, with all that is known about it.

use serde_json::{Value, json};

use super::place::Place;
use super::{Report, severity_name};
use crate::diag::{Applicability, Diagnostic, fingerprint};

/// The object of a finding: `code`, `severity`, `title`, `message`, `file`, `start`, `end` (the end is
/// exclusive; lines and columns count from 1 and columns in characters), `labels`, `notes`, `fixes`
/// and a `fingerprint` that stays when lines move.
pub(super) fn object(diagnostic: &Diagnostic, report: &Report<'_>) -> Value {
    let place = |location| Place::of(location, report.sources);
    let mut object = json!({
        "code": diagnostic.code,
        "severity": severity_name(diagnostic.severity),
        "title": report.title(diagnostic.code),
        "message": diagnostic.message,
        "notes": diagnostic.notes,
        "fingerprint": fingerprint::of(diagnostic, report.sources),
    });
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .filter_map(|label| {
            let mut object = place(label.location)?.json();
            object.as_object_mut()?.insert("message".to_owned(), label.message.clone().into());
            Some(object)
        })
        .collect();
    let fixes: Vec<Value> = diagnostic
        .fixes
        .iter()
        .map(|fix| {
            let edits: Vec<Value> = fix
                .edits
                .iter()
                .filter_map(|(location, replacement)| {
                    let mut object = place(*location)?.json();
                    let members = object.as_object_mut()?;
                    members.insert("replacement".to_owned(), replacement.clone().into());
                    Some(object)
                })
                .collect();
            let safe = fix.applicability == Applicability::Safe;
            json!({ "message": fix.message, "safe": safe, "edits": edits })
        })
        .collect();
    if let Some(members) = object.as_object_mut() {
        let primary = diagnostic.labels.first().and_then(|label| place(label.location));
        if let Some(Value::Object(place)) = primary.map(|place| place.json()) {
            members.extend(place);
        }
        members.insert("labels".to_owned(), labels.into());
        members.insert("fixes".to_owned(), fixes.into());
    }
    object
}
