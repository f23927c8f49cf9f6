//! What holds for every text and every tree.

use holt_grammar::diag::render::{Color, concise, full};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_grammar::token::{TokenKind, lex};
use proptest::prelude::*;

use crate::accepted::print;
use crate::generate::{entry, text, tree};
use crate::{compact, parse};

/// The compact form of a tree without its groups, which printing may add.
fn without_groups(tree: &str) -> String {
    let mut out = String::new();
    let mut rest = tree;
    let mut groups: Vec<bool> = Vec::new();
    let mut in_string = false;
    while let Some(first) = rest.chars().next() {
        if in_string && first == '\\' {
            let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[..length]);
            rest = &rest[length..];
            continue;
        }
        in_string ^= first == '"';
        if !in_string && rest.starts_with("(group ") {
            groups.push(true);
            rest = &rest["(group ".len()..];
            continue;
        }
        let skip = match first {
            '(' if !in_string => {
                groups.push(false);
                false
            }
            ')' if !in_string => groups.pop().unwrap(),
            _ => false,
        };
        if !skip {
            out.push(first);
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_text_yields_a_tree_or_errors_within_it(text in text()) {
        for entry in ["s", "c", "v"] {
            let Err(errors) = parse(entry, &text) else { continue };
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.is_sorted_by_key(|error| error.span.start));
            let mut sources = SourceMap::default();
            let source = sources.add("text", text.as_str());
            for error in errors {
                let spans = error.related.iter().map(|(span, _)| *span)
                    .chain(error.fixes.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span)))
                    .chain([error.span]);
                for span in spans {
                    prop_assert!(text.get(span.range()).is_some(), "{span:?} of {text:?}");
                }
                prop_assert!(!error.message.is_empty());
                prop_assert!(!error.message.contains("cannot be read"), "{text:?}");
                let diagnostic = error.into_diagnostic(&Verbatim { source, offset: 0 });
                prop_assert!(full(&diagnostic, &sources, Color::Never).contains("text:"));
                prop_assert!(concise(&diagnostic, &sources).starts_with("text:"));
            }
        }
    }

    #[test]
    fn tokens_cover_the_text(text in text()) {
        let mut end = 0;
        for token in lex(&text) {
            prop_assert_eq!(token.span.start, end);
            prop_assert!(!token.span.is_empty());
            prop_assert!(text.get(token.span.range()).is_some());
            end = token.span.end;
        }
        prop_assert_eq!(end as usize, text.len());
    }

    #[test]
    fn accepted_texts_have_no_error_tokens(text in text()) {
        for entry in ["s", "c", "v"] {
            if parse(entry, &text).is_ok() {
                prop_assert!(lex(&text).iter().all(|token| !token.kind.is_error()), "{text:?}");
            }
        }
    }

    #[test]
    fn printed_trees_parse_to_themselves(tree in tree()) {
        let text = print(&tree);
        let again = match parse(entry(&tree), &text) {
            Ok(again) => again,
            Err(errors) => return Err(TestCaseError::fail(format!("{text:?}: {errors:#?}"))),
        };
        let (expected, actual) = (compact::tree(&tree), compact::tree(&again));
        prop_assert_eq!(without_groups(&actual), without_groups(&expected), "{}", text);
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
