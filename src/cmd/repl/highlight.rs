//! A line as it is typed: what each part of it is, and where something is wrong.

use std::ops::Range;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::token::{self, Token, TokenKind};

use super::entry::is_command;
use super::session::{Session, is_statement};

/// What a part of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// White space, and punctuation.
    Plain,
    /// A word of the language.
    Keyword,
    /// Text.
    String,
    /// A number, bytes, a truth value or nil.
    Literal,
    /// The name of a function.
    Function,
    /// A path.
    Path,
    /// A symbol of an enumeration.
    Symbol,
    /// A command.
    Command,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its place.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) class: Class,
    /// How wrong it is, if it is.
    pub(super) wrong: Option<Severity>,
}

/// The parts of a line, from its start to its end without a gap.
pub(super) fn pieces(session: &Session, text: &str, cursor: usize) -> Vec<Piece> {
    let start = match is_command(text) {
        true => text.find(char::is_whitespace).unwrap_or(text.len()).max(leading(text)),
        false => 0,
    };
    let mut pieces = Vec::new();
    if start > 0 {
        pieces.push(Piece { range: 0..start, class: Class::Command, wrong: None });
    }
    let rest = text.get(start..).unwrap_or_default();
    let tokens = token::lex(rest);
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1..).unwrap_or_default();
        let next = next.iter().find(|token| !token.kind.is_trivia());
        let range = token.span.range();
        let range = start + range.start..start + range.end;
        pieces.push(Piece { range, class: class(*token, next), wrong: None });
    }
    if start == 0 {
        for (range, severity) in wrongs(session, text, cursor) {
            mark(&mut pieces, &range, severity);
        }
    }
    pieces
}

/// The length of a command whose name nothing follows.
fn leading(text: &str) -> usize {
    let blank = text.len() - text.trim_start().len();
    let name = text.trim_start().find(char::is_whitespace);
    name.map_or(text.len(), |end| blank + end)
}

fn class(token: Token, next: Option<&Token>) -> Class {
    match token.kind {
        TokenKind::Not | TokenKind::And | TokenKind::Or | TokenKind::Where => Class::Keyword,
        TokenKind::String | TokenKind::UnterminatedString => Class::String,
        TokenKind::Nil
        | TokenKind::True
        | TokenKind::False
        | TokenKind::Int
        | TokenKind::Float
        | TokenKind::Bytes => Class::Literal,
        kind if kind.is_word() => match next {
            Some(next) if next.kind == TokenKind::OpenParen => Class::Function,
            _ if kind == TokenKind::UpperWord => Class::Symbol,
            _ => Class::Path,
        },
        TokenKind::Dot => Class::Path,
        _ => Class::Plain,
    }
}

/// Marks a range, cutting the pieces that it begins or ends in.
fn mark(pieces: &mut Vec<Piece>, range: &Range<usize>, severity: Severity) {
    let mut marked = Vec::with_capacity(pieces.len() + 2);
    for piece in pieces.drain(..) {
        let from = range.start.clamp(piece.range.start, piece.range.end);
        let to = range.end.clamp(piece.range.start, piece.range.end);
        let mut add = |range: Range<usize>, wrong: Option<Severity>| {
            if !range.is_empty() {
                marked.push(Piece { range, class: piece.class, wrong: wrong.max(piece.wrong) });
            }
        };
        add(piece.range.start..from, None);
        add(from..to, Some(severity));
        add(to..piece.range.end, None);
    }
    *pieces = marked;
}

/// Where something is wrong. What is being typed at the end of the line is given time.
fn wrongs(session: &Session, text: &str, cursor: usize) -> Vec<(Range<usize>, Severity)> {
    let trimmed = text.trim_end();
    if trimmed.trim_start().starts_with("- ") || trimmed.is_empty() {
        return Vec::new();
    }
    let closed = closed(trimmed);
    let findings = findings(session, &closed);
    let at_end = cursor >= trimmed.len();
    let ranges = findings.into_iter().filter_map(|finding| {
        let severity = finding.severity;
        let range = finding.labels.first()?.location.span.range();
        let unfinished = range.end >= trimmed.len() && at_end;
        let fits = range.end <= trimmed.len() && !range.is_empty();
        (fits && !unfinished).then_some((range, severity))
    });
    ranges.collect()
}

/// A text with what is open in it closed.
fn closed(text: &str) -> String {
    let mut open = Vec::new();
    for token in token::lex(text) {
        match token.kind {
            TokenKind::OpenParen => open.push(')'),
            TokenKind::OpenBracket => open.push(']'),
            TokenKind::OpenBrace => open.push('}'),
            TokenKind::UnterminatedString => open.push('"'),
            kind if kind.is_close() => drop(open.pop()),
            _ => {}
        }
    }
    text.chars().chain(open.into_iter().rev()).collect()
}

/// What the compiler says of a text behind the statements so far, first of all of the text itself.
fn findings(session: &Session, text: &str) -> Vec<Diagnostic> {
    let said = match is_statement(text) {
        true => {
            let mut buffer = session.buffer.clone();
            buffer.push(session.context.as_deref(), text);
            session.compiler.program(&buffer).1
        }
        false => session.compiler.expression(text, Some(session.current_context())).1,
    };
    let is_about = |finding: &Diagnostic| {
        finding.labels.first().map(|label| label.location.source) == said.entry
    };
    said.findings.into_iter().filter(is_about).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::repl::session::tests::logs;

    /// What is wrong in a line whose end is typed.
    fn wrong(text: &str) -> Vec<(&str, Severity)> {
        let pieces = pieces(&logs(), text, text.len());
        let marked =
            pieces.into_iter().filter_map(|piece| Some((text.get(piece.range)?, piece.wrong?)));
        marked.collect()
    }

    #[test]
    fn pieces_cover_a_line_without_a_gap() {
        let session = logs();
        for text in
            ["set(log.body, \"서울\") where not true", ".type log.body", ".", "", " .a b", "]"]
        {
            let pieces = pieces(&session, text, 0);
            let mut end = 0;
            for piece in &pieces {
                assert_eq!(piece.range.start, end, "{text}");
                end = piece.range.end;
            }
            assert_eq!(end, text.len(), "{text}");
        }
    }

    #[test]
    fn words_are_told_apart() {
        let text = "set(log.body, SEVERITY_NUMBER_INFO) where 1 == \"a\"";
        let pieces = pieces(&logs(), text, 0);
        let class = |wanted: &str| {
            let found = pieces.iter().find(|piece| text.get(piece.range.clone()) == Some(wanted));
            found.unwrap().class
        };
        assert_eq!(class("set"), Class::Function);
        assert_eq!(class("log"), Class::Path);
        assert_eq!(class("SEVERITY_NUMBER_INFO"), Class::Symbol);
        assert_eq!(class("where"), Class::Keyword);
        assert_eq!(class("\"a\""), Class::String);
        assert_eq!(class("1"), Class::Literal);
    }

    #[test]
    fn what_is_wrong_is_marked_while_it_is_typed() {
        assert_eq!(wrong("set(log.bdy, \"x\")"), [("bdy", Severity::Error)]);
        // Brackets that are still open do not hide it.
        assert_eq!(wrong("set(log.bdy, \"x"), [("bdy", Severity::Error)]);
        let marked = wrong("log.severity_number == \"ERROR\" and true");
        assert_eq!(marked.first().unwrap().1, Severity::Warning);
        assert!(wrong("set(log.body, \"x\")").is_empty());
    }

    #[test]
    fn what_is_not_finished_is_not_wrong() {
        for text in
            ["log.bo", "set(log.bo", "set(log.body,", "set(log.body, \"a\") whe", "- x", ".why"]
        {
            assert!(wrong(text).is_empty(), "{text}");
        }
        // Once the cursor is elsewhere, it is.
        let pieces = pieces(&logs(), "log.bo", 0);
        assert!(pieces.iter().any(|piece| piece.wrong.is_some()));
    }
}
