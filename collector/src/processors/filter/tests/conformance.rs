//! What the Go collector's processor answered, compared with all engines.

use holt_grammar::diag::Severity;
use holt_pdata::Signal;
use holt_runtime::Engine;
use holt_runtime::host::FixedHost;
use serde_json::Value;

use super::{batch, read, shown};
use crate::component::NOT_SUPPORTED_YET;
use crate::testing::node;

/// How many cases there are: a lost file must not pass.
const CASES: usize = 526;
/// Cases with the language `expr`, which is refused.
const NOT_THERE_YET: usize = 2;

fn cases() -> Vec<Value> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/filter");
    let mut cases = Vec::new();
    for file in [
        "combined",
        "config",
        "datapoint-attributes",
        "functions",
        "logs",
        "matchers",
        "metrics",
        "traces",
    ] {
        let text = std::fs::read(root.join(file).with_extension("json")).unwrap();
        cases.extend(serde_json::from_slice::<Vec<Value>>(&text).unwrap());
    }
    cases
}

fn signal(case: &Value) -> Signal {
    let name = case["signal"].as_str().unwrap();
    Signal::ALL.into_iter().find(|signal| signal.name() == name).unwrap()
}

/// Whether the words of the reference, or ours for what is wrong with an OTTL text, are in a
/// finding.
fn is_told(message: &str, findings: &[holt_grammar::diag::Diagnostic]) -> bool {
    // What concerns types, names of keys and OTTL itself is told in other words.
    let in_other_words = [
        "decoding failed",
        "unable to parse",
        "unable to infer",
        "context \"",
        "unknown context",
        "condition has invalid syntax",
        "undefined function",
        "segment \"",
        "enum symbol",
        "inferred context",
        "invalid argument",
        "error while parsing arguments",
    ];
    let message = message.strip_prefix("'' ").unwrap_or(message);
    // The reference shows the value behind a verb that does not fit it.
    let message = message.split(", got: ").next().unwrap_or(message);
    let message = message.strip_prefix("failed to build skip matcher: ").unwrap_or(message);
    let message = match message.split_once("error parsing regexp: ") {
        Some((start, _)) => &format!("{start}error parsing regexp: …"),
        None => message,
    };
    in_other_words.iter().any(|start| message.starts_with(start))
        || findings.iter().any(|finding| finding.notes.iter().any(|note| note.ends_with(message)))
}

#[test]
fn answers_are_those_of_the_reference() {
    let (mut compared, mut refused, mut not_there_yet) = (0, 0, 0);
    let mut wrong = Vec::new();
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let yaml = case["config"].as_str().unwrap();
        let settings = node(yaml);
        for engine in Engine::ALL {
            let (config, findings) = read(&settings, engine);
            let mut complain = |what: String| wrong.push(format!("{name} ({engine:?}): {what}"));
            if findings.iter().any(|finding| finding.code == NOT_SUPPORTED_YET) {
                assert!(yaml.contains("expr"), "{name}: {findings:?}");
                not_there_yet += 1;
                continue;
            }
            let errors: Vec<_> =
                findings.into_iter().filter(|one| one.severity == Severity::Error).collect();
            if case["outcome"] == "compile_error" {
                let message = case["message"].as_str().unwrap();
                if errors.is_empty() || !is_told(message, &errors) {
                    complain(format!("the reference says {message}: {errors:?}"));
                }
                refused += 1;
                continue;
            }
            compared += 1;
            let Some(config) = config.filter(|_| errors.is_empty()) else {
                complain(format!("refused: {errors:?}"));
                continue;
            };
            let input = batch(signal(&case), &case["input"]);
            let Some(program) = config.program(signal(&case)) else {
                if shown(&input) != shown(&batch(signal(&case), &case["output"])) {
                    complain("there is nothing to do".to_owned());
                }
                continue;
            };
            match (program.run(&input, &FixedHost::default()), case["outcome"].as_str()) {
                (Ok(output), Some("ok")) => {
                    let handed_on = !output.has_no_resources();
                    let expected = match &case["output"] {
                        Value::Null => None,
                        expected => Some(shown(&batch(signal(&case), expected))),
                    };
                    let ours = handed_on.then(|| shown(&output));
                    if ours != expected {
                        complain(format!("ours {ours:?}\ntheirs {expected:?}"));
                    }
                    let counts = || program.tallies().iter().map(|tally| tally.counts());
                    let dropped: u64 = counts().map(|counts| counts.dropped).sum();
                    if dropped != (input.items() - output.items()) as u64 {
                        complain(format!("counted {dropped} as dropped"));
                    }
                    let logged = case["warnings"].as_array().map_or(0, Vec::len) as u64;
                    let failed: u64 = counts().map(|counts| counts.errors).sum();
                    if failed != logged && !yaml.contains("silent") {
                        complain(format!("{failed} failures, the reference logs {logged}"));
                    }
                }
                (Err(error), Some("run_error")) => {
                    // The reference goes on and tells all failures.
                    let all = case["message"].as_str().unwrap();
                    let first = error.to_string();
                    let start = first.split(", ").next().unwrap();
                    if !all.contains(start) {
                        complain(format!("{first}, the reference says {all}"));
                    }
                }
                (outcome, expected) => complain(format!("{outcome:?}, expected {expected:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(not_there_yet, Engine::ALL.len() * NOT_THERE_YET);
    assert_eq!(compared + refused + not_there_yet, Engine::ALL.len() * CASES);
}
