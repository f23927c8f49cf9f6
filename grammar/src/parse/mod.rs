//! OTTL text to syntax tree.
//!
//! A text passes four gates: its length, the depth of its tokens, the tokens one by one
//! (`lexical`), and the grammar in `ottl.pest`. What the grammar accepted is read into [`ast`]
//! nodes, and where the grammar covers two readings the reader refuses what fits neither. A text
//! yields a tree, or all its lexical errors, its first syntax error and all misplaced functions.

mod call;
mod condition;
mod error;
mod expected;
mod hints;
mod lexical;
mod limits;
mod literal;
mod memo;
mod path;
mod reader;
mod statement;
mod value;

use pest::Parser as _;
use pest::error::ErrorVariant;
use pest::iterators::Pair;

pub use error::{Locate, SyntaxError, SyntaxFix, Verbatim};
pub use limits::{MAX_DEPTH, MAX_LENGTH};
pub use memo::remember;

use crate::ast;
use crate::diag::codes;
use crate::span::Span;
use crate::token;
use reader::Reader;

/// The parser that pest makes of the grammar file, and the rules as an enum.
mod pest_parser {
    #![allow(missing_docs, unreachable_pub)]

    /// Parses by the rules of `ottl.pest`.
    #[derive(pest_derive::Parser)]
    #[grammar = "../ottl.pest"]
    pub(super) struct OttlParser;
}

pub(crate) use pest_parser::Rule;

/// Parses a statement: an editor with an optional condition.
///
/// # Errors
/// All errors that can be told apart, in the order of their places; at least one.
pub fn parse_statement(text: &str) -> Result<ast::Statement, Vec<SyntaxError>> {
    memo::statement(text, || parse(text, Rule::statement, Reader::statement))
}

/// Parses an entry of a list of conditions.
///
/// # Errors
/// As [`parse_statement`].
pub fn parse_condition(text: &str) -> Result<ast::Condition, Vec<SyntaxError>> {
    memo::condition(text, || parse(text, Rule::condition, Reader::condition))
}

/// Parses a value expression.
///
/// # Errors
/// As [`parse_statement`].
pub fn parse_value_expression(text: &str) -> Result<ast::ValueExpr, Vec<SyntaxError>> {
    parse(text, Rule::value_expression, Reader::value_expression)
}

/// Takes a text through all gates.
fn parse<'t, T>(
    text: &'t str,
    rule: Rule,
    read: impl FnOnce(&mut Reader<'t>, Pair<'t, Rule>) -> Option<T>,
) -> Result<T, Vec<SyntaxError>> {
    if let Some(error) = limits::check_length(text) {
        return Err(vec![error]);
    }
    let tokens = token::lex(text);
    if let Some(error) = limits::check_depth(&tokens) {
        return Err(vec![error]);
    }
    let mut errors = lexical::check(text, &tokens);
    let mut tree = None;
    limits::bound_steps();
    match pest_parser::OttlParser::parse(rule, text) {
        Ok(mut pairs) => {
            let mut reader = Reader::new(text);
            tree = pairs.next().and_then(|pair| read(&mut reader, pair));
            errors.append(&mut reader.errors);
        }
        Err(error) if matches!(error.variant, ErrorVariant::CustomError { .. }) => {
            errors.push(limits::exhausted(text));
        }
        Err(error) => {
            let context = expected::Context::new(text, rule, &tokens, &error);
            if !context.caused_by_error_token() {
                errors.push(hints::explain(&context));
            }
        }
    }
    errors.sort_by_key(|error| error.span.start);
    match tree {
        Some(tree) if errors.is_empty() => Ok(tree),
        _ if errors.is_empty() => Err(vec![unreadable(text)]),
        _ => Err(errors),
    }
}

/// The error for a parse tree that the reader does not know; a mistake in this package.
fn unreadable(text: &str) -> SyntaxError {
    SyntaxError::new(codes::SYNTAX, Span::from(0..text.len()), "the statement cannot be read")
        .note("this is a defect of Holt: please report it together with the statement")
}
