//! Bounds on a text, checked before anything recurses over it.
//!
//! Depth is what costs stack: every bracket, every arithmetic operator of a chain (chains lean left
//! in the tree) and every `=>` may add a level to the tree, and the tree's depth never exceeds what
//! is counted here, apart from a constant factor.

use std::num::NonZeroUsize;
use std::sync::Once;

use super::error::SyntaxError;
use crate::diag::codes;
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// Longest accepted text, in bytes.
pub const MAX_LENGTH: usize = 256 * 1024;

/// Deepest accepted nesting, in levels: brackets, chained arithmetic operators, lambda arrows.
pub const MAX_DEPTH: usize = 64;

/// Steps that pest may take for one text. The grammar never reads a text twice, so the longest text
/// needs only a fraction of them; this stands guard over a mistake in the grammar.
const MAX_STEPS: usize = 200_000_000;

/// Sets the bound on pest's steps, which is one for the whole process, before the first use.
pub(crate) fn bound_steps() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| pest::set_call_limit(NonZeroUsize::new(MAX_STEPS)));
}

/// The error for a text that made pest run out of steps or of stack.
pub(crate) fn exhausted(text: &str) -> SyntaxError {
    SyntaxError::new(
        codes::LIMIT,
        Span::from(0..text.len()),
        "the text needs more memory or time to parse than allowed",
    )
    .note("split it into several statements")
}

/// The error for a text that is longer than [`MAX_LENGTH`].
pub(crate) fn check_length(text: &str) -> Option<SyntaxError> {
    if text.len() <= MAX_LENGTH {
        return None;
    }
    let limit = text.floor_char_boundary(MAX_LENGTH);
    Some(
        SyntaxError::new(
            codes::LIMIT,
            Span::from(limit..text.len()),
            format!("the text has {} bytes, more than the {MAX_LENGTH} allowed", text.len()),
        )
        .label("everything from here on is too much")
        .note("split it into several statements"),
    )
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

/// The error for tokens whose tree could be deeper than [`MAX_DEPTH`].
pub(crate) fn check_depth(tokens: &[Token]) -> Option<SyntaxError> {
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
            return Some(
                SyntaxError::new(
                    codes::LIMIT,
                    token.span,
                    format!("brackets and arithmetic are nested more than {MAX_DEPTH} levels deep"),
                )
                .label("one level too deep")
                .note("keep intermediate results in the cache and split the statement"),
            );
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::lex;

    fn accepted(text: &str) -> bool {
        check_depth(&lex(text)).is_none()
    }

    #[test]
    fn brackets_operators_and_arrows_count() {
        assert!(accepted(&("(".repeat(64) + &")".repeat(64))));
        assert!(!accepted(&"(".repeat(65)));
        assert!(accepted(&"1+".repeat(64)));
        assert!(!accepted(&"1+".repeat(65)));
        assert!(!accepted(&"()=>".repeat(65)));
        assert!(!accepted(&("(".repeat(40) + "1" + &")+1".repeat(40))));
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
        let error = check_length(&text).expect("too long");
        assert!(text.is_char_boundary(error.span.start as usize));
        assert!(check_length(&"x".repeat(MAX_LENGTH)).is_none());
    }
}
