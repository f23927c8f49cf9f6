//! Remembered parses, for those who read the same texts again and again: an editor's server with
//! every change, a check with every rule.
//!
//! A thread that asked for it by [`remember`] gets trees and errors from here; all others parse.

use std::cell::RefCell;
use std::collections::HashMap;

use super::SyntaxError;
use crate::ast::{Condition, Statement};

/// What a text was parsed to.
type Parsed<T> = Result<T, Vec<SyntaxError>>;

/// The parses of one language.
type Texts<T> = HashMap<Box<str>, Parsed<T>>;

/// What a thread remembers.
#[derive(Default)]
pub(super) struct Memo {
    /// How many bytes of text it may hold, and holds.
    most: usize,
    held: usize,
    statements: Texts<Statement>,
    conditions: Texts<Condition>,
}

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::default();
}

/// Lets this thread remember what it parsed, up to so many bytes of text; nothing with 0. Trees take
/// some dozen times the room of their texts.
pub fn remember(most: usize) {
    MEMO.with(|memo| *memo.borrow_mut() = Memo { most, ..Memo::default() });
}

/// The statement of a text.
pub(super) fn statement(
    text: &str,
    parse: impl FnOnce() -> Parsed<Statement>,
) -> Parsed<Statement> {
    recall(|memo| &mut memo.statements, text, parse)
}

/// The condition of a text.
pub(super) fn condition(
    text: &str,
    parse: impl FnOnce() -> Parsed<Condition>,
) -> Parsed<Condition> {
    recall(|memo| &mut memo.conditions, text, parse)
}

fn recall<T: Clone>(
    texts: fn(&mut Memo) -> &mut Texts<T>,
    text: &str,
    parse: impl FnOnce() -> Parsed<T>,
) -> Parsed<T> {
    let known = MEMO.with(|memo| {
        let mut memo = memo.borrow_mut();
        (memo.most > 0).then(|| texts(&mut memo).get(text).cloned()).flatten()
    });
    if let Some(known) = known {
        return known;
    }
    let made = parse();
    MEMO.with(|memo| {
        let mut memo = memo.borrow_mut();
        if text.len() > memo.most {
            return;
        }
        if memo.held + text.len() > memo.most {
            *memo = Memo { most: memo.most, ..Memo::default() };
        }
        memo.held += text.len();
        texts(&mut memo).insert(text.into(), made.clone());
    });
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{parse_condition, parse_statement};

    #[test]
    fn remembered_parses_are_those_of_the_text() {
        let texts = ["set(a, 1)", "a == 1", "set(a,", "", "set(b, \"한\") where a == nil"];
        let all = || texts.map(|text| (parse_statement(text), parse_condition(text)));
        let expected = all();
        // Room for everything, for little, and for nothing.
        for most in [1000, 12, 0] {
            remember(most);
            for _ in 0..2 {
                assert_eq!(all(), expected, "{most}");
            }
            let held = MEMO.with(|memo| memo.borrow().held);
            assert!(held <= most && (most < 1000 || held > 20), "{held} of {most}");
        }
    }
}
