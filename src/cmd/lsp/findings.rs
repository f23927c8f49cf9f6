//! What is wrong with a document, how it is mended, and how it is formatted, as editors take it.

use std::path::PathBuf;
use std::time::Duration;

use holt_grammar::diag::{Applicability, Diagnostic, Fix, Severity, fix};
use holt_grammar::source::Location;
use lsp_server::Notification;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::document::{Document, Range};
use crate::cmd::check::discover::Input;
use crate::cmd::check::examine::{Examined, Rules};
use crate::cmd::check::settings::Settings;
use crate::cmd::check::{Choice, target};
use crate::cmd::fmt::{Wanted, rewrite};
use crate::session;

/// The kind of the action that mends everything.
pub(super) const FIX_ALL: &str = "source.fixAll.holt";

/// How long an examination may wait for what placeholders name, such as another machine.
const PATIENCE: Duration = Duration::from_secs(2);

/// Finds out what is wrong with a document.
pub(super) fn examine(document: &mut Document, runtime: &Runtime) {
    document.is_dirty = false;
    let settings = settings(document);
    let input = input(document);
    let target = target(None, None, &settings).unwrap_or_default();
    let rules = Rules { target, ..Rules::default() };
    let examination = Examined::texts(std::slice::from_ref(&input), &rules);
    let limited = async { tokio::time::timeout(PATIENCE, examination).await };
    let Ok(mut examined) = runtime.block_on(limited) else { return };
    let findings = std::mem::take(&mut examined.findings);
    let mut findings = Choice::of_settings(&settings).apply(findings, &examined);
    session::arrange(&mut findings);
    document.findings = findings;
    document.source = examined.sources.find(&document.name);
    document.sources = examined.sources;
}

fn input(document: &Document) -> Input {
    Input {
        name: document.name.clone(),
        path: Some(PathBuf::from(&document.name)),
        text: document.text.clone(),
        // Editors open all kinds of YAML.
        named: false,
    }
}

/// The settings of the project that a document belongs to.
fn settings(document: &Document) -> Settings {
    let path = std::path::absolute(&document.name).unwrap_or_default();
    path.parent().and_then(|directory| Settings::find(directory).ok()).unwrap_or_default()
}

/// The message that tells an editor of findings.
pub(super) fn publish(uri: &str, version: Option<i64>, findings: &[Value]) -> Notification {
    let mut params = json!({ "uri": uri, "diagnostics": findings });
    if let (Some(version), Some(params)) = (version, params.as_object_mut()) {
        params.insert("version".to_owned(), version.into());
    }
    Notification { method: "textDocument/publishDiagnostics".to_owned(), params }
}

/// The findings of a document.
pub(super) fn list(uri: &str, document: &Document) -> Vec<Value> {
    document.findings.iter().map(|finding| diagnostic(uri, document, finding)).collect()
}

/// The range of a place; none when it is in another text.
fn range(document: &Document, place: Location) -> Option<Range> {
    (Some(place.source) == document.source).then(|| document.range(place.span.range()))
}

/// The range that a finding is about; the beginning of the document when it is about none of its own
/// text.
fn main_range(document: &Document, finding: &Diagnostic) -> Range {
    let primary = finding.labels.first().and_then(|label| range(document, label.location));
    primary.unwrap_or_else(|| document.range(0..0))
}

fn diagnostic(uri: &str, document: &Document, finding: &Diagnostic) -> Value {
    let severity = match finding.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Info => 4,
    };
    let mut message = finding.message.clone();
    let label = finding.labels.first();
    if let Some(label) = label.filter(|label| !label.message.is_empty()) {
        message = format!("{message}: {}", label.message);
    }
    if let Some(label) = label.filter(|label| Some(label.location.source) != document.source)
        && let Some(other) = document.sources.get(label.location.source)
    {
        message = format!("in {}: {message}", other.name);
    }
    for note in &finding.notes {
        message.push('\n');
        message.push_str(note);
    }
    let related: Vec<Value> = finding
        .labels
        .iter()
        .skip(1)
        .filter_map(|label| {
            let range = range(document, label.location)?;
            let message = if label.message.is_empty() { "see here" } else { &label.message };
            Some(json!({ "location": { "uri": uri, "range": range }, "message": message }))
        })
        .collect();
    json!({
        "range": main_range(document, finding),
        "severity": severity,
        "code": finding.code,
        "source": "holt",
        "message": message,
        "relatedInformation": related,
    })
}

/// The actions that mend what is found in a range.
pub(super) fn actions(
    uri: &str,
    document: &Document,
    asked: Range,
    only: Option<&[String]>,
) -> Value {
    let wants = |kind: &str| {
        only.is_none_or(|only| {
            only.iter().any(|wanted| {
                let rest = kind.strip_prefix(wanted.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        })
    };
    let mut actions = Vec::new();
    if wants("quickfix") {
        for finding in &document.findings {
            let range = main_range(document, finding);
            if range.start > asked.end || asked.start > range.end {
                continue;
            }
            for fix in &finding.fixes {
                let Some(edits) = edits(document, fix) else { continue };
                actions.push(json!({
                    "title": format!("{} ({})", fix.message, finding.code),
                    "kind": "quickfix",
                    "diagnostics": [diagnostic(uri, document, finding)],
                    "isPreferred": fix.applicability == Applicability::Safe,
                    "edit": { "changes": { uri: edits } },
                }));
            }
        }
    }
    // Only for those who ask: it mends more than what is under the cursor.
    if only.is_some() && wants(FIX_ALL) {
        let own = |source| Some(source) == document.source;
        let applied = fix::apply(&document.findings, &document.sources, Applicability::Safe, &own);
        if let Some((_, text)) = applied.texts.first() {
            actions.push(json!({
                "title": "mend everything that keeps its meaning",
                "kind": FIX_ALL,
                "edit": { "changes": { uri: line_edits(document, text) } },
            }));
        }
    }
    Value::Array(actions)
}

/// The edits of a fix; none when it changes another text as well.
fn edits(document: &Document, fix: &Fix) -> Option<Vec<Value>> {
    let edit = |(place, text): &(Location, String)| {
        Some(json!({ "range": range(document, *place)?, "newText": text }))
    };
    fix.edits.iter().map(edit).collect()
}

/// The edits that format a document.
pub(super) fn format(document: &Document, runtime: &Runtime) -> Value {
    let rewritten = runtime.block_on(rewrite(&input(document), Wanted::default()));
    let edits = rewritten.text.map(|text| line_edits(document, &text)).unwrap_or_default();
    Value::Array(edits)
}

/// The edits, line by line, that make one text of the other.
fn line_edits(document: &Document, text: &str) -> Vec<Value> {
    let diff = similar::TextDiff::from_lines(document.text.as_str(), text);
    let begins = |lines: &[&str]| -> Vec<usize> {
        let sums = lines.iter().scan(0, |end, line| {
            *end += line.len();
            Some(*end)
        });
        std::iter::once(0).chain(sums).collect()
    };
    let (old, new) = (begins(diff.old_slices()), begins(diff.new_slices()));
    let part = |begins: &[usize], lines: std::ops::Range<usize>| {
        let at = |line: usize| begins.get(line).copied().unwrap_or_default();
        at(lines.start)..at(lines.end)
    };
    diff.ops()
        .iter()
        .filter(|op| op.tag() != similar::DiffTag::Equal)
        .map(|op| {
            let range = document.range(part(&old, op.old_range()));
            let text = text.get(part(&new, op.new_range())).unwrap_or_default();
            json!({ "range": range, "newText": text })
        })
        .collect()
}

/// The codes of what is found at a byte.
pub(super) fn codes_at(document: &Document, offset: usize) -> Vec<&'static str> {
    let place = document.position(offset);
    let mut codes: Vec<&'static str> = document
        .findings
        .iter()
        .filter(|finding| {
            let range = main_range(document, finding);
            range.start <= place && place <= range.end && !finding.labels.is_empty()
        })
        .map(|finding| finding.code)
        .collect();
    codes.dedup();
    codes
}
