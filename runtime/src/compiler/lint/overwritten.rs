//! T303: a value is set and set again before anything reads it.

use holt_grammar::span::Span;

use super::places::{Place, same_field};
use super::walk::{self, Visitor};
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::{Node, Path, Statement};
use crate::functions::Shim;
use crate::program::SourceText;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    // Values that nothing has read yet.
    let mut unread: Vec<(Place, &SourceText, Span)> = Vec::new();
    for (index, (source, statement)) in group.statements.iter().enumerate() {
        let mut reads = Reads { unread: &mut unread };
        walk::statement(statement, &mut reads);
        let Some(place) = stored(statement) else {
            // Editors read what they change, and may change more than their target says.
            unread.clear();
            continue;
        };
        if statement.condition.is_none() {
            for (_, earlier, span) in unread.extract_if(.., |(known, ..)| *known == place) {
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
        unread.retain(|(known, ..)| *known == place || !known.overlaps(&place));
        unread.push((place, source, statement.editor.span));
    }
}

/// The place that a `set` writes, if its keys are constant.
fn stored(statement: &Statement) -> Option<Place> {
    matches!(statement.editor.function.run, Shim::Set)
        .then(|| statement.editor.args.first()?.as_ref().and_then(Place::of_node))
        .flatten()
}

struct Reads<'u, 'g> {
    unread: &'u mut Vec<(Place, &'g SourceText, Span)>,
}

impl Visitor for Reads<'_, '_> {
    fn path(&mut self, path: &Path, _: &Node) {
        match Place::of(path) {
            Some(place) => self.unread.retain(|(known, ..)| {
                !known.overlaps(&place)
                    && (known.path == place.path || !same_field(known.path, place.path))
            }),
            None => self.unread.retain(|(known, ..)| !same_field(known.path, path.path)),
        }
    }
}
