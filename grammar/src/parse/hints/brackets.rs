//! Mistakes in brackets and in the lists between them.

use super::super::Rule;
use super::super::error::SyntaxError;
use super::super::expected::Context;
use super::error;
use crate::diag::Applicability::{Safe, Unsafe};
use crate::diag::codes;
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// A comma before a closing bracket.
pub(super) fn trailing_comma(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|token| token.kind.is_close())?;
    let comma = context.back(1).filter(|token| token.kind == TokenKind::Comma)?;
    let what = if found.kind == TokenKind::CloseParen { "argument" } else { "element" };
    Some(
        SyntaxError::new(
            codes::SYNTAX,
            comma.span,
            format!("a comma cannot stand behind the last {what}"),
        )
        .label(format!("another {what} must follow"))
        .fix(Safe, "remove the comma", comma.span, ""),
    )
}

/// A bracket that is missing, of the wrong shape, or too much.
pub(super) fn wrong_bracket(context: &Context<'_>) -> Option<SyntaxError> {
    let closing = |open: Token| match open.kind {
        TokenKind::OpenParen => (")", Rule::close_paren),
        TokenKind::OpenBracket => ("]", Rule::close_bracket),
        _ => ("}", Rule::close_brace),
    };
    match (context.found(), context.open_bracket()) {
        (None, Some(open)) => {
            let (close, rule) = closing(open);
            if !context.tried(&[rule]) {
                return None;
            }
            let end = context.span();
            Some(
                error(context, format!("missing closing `{close}`"))
                    .label(format!("expected `{close}`"))
                    .related(open.span, "opened here")
                    .fix(Unsafe, format!("add `{close}`"), end, close),
            )
        }
        (Some(found), Some(open)) if found.kind.is_close() => {
            let (close, rule) = closing(open);
            let text = context.slice(found);
            (context.tried(&[rule]) && text != close).then(|| {
                error(context, format!("expected `{close}`, found `{text}`"))
                    .label(format!("expected `{close}`"))
                    .related(open.span, "opened here")
            })
        }
        (Some(found), None) if found.kind.is_close() && context.tried(&[Rule::EOI]) => {
            let text = context.slice(found);
            Some(
                error(context, format!("`{text}` closes nothing"))
                    .label("no bracket is open here")
                    .fix(Unsafe, format!("remove `{text}`"), found.span, ""),
            )
        }
        _ => None,
    }
}

/// Two values next to each other.
pub(super) fn missing_comma(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found()?;
    let before = context.back(1)?;
    let starts_value = found.kind.is_word()
        || matches!(
            found.kind,
            TokenKind::String
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Bytes
                | TokenKind::Nil
                | TokenKind::True
                | TokenKind::False
                | TokenKind::OpenBrace
        );
    let in_list = context.open_bracket().is_some() && context.tried(&[Rule::comma]);
    if !starts_value || !in_list || context.wants_value() {
        return None;
    }
    let place = Span::at(before.span.end);
    Some(
        error(context, format!("missing `,` before {}", context.found_in_words()))
            .label("expected `,`")
            .fix(Unsafe, "add a comma", place, ","),
    )
}
