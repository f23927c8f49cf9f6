//! What holds for every text, as functions that panic where it does not. The fuzz targets `parse` and
//! `format_roundtrip` run them too.

#![allow(dead_code)] // Each user takes what it needs.

use holt_grammar::diag::render::{Color, concise, full};
use holt_grammar::layout::{Language, formatted, gaps};
use holt_grammar::parse::{SyntaxError, Verbatim};
use holt_grammar::source::SourceMap;
use holt_grammar::token::lex;

use super::compact;
use super::tree::{ENTRIES, Tree, parse as parse_entry, print};

/// Tokens cover the text; each entry point yields a tree, of which no token is an error, or errors
/// within the text. Answers whether there was a tree.
pub(crate) fn parse(text: &str) -> bool {
    let mut end = 0;
    for token in lex(text) {
        assert_eq!(token.span.start, end, "{text:?}");
        assert!(!token.span.is_empty(), "{text:?}");
        assert!(text.get(token.span.range()).is_some(), "{text:?}");
        end = token.span.end;
    }
    assert_eq!(end as usize, text.len(), "{text:?}");
    let mut accepted = false;
    for entry in ENTRIES {
        match parse_entry(entry, text) {
            Ok(_) => {
                accepted = true;
                assert!(lex(text).iter().all(|token| !token.kind.is_error()), "{text:?}");
            }
            Err(errors) => refusal(text, errors),
        }
    }
    accepted
}

fn refusal(text: &str, errors: Vec<SyntaxError>) {
    assert!(!errors.is_empty(), "{text:?}");
    assert!(errors.is_sorted_by_key(|error| error.span.start), "{text:?}");
    let mut sources = SourceMap::default();
    let source = sources.add("text", text);
    for error in errors {
        let related = error.related.iter().map(|(span, _)| *span);
        let fixes = error.fixes.iter().flat_map(|fix| fix.edits.iter().map(|(span, _)| *span));
        for span in related.chain(fixes).chain([error.span]) {
            assert!(text.get(span.range()).is_some(), "{span:?} of {text:?}");
        }
        assert!(!error.message.is_empty(), "{text:?}");
        // Messages quote the text, which may say so itself.
        let quoted = text.contains("cannot be read");
        assert!(quoted || !error.message.contains("cannot be read"), "{text:?}");
        let diagnostic = error.into_diagnostic(&Verbatim { source, offset: 0 });
        assert!(full(&diagnostic, &sources, Color::Never).contains("text:"), "{text:?}");
        assert!(concise(&diagnostic, &sources).starts_with("text:"), "{text:?}");
    }
}

/// What is printed of a tree means the same, and prints the same. Answers whether there was a tree.
pub(crate) fn format_roundtrip(text: &str) -> bool {
    let mut accepted = false;
    for entry in ENTRIES {
        let Ok(tree) = parse_entry(entry, text) else { continue };
        accepted = true;
        let printed = print(&tree);
        let again: Tree = match parse_entry(entry, &printed) {
            Ok(again) => again,
            Err(errors) => panic!("{text:?} printed as {printed:?}: {errors:#?}"),
        };
        let (expected, actual) = (compact::tree(&tree), compact::tree(&again));
        assert_eq!(without_groups(&actual), without_groups(&expected), "{text:?} as {printed:?}");
        assert_eq!(print(&again), printed, "{text:?}");
        layout(entry, text, &tree);
    }
    accepted
}

/// Changing blanks keeps the tree, and is done at once.
fn layout(entry: &str, text: &str, tree: &Tree) {
    let language = match entry {
        "s" => Language::Statement,
        "c" => Language::Condition,
        _ => Language::Value,
    };
    let formatted = formatted(language, text).unwrap();
    let again = parse_entry(entry, &formatted).unwrap();
    assert_eq!(compact::tree(&again), compact::tree(tree), "{text:?} as {formatted:?}");
    assert_eq!(gaps(language, &formatted).unwrap(), [], "{text:?} as {formatted:?}");
}

/// The compact form of a tree without its groups, which printing may add.
pub(crate) fn without_groups(tree: &str) -> String {
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
