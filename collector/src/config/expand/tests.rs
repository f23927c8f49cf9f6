//! Placeholders: what they become and where what they became is placed.

use std::collections::HashMap;
use std::sync::Arc;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::SourceMap;
use holt_grammar::span::Span;

use super::*;

fn environment() -> HashMap<String, String> {
    [
        ("NAME", "value"),
        ("PORT", "4317"),
        ("OCTAL", "0123"),
        ("EMPTY", ""),
        ("LIST", "[a, \"${env:NAME}\"]"),
        ("QUOTED", "\"q\""),
        ("LOOP", "x${env:LOOP}"),
        ("SELF", "${env:SELF}"),
        ("NEST", "[\"${env:NEST}\"]"),
        ("GROW", "x${env:GROW}${env:GROW}"),
        ("WHICH", "NAME"),
        ("PRICE", "5$$"),
        ("BAD_YAML", "[a"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .collect()
}

fn expand(text: &str) -> (Node, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    let source = sources.add("test.yaml", text);
    let text = Arc::new(YamlText { text: text.into(), place: Place::Source(source) });
    let tree = yaml::parse(&text).unwrap().remove(0);
    let environment = environment();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(Expander::new(&environment, &mut sources).expand(tree))
}

/// The expanded value as YAML-like text: what it means, and the text a string setting would take.
fn shown(value: &str) -> String {
    let (tree, findings) = expand(&format!("k: {value}\n"));
    let errors: Vec<&str> = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message.as_str())
        .collect();
    assert!(errors.is_empty(), "{errors:?}");
    let node = tree.get("k").unwrap();
    let meaning = match &node.kind {
        Kind::Null => "null".to_owned(),
        Kind::Scalar(scalar) => format!("{:?}", scalar.value),
        Kind::Sequence(items) => format!("list of {}", items.len()),
        Kind::Mapping(mapping) => format!("map of {}", mapping.entries.len()),
    };
    match node.as_text() {
        Some(text) => format!("{meaning} {:?}", text.text),
        None => meaning,
    }
}

fn refused(value: &str) -> String {
    let (_, findings) = expand(&format!("k: {value}\n"));
    let errors: Vec<String> = findings
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.message)
        .collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].clone()
}

#[test]
fn a_whole_value_takes_the_type_of_its_text_and_keeps_the_text() {
    assert_eq!(shown("${env:PORT}"), "Integer(4317) \"4317\"");
    assert_eq!(shown("\"${PORT}\""), "Integer(4317) \"4317\"");
    assert_eq!(shown("${env:OCTAL}"), "Integer(83) \"0123\"");
    assert_eq!(shown("${env:NAME}"), "Text \"value\"");
    assert_eq!(shown("${env:QUOTED}"), "Text \"\\\"q\\\"\"");
    assert_eq!(shown("${env:BAD_YAML}"), "Text \"[a\"");
    assert_eq!(shown("${env:UNSET}"), "null \"\"");
    assert_eq!(shown("${env:EMPTY:-default}"), "null \"\"");
    assert_eq!(shown("${env:UNSET:-5s}"), "Text \"5s\"");
    assert_eq!(shown("\"${env:UNSET:-}\""), "null \"\"");
    assert_eq!(shown("${env:LIST}"), "list of 2 \"[a, \\\"value\\\"]\"");
    assert_eq!(shown("\"${yaml:{a: 1}}\""), "Text \"{a: 1}\"");
    assert_eq!(shown("\"${yaml:a: 1}\""), "map of 1 \"a: 1\"");
}

#[test]
fn inside_a_text_the_text_is_put_in() {
    assert_eq!(shown("x-${NAME}-y"), "Text \"x-value-y\"");
    assert_eq!(shown("${NAME}:${PORT}"), "Text \"value:4317\"");
    assert_eq!(shown("\"${env:${WHICH}}\""), "Text \"value\"");
    assert_eq!(shown("x${env:UNSET}y"), "Text \"xy\"");
    assert_eq!(shown("x${env:LIST}"), "Text \"x[a, \\\"value\\\"]\"");
}

#[test]
fn dollars_are_escaped_by_doubling() {
    assert_eq!(shown("$$1"), "Text \"$1\"");
    assert_eq!(shown("$NAME"), "Text \"$NAME\"");
    assert_eq!(shown("$${NAME}"), "Text \"${NAME}\"");
    assert_eq!(shown("$$${NAME}"), "Text \"$value\"");
    assert_eq!(shown("$$$${NAME}"), "Text \"$${NAME}\"");
    assert_eq!(shown("x$${NAME} ${PORT}"), "Text \"x${NAME} 4317\"");
    assert_eq!(shown("${env:PRICE}"), "Text \"5$\"");
    assert_eq!(shown("x${NAME"), "Text \"x${NAME\"");
    assert_eq!(shown("x}${"), "Text \"x}${\"");
}

#[test]
fn what_cannot_be_had_is_an_error() {
    assert_eq!(refused("${1}"), "`1` is no name of an environment variable");
    assert_eq!(refused("\"${}\""), "`` is no name of an environment variable");
    assert_eq!(refused("${foo:x}"), "the scheme `foo` of `foo:x` is not supported");
    assert_eq!(refused("x${env:LOOP}"), "placeholders expand without end");
    assert_eq!(refused("${env:SELF}"), "placeholders expand without end");
    assert_eq!(refused("${env:NEST}"), "placeholders expand without end");
    assert_eq!(refused("${env:GROW}"), "placeholders expand without end");
    assert!(refused("${file:/nonexistent/x}").starts_with("cannot read the file"));
    assert!(refused("\"${env:a$b}\"").contains("contains a `$`"));
}

#[test]
fn unset_variables_are_warned_about_at_the_placeholder() {
    let text = "a: x-${env:UNSET}-y\nb: ${env:EMPTY}\n";
    let (_, findings) = expand(text);
    let told: Vec<(Severity, &str, &str)> = findings
        .iter()
        .map(|finding| {
            let place = finding.labels[0].location.span;
            (finding.severity, finding.message.as_str(), place.slice(text))
        })
        .collect();
    assert_eq!(
        told,
        [
            (Severity::Warning, "the environment variable `UNSET` is not set", "${env:UNSET}"),
            (Severity::Info, "the environment variable `EMPTY` is empty", "${env:EMPTY}"),
        ]
    );
}

#[test]
fn places_survive_expansion() {
    let text = "k: 'set(a[\"${env:NAME}\"], \"it''s $$1\") x'\n";
    let (tree, _) = expand(text);
    let scalar = tree.get("k").unwrap().as_scalar().unwrap();
    assert_eq!(scalar.text, "set(a[\"value\"], \"it's $1\") x");
    let place = |part: &str| {
        let at = scalar.text.find(part).unwrap();
        scalar.origin.locate(Span::from(at..at + part.len())).span.slice(text).to_owned()
    };
    assert_eq!(place("set"), "set");
    assert_eq!(place("alu"), "${env:NAME}");
    assert_eq!(place("[\"value\"]"), "[\"${env:NAME}\"]");
    assert_eq!(place("'"), "''");
    assert_eq!(place("$"), "$$");
    assert_eq!(place("1"), "1");
    assert_eq!(place(") x"), ") x");
}

#[test]
fn a_file_with_a_map_is_placed_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.yaml");
    std::fs::write(&path, "endpoint: h:1\ntimeout: ${env:PORT}\n").unwrap();
    let (tree, findings) = expand(&format!("k: ${{file:{}}}\n", path.display()));
    assert!(findings.is_empty());
    let inner = tree.at(&["k", "endpoint"]).unwrap();
    assert_ne!(inner.location.source, tree.location.source);
    assert_eq!(inner.location.span, Span::new(10, 13));
    let timeout = tree.at(&["k", "timeout"]).unwrap().as_scalar().unwrap();
    assert_eq!(timeout.value, ScalarValue::Integer(4317));
}
