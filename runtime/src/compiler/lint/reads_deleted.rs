//! T305: a value is read that an earlier statement has removed.

use super::facts::Facts;
use super::places::Place;
use super::walk::{self, Visitor};
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::{Node, Path};

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    let mut facts = Facts::default();
    for (index, (source, statement)) in group.statements.iter().enumerate() {
        let mut reads = Reads { facts: &facts, found: Vec::new() };
        // Conditions are another rule's.
        for arg in
            statement.editor.args.iter().skip(usize::from(walk::takes_target(&statement.editor)))
        {
            arg.iter().for_each(|arg| walk::node(arg, &mut reads));
        }
        for (span, by) in reads.found {
            findings.warn(
                codes::READS_DELETED,
                (source, span),
                "this is always missing: an earlier statement removed it",
                format!("removed by statement {}", by + 1),
                "read it before it is removed, or remove it later",
            );
        }
        facts.after(index, statement);
    }
}

struct Reads<'f> {
    facts: &'f Facts,
    found: Vec<(holt_grammar::span::Span, usize)>,
}

impl Visitor for Reads<'_> {
    fn path(&mut self, path: &Path, node: &Node) {
        let place = Place::of(path).filter(|place| !place.keys.is_empty());
        if let Some(by) = place.and_then(|place| self.facts.gone(&place)) {
            self.found.push((node.span, by));
        }
    }
}
