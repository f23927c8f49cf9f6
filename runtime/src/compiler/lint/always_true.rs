//! T307: alternatives that deny different values of one path, of which one always holds.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use holt_grammar::ast::CompareOp;

use super::places::Place;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::{Condition, ConditionKind, NodeKind};
use crate::program::SourceText;

const NOTE: &str = "one of the two is always different; to exclude several values, join the \
                    comparisons with `and`";

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    let guards: Vec<&Condition> = group.guards.iter().map(|(_, guard)| guard).collect();
    if let Some(second) = denied_twice(&guards)
        && let Some((source, guard)) = group.guards.get(second)
    {
        let message = "the conditions always hold together: any of them is enough";
        findings.warn(codes::ALWAYS_TRUE, (source, guard.span), message, "always true", NOTE);
    }
    for (source, guard) in &group.guards {
        visit(source, guard, findings);
    }
    for (source, statement) in &group.statements {
        if let Some(condition) = &statement.condition {
            visit(source, condition, findings);
        }
    }
}

fn visit(source: &SourceText, condition: &Condition, findings: &mut Findings<'_>) {
    match &condition.kind {
        ConditionKind::Or(parts) => {
            if denied_twice(&parts.iter().collect::<Vec<_>>()).is_some() {
                let message = "the condition always holds";
                let span = condition.span;
                findings.warn(codes::ALWAYS_TRUE, (source, span), message, "always true", NOTE);
            }
            parts.iter().for_each(|part| visit(source, part, findings));
        }
        ConditionKind::And(parts) => parts.iter().for_each(|part| visit(source, part, findings)),
        ConditionKind::Not(part) => visit(source, part, findings),
        ConditionKind::Compare(..) | ConditionKind::Literal(_) | ConditionKind::Converter(_) => {}
    }
}

/// The index of the second of two conditions that deny different values of one path.
fn denied_twice(conditions: &[&Condition]) -> Option<usize> {
    // Of each place the first value that is denied: another one denies a different value.
    let mut denied: HashMap<Place, String> = HashMap::new();
    for (index, condition) in conditions.iter().enumerate() {
        let ConditionKind::Compare(CompareOp::Ne, _, left, right) = &condition.kind else {
            continue;
        };
        let (place, value) = match (Place::of_node(left), Place::of_node(right)) {
            (Some(place), None) => (place, &right.kind),
            (None, Some(place)) => (place, &left.kind),
            _ => continue,
        };
        let scalar = matches!(
            value,
            NodeKind::Nil
                | NodeKind::Bool(_)
                | NodeKind::Int(_)
                | NodeKind::Symbol(_)
                | NodeKind::Str(_)
        );
        if !scalar {
            continue;
        }
        let value = format!("{value:?}");
        match denied.entry(place) {
            Entry::Occupied(first) if *first.get() != value => return Some(index),
            Entry::Occupied(_) => {}
            Entry::Vacant(free) => {
                free.insert(value);
            }
        }
    }
    None
}
