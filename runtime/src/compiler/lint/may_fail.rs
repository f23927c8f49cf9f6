//! T204: an argument must be of a type, and comes from an attribute that nothing has looked at.

use holt_grammar::span::Span;

use super::places::Place;
use super::walk::{self, Visitor};
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::{Call, Node, NodeKind, Path, Statement};
use crate::functions::Takes;
use crate::paths::Keys;
use crate::types::Type;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    for (source, statement) in &group.statements {
        if let Some((span, takes)) = fallible(group, statement) {
            let argument = source.text.get(span.range()).unwrap_or("…");
            let guard = match takes == Type::STRING {
                true => format!("IsString({argument})"),
                false => format!("{argument} != nil"),
            };
            findings.warn(
                codes::MAY_FAIL,
                (source, span),
                format!("this fails for records where it is not {takes}"),
                "may be missing or of another type",
                format!("guard the statement with `where {guard}`"),
            );
        }
    }
}

/// The first argument of a statement that may be of a type that its function does not take, and that
/// neither the statement's condition nor the group's conditions look at.
pub(super) fn fallible(group: &Linted<'_>, statement: &Statement) -> Option<(Span, Type)> {
    let mut looked_at = Paths::default();
    if let Some(condition) = &statement.condition {
        walk::condition(condition, &mut looked_at);
    }
    // Any one of the group's conditions may have let the record in.
    if let [(_, only)] = group.guards.as_slice() {
        walk::condition(only, &mut looked_at);
    }
    let mut calls = Strict { looked_at: looked_at.0, found: None };
    let unconditional = Statement { editor: statement.editor.clone(), condition: None };
    walk::statement(&unconditional, &mut calls);
    calls.found
}

/// The places of all paths.
#[derive(Default)]
struct Paths(Vec<Place>);

impl Visitor for Paths {
    fn path(&mut self, path: &Path, _: &Node) {
        self.0.extend(Place::of(path));
    }
}

struct Strict {
    looked_at: Vec<Place>,
    found: Option<(Span, Type)>,
}

impl Visitor for Strict {
    fn call(&mut self, call: &Call) {
        for (param, arg) in call.function.params.iter().zip(&call.args) {
            let (Takes::Exactly(takes), Some(arg), None) = (param.takes, arg, self.found) else {
                continue;
            };
            let NodeKind::Path(path) = &arg.kind else { continue };
            // Only what attributes hold is of a type that nobody knows.
            if path.keys.is_empty() || path.path.decl.keys != Keys::Value {
                continue;
            }
            let known = Place::of(path).is_some_and(|place| self.looked_at.contains(&place));
            if !known && !Type::VALUE.is_within(takes) {
                self.found = Some((arg.span, takes));
            }
        }
    }
}
