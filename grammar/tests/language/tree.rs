//! A tree of any of the three entry points, from text and to text.

use holt_grammar::ast::{Condition, Statement, ValueExpr};
use holt_grammar::parse::SyntaxError;

/// A tree of any of the three entry points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    Statement(Statement),
    Condition(Condition),
    Value(ValueExpr),
}

/// The entry points: `s`tatement, `c`ondition and `v`alue expression.
pub(crate) const ENTRIES: [&str; 3] = ["s", "c", "v"];

/// Parses a text by its entry point.
pub(crate) fn parse(entry: &str, text: &str) -> Result<Tree, Vec<SyntaxError>> {
    match entry {
        "s" => holt_grammar::parse_statement(text).map(Tree::Statement),
        "c" => holt_grammar::parse_condition(text).map(Tree::Condition),
        "v" => holt_grammar::parse_value_expression(text).map(Tree::Value),
        _ => panic!("unknown entry point {entry}"),
    }
}

/// The canonical text of a tree.
pub(crate) fn print(tree: &Tree) -> String {
    match tree {
        Tree::Statement(statement) => holt_grammar::format::statement(statement),
        Tree::Condition(condition) => holt_grammar::format::condition(condition),
        Tree::Value(expression) => holt_grammar::format::value_expression(expression),
    }
}
