//! The blanks between tokens: where a text differs from its canonical form.
//!
//! A text enters; the ranges of blanks to replace leave. Words, numbers and strings stay as they are
//! written, and so does every gap with a line break in it: who breaks a statement into lines means
//! it. What [`crate::format`] prints of the tree says which blanks are canonical.

use crate::format;
use crate::parse::{SyntaxError, parse_condition, parse_statement, parse_value_expression};
use crate::span::Span;
use crate::token::{Token, TokenKind, lex};

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// A statement.
    Statement,
    /// A condition.
    Condition,
    /// A value expression.
    Value,
}

/// A gap to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The blanks; empty where one is missing.
    pub span: Span,
    /// What belongs there: a blank or nothing.
    pub blank: &'static str,
    /// Whether a colon stands before the gap.
    pub behind_colon: bool,
    /// Whether it is before the first token or behind the last one.
    pub outside: bool,
}

impl Language {
    /// The canonical text of a text.
    ///
    /// # Errors
    /// The text is none of the language.
    pub fn print(self, text: &str) -> Result<String, Vec<SyntaxError>> {
        Ok(match self {
            Self::Statement => format::statement(&parse_statement(text)?),
            Self::Condition => format::condition(&parse_condition(text)?),
            Self::Value => format::value_expression(&parse_value_expression(text)?),
        })
    }
}

/// The gaps of a text that are not canonical, in order.
///
/// # Errors
/// The text is none of the language.
pub fn gaps(language: Language, text: &str) -> Result<Vec<Gap>, Vec<SyntaxError>> {
    let printed = language.print(text)?;
    let (written, canonical) = (tokens(text), tokens(&printed));
    let kinds = |tokens: &[Token]| tokens.iter().map(|token| token.kind).collect::<Vec<_>>();
    if kinds(&written) != kinds(&canonical) {
        // Some oddity of the language has no canonical form of the same tokens.
        return Ok(Vec::new());
    }
    let length = Span::from(0..text.len()).end;
    let mut gaps = Vec::new();
    let mut before: Option<(Token, Token)> = None;
    for (token, model) in written.iter().zip(&canonical) {
        let start = before.map_or(0, |(token, _)| token.span.end);
        let wanted = match before {
            Some((_, last)) if model.span.start > last.span.end => " ",
            _ => "",
        };
        let behind_colon = before.is_some_and(|(last, _)| last.kind == TokenKind::Colon);
        let span = Span::new(start, token.span.start);
        gaps.push(Gap { span, blank: wanted, behind_colon, outside: before.is_none() });
        before = Some((*token, *model));
    }
    let end = before.map_or(0, |(token, _)| token.span.end);
    let span = Span::new(end, length);
    gaps.push(Gap { span, blank: "", behind_colon: false, outside: true });
    gaps.retain(|gap| {
        let written = gap.span.slice(text);
        written != gap.blank && !written.contains(['\n', '\r'])
    });
    Ok(gaps)
}

fn tokens(text: &str) -> Vec<Token> {
    lex(text).into_iter().filter(|token| !token.kind.is_trivia()).collect()
}

/// The text with its gaps changed.
///
/// # Errors
/// The text is none of the language.
pub fn formatted(language: Language, text: &str) -> Result<String, Vec<SyntaxError>> {
    let mut out = String::with_capacity(text.len() + 8);
    let mut done = 0;
    for gap in gaps(language, text)? {
        let range = gap.span.range();
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(gap.blank);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Ok(out)
}
