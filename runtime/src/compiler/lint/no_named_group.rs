//! T408: a pattern without named groups where only these are taken.

use super::walk::calls;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::NodeKind;
use crate::text::regex::Pattern;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    calls(group, &mut |source, call| {
        if call.function.name != "ExtractPatterns" {
            return;
        }
        let Some(Some(arg)) = call.args.get(1) else { return };
        let NodeKind::Str(pattern) = &arg.kind else { return };
        if Pattern::new(pattern).is_ok_and(|pattern| pattern.names().all(|name| name.is_none())) {
            findings.warn(
                codes::NO_NAMED_GROUP,
                (source, arg.span),
                "the pattern has no named group, so this always fails",
                "",
                "name what is to be extracted: `(?P<user>\\\\w+)`",
            );
        }
    });
}
