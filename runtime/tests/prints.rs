//! Typed trees and code as text, by snapshot.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use common::compile_case;
use holt_pdata::Signal;
use holt_runtime::Engine;

/// The trees and the code of a group.
fn printed(
    signal: Signal,
    context: Option<&str>,
    statements: &[&str],
    conditions: &[&str],
) -> String {
    let program =
        compile_case(signal, context, statements, conditions, "", Engine::Auto).unwrap().program;
    let trees: Vec<String> = program.trees().map(ToString::to_string).collect();
    let code: Vec<String> = program.code().map(ToString::to_string).collect();
    format!("{}\n{}", trees.join("\n"), code.join("\n"))
}

#[test]
fn seed() {
    insta::assert_snapshot!(printed(
        Signal::Metrics,
        Some("datapoint"),
        &[
            r#"set(attributes["namespace"], resource.attributes["k8s.namespace.name"])"#,
            r#"set(attributes["pod"], resource.attributes["k8s.pod.name"])"#,
        ],
        &[],
    ));
}

#[test]
fn conditions_and_guards() {
    insta::assert_snapshot!(printed(
        Signal::Traces,
        None,
        &[
            r#"set(span.attributes["slow"], true) where (span.kind == SPAN_KIND_SERVER or span.kind == 5) and not IsMatch(span.name, "^/health")"#
        ],
        &[r#"resource.attributes["env"] == "prod""#, r#"span.attributes["force"] == true"#],
    ));
}

#[test]
fn calls_and_conversions() {
    insta::assert_snapshot!(printed(
        Signal::Logs,
        None,
        &[
            r#"set(log.attributes["a"], Concat([log.body, Int(log.attributes["n"]), "x"], log.attributes["d"]))"#,
            r#"replace_pattern(log.body, "(\\d+)", "<$1>")"#,
            r#"keep_keys(log.attributes["m"], ["a", log.severity_text])"#,
            r#"set(log.attributes["m"][log.event_name], {"k": [1, log.flags * 2], "t": -1.5})"#,
        ],
        &[],
    ));
}

#[test]
fn what_is_constant_is_computed() {
    insta::assert_snapshot!(printed(
        Signal::Logs,
        None,
        &[
            r#"set(log.attributes["a"], Concat(["a", Int("12"), 1.5], "-"))"#,
            "set(log.severity_number, (1 + 2) * 3)",
            r#"set(log.attributes["b"], {"x": [1, 2]})"#,
            "set(log.flags, 1 / 0)",
        ],
        &[],
    ));
}

#[test]
fn what_certainly_fails_is_raised() {
    insta::assert_snapshot!(printed(
        Signal::Logs,
        None,
        &["set(log.flags, 1 / 0)", r#"set(log.body, SHA256(String(nil)))"#],
        &[],
    ));
}
