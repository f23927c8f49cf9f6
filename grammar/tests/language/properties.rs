//! What holds for every text and every tree.

use std::sync::atomic::{AtomicU32, Ordering};

use holt_grammar::token::{TokenKind, lex};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::generate::{entry, text, tree};
use crate::tree::print;
use crate::{checks, compact, parse};

/// So many texts are tried.
const TEXTS: u32 = 512;

/// Makes a check of random texts, and says how many of them were accepted.
fn check_texts(name: &str, check: fn(&str) -> bool) {
    let accepted = AtomicU32::new(0);
    let mut runner = TestRunner::new(ProptestConfig { cases: TEXTS, ..ProptestConfig::default() });
    let result = runner.run(&text(), |text| {
        accepted.fetch_add(u32::from(check(&text)), Ordering::Relaxed);
        Ok(())
    });
    result.unwrap();
    let accepted = accepted.into_inner();
    println!("{name}: {accepted} of {TEXTS} texts accepted");
    assert!(accepted > TEXTS / 50, "only {accepted} texts were accepted");
}

#[test]
fn any_text_yields_a_tree_or_errors_within_it() {
    check_texts("parse", checks::parse);
}

#[test]
fn accepted_texts_survive_printing() {
    check_texts("format_roundtrip", checks::format_roundtrip);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn printed_trees_parse_to_themselves(tree in tree()) {
        let text = print(&tree);
        let again = match parse(entry(&tree), &text) {
            Ok(again) => again,
            Err(errors) => return Err(TestCaseError::fail(format!("{text:?}: {errors:#?}"))),
        };
        let (expected, actual) = (compact::tree(&tree), compact::tree(&again));
        prop_assert_eq!(checks::without_groups(&actual), checks::without_groups(&expected), "{}", text);
        prop_assert_eq!(print(&again), text);
        prop_assert!(lex(&print(&again)).iter().all(|token| !token.kind.is_error()));
    }

    #[test]
    fn strings_survive_printing(string in any::<String>()) {
        let text = holt_grammar::format::string_literal(&string);
        let tokens = lex(&text);
        prop_assert_eq!(tokens.len(), 1);
        prop_assert_eq!(tokens[0].kind, TokenKind::String);
        let tree = parse("v", &text).unwrap();
        prop_assert_eq!(compact::tree(&tree), format!("{string:?}"));
    }

    #[test]
    fn white_space_between_tokens_changes_nothing(tree in tree(), blank in "[ \t\r\n\x0C]{1,3}") {
        let text = print(&tree);
        let spaced: Vec<&str> = lex(&text).iter().map(|token| token.span.slice(&text)).collect();
        let spaced = format!("{blank}{}{blank}", spaced.join(&blank));
        let again = parse(entry(&tree), &spaced).unwrap();
        prop_assert_eq!(print(&again), text);
    }
}
