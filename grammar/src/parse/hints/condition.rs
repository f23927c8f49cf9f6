//! Mistakes in conditions: the operators of other languages, chained comparisons.

use super::super::error::SyntaxError;
use super::super::expected::Context;
use super::super::lexical::spaced;
use super::error;
use crate::diag::Applicability::Safe;
use crate::diag::codes;
use crate::token::{Token, TokenKind};

/// `AND`, `Or`, `NOT (…)`, `WHERE`.
pub(super) fn upper_case_keyword(context: &Context<'_>) -> Option<SyntaxError> {
    let keyword = |token: Token| {
        let word = context.slice(token);
        let lower = word.to_ascii_lowercase();
        (["and", "or", "not", "where"].contains(&&*lower) && lower != word)
            .then_some((token, lower))
    };
    let near = [context.found(), context.back(1), context.called()];
    let (token, lower) = near.into_iter().flatten().find_map(keyword)?;
    let word = context.slice(token);
    Some(
        SyntaxError::new(
            codes::SYNTAX,
            token.span,
            format!("`{word}` must be written in lower case"),
        )
        .label(format!("write `{lower}`"))
        .fix(Safe, format!("write `{lower}`"), token.span, lower),
    )
}

/// `=` where a comparison or a call of `set` was meant.
pub(super) fn assignment(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|token| token.kind == TokenKind::Assign)?;
    if context.called().is_some() {
        return Some(
            error(context, "only the name of a parameter can stand before `=`")
                .label("neither an argument nor its name")
                .note("a named argument is written `parameter_name = value`"),
        );
    }
    Some(error(context, "values are compared with `==`").label("write `==`").fix(
        Safe,
        "write `==`",
        found.span,
        "==",
    ))
}

/// `1 < x < 3`
pub(super) fn chained_comparison(context: &Context<'_>) -> Option<SyntaxError> {
    context.found().filter(|token| token.kind.is_comparison())?;
    let first = context
        .back_in_bracket()
        .take_while(|token| !matches!(token.kind, TokenKind::And | TokenKind::Or))
        .find(|token| token.kind.is_comparison())?;
    if context.back(1).is_some_and(|before| before.span == first.span) {
        return None;
    }
    Some(
        error(context, "comparisons cannot be chained")
            .label("second comparison")
            .related(first.span, "first comparison")
            .note("join two comparisons with `and`: `1 < x and x < 3`"),
    )
}

/// `F(a == b)`
pub(super) fn comparison_as_argument(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found()?;
    let name = context.called()?;
    if context.wants_value() {
        return None;
    }
    let what = match found.kind {
        kind if kind.is_comparison() => "comparison",
        TokenKind::And | TokenKind::Or => "condition",
        _ => return None,
    };
    Some(
        error(context, format!("a {what} cannot be an argument"))
            .label("expected `,` or `)`")
            .related(name.span, format!("in the arguments of `{}`", context.slice(name)))
            .note("conditions stand behind `where`: close the parenthesis before it"),
    )
}

/// `not not a`, `--1`
pub(super) fn not_or_sign(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found()?;
    let before = context.back(1)?;
    let is_sign = |kind| matches!(kind, TokenKind::Plus | TokenKind::Minus);
    if found.kind == TokenKind::Not && before.kind == TokenKind::Not {
        return Some(
            error(context, "`not` can stand only once before a condition")
                .label("second `not`")
                .note("use parentheses to negate twice: `not (not …)`"),
        );
    }
    if is_sign(found.kind) && is_sign(before.kind) {
        return Some(
            error(context, "a number can have only one sign")
                .label("second sign")
                .note("use parentheses: `-(-1)`"),
        );
    }
    None
}

/// `contains`, `in`, `if` and the like where an operator is wanted.
pub(super) fn word_operator(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|token| token.kind.is_word())?;
    if context.wants_value() || context.wants_operand() {
        return None;
    }
    let word = context.slice(found);
    let lower = word.to_ascii_lowercase();
    let replacement = match &*lower {
        "is" if context.ahead(1).is_some_and(|next| next.kind == TokenKind::Not) => "!=",
        "eq" | "equals" | "is" => "==",
        "ne" | "neq" => "!=",
        "lt" => "<",
        "le" | "lte" => "<=",
        "gt" => ">",
        "ge" | "gte" => ">=",
        "contains" | "matches" | "like" | "regex" => "IsMatch(target, \"pattern\")",
        "startswith" | "has_prefix" => "HasPrefix(target, \"prefix\")",
        "endswith" | "has_suffix" => "HasSuffix(target, \"suffix\")",
        "in" => "ContainsValue([…], value)",
        "xor" | "mod" | "div" => "",
        _ => return None,
    };
    let error = error(context, format!("OTTL has no operator `{word}`"));
    if replacement.is_empty() {
        return Some(error.label("not an operator"));
    }
    let label = format!("write `{replacement}`");
    if replacement.ends_with(')') {
        return Some(error.label("not an operator").note(label));
    }
    let last = if replacement == "!=" && lower == "is" { context.ahead(1)? } else { found };
    let span = found.span.to(last.span);
    let fix = spaced(context.text, span, replacement);
    Some(error.label(label.clone()).fix(Safe, label, span, fix))
}
