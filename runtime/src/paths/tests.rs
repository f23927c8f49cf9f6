//! The tables are sound.

use super::*;
use crate::types::Type;

#[test]
fn rows_are_unique_described_and_sorted_into_contexts() {
    for context in &CONTEXTS {
        assert_eq!(context.prefixes[0].name, context.name);
        for prefix in context.prefixes {
            let mut names: Vec<&str> = prefix.paths.iter().map(|decl| decl.name).collect();
            names.sort_unstable();
            let before = names.len();
            names.dedup();
            assert_eq!(names.len(), before, "{}", prefix.name);
            for decl in prefix.paths {
                assert!(decl.doc.ends_with('.'), "{}.{}", prefix.name, decl.name);
                assert_ne!(decl.get, Type::NOTHING, "{}.{}", prefix.name, decl.name);
            }
        }
    }
}

#[test]
fn symbols_are_known_to_their_contexts() {
    assert_eq!(context("span").unwrap().symbol("SPAN_KIND_SERVER"), Some(2));
    assert_eq!(context("datapoint").unwrap().symbol("FLAG_NO_RECORDED_VALUE"), Some(1));
    assert_eq!(context("metric").unwrap().symbol("FLAG_NO_RECORDED_VALUE"), None);
    assert_eq!(context("resource").unwrap().symbol("SPAN_KIND_SERVER"), None);
}
