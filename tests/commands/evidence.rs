//! What the reference was seen to do where a code warns of it (`tests/check/evidence`, recorded by
//! `tests/conformance/oracle/collector/evidence.py`): every code has a run that shows its claim, and is
//! found in the very configuration that was run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use holt_collector::lint::RULES;
use serde::Deserialize;
use serde_json::Value;

use crate::common::Sandbox;
use crate::corpus::ERRORS;

/// A case as it was run. What only the recorder needs is left out.
#[derive(Deserialize)]
struct Case {
    claim: String,
    /// The rule's example of the mistake when the case was recorded.
    example: Option<String>,
    /// The command that finds it in `case.yaml`; `none` where the case shows something beside the code.
    holt: Option<Value>,
    bad: Variant,
    good: Option<Variant>,
    shows: Vec<Expectation>,
}

#[derive(Deserialize)]
struct Variant {
    config: String,
    answer: Value,
}

/// What has to stand at a place of an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    at: String,
    /// `good` for the answer to the mended configuration.
    #[serde(rename = "in")]
    which: Option<String>,
    #[serde(default, deserialize_with = "given")]
    is: Option<Value>,
    has: Option<String>,
    lacks: Option<String>,
    /// The same as in the answer to the mended configuration.
    same: Option<bool>,
    /// So many times what it is in the answer to the mended configuration, or more.
    times: Option<f64>,
    #[serde(rename = "at least")]
    at_least: Option<f64>,
}

/// A null that is written is an expectation too.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

/// Codes that are no errors of the reference and that no run can show, with the reason.
const OF_JUDGEMENT: &[(&str, &str)] = &[
    ("C005", "says what Holt has; errors of the reference's are in `reference.json`"),
    ("C012", "says what Holt has not yet"),
    ("C090", "is about comments for Holt"),
    (
        "P123",
        "no component that Holt or the recorded collector has is a connector and something else",
    ),
    ("S302", "is about who can read the file, not about what the collector does"),
    ("T115", "is a limit of Holt's own"),
    ("T313", "says what was found on the user's sample"),
    ("T314", "likewise"),
];

fn cases() -> BTreeMap<String, Vec<Case>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/evidence/evidence.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// All codes, out of the page that is printed from their tables.
fn codes() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = std::fs::read_to_string(path).unwrap();
    let headings = page.lines().filter_map(|line| line.strip_prefix("### "));
    headings.map(|heading| heading.split(':').next().unwrap().to_owned()).collect()
}

/// A configuration with addresses such as users write in place of those of the run.
fn as_users_write(config: &str) -> String {
    let places = [
        ("@otlp@", "localhost:4318"),
        ("@sink@", "gateway.example.com:4318"),
        ("@sink:port@", "4318"),
        ("@web@", "gateway.example.com:80"),
        ("@first@", "gateway.example.com:4317"),
        ("@tls@", "gateway.example.com:4317"),
        ("@relay@", "gateway.example.com:4317"),
        ("@page@", "app:9464"),
        ("@spare@", "localhost:4317"),
        ("@spare2@", "localhost:13133"),
        ("@spare:port@", "4317"),
        ("@spare2:port@", "13133"),
        ("@folder@", "/var/lib/otelcol"),
    ];
    places.iter().fold(config.to_owned(), |text, (name, place)| text.replace(name, place))
}

#[test]
fn every_code_is_an_error_of_the_reference_or_has_a_run_that_shows_it() {
    let cases = cases();
    for code in codes() {
        let by_error = ERRORS.contains(&code.as_str());
        let by_run = cases.contains_key(&code);
        let by_judgement = OF_JUDGEMENT.iter().any(|(one, _)| *one == code);
        assert!(by_error || by_run || by_judgement, "nothing shows what {code} says");
        assert!(!(by_run && by_judgement), "{code} has a run and is called a matter of judgement");
    }
    for code in cases.keys().map(String::as_str).chain(OF_JUDGEMENT.iter().map(|(code, _)| *code)) {
        assert!(codes().contains(code), "{code} is no code");
    }
}

#[test]
fn runs_show_what_codes_say() {
    for (code, cases) in cases() {
        for case in cases {
            assert!(!case.shows.is_empty(), "{code}: {}", case.claim);
            for expectation in &case.shows {
                holds(&code, &case, expectation);
            }
        }
    }
}

fn holds(code: &str, case: &Case, expectation: &Expectation) {
    let good = case.good.as_ref().map(|good| &good.answer);
    let answer = match expectation.which.as_deref() {
        None => &case.bad.answer,
        Some("good") => good.expect("a mended configuration"),
        Some(other) => panic!("{code}: {other}"),
    };
    let at = |answer: &Value| answer.pointer(&expectation.at).cloned().unwrap_or(Value::Null);
    let seen = at(answer);
    let context = format!("{code}: {}\n{} is {seen}", case.claim, expectation.at);
    let text = seen.to_string();
    let plain = seen.as_str().unwrap_or(&text).replace("\\\"", "\"");
    let beside = || at(good.expect("a mended configuration"));
    let mut said = 0;
    if let Some(expected) = &expectation.is {
        said += 1;
        assert_eq!(&seen, expected, "{context}");
    }
    if let Some(part) = &expectation.has {
        said += 1;
        assert!(plain.contains(part.as_str()), "{context}, without {part}");
    }
    if let Some(part) = &expectation.lacks {
        said += 1;
        assert!(!plain.contains(part.as_str()), "{context}, with {part}");
    }
    if expectation.same == Some(true) {
        said += 1;
        assert_ne!(seen, Value::Null, "{context}");
        assert_eq!(seen, beside(), "{context}");
    }
    if let Some(times) = expectation.times {
        said += 1;
        let (here, there) = (seen.as_f64().unwrap(), beside().as_f64().unwrap());
        assert!(here >= there * times, "{context}, and {there}");
    }
    if let Some(least) = expectation.at_least {
        said += 1;
        assert!(seen.as_f64().unwrap() >= least, "{context}");
    }
    assert_eq!(said, 1, "{code}: one expectation a place");
}

#[test]
fn examples_of_rules_are_those_that_were_looked_at() {
    let cases = cases();
    for rule in RULES {
        for case in cases.get(rule.code).into_iter().flatten() {
            let recorded = case.example.as_deref().map(str::trim_end);
            assert_eq!(
                recorded,
                Some(rule.bad.trim_end()),
                "the example of {} has changed: see that its cases still fit, and record them again",
                rule.code
            );
        }
    }
}

#[test]
fn codes_are_found_in_what_was_run() {
    let mut sandbox = Sandbox::new();
    let mut together = Vec::new();
    for (code, cases) in cases() {
        let mut found_somewhere = false;
        for (number, case) in cases.iter().enumerate() {
            let bad = as_users_write(&case.bad.config);
            match &case.holt {
                Some(Value::Array(arguments)) => {
                    let arguments: Vec<&str> =
                        arguments.iter().map(|one| one.as_str().unwrap()).collect();
                    let finished = Sandbox::new().file("case.yaml", &bad).holt(&arguments);
                    let said = finished.stdout + &finished.stderr;
                    assert!(said.contains(&format!("[{code}]")), "{code}, {}: {said}", case.claim);
                    found_somewhere = true;
                }
                Some(_) => {}
                None => {
                    let name = format!("{code}-{number}.yaml");
                    sandbox = sandbox.file(&name, &bad);
                    together.push((name, code.clone(), true));
                    found_somewhere = true;
                }
            }
            if let (Some(good), None) = (&case.good, &case.holt) {
                let name = format!("{code}-{number}-good.yaml");
                sandbox = sandbox.file(&name, &as_users_write(&good.config));
                together.push((name, code.clone(), false));
            }
        }
        let has_example = RULES.iter().any(|rule| rule.code == code);
        assert!(found_somewhere || has_example, "{code}: no case that Holt finds it in");
    }
    let finished = sandbox.holt(&["check", ".", "--severity=info", "--output-format=json"]);
    let findings: Vec<Value> = serde_json::from_str(&finished.stdout).unwrap();
    let mut wrong = Vec::new();
    for (name, code, expected) in together {
        let found: BTreeSet<&str> = findings
            .iter()
            .filter(|one| one.to_string().contains(&format!("{name}\"")))
            .map(|one| one["code"].as_str().unwrap())
            .collect();
        if found.contains(code.as_str()) != expected {
            wrong.push(format!("{name}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
