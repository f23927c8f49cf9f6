//! What is told about settings that cannot work: all of it, at its place, with the words of the Go
//! collector.

use std::fmt::Write as _;

use holt_grammar::diag::render::{Color, full};
use holt_grammar::source::SourceMap;
use holt_runtime::Engine;

use super::read;
use crate::testing::node;

/// Compares the reports on all texts with what they were.
macro_rules! assert_reports {
    ($cases:expr) => {
        insta::with_settings!({omit_expression => true}, {
            insta::assert_snapshot!(reports($cases));
        });
    };
}

/// Reports on each text, one after the other.
fn reports(cases: &[&str]) -> String {
    let mut out = String::new();
    for yaml in cases {
        let mut sources = SourceMap::default();
        sources.add("filter.yaml", *yaml);
        let (_, findings) = read(&node(yaml), Engine::Vm);
        assert!(!findings.is_empty(), "{yaml}");
        for finding in findings {
            assert!(!finding.labels.is_empty(), "{finding:?}");
            writeln!(out, "{}", full(&finding, &sources, Color::Never)).unwrap();
        }
        out.push_str("----\n");
    }
    out
}

#[test]
fn lists_of_the_wrong_shape() {
    assert_reports!(&[
        "trace_conditions:",
        "trace_conditions: span.name == \"a\"",
        "trace_conditions: ['span.name == \"a\"', null]",
        "trace_conditions: ['span.name == \"a\"', {context: span, conditions: ['name == \"b\"']}]",
        "trace_conditions: [{context: span, conditions: ['name == \"b\"']}, 'span.name == \"a\"']",
        "trace_conditions: [5]",
        "log_conditions: [{context: log, statements: ['true']}]",
        "error_mode: ignored\nlog_conditions: [{error_mode: '', conditions: ['log.body == 1']}]",
    ]);
}

#[test]
fn conditions_that_cannot_run() {
    assert_reports!(&[
        "trace_conditions: ['span.name == \"a']",
        "trace_conditions: ['name == \"a\"']",
        "trace_conditions: ['true']",
        "trace_conditions: [{context: log, conditions: ['body == 1']}]",
        "log_conditions: ['set(log.body, 1)']",
        "logs: {log_record: ['bdy == 1'], resource: ['attribute[\"a\"] == 1']}",
    ]);
}

#[test]
fn forms_that_exclude_each_other() {
    assert_reports!(&[
        "trace_conditions: ['span.name == \"a\"']\ntraces:\n  span: ['name == \"b\"']\n  resource: []",
        "spans: {exclude: {match_type: strict, span_names: [a]}}\ntraces: {spanevent: ['name == \"b\"']}",
        "metric_conditions: []\nmetrics: {exclude: {match_type: strict, metric_names: [a]}}",
        "metrics: {metric: ['name == \"a\"'], include: {match_type: strict, metric_names: [a]}}",
        "log_conditions: ['log.body == 1']\nlogs: {include: {match_type: strict, bodies: [a]}}",
        "logs: {log_record: ['body == 1'], include: {match_type: strict, bodies: [a]}}",
        "profile_conditions: ['resource.attributes[\"a\"] == 1']\nprofiles: {resource: []}",
    ]);
}

#[test]
fn matchers_that_cannot_match() {
    assert_reports!(&[
        "spans: {include: {match_type: strict}}",
        "spans: {include: {match_type: strict, log_bodies: [a]}}",
        "metrics: {include: {match_type: expr, expressions: ['HasLabel(\"k\")']}}",
        "metrics: {include: {match_type: strict, expressions: ['HasLabel(\"k\")'], metric_names: [a]}}",
        "metrics: {exclude: {metric_names: [a]}}",
        "metrics: {exclude: {match_type: regexp, metric_names: ['a('], resource_attributes: [{key: a, value: 1}]}}",
        "logs: {include: {match_type: strict, severity_number: {min: INFOO}}}",
        "logs: {include: {match_type: strict, severity_number: {min: 9}}}",
        "logs: {include: {match_type: regexp, bodies: ['['], severity_texts: ['x'], record_attributes: [{key: a, value: '('}]}}",
    ]);
}
