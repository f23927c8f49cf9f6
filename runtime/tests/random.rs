//! Random statements over random telemetry, for the reference to answer.
//!
//! Nothing here runs by itself, since the reference needs Go. Write cases, let the oracle answer
//! them, compare:
//!
//! ```text
//! HOLT_RANDOM=/tmp/random HOLT_RANDOM_COUNT=20000 cargo test -p holt-runtime --test random generate -- --ignored
//! (in tests/conformance/oracle) go run . ottl /tmp/random
//! HOLT_RANDOM=/tmp/random cargo test -p holt-runtime --test random compare -- --ignored --nocapture
//! ```
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;
mod generator;

use std::collections::BTreeMap;
use std::path::PathBuf;

use generator::choices::Choices;
use holt_runtime::Engine;
use serde_json::{Value, json};

/// So many cases stand in a file.
const FILE: usize = 1000;

fn folder() -> PathBuf {
    std::env::var_os("HOLT_RANDOM").unwrap_or_else(|| panic!("HOLT_RANDOM names no folder")).into()
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

fn case(seed: u64) -> Value {
    let case = generator::case(&mut Choices::new(seed), 1);
    let group = &case.groups[0];
    json!({
        "name": format!("{seed}"),
        "signal": case.signal.name(),
        "context": case.context,
        "error_mode": group.error_mode,
        "conditions": group.conditions,
        "statements": group.statements,
        "input": case.input,
    })
}

#[test]
#[ignore = "writes cases for the oracle"]
fn generate() {
    let cases = folder().join("cases");
    std::fs::create_dir_all(&cases).unwrap();
    let (from, count) = (number("HOLT_RANDOM_FROM", 0), number("HOLT_RANDOM_COUNT", 20_000));
    for (index, seeds) in (from..from + count).collect::<Vec<_>>().chunks(FILE).enumerate() {
        let all: Vec<_> = seeds.iter().map(|seed| case(*seed as u64)).collect();
        let text = serde_json::to_string(&all).unwrap();
        std::fs::write(cases.join(format!("{index:04}.json")), text).unwrap();
    }
}

/// Cases whose answer is different on purpose: a word of the reference's message, and why.
const DIFFERENT: &[(&str, &str)] = &[
    (
        "instrumentation_scope\\\" from path",
        "the old name of the scope is accepted in the scope's own context as well",
    ),
    ("reflect.Set: value of type", "the reference crashes at start"),
    ("nil pointer dereference", "the reference crashes"),
    (
        "does not support the enum symbol \\\"SHA",
        "the name of a converter in capitals keeps the reference from inferring the context",
    ),
];

#[test]
#[ignore = "needs the oracle's answers"]
fn compare() {
    let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
    let (mut equal, mut different, mut wrong) = (0, BTreeMap::<&str, usize>::new(), Vec::new());
    let mut files: Vec<_> = std::fs::read_dir(folder().join("cases"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    files.sort();
    for file in files {
        let read = |part: &str| -> Vec<Value> {
            let text = std::fs::read(folder().join(part).join(&file)).unwrap();
            serde_json::from_slice(&text).unwrap()
        };
        for (case, golden) in read("cases").iter().zip(&read("goldens")) {
            *outcomes.entry(golden["outcome"].as_str().unwrap().to_owned()).or_default() += 1;
            // Addresses in memory differ from run to run.
            if golden["varies"] == true && case["statements"].to_string().contains("Format(") {
                *different.entry("addresses in memory").or_default() += 1;
                continue;
            }
            let message = format!("{} {}", golden["message"], golden["warnings"]);
            let on_purpose = DIFFERENT.iter().find(|(word, _)| message.contains(word));
            // The reference's maps have no order of their own, and some editors change that order.
            let differs = Engine::ALL.into_iter().find_map(|engine| {
                let run = || common::answer::compare(case, golden, engine, true);
                match std::panic::catch_unwind(run) {
                    Ok(result) => result.err().map(|why| (engine, why)),
                    Err(_) => Some((engine, "panicked".to_owned())),
                }
            });
            match (differs, on_purpose) {
                (None, _) => equal += 1,
                (Some(_), Some((word, _))) => *different.entry(word).or_default() += 1,
                (Some((engine, why)), None) => wrong.push(format!(
                    "{} {:?} {} {}\n  {} if {}\n  {why}",
                    case["name"],
                    engine,
                    case["context"],
                    case["error_mode"],
                    case["statements"],
                    case["conditions"],
                )),
            }
        }
    }
    let count = equal + wrong.len() + different.values().sum::<usize>();
    println!("{count} cases: {outcomes:?}; {equal} equal, {different:?} different on purpose");
    let shown = number("HOLT_RANDOM_SHOWN", 40);
    for text in wrong.iter().take(shown) {
        println!("{text}\n");
    }
    assert!(wrong.is_empty(), "{} wrong", wrong.len());
}
