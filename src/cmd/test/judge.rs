//! What a test expects beside what became of it: every difference is a failure with its details.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use holt_collector::config::values::Text;

use super::compare::differences;
use super::file::{Dropped, Test};
use super::record::{Kind, Record};
use super::requests::{self, Output};
use super::subject::pipeline_id;
use super::trial::{Outcome, label};
use crate::cmd::eval::diff;

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What it is, in a line.
    pub(super) what: String,
    /// Details, a line each.
    pub(super) details: String,
}

impl Failure {
    pub(super) fn new(what: impl Into<String>, details: impl Into<String>) -> Self {
        Self { what: what.into(), details: details.into() }
    }
}

/// What of `expect`, `dropped`, `dropped_by` and `errors` was not met.
pub(super) fn judge(test: &Test, outcome: &Outcome) -> Vec<Failure> {
    let mut failures = Vec::new();
    if test.errors.is_none() {
        failures.extend(outcome.refusals.iter().map(|refusal| Failure::new(refusal, "")));
    }
    if let Some(expected) = &test.expect {
        compared(expected, test.exact, outcome, &mut failures);
    }
    if let Some(dropped) = &test.dropped {
        failures.extend(drops(dropped, outcome));
    }
    if let Some(id) = &test.dropped_by {
        failures.extend(dropped_by(id.as_str(), outcome));
    }
    if let Some(pipelines) = &test.routed_to {
        failures.extend(routed_to(pipelines, outcome));
    }
    if let Some(errors) = test.errors.filter(|errors| *errors != outcome.errors) {
        let what = format!("expected {} to fail, {} did", numbered(errors, "step"), outcome.errors);
        failures.push(Failure::new(what, ""));
    }
    failures
}

/// The records that came out; datapoints in place of metrics where these are expected.
fn outputs(expected: &[Record], outcome: &Outcome) -> Vec<Output> {
    let points = expected.iter().any(|record| record.kind == Kind::Datapoint);
    outcome.outputs.iter().flat_map(|batch| requests::records(batch, points)).collect()
}

fn compared(expected: &[Record], exact: bool, outcome: &Outcome, failures: &mut Vec<Failure>) {
    let got = outputs(expected, outcome);
    if expected.len() != got.len() {
        let wanted = numbered(expected.len() as u64, "record");
        let mut details = String::new();
        for record in &got {
            let _ = writeln!(details, "{}", label(record));
        }
        failures.push(Failure::new(format!("expected {wanted}, got {}", got.len()), details));
        return;
    }
    for (index, (wanted, got)) in expected.iter().zip(&got).enumerate() {
        if wanted.kind != got.kind {
            let (wanted, kind) = (wanted.kind.name(), got.kind.name());
            let what = format!("record {index}: expected a {wanted}, got a {kind}");
            failures.push(Failure::new(what, format!("{}\n", label(got))));
            continue;
        }
        let lines = differences(wanted, got, exact);
        if !lines.is_empty() {
            let what = format!("record {index} is not as expected (expected → got)");
            let details = format!("{}\n{}", label(got), diff::render(&lines, 1, false));
            failures.push(Failure::new(what, details));
        }
    }
}

fn drops(wanted: &Dropped, outcome: &Outcome) -> Option<Failure> {
    let labels = outcome.labels();
    let gone = outcome.gone();
    // Numbers count from 1, the records of a test from 0.
    let holds = match wanted {
        Dropped::All => gone.len() == labels.len(),
        Dropped::Count(count) => gone.len() as u64 == *count,
        Dropped::These(these) => these.iter().map(|index| index + 1).eq(gone.iter().copied()),
    };
    if holds {
        return None;
    }
    let wanted = match wanted {
        Dropped::All => "all records".to_owned(),
        Dropped::Count(count) => numbered(*count, "record"),
        Dropped::These(these) => {
            let list: Vec<String> = these.iter().map(ToString::to_string).collect();
            format!("the records [{}]", list.join(", "))
        }
    };
    let mut details = String::new();
    for (number, label) in &labels {
        let became = if gone.contains(number) { "dropped" } else { "kept   " };
        let _ = writeln!(details, "{became} {}: {label}", number - 1);
    }
    let what = format!("expected {wanted} to be dropped, {} of {} were", gone.len(), labels.len());
    Some(Failure::new(what, details))
}

fn dropped_by(id: &str, outcome: &Outcome) -> Option<Failure> {
    let id = id.strip_prefix("processors::").or(id.strip_prefix("processors/")).unwrap_or(id);
    let labels = outcome.labels();
    let mut details = String::new();
    let mut by_it = 0;
    let mut by_others = 0;
    for (component, numbers) in &outcome.dropped {
        for number in numbers {
            if component == id {
                by_it += 1;
            } else {
                by_others += 1;
                let label = labels.get(number).map(String::as_str).unwrap_or_default();
                let _ = writeln!(details, "{component} dropped {}: {label}", number - 1);
            }
        }
    }
    match (by_it, by_others) {
        (0, 0) => Some(Failure::new(format!("expected {id} to drop something, nothing was"), "")),
        (_, 0) => None,
        _ => {
            let what = format!("expected only {id} to drop something");
            Some(Failure::new(what, details))
        }
    }
}

/// Whether these pipelines and no others got something.
fn routed_to(pipelines: &[Text], outcome: &Outcome) -> Option<Failure> {
    if outcome.routed.is_empty() {
        let what =
            "expected records to go to other pipelines, no connector is at the end of this one";
        return Some(Failure::new(what, ""));
    }
    let wanted: BTreeSet<&str> = pipelines.iter().map(pipeline_id).collect();
    let got: BTreeMap<&str, Vec<Output>> = outcome
        .routed
        .iter()
        .map(|(pipeline, batches)| {
            let records = batches.iter().flat_map(|batch| requests::records(batch, false));
            (pipeline.as_str(), records.collect())
        })
        .filter(|(_, records): &(&str, Vec<Output>)| !records.is_empty())
        .collect();
    if got.keys().copied().eq(wanted.iter().copied()) {
        return None;
    }
    let mut details = String::new();
    for (pipeline, records) in &got {
        let _ = writeln!(details, "{pipeline} got {}", numbered(records.len() as u64, "record"));
        for record in records {
            let _ = writeln!(details, "  {}", label(record));
        }
    }
    let wanted: Vec<&str> = wanted.into_iter().collect();
    let list = |names: &[&str]| match names {
        [] => "no pipeline".to_owned(),
        names => names.join(", "),
    };
    let found: Vec<&str> = got.keys().copied().collect();
    let what =
        format!("expected everything to go to {}, it went to {}", list(&wanted), list(&found));
    Some(Failure::new(what, details))
}

/// `1 record`, `2 records`.
pub(super) fn numbered(count: u64, word: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {word}{plural}")
}
