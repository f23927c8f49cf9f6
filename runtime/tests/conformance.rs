//! What a real release of the Go collector answered, compared with all engines.
//!
//! Cases and answers lie in `tests/conformance` of the repository. Output is compared as telemetry,
//! not as text: order of fields and absent defaults do not count.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::BTreeMap;

use common::answer::compare;
use holt_runtime::Engine;
use serde_json::Value;

/// Cases whose answer differs on purpose, and why.
const DIFFERENT: &[(&str, &str)] = &[
    ("value spaced identifier", "a name is one word; the reference reads `Con cat` as `Concat`"),
    ("xml a truth is no set", "the reference takes one of the nodes that were compared"),
    ("xml attributes reached twice", "a set holds each node once"),
    ("xml doctype without a name", "it is not well-formed"),
    ("xml elements inside each other", "the reference loses what follows the inner one"),
    ("xml instructions are no elements", "the reference selects elements"),
    ("xml parameter in other letters", "letter case and underscores do not count"),
    ("xml position after a predicate", "the reference counts through the document"),
    ("xml text like a CDATA section", "it is text"),
    ("xml two predicates of a set", "the reference ignores the second"),
    ("value index int plus", "arithmetic in brackets may begin with a number"),
    (r#"Split("a,b", ",") == Split("a,b", ",")"#, "the reference crashes"),
    ("Time '%H%M' '123'", "a time without a year is of the year in which it is read"),
    ("Time nano '%H%M' '123'", "a time without a year is of the year in which it is read"),
    ("CommunityID named", "the reference has no name for the first parameter"),
    ("CommunityID named snake", "the reference has no name for the first parameter"),
    ("CommunityID named upper", "the reference has no name for the first parameter"),
    ("glob 64 a{}", "the reference crashes"),
    ("glob 112 {ab*,ab}", "the reference crashes"),
    ("histogram more buckets", "the reference crashes; here the statement fails"),
];

/// Cases in which the order of attributes differs: the reference fills the gap that a removed entry
/// leaves with the last one, Holt keeps the order.
const OTHER_ORDER: &[&str] = &["delete_key", "delete_key duplicates"];

struct Case {
    file: String,
    name: String,
    case: Value,
    golden: Value,
}

fn cases() -> Vec<Case> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let read = |folder: &str, file: &str| -> Vec<Value> {
        let text = std::fs::read(root.join(folder).join(file)).unwrap();
        serde_json::from_slice(&text).unwrap()
    };
    let mut files: Vec<String> = std::fs::read_dir(root.join("cases"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let goldens: BTreeMap<String, Value> = read("goldens", &file)
            .into_iter()
            .map(|golden| (golden["name"].as_str().unwrap().to_owned(), golden))
            .collect();
        for mut case in read("cases", &file) {
            // Cases may share a payload.
            if let Some(shared) = case["input"].as_str() {
                let text = std::fs::read(root.join("inputs").join(format!("{shared}.json")));
                case["input"] = serde_json::from_slice(&text.unwrap()).unwrap();
            }
            let name = case["name"].as_str().unwrap().to_owned();
            let golden = goldens[&name].clone();
            cases.push(Case { file: file.clone(), name, case, golden });
        }
    }
    cases
}

#[test]
fn all_engines_answer_as_the_reference() {
    let (mut compared, mut different, mut wrong) = (0, 0, Vec::new());
    for case in cases() {
        let on_purpose = DIFFERENT.iter().any(|(name, _)| *name == case.name);
        for engine in Engine::ALL {
            // Where the reference walks a hash map, its order is no rule.
            let unordered = OTHER_ORDER.contains(&&*case.name) || case.golden["varies"] == true;
            match (compare(&case.case, &case.golden, engine, unordered), on_purpose) {
                (Ok(()), false) => compared += 1,
                (Err(_), true) => different += 1,
                (Ok(()), true) => wrong.push(format!("{} is listed as different", case.name)),
                (Err(why), false) => wrong.push(format!(
                    "[{} {engine:?}] {}\n  {}\n  {why}",
                    case.file, case.name, case.case["statements"]
                )),
            }
        }
    }
    println!("{compared} compared, {different} different on purpose");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 900, "only {compared} compared");
}
