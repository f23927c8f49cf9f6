//! The language as users meet it: texts that are accepted with their trees, texts that are refused
//! with the message shown, the oddities of the reference, and properties of any text.

// A test that cannot go on has failed; the configured leave for tests does not reach helpers.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod accepted;
mod compact;
mod generate;
mod properties;
mod quirks;
mod refused;

use holt_grammar::ast::{Condition, Statement, ValueExpr};
use holt_grammar::parse::SyntaxError;

/// A tree of any of the three entry points.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    Statement(Statement),
    Condition(Condition),
    Value(ValueExpr),
}

/// Parses a text by its entry point: `s`tatement, `c`ondition or `v`alue expression.
fn parse(entry: &str, text: &str) -> Result<Tree, Vec<SyntaxError>> {
    match entry {
        "s" => holt_grammar::parse_statement(text).map(Tree::Statement),
        "c" => holt_grammar::parse_condition(text).map(Tree::Condition),
        "v" => holt_grammar::parse_value_expression(text).map(Tree::Value),
        _ => panic!("unknown entry point {entry}"),
    }
}

/// The lines of a file of cases: entry point, text.
fn cases(path: &std::path::Path) -> Vec<(String, String)> {
    let file = std::fs::read_to_string(path).unwrap();
    file.lines()
        .map(|line| {
            let (entry, text) = line.split_once(' ').unwrap();
            (entry.to_owned(), text.to_owned())
        })
        .collect()
}
