//! T312: a copy that is copied again.

use super::{Findings, Linted};
use crate::compiler::codes;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    for (source, statement) in &group.statements {
        let call = &statement.editor;
        let always = statement.condition.is_none() && group.guards.is_empty();
        if always && call.function.name == "copy_metric" {
            findings.warn(
                codes::ENDLESS,
                (source, call.span),
                "copies are copied again, without end, so every batch is refused",
                "",
                "the group comes by the metrics that it adds: let a condition tell them apart, such as \
                 `where metric.name == …`",
            );
        }
    }
}
