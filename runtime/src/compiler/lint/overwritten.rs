//! T303: a value is set and set again before anything reads it.

use holt_grammar::span::Span;

use super::places::{Known, Place};
use super::walk::{self, Visitor};
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::{Node, Path, Statement};
use crate::functions::Shim;
use crate::program::SourceText;

/// Values of a place that nothing has read yet: where they are set.
type Unread<'g> = Known<Vec<(&'g SourceText, Span)>>;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    let mut unread = Unread::default();
    for (index, (source, statement)) in group.statements.iter().enumerate() {
        let mut reads = Reads { unread: &mut unread };
        walk::statement(statement, &mut reads);
        let Some(place) = stored(statement) else {
            // Editors read what they change, and may change more than their target says.
            unread.clear();
            continue;
        };
        unread.forget_around(&place, true);
        let earlier = unread.of(&place);
        if statement.condition.is_none() {
            for (earlier, span) in earlier.drain(..) {
                findings.warn(
                    codes::OVERWRITTEN,
                    (earlier, span),
                    "this has no effect: a later statement sets the same path before anything \
                     reads it",
                    format!("overwritten by statement {}", index + 1),
                    "",
                );
            }
        }
        earlier.push((source, statement.editor.span));
    }
}

/// The place that a `set` writes, if its keys are constant.
fn stored(statement: &Statement) -> Option<Place> {
    matches!(statement.editor.function.run, Shim::Set)
        .then(|| statement.editor.args.first()?.as_ref().and_then(Place::of_node))
        .flatten()
}

struct Reads<'u, 'g> {
    unread: &'u mut Unread<'g>,
}

impl Visitor for Reads<'_, '_> {
    fn path(&mut self, path: &Path, _: &Node) {
        match Place::of(path) {
            Some(place) => self.unread.forget(&place),
            None => self.unread.forget_field(path.path),
        }
    }
}
