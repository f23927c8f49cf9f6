//! Text to nodes.

use super::{GlobError, MAX_NESTING, MAX_PARTS};

/// A part of a glob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// This text.
    Text(String),
    /// `*`: any text.
    Star,
    /// `**`: any text as well, but a part of its own kind.
    DoubleStar,
    /// `?`: any character.
    Any,
    /// `[abc]`: one of these, or none of them.
    Listed { characters: String, not: bool },
    /// `[a-z]`: one in the range, or outside.
    Range { low: char, high: char, not: bool },
    /// `{a,b}`: one of these sequences.
    Choice(Vec<Node>),
    /// Nodes that follow each other.
    Sequence(Vec<Node>),
    /// What is left of an alternative that the others share as a whole.
    Nothing,
}

/// Parses a glob.
///
/// # Errors
/// When it is not valid, or has too many parts.
pub(super) fn parse(pattern: &str) -> Result<Vec<Node>, GlobError> {
    let mut parser = Parser { rest: pattern, parts: 0, ended: false };
    parser.sequence(0)
}

/// In the library a NUL ends the glob where a part could begin.
const NUL: char = '\0';

struct Parser<'t> {
    rest: &'t str,
    parts: usize,
    ended: bool,
}

impl Parser<'_> {
    /// Reads up to the end or, inside a choice, to what ends the alternative.
    fn sequence(&mut self, nesting: usize) -> Result<Vec<Node>, GlobError> {
        let mut nodes = Vec::new();
        while let Some(next) = self.peek()? {
            if nesting > 0 && matches!(next, ',' | '}') {
                break;
            }
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(GlobError::TooLarge);
            }
            match next {
                NUL => self.ended = true,
                '*' => {
                    self.take();
                    let double = self.peek()? == Some('*');
                    if double {
                        self.take();
                    }
                    nodes.push(if double { Node::DoubleStar } else { Node::Star });
                }
                '?' => {
                    self.take();
                    nodes.push(Node::Any);
                }
                '[' => {
                    self.take();
                    nodes.push(self.class()?);
                }
                '{' => {
                    self.take();
                    nodes.push(self.choice(nesting + 1)?);
                }
                _ => {
                    let ends: &[char] = if nesting > 0 {
                        &['?', '*', '[', '{', '}', ',']
                    } else {
                        &['?', '*', '[', '{']
                    };
                    let text = self.text(ends)?;
                    if !text.is_empty() {
                        nodes.push(Node::Text(text));
                    }
                }
            }
        }
        Ok(nodes)
    }

    /// The alternatives; the last one may end with the glob.
    fn choice(&mut self, nesting: usize) -> Result<Node, GlobError> {
        if nesting > MAX_NESTING {
            return Err(GlobError::TooLarge);
        }
        let mut alternatives = Vec::new();
        loop {
            alternatives.push(Node::Sequence(self.sequence(nesting)?));
            let ended = self.peek()?;
            self.take();
            if ended != Some(',') {
                return Ok(Node::Choice(alternatives));
            }
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return Err(GlobError::TooLarge);
            }
        }
    }

    /// What stands between brackets: one range or a list of characters.
    fn class(&mut self) -> Result<Node, GlobError> {
        let not = self.peek()? == Some('!');
        if not {
            self.take();
        }
        let first = self.peek()?.filter(|first| *first != NUL).ok_or(GlobError::Unclosed)?;
        let behind = self.rest.strip_prefix(first).and_then(|rest| rest.strip_prefix('-'));
        let node = match behind {
            Some(rest) => {
                self.rest = rest;
                let high = self.peek()?.filter(|high| *high != NUL).ok_or(GlobError::Unclosed)?;
                self.take();
                if high < first {
                    return Err(GlobError::Backwards);
                }
                Node::Range { low: first, high, not }
            }
            None => Node::Listed { characters: self.text(&[']'])?, not },
        };
        match (self.peek()?, &node) {
            (None | Some(NUL), _) => return Err(GlobError::Unclosed),
            (Some(']'), Node::Listed { characters, .. }) if characters.is_empty() => {
                return Err(GlobError::Empty);
            }
            (Some(']'), _) => self.take(),
            (Some(_), _) => return Err(GlobError::NotAlone),
        }
        Ok(node)
    }

    /// Text up to one of these characters. A backslash takes the next one as it is; a NUL ends the
    /// text and is dropped.
    fn text(&mut self, ends: &[char]) -> Result<String, GlobError> {
        let mut text = String::new();
        let mut escaped = false;
        while let Some(next) = self.peek()? {
            if !escaped && ends.contains(&next) {
                break;
            }
            self.take();
            if next == NUL {
                break;
            }
            if !escaped && next == '\\' {
                escaped = true;
            } else {
                escaped = false;
                text.push(next);
            }
        }
        Ok(text)
    }

    fn peek(&self) -> Result<Option<char>, GlobError> {
        match self.rest.chars().next() {
            Some(char::REPLACEMENT_CHARACTER) if !self.ended => Err(GlobError::Unreadable),
            _ if self.ended => Ok(None),
            next => Ok(next),
        }
    }

    fn take(&mut self) {
        let mut rest = self.rest.chars();
        rest.next();
        self.rest = rest.as_str();
    }
}
