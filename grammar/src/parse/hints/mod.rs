//! The first syntax error of a text in words, with what people usually mean by it.

mod brackets;
mod condition;
mod statement;
mod value;

use super::error::SyntaxError;
use super::expected::{Context, any_of};
use crate::diag::codes;

/// A rule that recognises one mistake.
type Hint = fn(&Context<'_>) -> Option<SyntaxError>;

/// The hints in the order they are asked; the first that answers wins.
const HINTS: &[Hint] = &[
    statement::empty_text,
    statement::no_editor_call,
    condition::upper_case_keyword,
    condition::assignment,
    condition::chained_comparison,
    condition::comparison_as_argument,
    statement::behind_editor,
    condition::not_or_sign,
    value::arithmetic_on_other_values,
    condition::word_operator,
    brackets::trailing_comma,
    brackets::wrong_bracket,
    value::reserved_word,
    value::mixed_case_name,
    value::symbol_as_operand,
    value::lambda_parameters,
    brackets::missing_comma,
];

/// Explains where and why the grammar stopped.
pub(super) fn explain(context: &Context<'_>) -> SyntaxError {
    HINTS.iter().find_map(|hint| hint(context)).unwrap_or_else(|| plain(context))
}

fn error(context: &Context<'_>, message: impl Into<String>) -> SyntaxError {
    SyntaxError::new(codes::SYNTAX, context.span(), message)
}

/// What was expected and what was found.
fn plain(context: &Context<'_>) -> SyntaxError {
    let expected = context.expected();
    let words = any_of(&expected);
    let message = format!("expected {words}, found {}", context.found_in_words());
    let mut error = error(context, message).label(format!("expected {words}"));
    error.expected = expected;
    error
}
