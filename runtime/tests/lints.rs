//! Lints of groups, as users see them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use common::source;
use holt_grammar::diag::render::{Color, full};
use holt_grammar::source::SourceMap;
use holt_pdata::Signal;
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{ErrorMode, Group, compile};

/// The findings about a group of the log context.
fn findings(statements: &[&str], conditions: &[&str], error_mode: ErrorMode) -> String {
    findings_in((Signal::Logs, None), statements, conditions, error_mode)
}

/// The findings about a group of any context.
fn findings_in(
    (signal, context): (Signal, Option<&str>),
    statements: &[&str],
    conditions: &[&str],
    error_mode: ErrorMode,
) -> String {
    let mut sources = SourceMap::default();
    let group = Group {
        context: context.map(|name| source(&mut sources, name)),
        statements: statements.iter().map(|text| source(&mut sources, text)).collect(),
        conditions: conditions.iter().map(|text| source(&mut sources, text)).collect(),
        error_mode,
        ..Group::default()
    };
    let compiled = compile(signal, &[group], Dialect::TRANSFORM, Engine::Auto).unwrap();
    let shown: Vec<String> =
        compiled.warnings.iter().map(|finding| full(finding, &sources, Color::Never)).collect();
    shown.join("\n")
}

/// Snapshots what is found about bad groups; good ones are silent.
macro_rules! lints {
    ($($name:ident: bad $bad:tt good $good:tt)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(findings(&$bad, &[], ErrorMode::Ignore));
                assert_eq!(findings(&$good, &[], ErrorMode::Ignore), "");
            }
        )*
    };
}

lints! {
    may_fail:
        bad [r#"set(log.attributes["h"], SHA256(log.attributes["x"]))"#]
        good [
            r#"set(log.attributes["h"], SHA256(log.attributes["x"])) where log.attributes["x"] != nil"#,
            r#"set(log.attributes["g"], SHA256(log.severity_text))"#
        ]
    unreachable:
        bad [
            r#"delete_key(log.attributes, "k")"#,
            r#"set(log.severity_text, "x") where log.attributes["k"] != nil"#
        ]
        good [
            r#"delete_key(log.attributes, "k") where log.severity_number == 1"#,
            r#"set(log.severity_text, "x") where log.attributes["k"] != nil"#
        ]
    unreachable_after_keep:
        bad [
            r#"keep_keys(log.attributes, ["a"])"#,
            r#"set(log.severity_text, "x") where log.attributes["b"] == 1 and log.flags == 1"#
        ]
        good [
            r#"keep_keys(log.attributes, ["a"])"#,
            r#"set(log.attributes["b"], 1)"#,
            r#"set(log.severity_text, "x") where log.attributes["b"] == 1"#
        ]
    overwritten:
        bad [r#"set(log.severity_text, "a")"#, r#"set(log.severity_text, "b")"#]
        good [
            r#"set(log.severity_text, "a")"#,
            r#"set(log.attributes["t"], log.severity_text)"#,
            r#"set(log.severity_text, "b")"#,
            r#"set(log.severity_text, "c") where log.flags == 1"#
        ]
    reads_deleted:
        bad [r#"delete_key(log.attributes, "k")"#, r#"set(log.attributes["n"], log.attributes["k"])"#]
        good [
            r#"set(log.attributes["n"], log.attributes["k"])"#,
            r#"delete_key(log.attributes, "k")"#,
            r#"set(log.attributes["m"], log.attributes["o"])"#
        ]
    alternatives:
        bad [r#"set(log.flags, 1) where log.severity_text != "a" or log.severity_text != "b""#]
        good [
            r#"set(log.flags, 1) where log.severity_text != "a" and log.severity_text != "b""#,
            r#"set(log.flags, 2) where log.severity_text != "a" or log.event_name != "b""#
        ]
    identity:
        bad [
            r#"keep_keys(resource.attributes, ["host.name"])"#,
            r#"delete_key(resource.attributes, "service.name")"#
        ]
        good [
            r#"keep_keys(resource.attributes, ["service.name"])"#,
            r#"delete_key(resource.attributes, "secret")"#
        ]
    never_matches:
        bad [
            r#"replace_pattern(log.severity_text, "a$b", "x")"#,
            r#"replace_pattern(log.severity_text, "\\\\d+", "x")"#
        ]
        good [r#"replace_pattern(log.severity_text, "^a\\d+$", "x")"#]
    expensive_pattern:
        bad [r#"replace_pattern(log.severity_text, "([ab]{1,30}c){1,30}", "x")"#]
        good [r#"replace_pattern(log.severity_text, "([ab]{1,30}c)+", "x")"#]
}

#[test]
fn conditions_of_a_group() {
    let statements = [r#"set(log.flags, 1)"#];
    let bad = [r#"log.severity_text != "a""#, r#"log.severity_text != "b""#];
    insta::assert_snapshot!(findings(&statements, &bad, ErrorMode::Ignore));
}

#[test]
fn endless() {
    let metric = |statement: &str, conditions: &[&str]| {
        findings_in((Signal::Metrics, Some("metric")), &[statement], conditions, ErrorMode::Ignore)
    };
    insta::assert_snapshot!(metric(r#"copy_metric(name="b")"#, &[]));
    assert_eq!(metric(r#"copy_metric(name="b")"#, &[r#"metric.name == "a""#]), "");
    assert_eq!(metric(r#"copy_metric(name="b") where metric.name == "a""#, &[]), "");
    assert_eq!(metric("extract_percentile_metric(50.0)", &[]), "");
}

#[test]
fn propagate() {
    let fallible = [r#"set(log.attributes["h"], SHA256(log.attributes["x"]))"#];
    insta::assert_snapshot!(findings(&fallible, &[], ErrorMode::Propagate));
    assert_eq!(findings(&["set(log.flags, 1)"], &[], ErrorMode::Propagate), "");
}
