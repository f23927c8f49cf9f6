//! The lexer: OTTL text to tokens that cover it without a gap.
//!
//! It never fails. What the language does not know becomes a token of an error kind, so that
//! highlighting, completion and the search for several errors work on any text. The parser proper
//! reads text, not these tokens; a property test holds the two together.

use logos::Logos;

use crate::span::Span;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: TokenKind,
    /// Its place; never empty.
    pub span: Span,
}

/// The kinds of tokens. Those from [`TokenKind::UnterminatedString`] on are errors.
#[derive(Logos, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks, tabs and line breaks.
    #[regex(r"[ \t\n\r\x0C]+")]
    Whitespace,

    /// `nil`
    #[token("nil", priority = 20)]
    Nil,
    /// `true`
    #[token("true", priority = 20)]
    True,
    /// `false`
    #[token("false", priority = 20)]
    False,
    /// `not`
    #[token("not", priority = 20)]
    Not,
    /// `and`
    #[token("and", priority = 20)]
    And,
    /// `or`
    #[token("or", priority = 20)]
    Or,
    /// `where`; an ordinary word except behind an editor.
    #[token("where", priority = 20)]
    Where,
    /// A word of lower-case letters, digits and underscores.
    #[regex(r"[a-z][a-z0-9_]*", priority = 4)]
    LowerWord,
    /// A word that starts with a lower-case letter and has an upper-case one.
    #[regex(r"[a-z][a-zA-Z0-9_]*", priority = 3)]
    LowerMixedWord,
    /// A word of upper-case letters, digits and underscores.
    #[regex(r"[A-Z][A-Z0-9_]*", priority = 4)]
    UpperWord,
    /// A word that starts with an upper-case letter and has a lower-case one.
    #[regex(r"[A-Z][a-zA-Z0-9_]*", priority = 3)]
    UpperMixedWord,
    /// `_`
    #[token("_", priority = 10)]
    Underscore,

    /// A decimal integer of any size.
    #[regex(r"[0-9]+", priority = 12)]
    Int,
    /// A decimal number with a point.
    #[regex(r"([0-9]+\.[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", priority = 12)]
    Float,
    /// `0x` and hexadecimal digits.
    #[regex(r"0x[0-9a-fA-F]+", priority = 12)]
    Bytes,
    /// A string with both its quotes; its escapes may be wrong.
    #[regex(r#""([^"\\]|\\[\s\S])*""#)]
    String,

    /// `==`
    #[token("==")]
    EqualEqual,
    /// `!=`
    #[token("!=")]
    NotEqual,
    /// `<=`
    #[token("<=")]
    LessEqual,
    /// `>=`
    #[token(">=")]
    GreaterEqual,
    /// `<`
    #[token("<")]
    Less,
    /// `>`
    #[token(">")]
    Greater,
    /// `+`
    #[token("+")]
    Plus,
    /// `-`
    #[token("-")]
    Minus,
    /// `*`
    #[token("*")]
    Star,
    /// `/`
    #[token("/")]
    Slash,
    /// `=`
    #[token("=")]
    Assign,
    /// `=>`
    #[token("=>")]
    Arrow,
    /// `(`
    #[token("(")]
    OpenParen,
    /// `)`
    #[token(")")]
    CloseParen,
    /// `[`
    #[token("[")]
    OpenBracket,
    /// `]`
    #[token("]")]
    CloseBracket,
    /// `{`
    #[token("{")]
    OpenBrace,
    /// `}`
    #[token("}")]
    CloseBrace,
    /// `,`
    #[token(",")]
    Comma,
    /// `:`
    #[token(":")]
    Colon,
    /// `.`
    #[token(".")]
    Dot,

    /// A string without its closing quote; runs to the end of the text.
    #[regex(r#""([^"\\]|\\[\s\S])*\\?"#, priority = 1)]
    UnterminatedString,
    /// Text in single quotes.
    #[regex(r"'([^'\\\n]|\\[^\n])*'?")]
    SingleQuoted,
    /// Text in back quotes.
    #[regex(r"`[^`]*`?")]
    BackQuoted,
    /// A number that runs into a word or into another number.
    #[regex(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-][0-9]+)?[a-zA-Z0-9_.]*", priority = 2)]
    MalformedNumber,
    /// A word that starts with an underscore.
    #[regex(r"_[a-zA-Z0-9_]+", priority = 3)]
    MalformedWord,
    /// A comment of another language.
    #[regex(r"#[^\n]*", allow_greedy = true)]
    #[regex(r"//[^\n]*", allow_greedy = true)]
    Comment,
    /// A variable of another language, or of the configuration file.
    #[regex(r"\$[a-zA-Z0-9_:.{}-]*")]
    Variable,
    /// An operator of another language.
    #[token("&&")]
    #[token("||")]
    #[token("&")]
    #[token("|")]
    #[token("!")]
    #[token("%")]
    #[token("^")]
    #[token("=~")]
    #[token("!~")]
    #[token("===")]
    #[token("!==")]
    #[token("<>")]
    #[token(":=")]
    #[token("**")]
    #[token("?")]
    #[token("??")]
    ForeignOperator,
    /// Any other characters.
    Unknown,
}

impl TokenKind {
    /// Whether the token means nothing to the parser.
    pub const fn is_trivia(self) -> bool {
        matches!(self, Self::Whitespace)
    }

    /// Whether no statement may contain the token.
    pub const fn is_error(self) -> bool {
        matches!(
            self,
            Self::UnterminatedString
                | Self::SingleQuoted
                | Self::BackQuoted
                | Self::MalformedNumber
                | Self::MalformedWord
                | Self::Comment
                | Self::Variable
                | Self::ForeignOperator
                | Self::Unknown
        )
    }

    /// Whether the token is a word that is not reserved.
    pub const fn is_word(self) -> bool {
        matches!(
            self,
            Self::LowerWord
                | Self::LowerMixedWord
                | Self::UpperWord
                | Self::UpperMixedWord
                | Self::Where
        )
    }

    /// Whether the token is a word that cannot be a name.
    pub const fn is_reserved(self) -> bool {
        matches!(self, Self::Nil | Self::True | Self::False | Self::Not | Self::And | Self::Or)
    }

    /// Whether the token is a comparison operator.
    pub const fn is_comparison(self) -> bool {
        matches!(
            self,
            Self::EqualEqual
                | Self::NotEqual
                | Self::LessEqual
                | Self::GreaterEqual
                | Self::Less
                | Self::Greater
        )
    }

    /// Whether the token is an arithmetic operator.
    pub const fn is_arithmetic(self) -> bool {
        matches!(self, Self::Plus | Self::Minus | Self::Star | Self::Slash)
    }

    /// Whether the token opens a bracket of any shape.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::OpenParen | Self::OpenBracket | Self::OpenBrace)
    }

    /// Whether the token closes a bracket of any shape.
    pub const fn is_close(self) -> bool {
        matches!(self, Self::CloseParen | Self::CloseBracket | Self::CloseBrace)
    }
}

/// Cuts `text` into tokens. Their spans follow each other without a gap from its start to its end.
pub fn lex(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (kind, range) in TokenKind::lexer(text).spanned() {
        let kind = kind.unwrap_or(TokenKind::Unknown);
        let span = Span::from(range);
        match tokens.last_mut() {
            Some(last) if kind == TokenKind::Unknown && last.kind == kind => {
                last.span = last.span.to(span);
            }
            _ => tokens.push(Token { kind, span }),
        }
    }
    tokens
}
