//! Mistakes in values: arithmetic on what is no number, names that are none.

use super::super::Rule;
use super::super::error::SyntaxError;
use super::super::expected::Context;
use super::error;
use crate::diag::Applicability::Unsafe;
use crate::diag::codes;
use crate::token::{Token, TokenKind};

/// `"a" + "b"`
pub(super) fn arithmetic_on_other_values(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found()?;
    let before = context.back(1)?;
    let refused = |kind| {
        Some(match kind {
            TokenKind::String => "strings",
            TokenKind::Bytes => "byte literals",
            TokenKind::Nil => "`nil`",
            TokenKind::True | TokenKind::False => "booleans",
            TokenKind::UpperWord | TokenKind::UpperMixedWord => "symbols",
            TokenKind::OpenBrace | TokenKind::CloseBrace => "maps",
            TokenKind::OpenBracket | TokenKind::CloseBracket => "lists",
            _ => return None,
        })
    };
    let what = if found.kind.is_arithmetic() {
        refused(before.kind)?
    } else if before.kind.is_arithmetic() {
        let call = context.ahead(1).is_some_and(|next| next.kind == TokenKind::OpenParen);
        refused(found.kind).filter(|_| !call)?
    } else {
        return None;
    };
    let error = error(context, format!("arithmetic is not possible with {what}"))
        .label("arithmetic takes numbers, paths and converter calls");
    Some(if what == "strings" {
        error.note("strings are joined with `Concat([\"a\", \"b\"], \"\")`")
    } else {
        error
    })
}

/// `attributes[X]`, `1 + X`
pub(super) fn symbol_as_operand(context: &Context<'_>) -> Option<SyntaxError> {
    let symbol = context.back(1)?;
    let is_symbol = matches!(symbol.kind, TokenKind::UpperWord | TokenKind::UpperMixedWord);
    let only_call = context.tried(&[Rule::arguments, Rule::open_paren])
        && !context.tried(&[Rule::comma, Rule::op_compare, Rule::EOI, Rule::close_brace]);
    if !is_symbol || !only_call || context.wants_value() {
        return None;
    }
    let word = context.slice(symbol);
    Some(
        SyntaxError::new(codes::SYNTAX, symbol.span, format!("`{word}` cannot stand here"))
            .label("symbols are neither keys nor numbers")
            .note(format!(
                "if it is a converter, call it: `{word}(…)`; if it is a key, write `\"{word}\"`"
            )),
    )
}

/// `(X) => 1`
pub(super) fn lambda_parameters(context: &Context<'_>) -> Option<SyntaxError> {
    context.found().filter(|token| token.kind == TokenKind::Arrow)?;
    Some(
        error(context, "`=>` does not stand behind the parameters of a lambda")
            .label("expected a list of lower-case names in parentheses before it")
            .note("a lambda is written `(key, value) => value != nil`"),
    )
}

/// `attributes.or`, `not(x)` at the start of a statement.
pub(super) fn reserved_word(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|token| token.kind.is_reserved())?;
    let dot = context.back(1).filter(|token| token.kind == TokenKind::Dot)?;
    let word = context.slice(found);
    Some(
        error(context, format!("`{word}` is a reserved word and cannot be part of a path"))
            .label("expected a name in lower case")
            .fix(Unsafe, "write it as a key", dot.span.to(found.span), format!("[\"{word}\"]")),
    )
}

/// `span.traceId`, `resourceSpans == …`
pub(super) fn mixed_case_name(context: &Context<'_>) -> Option<SyntaxError> {
    let is_mixed = |token: &Token| {
        matches!(
            token.kind,
            TokenKind::LowerMixedWord | TokenKind::UpperMixedWord | TokenKind::UpperWord
        )
    };
    let after_dot = context
        .found()
        .filter(|_| context.back(1).is_some_and(|before| before.kind == TokenKind::Dot))
        .filter(is_mixed);
    let before_place = || {
        let before = context.back(1).filter(|token| token.kind == TokenKind::LowerMixedWord)?;
        context.tried(&[Rule::arguments, Rule::open_paren]).then_some(before)
    };
    let word = after_dot.or_else(before_place)?;
    let snake = snake_case(context.slice(word));
    Some(
        SyntaxError::new(
            codes::SYNTAX,
            word.span,
            format!("`{}` cannot be part of a path", context.slice(word)),
        )
        .label("names in paths are written in lower case with underscores")
        .fix(Unsafe, format!("write `{snake}`"), word.span, snake),
    )
}

/// `traceId` → `trace_id`, `TraceID` → `trace_id`.
fn snake_case(word: &str) -> String {
    let mut snake = String::new();
    let mut previous_lower = false;
    for character in word.chars() {
        if character.is_ascii_uppercase() && previous_lower {
            snake.push('_');
        }
        previous_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
