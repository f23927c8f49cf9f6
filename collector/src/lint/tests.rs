//! The examples of the rules, as tests, and what holds for all rules.

use holt_grammar::diag::fix;
use holt_grammar::diag::{Applicability, Diagnostic};
use holt_grammar::source::{SourceId, SourceMap};

use super::{RULES, lint, suppress};
use crate::config::environment::ProcessEnvironment;
use crate::config::load_text;
use crate::config::model::decode;

/// What the rules find in a text: a configuration, or a manifest that holds one.
fn findings(text: &str) -> (Vec<Diagnostic>, SourceMap, SourceId) {
    let mut sources = SourceMap::default();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
    let environment = &ProcessEnvironment;
    let loaded = load_text("example.yaml", text, &mut sources, environment);
    let (trees, _) = runtime.block_on(loaded).unwrap_or_else(|findings| panic!("{findings:?}"));
    let source = sources.find("example.yaml").expect("the text");
    let tree = trees.first().expect("a configuration");
    let config = decode(tree).unwrap_or_else(|findings| panic!("{findings:?}\n{text}"));
    let found = suppress::apply(lint(&config, &sources), &sources, &[source]);
    (found, sources, source)
}

/// The codes of what the rules find in a text.
pub(super) fn codes_in(text: &str) -> Vec<&'static str> {
    findings(text).0.iter().map(|finding| finding.code).collect()
}

#[test]
fn rules_are_sorted_and_described() {
    for pair in RULES.windows(2) {
        assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
    }
    for rule in RULES {
        assert!(rule.explanation.ends_with('.') && !rule.title.ends_with('.'), "{}", rule.code);
    }
}

#[test]
fn bad_examples_are_found_and_good_ones_are_not() {
    for rule in RULES {
        let (found, ..) = findings(rule.bad);
        assert!(found.iter().any(|finding| finding.code == rule.code), "{}: {found:?}", rule.code);
        let (found, ..) = findings(rule.good);
        assert!(found.iter().all(|finding| finding.code != rule.code), "{}: {found:?}", rule.code);
    }
}

#[test]
fn findings_point_at_text() {
    for rule in RULES {
        let (found, sources, _) = findings(rule.bad);
        for finding in found.iter().filter(|finding| finding.code == rule.code) {
            assert_eq!(finding.severity, rule.severity, "{}", rule.code);
            let label = finding.labels.first().expect("a label");
            let text = &sources.get(label.location.source).expect("a source").text;
            let marked = text.get(label.location.span.range()).expect("a range");
            assert!(!marked.trim().is_empty(), "{}", rule.code);
            assert!(!finding.notes.is_empty() || !finding.fixes.is_empty(), "{}", rule.code);
        }
    }
}

#[test]
fn fixes_mend_what_they_are_for() {
    for rule in RULES {
        let (mut found, sources, source) = findings(rule.bad);
        found.retain(|finding| finding.code == rule.code);
        let count = found.len();
        let fixed =
            fix::apply(&found, &sources, Applicability::Unsafe, &|candidate| candidate == source);
        let Some((_, text)) = fixed.texts.first() else { continue };
        let (after, ..) = findings(text);
        let left = after.iter().filter(|finding| finding.code == rule.code).count();
        assert!(left < count, "{}:\n{text}", rule.code);
    }
}
