//! The OTTL at a place of a document, and what of it is meant.

use holt_collector::config::read_text;
use holt_collector::config::yaml::Node;
use holt_collector::ottl::places::{Written, of_tree};
use holt_grammar::layout::Language;
use holt_grammar::source::SourceMap;
use holt_grammar::span::Span;
use holt_grammar::token::{Token, TokenKind, lex};
use holt_pdata::Signal;
use holt_runtime::functions::{By, Dialect};
use holt_runtime::paths::{CONTEXTS, ContextDecl};

use super::document::Document;

/// A place in a text of the language.
pub(super) struct Place {
    /// The text.
    pub(super) written: Written,
    /// The byte of the text.
    pub(super) offset: usize,
}

/// The text that a byte of a document stands in or ends.
pub(super) fn at(document: &Document, offset: usize) -> Option<Place> {
    let trees = trees(document, offset);
    trees.iter().flat_map(of_tree).find_map(|written| {
        let span = written.text.location()?.span.range();
        // Blanks behind a text are none of it, and may be the beginning of what comes next.
        let behind = document.text.get(span.end..offset);
        let is_behind = behind.is_some_and(|text| text.chars().all(|char| char == ' '));
        if offset < span.start || (offset > span.end && !is_behind) {
            return None;
        }
        let text = written.text.as_str();
        let at = |at: usize| {
            let place = written.text.locate(Span::from(at..at));
            place.map_or(0, |place| place.span.start as usize)
        };
        let (mut low, mut high) = (0, text.len());
        while low < high {
            let middle = (low + high).div_ceil(2);
            if at(middle) <= offset {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        let offset = text.floor_char_boundary(low);
        Some(Place { written, offset })
    })
}

/// The configurations of a document. A text that is being written may lack its closing quote or
/// bracket.
fn trees(document: &Document, offset: usize) -> Vec<Node> {
    let text = &document.text;
    let read = |text: &str| read_text("", text, &mut SourceMap::default()).ok();
    let line_end =
        text.get(offset..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| offset + at);
    let closed = |end: &str| {
        let (before, after) = text.split_at_checked(line_end)?;
        read(&format!("{}{end}{after}", before.trim_end_matches('\r')))
    };
    let endings = ["\"", "'", "\"]", "']", "]"];
    read(text).or_else(|| endings.iter().find_map(|end| closed(end))).unwrap_or_default()
}

impl Place {
    /// The tokens of the text without blanks.
    pub(super) fn tokens(&self) -> Vec<Token> {
        lex(&self.written.text).into_iter().filter(|token| !token.kind.is_trivia()).collect()
    }

    /// The text of a token.
    pub(super) fn slice(&self, token: Token) -> &str {
        token.span.slice(&self.written.text)
    }

    /// Which functions there are.
    pub(super) fn dialect(&self) -> Dialect {
        match self.written.type_name {
            "transform" if self.written.language == Language::Condition => {
                Dialect::TRANSFORM.of_guards()
            }
            "transform" => Dialect::TRANSFORM,
            "filter" => Dialect::FILTER,
            _ => Dialect::STANDARD,
        }
    }

    /// The contexts that the text may run in: the one named, or those of its signal.
    pub(super) fn contexts(&self) -> Vec<&'static ContextDecl> {
        let keys = self.written.keys;
        let named = self.written.context.as_deref().map(str::to_ascii_lowercase).or_else(|| {
            // Lists of the older forms are called after their context.
            let last = keys.trim_end_matches(".[]").rsplit('.').next()?;
            let last = if last == "log_record" { "log" } else { last };
            CONTEXTS.iter().find(|context| context.name == last).map(|one| one.name.to_owned())
        });
        if let Some(context) =
            named.and_then(|name| CONTEXTS.iter().find(|context| context.name == name.as_str()))
        {
            return vec![context];
        }
        let first = keys.split('.').next().unwrap_or_default();
        let signal = [
            (Signal::Traces, ["trace", "span"]),
            (Signal::Metrics, ["metric", "datapoint"]),
            (Signal::Logs, ["log", "log"]),
            (Signal::Profiles, ["profile", "profile"]),
        ]
        .into_iter()
        .find(|(_, words)| words.iter().any(|word| first.starts_with(word)))
        .map(|(signal, _)| signal);
        let mut dialect = self.dialect();
        if dialect.by == By::Everyone {
            dialect = Dialect::STANDARD;
        }
        let serves = |context: &&'static ContextDecl| match signal {
            Some(signal) => context.serves_in(signal, dialect),
            None => dialect.sees(context),
        };
        CONTEXTS.iter().filter(serves).collect()
    }

    /// The function, symbol or path at the place.
    pub(super) fn name(&self) -> Option<Name> {
        let tokens = self.tokens();
        let touches = |token: &Token| {
            let range = token.span.range();
            range.start <= self.offset && self.offset <= range.end && is_word(token.kind)
        };
        let at = tokens.iter().position(touches)?;
        let kind = |index: usize| tokens.get(index).map(|token| token.kind);
        let token = *tokens.get(at)?;
        let is_upper = matches!(token.kind, TokenKind::UpperWord | TokenKind::UpperMixedWord);
        let range = token.span.range();
        if is_upper || kind(at + 1) == Some(TokenKind::OpenParen) {
            return Some(Name { text: self.slice(token).to_owned(), range, is_path: false });
        }
        let (mut first, mut last) = (at, at);
        while first >= 2
            && kind(first - 1) == Some(TokenKind::Dot)
            && kind(first - 2).is_some_and(is_word)
        {
            first -= 2;
        }
        while kind(last + 1) == Some(TokenKind::Dot) && kind(last + 2).is_some_and(is_word) {
            last += 2;
        }
        let words = tokens.get(first..=last)?.iter().map(|token| self.slice(*token));
        let range = tokens.get(first)?.span.range().start..tokens.get(last)?.span.range().end;
        Some(Name { text: words.collect(), range, is_path: true })
    }
}

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// The name; of a path with its segments, without keys.
    pub(super) text: String,
    /// Its place in the text.
    pub(super) range: std::ops::Range<usize>,
    /// Whether it is a path.
    pub(super) is_path: bool,
}

const fn is_word(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::LowerWord
            | TokenKind::LowerMixedWord
            | TokenKind::UpperWord
            | TokenKind::UpperMixedWord
    )
}
