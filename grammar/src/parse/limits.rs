//! Bounds on a text, checked before anything recurses over it.
//!
//! Depth is what costs stack: every bracket, every arithmetic operator of a chain (chains lean left
//! in the tree) and every `=>` may add a level to the tree, and the tree's depth never exceeds what
//! is counted here, apart from a constant factor.

use super::error::SyntaxError;
use crate::diag::codes;
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// Longest accepted text, in bytes.
pub const MAX_LENGTH: usize = 256 * 1024;

/// Deepest accepted nesting, in levels: brackets, chained arithmetic operators, lambda arrows.
pub const MAX_DEPTH: usize = 100;

/// Refuses a text that is longer than [`MAX_LENGTH`].
pub(crate) fn check_length(text: &str) -> Result<(), SyntaxError> {
    if text.len() <= MAX_LENGTH {
        return Ok(());
    }
    let limit = text.floor_char_boundary(MAX_LENGTH);
    Err(SyntaxError::new(
        codes::LIMIT,
        Span::from(limit..text.len()),
        format!("the text has {} bytes, more than the {MAX_LENGTH} allowed", text.len()),
    )
    .label("everything from here on is too much")
    .note("split it into several statements"))
}

/// One open bracket, or the text as a whole.
#[derive(Default)]
struct Level {
    /// Depth of the deepest finished part.
    finished: usize,
    /// Depth of the deepest bracket in the part being read.
    inner: usize,
    /// Operators in the part being read.
    operators: usize,
}

impl Level {
    fn depth(&self) -> usize {
        self.finished.max(self.inner + self.operators)
    }

    fn finish_part(&mut self) {
        *self = Self { finished: self.depth(), ..Self::default() };
    }
}

/// Refuses tokens whose tree could be deeper than [`MAX_DEPTH`].
pub(crate) fn check_depth(tokens: &[Token]) -> Result<(), SyntaxError> {
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level::default();
    for token in tokens {
        match token.kind {
            kind if kind.is_open() => outer.push(std::mem::take(&mut level)),
            kind if kind.is_close() => {
                let inner = level.depth() + 1;
                level = outer.pop().unwrap_or_default();
                level.inner = level.inner.max(inner);
            }
            kind if kind.is_arithmetic() || kind == TokenKind::Arrow => level.operators += 1,
            kind if kind.is_comparison() => level.finish_part(),
            TokenKind::Comma | TokenKind::And | TokenKind::Or => level.finish_part(),
            _ => {}
        }
        if outer.len() + level.depth() > MAX_DEPTH {
            return Err(SyntaxError::new(
                codes::LIMIT,
                token.span,
                format!("brackets and arithmetic are nested more than {MAX_DEPTH} levels deep"),
            )
            .label("one level too deep")
            .note("keep intermediate results in the cache and split the statement"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::lex;

    fn accepted(text: &str) -> bool {
        check_depth(&lex(text)).is_ok()
    }

    #[test]
    fn brackets_operators_and_arrows_count() {
        assert!(accepted(&("(".repeat(100) + &")".repeat(100))));
        assert!(!accepted(&"(".repeat(101)));
        assert!(accepted(&"1+".repeat(100)));
        assert!(!accepted(&"1+".repeat(101)));
        assert!(!accepted(&"()=>".repeat(101)));
        assert!(!accepted(&("(".repeat(60) + "1" + &")+1".repeat(60))));
    }

    #[test]
    fn width_does_not_count() {
        assert!(accepted(&"1+1,".repeat(1000)));
        assert!(accepted(&"a+1 == 2 and ".repeat(1000)));
        assert!(accepted(&"(1)".repeat(1000)));
    }

    #[test]
    fn length_is_cut_between_characters() {
        let text = "한".repeat(MAX_LENGTH / 3 + 1);
        let error = check_length(&text).expect_err("too long");
        assert!(text.is_char_boundary(error.span.start as usize));
        assert!(check_length(&"x".repeat(MAX_LENGTH)).is_ok());
    }
}
