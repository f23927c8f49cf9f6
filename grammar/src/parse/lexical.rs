//! Lexical errors: tokens that no statement may contain, and literals that stand for no value.
//!
//! Each token is judged on its own, so all of these errors of a text are found at once.

use super::error::SyntaxError;
use super::literal::{self, EscapeReason};
use crate::diag::Applicability::{Safe, Unsafe};
use crate::diag::codes;
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// Reports every lexical error of `text`, in order.
pub(crate) fn check(text: &str, tokens: &[Token]) -> Vec<SyntaxError> {
    let mut errors = Vec::new();
    for token in tokens {
        let span = token.span;
        let word = span.slice(text);
        match token.kind {
            TokenKind::String => bad_escapes(word, span, &mut errors),
            TokenKind::Int if literal::decode_int(word).is_none() => errors.push(
                SyntaxError::new(codes::LITERAL, span, "integer out of range")
                    .label("larger than 9223372036854775807")
                    .note(format!("write it with a point if a float will do: `{word}.0`")),
            ),
            TokenKind::Float if literal::decode_float(word).is_none() => errors.push(
                SyntaxError::new(codes::LITERAL, span, "float out of range")
                    .label("larger than about 1.8e308"),
            ),
            TokenKind::Bytes if literal::decode_bytes(word).is_none() => {
                let padded = word.replacen("0x", "0x0", 1);
                errors.push(
                    SyntaxError::new(
                        codes::LITERAL,
                        span,
                        "a byte literal needs an even number of hexadecimal digits",
                    )
                    .label(format!("{} digits", word.len().saturating_sub(2)))
                    .fix(Unsafe, "add a leading zero", span, padded),
                );
            }
            TokenKind::ForeignOperator => errors.push(foreign_operator(text, word, span)),
            kind if kind.is_error() => errors.push(bad_token(kind, word, span)),
            _ => {}
        }
    }
    errors
}

/// Reports the wrong escapes of one string token.
fn bad_escapes(word: &str, token: Span, errors: &mut Vec<SyntaxError>) {
    let Err(escapes) = literal::decode_string(word) else { return };
    for escape in escapes {
        let text = escape.span.slice(word);
        let span = Span::new(token.start + escape.span.start, token.start + escape.span.end);
        let error = SyntaxError::new(codes::ESCAPE, span, format!("`{text}` is not an escape"));
        errors.push(match escape.reason {
            EscapeReason::Unknown('\'') => error.label("a single quote needs no backslash").fix(
                Safe,
                "remove the backslash",
                span,
                "'",
            ),
            EscapeReason::Unknown(_) => error
                .label("unknown escape")
                .note(format!("a backslash that belongs to the text is written twice: `\\{text}`"))
                .fix(Safe, "double the backslash", span, format!("\\{text}")),
            EscapeReason::Digits { wanted, radix } => error.label(format!(
                "{wanted} {} digits are needed",
                if radix == 8 { "octal" } else { "hexadecimal" }
            )),
            EscapeReason::OctalRange => error.label("larger than `\\377`"),
            EscapeReason::NoCharacter => error.label("not a Unicode character"),
        });
    }
}

/// Explains a token that the language does not have.
fn bad_token(kind: TokenKind, word: &str, span: Span) -> SyntaxError {
    let error = |message: String| SyntaxError::new(codes::SYNTAX, span, message);
    match kind {
        TokenKind::UnterminatedString => {
            SyntaxError::new(codes::SYNTAX, span, "missing closing quote")
                .label("this string does not end")
                .note("a `\"` inside a string is written `\\\"`")
        }
        TokenKind::SingleQuoted | TokenKind::BackQuoted => {
            let (name, quote) = if kind == TokenKind::SingleQuoted {
                ("single", '\'')
            } else {
                ("back", '`')
            };
            let inner = word.trim_matches(quote);
            let unquoted = if quote == '\'' { inner.replace("\\'", "'") } else { inner.replace('\\', "\\\\") };
            error(format!("strings stand in double quotes, not {name} quotes"))
                .label("expected a string in double quotes")
                .fix(Safe, "use double quotes", span, format!("\"{}\"", unquoted.replace('"', "\\\"")))
        }
        TokenKind::MalformedNumber => malformed_number(word, span),
        TokenKind::MalformedWord => error(format!("`{word}` is not a name"))
            .label("names start with a letter")
            .note("a key of a map that starts with an underscore is written `attributes[\"_key\"]`"),
        TokenKind::Comment => {
            let marker = if word.starts_with('#') { "#" } else { "//" };
            error(format!("OTTL has no comments, but got `{marker}`"))
                .label("not part of the language")
                .note("put comments into the YAML around the statement")
        }
        TokenKind::Variable => error("OTTL has no variables".to_owned())
            .label("`$` stands only inside strings")
            .note("in a configuration file, `${env:NAME}` is replaced before the statement is read; to compare with its value, write `\"${env:NAME}\"` in double quotes"),
        _ => error(format!("unexpected character `{}`", word.escape_debug()))
            .label("not part of the language")
            .note(if word.starts_with(';') {
                "each entry of a list holds one statement, without a semicolon"
            } else if word.contains(['“', '”', '„', '‘', '’', '«', '»']) {
                "strings stand in plain double quotes, not typographic ones"
            } else {
                "outside strings, statements consist of ASCII letters, digits and operators"
            }),
    }
}

/// Explains a number that runs into something.
fn malformed_number(word: &str, span: Span) -> SyntaxError {
    let error =
        SyntaxError::new(codes::SYNTAX, span, format!("`{word}` is neither a number nor a word"));
    let lower = word.to_ascii_lowercase();
    if lower.starts_with("0x") {
        return error
            .label("not a byte literal")
            .note("a byte literal is `0x` followed by an even number of hexadecimal digits");
    }
    if let Some((mantissa, exponent)) = lower.split_once('e')
        && !mantissa.contains('.')
        && exponent.trim_start_matches(['+', '-']).bytes().all(|byte| byte.is_ascii_digit())
        && exponent.ends_with(|last: char| last.is_ascii_digit())
    {
        return error.label("a float needs a point").fix(
            Safe,
            "add the point",
            span,
            format!("{mantissa}.0e{exponent}"),
        );
    }
    let digits = lower.trim_end_matches(|last: char| last.is_ascii_alphabetic());
    let unit = lower.get(digits.len()..).unwrap_or_default();
    if ["ns", "us", "ms", "s", "m", "h"].contains(&unit) {
        return error
            .label("durations are not literals")
            .note(format!("write `Duration(\"{lower}\")`"));
    }
    if word.contains('_') && word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return error.label("digits cannot be grouped").fix(
            Safe,
            "remove the underscores",
            span,
            word.replace('_', ""),
        );
    }
    if word.matches('.').count() > 1 {
        return error.label("versions and addresses are strings").fix(
            Unsafe,
            "make it a string",
            span,
            format!("\"{word}\""),
        );
    }
    error.label("put a blank or an operator between the number and what follows")
}

/// Explains an operator of another language.
fn foreign_operator(text: &str, word: &str, span: Span) -> SyntaxError {
    let error = SyntaxError::new(codes::SYNTAX, span, format!("OTTL has no operator `{word}`"));
    let replace = |error: SyntaxError, with: &str| {
        error.label(format!("write `{with}`")).fix(
            Safe,
            format!("write `{with}`"),
            span,
            spaced(text, span, with),
        )
    };
    match word {
        "&&" | "&" => replace(error, "and"),
        "||" | "|" => replace(error, "or"),
        "!" => replace(error, "not"),
        "===" => replace(error, "=="),
        "!==" | "<>" => replace(error, "!="),
        "=~" => error.label("write `IsMatch(target, \"pattern\")`"),
        "!~" => error.label("write `not IsMatch(target, \"pattern\")`"),
        "%" => error
            .label("there is no remainder operator")
            .note("for integers, `a - a / b * b` is the remainder of `a` by `b`"),
        "**" | "^" => error.label("there is no power operator"),
        ":=" => error.label("there is no assignment").note("write `set(target, value)`"),
        _ => error.label("there is no conditional expression").note(
            "write two statements with opposite conditions: `set(…) where …` and `set(…) where not …`",
        ),
    }
}

/// A word as it must be written in place of `span`, so that it does not run into its neighbours.
pub(crate) fn spaced(text: &str, span: Span, word: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '"';
    let before = text.get(..span.start as usize).and_then(|head| head.chars().next_back());
    let after = text.get(span.end as usize..).and_then(|tail| tail.chars().next());
    let word_like = word.starts_with(|c: char| c.is_ascii_alphabetic());
    let left = if word_like && before.is_some_and(|c| is_word(c) || c == ')' || c == ']') {
        " "
    } else {
        ""
    };
    let right = if word_like && after.is_some_and(|c| is_word(c) || c == '(') { " " } else { "" };
    format!("{left}{word}{right}")
}
