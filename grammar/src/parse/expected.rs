//! Where the grammar stopped, and what it would have taken there.
//!
//! pest names the rules that it tried at the furthest place it reached. [`Context`] joins them with
//! the tokens round that place and puts them into the words of the language; `hints` then looks for
//! a typical mistake.

use pest::error::{Error, ErrorVariant, InputLocation};

use super::Rule;
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// What is known about a place where the grammar stopped.
pub(super) struct Context<'t> {
    /// The parsed text.
    pub(super) text: &'t str,
    /// The entry point of the grammar.
    pub(super) entry: Rule,
    /// The tokens without white space.
    tokens: Vec<Token>,
    /// Index of the token that did not fit; the number of tokens at the end of the text.
    index: usize,
    /// Indexes of the brackets that are open before it, outermost first.
    open: Vec<usize>,
    /// The rules that were tried.
    tried: Vec<Rule>,
}

impl<'t> Context<'t> {
    /// Gathers what is known about `error`.
    pub(super) fn new(text: &'t str, entry: Rule, tokens: &[Token], error: &Error<Rule>) -> Self {
        let place = match error.location {
            InputLocation::Pos(place) | InputLocation::Span((place, _)) => place,
        };
        let tokens: Vec<Token> =
            tokens.iter().copied().filter(|token| !token.kind.is_trivia()).collect();
        let index =
            tokens.iter().position(|token| token.span.end as usize > place).unwrap_or(tokens.len());
        let mut open = Vec::new();
        for (number, token) in tokens.iter().enumerate().take(index) {
            if token.kind.is_open() {
                open.push(number);
            } else if token.kind.is_close() {
                open.pop();
            }
        }
        let tried = match &error.variant {
            ErrorVariant::ParsingError { positives, .. } => positives.clone(),
            ErrorVariant::CustomError { .. } => Vec::new(),
        };
        Self { text, entry, tokens, index, open, tried }
    }

    /// Whether the place is one that the lexical check reports.
    pub(super) fn caused_by_error_token(&self) -> bool {
        self.tokens.iter().take(self.index + 1).any(|token| token.kind.is_error())
    }

    /// The token that did not fit; `None` at the end of the text.
    pub(super) fn found(&self) -> Option<Token> {
        self.tokens.get(self.index).copied()
    }

    /// The token that lies `distance` behind the one that did not fit.
    pub(super) fn ahead(&self, distance: usize) -> Option<Token> {
        self.tokens.get(self.index.checked_add(distance)?).copied()
    }

    /// The token that lies `distance` (from 1) before the one that did not fit.
    pub(super) fn back(&self, distance: usize) -> Option<Token> {
        self.tokens.get(self.index.checked_sub(distance)?).copied()
    }

    /// The tokens before the one that did not fit that stand in the same bracket as it, last first.
    pub(super) fn back_in_bracket(&self) -> impl Iterator<Item = Token> {
        let start = self.open.last().map_or(0, |open| open + 1);
        let mut depth = 0_usize;
        self.tokens.get(start..self.index).unwrap_or_default().iter().rev().copied().filter(
            move |token| {
                if token.kind.is_close() {
                    depth += 1;
                }
                let outside = depth == 0;
                if token.kind.is_open() {
                    depth = depth.saturating_sub(1);
                }
                outside
            },
        )
    }

    /// The text of a token.
    pub(super) fn slice(&self, token: Token) -> &'t str {
        self.text.get(token.span.range()).unwrap_or_default()
    }

    /// The innermost bracket that is open at the place.
    pub(super) fn open_bracket(&self) -> Option<Token> {
        self.open.last().and_then(|index| self.tokens.get(*index)).copied()
    }

    /// The name of the function whose arguments the place is in, if it is right in them.
    pub(super) fn called(&self) -> Option<Token> {
        let index = *self.open.last()?;
        let open = self.tokens.get(index)?;
        let name = self.tokens.get(index.checked_sub(1)?)?;
        (open.kind == TokenKind::OpenParen && name.kind.is_word()).then_some(*name)
    }

    /// Place of the token that did not fit; an empty span behind the last token at the end.
    pub(super) fn span(&self) -> Span {
        match (self.found(), self.tokens.last()) {
            (Some(found), _) => found.span,
            (None, Some(last)) => Span::at(last.span.end),
            (None, None) => Span::at(0),
        }
    }

    /// Whether one of these rules was tried.
    pub(super) fn tried(&self, rules: &[Rule]) -> bool {
        self.tried.iter().any(|rule| rules.contains(rule))
    }

    /// Whether a value could have started here.
    pub(super) fn wants_value(&self) -> bool {
        self.tried(&[Rule::value, Rule::comparison, Rule::bool_expr])
            || self.tried(&[Rule::negation, Rule::conjunction, Rule::argument, Rule::nil])
    }

    /// Whether an operand of arithmetic could have started here, but not any other value.
    pub(super) fn wants_operand(&self) -> bool {
        !self.wants_value()
            && (self.tried(&[Rule::operand, Rule::factor, Rule::product, Rule::sum])
                || self.tried(&[Rule::int, Rule::float]))
    }

    /// What could have stood here, in words and without what says too little.
    pub(super) fn expected(&self) -> Vec<String> {
        let mut words: Vec<&str> = Vec::new();
        let value = self.wants_value();
        if self.tried(&[Rule::map_key, Rule::map_entry]) {
            words.push("a key in double quotes");
        } else if self.tried(&[Rule::key]) && self.tried(&[Rule::string]) {
            words.push("a string, an integer or a path");
        } else if value && self.in_condition() {
            words.push("a condition");
        } else if value {
            words.push("a value");
        } else if self.wants_operand() && self.tried(&[Rule::string]) {
            words.push("a string, an integer or a path");
        } else if self.wants_operand() {
            words.push("a number, a path, a converter call or `(`");
        } else if self.tried(&[Rule::call, Rule::lower_name, Rule::upper_name]) {
            words.push(if self.entry == Rule::statement && self.index == 0 {
                "an editor call"
            } else {
                "a name"
            });
        } else if self.tried(&[Rule::segment, Rule::field_name, Rule::path]) {
            words.push("a name in lower case");
        }
        if self.tried(&[Rule::lambda_param, Rule::underscore]) && words.is_empty() {
            words.push("a parameter name");
        }
        let close = [
            (Rule::comma, "`,`"),
            (Rule::close_paren, "`)`"),
            (Rule::close_bracket, "`]`"),
            (Rule::close_brace, "`}`"),
            (Rule::colon, "`:`"),
            (Rule::op_arrow, "`=>`"),
            (Rule::kw_where, "`where`"),
            (Rule::op_compare, "a comparison operator"),
            (Rule::kw_and, "`and`"),
            (Rule::kw_or, "`or`"),
            (Rule::EOI, self.end()),
        ];
        for (rule, word) in close {
            let group_end = rule == Rule::close_paren && self.called().is_none();
            let in_arguments = matches!(rule, Rule::op_compare | Rule::kw_and | Rule::kw_or)
                && self.open_bracket().is_some()
                && self.called().is_some();
            if self.tried(&[rule]) && !in_arguments && (!value || group_end || words.is_empty()) {
                words.push(word);
            }
        }
        if words.is_empty() && self.tried(&[Rule::open_paren, Rule::arguments]) {
            words.push("`(`");
        }
        if words.is_empty() {
            words.push("something else");
        }
        words.into_iter().map(str::to_owned).collect()
    }

    /// Whether the place is in a condition and not in a value of it.
    fn in_condition(&self) -> bool {
        let compared = self.back(1).is_some_and(|token| token.kind.is_comparison());
        let grouped = match self.open_bracket() {
            None => true,
            Some(open) => open.kind == TokenKind::OpenParen && self.called().is_none(),
        };
        grouped && !compared && self.entry != Rule::value_expression
    }

    /// The end of the text, in words.
    fn end(&self) -> &'static str {
        match self.entry {
            Rule::statement => "the end of the statement",
            Rule::condition => "the end of the condition",
            _ => "the end of the expression",
        }
    }

    /// The tokens of the path or word that the text starts with.
    pub(super) fn leading_path(&self) -> &[Token] {
        let mut depth = 0_usize;
        let mut wants_name = true;
        let mut length = 0;
        for token in &self.tokens {
            let is_name = token.kind.is_word() || token.kind.is_reserved();
            match token.kind {
                TokenKind::OpenBracket => depth += 1,
                TokenKind::CloseBracket => depth = depth.saturating_sub(1),
                _ if depth > 0 => {}
                TokenKind::Dot => wants_name = true,
                _ if is_name && wants_name => wants_name = false,
                _ => break,
            }
            length += 1;
        }
        self.tokens.get(..length).unwrap_or_default()
    }

    /// The token behind the first `count` tokens.
    pub(super) fn token(&self, count: usize) -> Option<Token> {
        self.tokens.get(count).copied()
    }

    /// What was found, in words.
    pub(super) fn found_in_words(&self) -> String {
        let Some(token) = self.found() else {
            return self.end().to_owned();
        };
        let text = self.slice(token);
        match token.kind {
            TokenKind::String if text.len() > 40 || text.contains('\n') => "a string".to_owned(),
            TokenKind::String => format!("the string `{text}`"),
            TokenKind::Int | TokenKind::Float => format!("the number `{text}`"),
            kind if kind.is_reserved() => format!("the reserved word `{text}`"),
            _ => format!("`{text}`"),
        }
    }
}

/// Words joined for a sentence: `a, b or c`.
pub(super) fn any_of(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
