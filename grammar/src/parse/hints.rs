//! The first syntax error of a text in words, with what people usually mean by it.

use super::Rule;
use super::error::SyntaxError;
use super::expected::{Context, any_of};
use super::lexical::spaced;
use crate::diag::Applicability::{Safe, Unsafe};
use crate::diag::codes;
use crate::token::{Token, TokenKind};

/// A rule that recognises one mistake.
type Hint = fn(&Context<'_>) -> Option<SyntaxError>;

/// The hints in the order they are asked; the first that answers wins.
const HINTS: &[Hint] = &[
    empty_text,
    upper_case_keyword,
    assignment,
    chained_comparison,
    comparison_as_argument,
    sign_or_not_twice,
    arithmetic_on_other_values,
    word_operator,
    trailing_comma,
    wrong_bracket,
    reserved_word,
    mixed_case_name,
    second_statement,
    no_editor_call,
    missing_comma,
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

fn empty_text(context: &Context<'_>) -> Option<SyntaxError> {
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

/// `AND`, `Or`, `NOT (…)`, `WHERE`.
fn upper_case_keyword(context: &Context<'_>) -> Option<SyntaxError> {
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
fn assignment(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|token| token.kind == TokenKind::Assign)?;
    if context.entry == Rule::statement
        && context.open_bracket().is_none()
        && !context.back_in_bracket().any(|token| token.kind == TokenKind::Where)
    {
        let target = context.text.get(..found.span.start as usize).unwrap_or_default().trim();
        return Some(
            error(context, "OTTL has no assignment")
                .label("a statement calls an editor")
                .note(format!("write `set({target}, value)`")),
        );
    }
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
fn chained_comparison(context: &Context<'_>) -> Option<SyntaxError> {
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
fn comparison_as_argument(context: &Context<'_>) -> Option<SyntaxError> {
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
fn sign_or_not_twice(context: &Context<'_>) -> Option<SyntaxError> {
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

/// `"a" + "b"`
fn arithmetic_on_other_values(context: &Context<'_>) -> Option<SyntaxError> {
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

/// `contains`, `in`, `if` and the like where an operator is wanted.
fn word_operator(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found().filter(|token| token.kind.is_word())?;
    if context.wants_value() || context.wants_operand() {
        return None;
    }
    let word = context.slice(found);
    let lower = word.to_ascii_lowercase();
    let replacement = match &*lower {
        "if" | "when" | "unless" if context.tried(&[Rule::kw_where]) => "where",
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
    let fix = spaced(context.text, found.span, replacement);
    let safe = if lower == "unless" { Unsafe } else { Safe };
    Some(error.label(label.clone()).fix(safe, label, found.span, fix))
}

/// A comma before a closing bracket.
fn trailing_comma(context: &Context<'_>) -> Option<SyntaxError> {
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
fn wrong_bracket(context: &Context<'_>) -> Option<SyntaxError> {
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

/// `attributes.or`, `not(x)` at the start of a statement.
fn reserved_word(context: &Context<'_>) -> Option<SyntaxError> {
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
fn mixed_case_name(context: &Context<'_>) -> Option<SyntaxError> {
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

/// A second call behind the editor.
fn second_statement(context: &Context<'_>) -> Option<SyntaxError> {
    let found = context.found()?;
    let call = context.ahead(1).filter(|token| token.kind == TokenKind::OpenParen);
    if context.entry != Rule::statement || context.open_bracket().is_some() {
        return None;
    }
    let lower = matches!(found.kind, TokenKind::LowerWord | TokenKind::LowerMixedWord);
    if lower && call.is_some() && context.tried(&[Rule::EOI]) {
        return Some(
            error(context, "a statement calls only one editor")
                .label("second editor")
                .note("make it a statement of its own: another entry of the list"),
        );
    }
    if !context.tried(&[Rule::kw_where]) {
        return None;
    }
    let condition = found.kind.is_word() && !lower
        || matches!(found.kind, TokenKind::Not | TokenKind::LowerWord | TokenKind::OpenParen);
    if condition {
        let start = crate::span::Span::at(found.span.start);
        return Some(
            error(context, format!("expected `where`, found {}", context.found_in_words()))
                .label("a condition starts with `where`")
                .fix(Unsafe, "add `where`", start, "where "),
        );
    }
    None
}

/// A statement that does not start with a call.
fn no_editor_call(context: &Context<'_>) -> Option<SyntaxError> {
    if context.entry != Rule::statement {
        return None;
    }
    let place = context.back(1);
    let after_name = place.is_some_and(|token| token.kind.is_word())
        && context.back(2).is_none()
        && context.tried(&[Rule::arguments, Rule::open_paren]);
    if place.is_some() && !after_name {
        return None;
    }
    if let (Some(name), None) = (place, context.found()) {
        let word = context.slice(name);
        return Some(
            error(context, format!("missing arguments of `{word}`"))
                .label("expected `(`")
                .note(format!("a call has parentheses even without arguments: `{word}()`")),
        );
    }
    Some(
        error(
            context,
            format!("expected an editor call, found {}", match place {
                Some(name) => format!("the path `{}`", context.slice(name)),
                None => context.found_in_words(),
            }),
        )
        .label("a statement starts with the name of an editor and `(`")
        .note("for example: `set(span.attributes[\"env\"], \"prod\") where span.kind == SPAN_KIND_SERVER`"),
    )
}

/// Two values next to each other.
fn missing_comma(context: &Context<'_>) -> Option<SyntaxError> {
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
    let place = crate::span::Span::at(before.span.end);
    Some(
        error(context, format!("missing `,` before {}", context.found_in_words()))
            .label("expected `,`")
            .fix(Unsafe, "add a comma", place, ","),
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
