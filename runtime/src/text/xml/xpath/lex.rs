//! XPath text to tokens, one at a time: what stands behind a complete expression is never read.

use super::super::name::continues_name;
use super::XPathError;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name with its prefix, and whether an opening parenthesis follows.
    Name { prefix: String, local: String, called: bool },
    /// The name of an axis, with its `::`.
    Axis(String),
    /// A text literal.
    Text(String),
    /// A number.
    Number(f64),
    /// Anything else.
    Symbol(&'static str),
    /// The end.
    End,
}

/// Symbols; longer ones before their beginnings.
const SYMBOLS: [&str; 21] = [
    "<=", ">=", "!=", "//", "..", ",", "@", "(", ")", "|", "*", "[", "]", "+", "-", "=", "$", "<",
    ">", "/", ".",
];

pub(super) struct Lexer<'x> {
    text: &'x str,
    at: usize,
    /// Where the current token begins.
    pub(super) start: usize,
    pub(super) token: Token,
}

impl<'x> Lexer<'x> {
    /// A lexer that stands on the first token.
    pub(super) fn new(text: &'x str) -> Result<Self, XPathError> {
        let mut lexer = Self { text, at: 0, start: 0, token: Token::End };
        lexer.advance()?;
        Ok(lexer)
    }

    fn rest(&self) -> &'x str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn blank(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    pub(super) fn fault(&self, what: impl Into<String>) -> XPathError {
        XPathError { offset: self.start, what: what.into() }
    }

    /// Whether the current token is that symbol.
    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self.token, Token::Symbol(found) if found == symbol)
    }

    /// Moves behind the symbol if the current token is that.
    pub(super) fn eat(&mut self, symbol: &str) -> Result<bool, XPathError> {
        let found = self.is(symbol);
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    /// Moves behind the symbol.
    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), XPathError> {
        if self.eat(symbol)? { Ok(()) } else { Err(self.fault(format!("expected `{symbol}`"))) }
    }

    /// Moves to the next token.
    pub(super) fn advance(&mut self) -> Result<(), XPathError> {
        self.blank();
        self.start = self.at;
        let rest = self.rest();
        let mut chars = rest.chars();
        let (Some(first), second) = (chars.next(), chars.next()) else {
            self.token = Token::End;
            return Ok(());
        };
        if matches!(first, '"' | '\'') {
            let text = rest.get(1..).unwrap_or_default();
            let text = text.split_once(first).ok_or_else(|| self.fault("a text does not end"))?.0;
            self.at += text.len() + 2;
            self.token = Token::Text(text.to_owned());
        } else if first.is_ascii_digit()
            || (first == '.' && second.is_some_and(|char| char.is_ascii_digit()))
        {
            let digits = |text: &str| text.len() - text.trim_start_matches(is_digit).len();
            let whole = digits(rest);
            let fraction = rest.get(whole..).and_then(|rest| rest.strip_prefix('.'));
            let length = whole + fraction.map_or(0, |fraction| 1 + digits(fraction));
            let number = rest.get(..length).and_then(|number| number.parse().ok());
            self.at += length;
            self.token = Token::Number(number.ok_or_else(|| self.fault("a number is invalid"))?);
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            self.at += symbol.len();
            self.token = Token::Symbol(symbol);
        } else if first == '!' {
            self.at += 1;
            self.token = Token::Symbol("!");
        } else {
            self.token = self.name()?;
        }
        Ok(())
    }

    /// The part of a name that the rest begins with; empty if it begins with none.
    fn part(&mut self) -> &'x str {
        let rest = self.rest();
        let end =
            rest.find(|char: char| char == ':' || !continues_name(char)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn name(&mut self) -> Result<Token, XPathError> {
        let first = self.part();
        if first.is_empty() {
            return Err(self.fault("a character has no meaning here"));
        }
        let mut prefix = "";
        let mut local = first;
        if self.rest().trim_start().starts_with("::") {
            self.blank();
            self.at += 2;
            return Ok(Token::Axis(first.to_owned()));
        }
        if self.rest().starts_with(':') {
            self.at += 1;
            prefix = first;
            local = if self.rest().starts_with('*') {
                self.at += 1;
                "*"
            } else {
                self.part()
            };
        }
        let colon_follows = prefix.is_empty() && self.rest().trim_start().starts_with(':');
        if local.is_empty() || colon_follows {
            return Err(self.fault("a name is incomplete"));
        }
        let called = self.rest().trim_start().starts_with('(');
        Ok(Token::Name { prefix: prefix.to_owned(), local: local.to_owned(), called })
    }
}

const fn is_digit(char: char) -> bool {
    char.is_ascii_digit()
}
