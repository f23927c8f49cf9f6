//! Golden files: what came out as OTLP/JSON beside what a file says, or written to it.

use std::path::Path;

use holt_pdata::{Batch, json};
use serde_json::Value;

use super::judge::Failure;
use crate::cmd::eval::{diff, indented};

/// What came out as text: one request on several lines, or several on a line each.
fn text(batches: &[Batch]) -> String {
    let requests: Vec<String> = batches
        .iter()
        .map(|batch| String::from_utf8(json::encode(batch)).unwrap_or_default())
        .collect();
    match requests.as_slice() {
        [] => String::new(),
        [one] => format!("{}\n", indented(one)),
        many => many.iter().map(|one| format!("{one}\n")).collect(),
    }
}

/// Compares, or with `update` writes.
pub(super) fn check(path: &Path, batches: &[Batch], update: bool) -> Option<Failure> {
    let got = text(batches);
    let name = path.display();
    if update {
        if std::fs::read_to_string(path).is_ok_and(|known| known == got) {
            return None;
        }
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let made = directory.map_or(Ok(()), std::fs::create_dir_all);
        let written = made.and_then(|()| std::fs::write(path, got));
        return written
            .err()
            .map(|error| Failure::new(format!("cannot write {name}: {error}"), ""));
    }
    let wanted = match std::fs::read_to_string(path) {
        Ok(wanted) => wanted,
        Err(error) => {
            let details = "--update writes it\n";
            return Some(Failure::new(format!("cannot read {name}: {error}"), details));
        }
    };
    if wanted == got {
        return None;
    }
    let stream = serde_json::Deserializer::from_str(&wanted).into_iter::<Value>();
    let wanted: Vec<Value> = match stream.collect() {
        Ok(wanted) => wanted,
        Err(error) => return Some(Failure::new(format!("{name} is not JSON: {error}"), "")),
    };
    let got: Vec<Value> = batches.iter().map(tree).collect();
    let details = differences(&wanted, &got)?;
    let what = format!("what came out is not what {name} says (expected → got)");
    Some(Failure::new(what, format!("{details}--update accepts it\n")))
}

/// A batch as a tree of OTLP/JSON.
pub(super) fn tree(batch: &Batch) -> Value {
    serde_json::from_slice(&json::encode(batch)).unwrap_or_default()
}

/// What is different between two lists of requests.
pub(super) fn differences(wanted: &[Value], got: &[Value]) -> Option<String> {
    if wanted.len() != got.len() {
        return Some(format!("{} requests → {}\n", wanted.len(), got.len()));
    }
    let lines: Vec<_> =
        wanted.iter().zip(got).flat_map(|(wanted, got)| diff::requests(wanted, got)).collect();
    (!lines.is_empty()).then(|| diff::render(&lines, 0, false))
}
