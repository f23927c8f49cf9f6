//! Configurations as people write them (`tests/check`): what `holt check` says, beside what the Go
//! collector's `validate` says (`reference.json`, made by `tests/conformance/oracle/collector`).

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::check::FORMS;
use crate::common::Sandbox;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// All configurations with their texts.
fn corpus() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn in_sandbox() -> Sandbox {
    corpus().iter().fold(Sandbox::new(), |sandbox, (name, text)| sandbox.file(name, text))
}

#[test]
fn every_form_of_report_on_all_configurations() {
    let sandbox = in_sandbox();
    for form in FORMS {
        let finished = sandbox.holt(&["check", ".", "--severity=info", "--output-format", form]);
        insta::assert_snapshot!(format!("corpus {form}"), finished.to_string());
    }
}

/// Why Holt may refuse what the reference's `validate` accepts: it lacks the component or the setting, or
/// the reference fails only when it starts (two listeners on one address).
const NOT_THERE_YET: &[&str] = &["C005", "C012", "P110"];

/// Types that the oracle lacks: modules that the module proxy does not have in the contract release, or
/// whose dependencies it does not have.
const NOT_IN_THE_ORACLE: &[&str] = &[
    "file_log",
    "filelog",
    "host_metrics",
    "k8s_attributes",
    "k8sattributes",
    "kafka",
    "kubelet_stats",
    "resource_detection",
    "routing",
];

/// Whether an answer is about the oracle, not about the configuration.
fn is_about_the_oracle(says: &str) -> bool {
    let mut types =
        says.split("unknown type: \"").skip(1).filter_map(|rest| rest.split('"').next());
    types.any(|name| NOT_IN_THE_ORACLE.contains(&name))
}

/// The errors that are about the configuration and not about what Holt lacks.
pub(crate) const ERRORS: &[&str] = &[
    "C001", "C002", "C003", "C004", "C006", "D502", "D503", "N404", "P101", "P103", "P104", "P105",
    "P106", "P109", "T101", "T102", "T103", "T104", "T105", "T106", "T107", "T108", "T109", "T113",
    "T211", "T401",
];

#[test]
fn errors_are_what_the_reference_refuses() {
    let text = std::fs::read_to_string(folder().join("reference.json")).unwrap();
    let reference: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
    let sandbox = in_sandbox();
    let mut accepted = 0;
    let mut seen = BTreeSet::new();
    assert_eq!(reference.keys().collect::<Vec<_>>(), corpus().keys().collect::<Vec<_>>());
    for (name, answer) in &reference {
        let finished = sandbox.holt(&["check", name, "--severity=error", "--output-format=json"]);
        let findings: Vec<Value> = serde_json::from_str(&finished.stdout).unwrap();
        let codes: Vec<&str> = findings.iter().map(|one| one["code"].as_str().unwrap()).collect();
        if answer["accepted"] == Value::Bool(true) {
            accepted += 1;
            let unfounded: Vec<_> =
                codes.iter().filter(|code| !NOT_THERE_YET.contains(code)).collect();
            assert!(unfounded.is_empty(), "{name}: {unfounded:?}");
        } else {
            seen.extend(codes.iter().map(|code| (*code).to_owned()));
            let lacks_it = answer["says"].as_str().is_some_and(is_about_the_oracle);
            assert!(!codes.is_empty() || lacks_it, "{name}: the reference says {}", answer["says"]);
        }
    }
    // Each of these is an error because the reference refuses what it is about: here is the proof.
    for code in ERRORS {
        assert!(seen.contains(*code), "{code} is in no configuration that the reference refuses");
    }
    assert!(reference.len() >= 60 && accepted >= 44, "{accepted} of {}", reference.len());
}
