//! What users are told about their statements, by snapshot.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use common::source;
use holt_grammar::diag::render::{Color, full};
use holt_grammar::source::SourceMap;
use holt_pdata::Signal;
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{Group, compile};

/// All findings about a group, as the terminal shows them.
fn findings(signal: Signal, context: Option<&str>, statements: &[&str]) -> String {
    findings_with(signal, context, statements, &[])
}

fn findings_with(
    signal: Signal,
    context: Option<&str>,
    statements: &[&str],
    conditions: &[&str],
) -> String {
    let mut sources = SourceMap::default();
    let group = Group {
        context: context.map(|name| source(&mut sources, name)),
        statements: statements.iter().map(|text| source(&mut sources, text)).collect(),
        conditions: conditions.iter().map(|text| source(&mut sources, text)).collect(),
        ..Group::default()
    };
    let (verdict, findings) = match compile(signal, &[group], Dialect::TRANSFORM, Engine::Auto) {
        Ok(compiled) => ("runs", compiled.warnings),
        Err(findings) => ("refused", findings),
    };
    let shown: Vec<String> =
        findings.iter().map(|finding| full(finding, &sources, Color::Never)).collect();
    format!("{verdict}\n\n{}", shown.join("\n"))
}

/// Snapshots the findings about statements in the span context.
macro_rules! span {
    ($($name:ident: $($statement:literal),+;)*) => {
        $(
            #[test]
            fn $name() {
                insta::assert_snapshot!(findings(Signal::Traces, None, &[$($statement),+]));
            }
        )*
    };
}

span! {
    nothing_to_say: r#"set(span.attributes["a"], span.name) where span.kind == SPAN_KIND_SERVER"#;
    unknown_editor: r#"sett(span.name, "a")"#;
    unknown_converter: r#"set(span.name, Conact([span.name], "-"))"#;
    wrong_case_of_a_function: r#"set(span.name, concat([span.name], "-"))"#;
    unknown_path: r#"set(span.attributes["a"], span.nmae)"#;
    unknown_sub_path: r#"set(span.attributes["a"], span.status.text)"#;
    too_long_path: r#"set(span.attributes["a"], span.name.x)"#;
    key_on_a_scalar: r#"set(span.attributes["a"], span.name["x"])"#;
    two_members: r#"set(span.trace_state["a"]["b"], "x")"#;
    unknown_symbol: r#"set(span.kind, SPAN_KIND_SEVER)"#;
    symbol_of_another_context: r#"set(span.attributes["a"], SEVERITY_NUMBER_ERROR)"#;
    bare_word: r#"set(span.attributes["a"], NaN)"#;
    too_few_arguments: r#"set(span.name, Concat(["a"]))"#;
    too_many_arguments: r#"set(span.name, Int(1, 2))"#;
    unknown_parameter: r#"set(span.name, Concat(values=["a"], delimiter="-"))"#;
    positional_behind_named: r#"set(span.name, Concat(vals=["a"], "-"))"#;
    argument_given_twice: r#"delete_key(span.attributes, "a", key="b")"#;
    missing_parameter: r#"replace_pattern(span.name, regex_pattern="a", function=SHA256)"#;
    target_is_no_path: r#"set("x", span.name)"#;
    unreadable_statement: "set(span.name, ", r#"set(span.nmae, "a")"#;
    literal_of_the_wrong_type: r#"delete_key(span.attributes, 1)"#;
    literal_that_is_no_integer: r#"set(span.attributes["a"], Int("abc"))"#;
    argument_that_never_fits: r#"delete_key(span.attributes, span.kind)"#;
    list_is_not_written_out: r#"keep_keys(span.attributes, span.attributes["l"])"#;
    element_of_the_wrong_type: r#"keep_keys(span.attributes, ["a", 1])"#;
    converter_is_not_a_name: r#"replace_pattern(span.name, "a", "b", "SHA256")"#;
    unknown_function_name: r#"replace_pattern(span.name, "a", "b", SHA265)"#;
    edits_no_map: r#"delete_key(span.name, "a")"#;
    value_that_never_fits: r#"set(span.kind, "server")"#;
    nil_for_a_field: r#"set(span.name, nil)"#;
    nil_for_an_attribute: r#"set(span.attributes["a"], nil)"#;
    value_that_telemetry_cannot_carry: r#"set(span.attributes["a"], span.trace_id)"#;
    map_with_a_time: r#"set(span.attributes["a"], {"t": span.start_time})"#;
    never_equal: r#"set(span.name, "a") where span.kind == "server""#;
    never_equal_id: r#"set(span.name, "a") where span.trace_id == "0102""#;
    never_equal_time: r#"set(span.name, "a") where span.start_time != span.start_time_unix_nano"#;
    no_order: r#"set(span.name, "a") where span.attributes < resource.attributes"#;
    no_truth_value: r#"set(span.name, "a") where Int(span.name)"#;
    constant_condition: r#"set(span.name, "a") where 1 == 2"#;
    decided_condition: r#"set(span.name, "a") where span.name == "b" or true"#;
    text_is_not_added: r#"set(span.name, span.name + span.name)"#;
    negated_text: r#"set(span.attributes["a"], -span.name)"#;
    division_by_zero: r#"set(span.attributes["a"], span.kind / 0)"#;
    negative_index: r#"set(span.attributes["a"], span.attributes["l"][-1])"#;
    key_of_the_wrong_type: r#"set(span.attributes["a"], span.attributes[span.kind])"#;
    converter_without_elements: r#"set(span.attributes["a"], String(span.name)["x"])"#;
    invalid_pattern: r#"replace_pattern(span.name, "a(?=b)", "x")"#;
    unclosed_pattern: r#"set(span.name, "a") where IsMatch(span.name, "[")"#;
    unknown_group: r#"replace_pattern(span.name, "(a)", "$2 $1x")"#;
    lambda: r#"set(span.attributes["a"], (k) => k)"#;
    parent_is_shared: r#"set(resource.attributes["a"], span.name)"#;
    parent_written_with_a_constant: r#"set(resource.attributes["a"], "x") where span.kind == 2"#;
    cache_of_a_parent: r#"set(span.name, resource.cache["a"])"#;
    other_signal: r#"set(span.name, log.body)"#;
    several_findings: r#"set(span.nmae, foo(1)) where span.kind == SPAN_KIND_SEVER"#, r#"sett(span.name, "a")"#;
    no_context: r#"set(attributes["a"], 1)"#;
    context_left_out_once: r#"set(span.name, "x")"#, r#"set(attributes["a"], 1)"#;
    unknown_prefix: r#"set(foo.attributes["a"], 1)"#;
    old_scope_alone: r#"set(instrumentation_scope.name, "a")"#;
    no_context_knows_the_symbol: r#"set(span.name, "a") where SEVERITY_NUMBER_ERROR == 1"#;
}

#[test]
fn paths_without_context() {
    let statements = [r#"set(attributes["pod"], resource.attributes["k8s.pod.name"])"#];
    insta::assert_snapshot!(findings(Signal::Metrics, Some("datapoint"), &statements));
}

#[test]
fn write_without_effect() {
    insta::assert_snapshot!(findings(Signal::Metrics, None, &["set(metric.type, 2)"]));
}

#[test]
fn unknown_context() {
    insta::assert_snapshot!(findings(Signal::Traces, Some("spam"), &[r#"set(name, "a")"#]));
}

#[test]
fn context_of_another_signal() {
    insta::assert_snapshot!(findings(Signal::Traces, Some("metric"), &[r#"set(name, "a")"#]));
}

#[test]
fn group_condition() {
    let conditions = [r#"span.kind == "server""#, "span.nmae == nil"];
    let statements = [r#"set(span.name, "a")"#];
    insta::assert_snapshot!(findings_with(Signal::Traces, None, &statements, &conditions));
}
