//! T302: a condition never holds, since an earlier statement has removed what it asks for.

use holt_grammar::ast::CompareOp;

use super::facts::Facts;
use super::places::Place;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::{Condition, ConditionKind, NodeKind};

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    let mut facts = Facts::default();
    for (index, (source, statement)) in group.statements.iter().enumerate() {
        if let Some(condition) = &statement.condition
            && let Some(by) = never(condition, &facts)
        {
            findings.warn(
                codes::UNREACHABLE,
                (source, condition.span),
                "the condition never holds: an earlier statement removed what it asks for",
                format!("removed by statement {}", by + 1),
                "",
            );
        }
        facts.after(index, statement);
    }
}

/// The statement after which a condition cannot hold.
fn never(condition: &Condition, facts: &Facts) -> Option<usize> {
    match &condition.kind {
        ConditionKind::And(parts) => parts.iter().find_map(|part| never(part, facts)),
        ConditionKind::Or(parts) => {
            let all: Option<Vec<_>> = parts.iter().map(|part| never(part, facts)).collect();
            all?.into_iter().max()
        }
        ConditionKind::Compare(op, _, left, right) => {
            let gone = |node| Place::of_node(node).and_then(|place| facts.gone(&place));
            let literal = |kind: &NodeKind| kind.is_literal();
            let (by, other) = match (gone(left), gone(right)) {
                (Some(by), None) => (by, &right.kind),
                (None, Some(by)) => (by, &left.kind),
                _ => return None,
            };
            let never = match (op, other) {
                (CompareOp::Ne | CompareOp::Lt | CompareOp::Gt, NodeKind::Nil) => true,
                (_, NodeKind::Nil) | (CompareOp::Ne, _) => false,
                (_, other) => literal(other),
            };
            never.then_some(by)
        }
        ConditionKind::Not(_) | ConditionKind::Literal(_) | ConditionKind::Converter(_) => None,
    }
}
