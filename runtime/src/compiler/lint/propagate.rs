//! T311: one record whose statement fails takes the whole batch with it.

use super::may_fail::fallible;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::program::ErrorMode;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    if group.error_mode != ErrorMode::Propagate {
        return;
    }
    let found = group.statements.iter().find_map(|(source, statement)| {
        let (span, _) = fallible(group, statement)?;
        Some((source, span))
    });
    if let Some((source, span)) = found {
        findings.warn(
            codes::PROPAGATE,
            (source, span),
            "if this fails for one record, the whole batch is refused: the error mode is `propagate`",
            "may fail",
            "guard it, or use `error_mode: ignore`, which logs the failure and goes on",
        );
    }
}
