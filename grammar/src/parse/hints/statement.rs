//! Mistakes in the frame of a statement: no editor, no `where`, several calls.

use super::super::Rule;
use super::super::error::SyntaxError;
use super::super::expected::Context;
use super::error;
use crate::diag::Applicability::{Safe, Unsafe};
use crate::diag::codes;
use crate::span::Span;
use crate::suggest::did_you_mean;
use crate::token::{Token, TokenKind};

const EDITOR_CALL: &str = "a statement starts with the name of an editor and `(`";
const EXAMPLE: &str = "for example: `set(span.attributes[\"env\"], \"prod\") where span.kind == \
                       SPAN_KIND_SERVER`";

pub(super) fn empty_text(context: &Context<'_>) -> Option<SyntaxError> {
    if context.found().is_some() || context.back(1).is_some() {
        return None;
    }
    let (what, example) = match context.entry {
        Rule::statement => ("statement", "set(span.attributes[\"env\"], \"prod\")"),
        Rule::condition => ("condition", "span.attributes[\"env\"] == \"prod\""),
        _ => ("expression", "span.attributes[\"env\"]"),
    };
    Some(error(context, format!("the {what} is empty")).note(format!("for example: `{example}`")))
}

/// A statement that does not start with a call.
pub(super) fn no_editor_call(context: &Context<'_>) -> Option<SyntaxError> {
    if context.entry != Rule::statement {
        return None;
    }
    let lead = context.leading_path();
    let (Some(first), Some(last)) = (lead.first(), lead.last()) else {
        return context.back(1).is_none().then(|| {
            let message = format!("expected an editor call, found {}", context.found_in_words());
            error(context, message).label(EDITOR_CALL).note(EXAMPLE)
        });
    };
    // Behind a complete call the grammar looks for a condition; behind a word or path for a call.
    let next = context.token(lead.len());
    if next.is_some_and(|token| token.kind == TokenKind::OpenParen) && lead.len() == 1 {
        return None;
    }
    let span = first.span.to(last.span);
    let path = span.slice(context.text);
    let error = |message: String| SyntaxError::new(codes::SYNTAX, span, message);
    if let Some(assign) = next.filter(|token| token.kind == TokenKind::Assign) {
        return Some(
            error("OTTL has no assignment".to_owned())
                .label("a statement calls an editor")
                .related(assign.span, "not an operator")
                .note(format!("write `set({path}, value)`")),
        );
    }
    if first.kind == TokenKind::Where {
        let message = "missing editor call before `where`".to_owned();
        return Some(error(message).label(EDITOR_CALL).note(EXAMPLE));
    }
    if next.is_none() && lead.len() == 1 && first.kind.is_word() {
        return Some(
            error(format!("missing arguments of `{path}`"))
                .label("expected `(` behind the name")
                .note(format!("a call has parentheses even without arguments: `{path}()`")),
        );
    }
    let message = format!("expected an editor call, found `{path}`");
    Some(error(message).label(EDITOR_CALL).note(EXAMPLE))
}

/// What stands behind the editor call but is not `where`.
pub(super) fn behind_editor(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|_| context.tried(&[Rule::kw_where]))?;
    let word = context.slice(found);
    let opens = |distance: usize| {
        context.ahead(distance).is_some_and(|next| next.kind == TokenKind::OpenParen)
    };
    let lower = |token: Option<Token>| {
        token.is_some_and(|token| {
            matches!(token.kind, TokenKind::LowerWord | TokenKind::LowerMixedWord)
        })
    };
    let comma = found.kind == TokenKind::Comma && lower(context.ahead(1)) && opens(2);
    if comma || lower(Some(found)) && opens(1) && word != "if" {
        return Some(
            error(context, "a statement calls only one editor")
                .label("expected `where` or the end of the statement")
                .note("make the second call a statement of its own: another entry of the list"),
        );
    }
    let instead = matches!(found.kind, TokenKind::And | TokenKind::Or)
        || ["if", "when"].contains(&&*word.to_ascii_lowercase())
        || found.kind.is_word() && did_you_mean(word, ["where"]).is_some();
    if instead {
        return Some(
            error(context, format!("expected `where`, found `{word}`"))
                .label("a condition starts with `where`")
                .fix(Safe, "write `where`", found.span, "where"),
        );
    }
    let condition =
        found.kind.is_word() || matches!(found.kind, TokenKind::Not | TokenKind::OpenParen);
    condition.then(|| {
        error(context, format!("expected `where`, found {}", context.found_in_words()))
            .label("a condition starts with `where`")
            .fix(Unsafe, "add `where`", Span::at(found.span.start), "where ")
    })
}
