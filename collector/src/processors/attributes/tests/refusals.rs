//! What is told about settings that cannot work: all of it, at its place, with the words of the Go
//! collector.

use std::fmt::Write as _;

use holt_grammar::diag::Diagnostic;
use holt_grammar::diag::render::{Color, full};
use holt_grammar::source::SourceMap;
use holt_pdata::Signal::{self, Logs, Metrics, Traces};
use holt_runtime::Engine;

use super::read;
use crate::testing::node;

/// All findings about settings that a pipeline of the signal uses.
fn findings(signal: Signal, yaml: &str) -> Vec<Diagnostic> {
    let (config, mut findings) = read(&node(yaml), Engine::Vm);
    if let Some(Err(fault)) = config.as_ref().and_then(|config| config.outcome(signal)) {
        let seen = |one: &Diagnostic| findings.iter().any(|known| known.message == one.message);
        let further: Vec<_> = fault.findings.iter().filter(|one| !seen(one)).cloned().collect();
        findings.extend(further);
    }
    findings
}

/// Compares the reports on all texts with what they were.
macro_rules! assert_reports {
    ($cases:expr) => {
        insta::with_settings!({omit_expression => true}, {
            insta::assert_snapshot!(reports($cases));
        });
    };
}

/// Reports on each text, one after the other.
fn reports(cases: &[(Signal, &str)]) -> String {
    let mut out = String::new();
    for (signal, yaml) in cases {
        let mut sources = SourceMap::default();
        sources.add("attributes.yaml", *yaml);
        let findings = findings(*signal, yaml);
        assert!(!findings.is_empty(), "{yaml}");
        for finding in findings {
            assert!(!finding.labels.is_empty() && !finding.notes.is_empty(), "{finding:?}");
            writeln!(out, "{}", full(&finding, &sources, Color::Never)).unwrap();
        }
        out.push_str("----\n");
    }
    out
}

#[test]
fn actions_that_are_incomplete() {
    assert_reports!(&[
        (Traces, "{}"),
        (Traces, "actions: []"),
        (Traces, "actions: [{action: insert, value: 1}]"),
        (Traces, "actions: [{key: a, value: 1}]"),
        (Traces, "actions: [{key: a, action: insert}]"),
        (Traces, "actions: [{key: a, action: insert, value: null}]"),
        (Traces, "actions: [{action: delete}]"),
        (Traces, "actions: [{key: '', action: hash}]"),
        (Traces, "actions: [{key: a, action: extract}]"),
        (Traces, "actions: [{key: a, action: convert}]"),
    ]);
}

#[test]
fn actions_that_contradict_themselves() {
    assert_reports!(&[
        (Traces, "actions: [{key: a, action: insert, value: 1, from_attribute: b}]"),
        (Traces, "actions: [{key: a, action: insert, value: 1, pattern: x}]"),
        (Traces, "actions: [{key: a, action: upsert, value: 1, converted_type: int}]"),
        (Traces, "actions: [{key: a, action: delete, value: 1, converted_type: int}]"),
        (Traces, "actions: [{key: a, action: hash, from_attribute: b, from_context: c}]"),
        (Traces, "actions: [{key: a, action: extract, pattern: '(?P<b>x)', value: 1}]"),
        (Traces, "actions: [{key: a, action: convert, converted_type: int, pattern: x}]"),
        (Traces, "actions: [{key: a, action: insert, value: 1, default_value: 2}]"),
        (Traces, "actions: [{key: a, action: delete, default_value: 2}]"),
    ]);
}

#[test]
fn actions_with_wrong_values() {
    assert_reports!(&[
        (Traces, "actions: [{key: a, action: insert, value: 1}, {key: b, action: upsret}]"),
        (Traces, "actions: [{key: a, action: insert, valu: 1}]"),
        (Traces, "actions: [{key: 5, action: insert, value: 1}]"),
        (Traces, "actions: [{key: a, action: insert, value: [x, 2024-01-01]}]"),
        (
            Traces,
            "actions: [{key: a, action: update, from_attribute: b, default_value: 2024-01-01}]"
        ),
        (Traces, "actions: [{key: a, action: convert, converted_type: integer}]"),
    ]);
}

#[test]
fn patterns_that_are_not_valid() {
    assert_reports!(&[
        (Traces, r#"actions: [{pattern: "a(", action: delete}]"#),
        (Traces, r#"actions: [{key: a, pattern: "x\\C", action: hash}]"#),
        (Traces, "actions:\n  - key: a\n    pattern: |-\n      ^(?P<b>[a-)\n    action: extract"),
        (Traces, r#"actions: [{key: a, pattern: "a.*", action: extract}]"#),
        (Traces, r#"actions: [{key: a, pattern: "(a).(?P<b>x)", action: extract}]"#),
    ]);
}

const ACTION: &str = "actions: [{key: a, action: insert, value: 1}]";

#[test]
fn properties_that_cannot_be_matched() {
    let with = |side: &str| format!("include: {side}\n{ACTION}");
    let cases = [
        (Traces, "{services: [a], span_names: [b]}"),
        (Traces, "{match_type: regex, services: [a]}"),
        (Traces, "{match_type: strict}"),
        (Logs, "{match_type: strict}"),
        (Metrics, "{match_type: strict}"),
        (Traces, r#"{match_type: regexp, services: ["(", ok], libraries: [{name: "x["}]}"#),
        (
            Traces,
            "{match_type: regexp, regexp: {cacheenabled: true, cachemaxnumentries: -1}, services: [a]}",
        ),
        (Traces, "{match_type: strict, span_kinds: [server, SPAN_KIND_SERVER, 2x]}"),
        (
            Traces,
            "{match_type: strict, attributes: [{value: 1}], resources: [{key: '', value: 1}]}",
        ),
        (Traces, "{match_type: regexp, attributes: [{key: a, value: 1}, {key: b, value: '['}]}"),
        (Traces, "{match_type: strict, resources: [{key: a, value: 2024-01-01}]}"),
        (Traces, "{match_type: strict, libraries: [{name: lib, version: 9}]}"),
        (Logs, "{match_type: strict, log_severity_number: {min: INFO}}"),
    ];
    let texts = cases.map(|(signal, side)| (signal, with(side)));
    let texts = texts.each_ref().map(|(signal, text)| (*signal, text.as_str()));
    assert_reports!(&texts);
}

#[test]
fn properties_that_the_signal_lacks() {
    let texts = [
        (Traces, "include: {match_type: strict, log_bodies: [a], services: [b]}"),
        (Traces, "exclude: {match_type: strict, metric_names: [a]}"),
        (Traces, "include: {log_severity_number: {min: 9}}"),
        (Logs, "include: {match_type: strict, services: [a], metric_names: [b]}"),
        (Logs, "exclude: {match_type: strict, span_kinds: [SPAN_KIND_SERVER]}"),
        (Metrics, "include: {match_type: strict, attributes: [{key: a}], libraries: [{name: l}]}"),
        (
            Metrics,
            "include: {match_type: strict, span_names: [a]}\nexclude: {match_type: strict, log_bodies: [a]}",
        ),
    ];
    let texts = texts.map(|(signal, side)| (signal, format!("{side}\n{ACTION}")));
    let texts = texts.each_ref().map(|(signal, text)| (*signal, text.as_str()));
    assert_reports!(&texts);
}

/// The reference compares nothing where no text is given, and never looks at the type then.
#[test]
fn a_match_type_is_needed_only_for_texts() {
    for (signal, side) in [
        (Logs, "{log_severity_number: {min: 9}}"),
        (Traces, "{attributes: [{key: a}]}"),
        (Metrics, "{resources: [{key: a, value: '('}]}"),
        (Traces, "{match_type: strict, span_kinds: [SPAN_KIND_SERVER]}"),
        (Traces, "{match_type: regexp, span_kinds: [server]}"),
        (Traces, "{match_type: regexp, regexp: {cachemaxnumentries: -1}, span_names: [a]}"),
    ] {
        let yaml = format!("include: {side}\n{ACTION}");
        assert!(findings(signal, &yaml).is_empty(), "{yaml}");
    }
}
