//! T406: a regular expression where a glob is taken.

use super::walk::calls;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::NodeKind;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    calls(group, &mut |source, call| {
        if !matches!(call.function.name, "replace_match" | "replace_all_matches") {
            return;
        }
        let Some(arg) = call.args.get(1).and_then(Option::as_ref) else { return };
        let NodeKind::Str(pattern) = &arg.kind else { return };
        let sign = if pattern.starts_with('^') {
            "^"
        } else if pattern.ends_with('$') {
            "$"
        } else {
            match [".*", ".+", r"\d", r"\w", "(?"].into_iter().find(|sign| pattern.contains(sign)) {
                Some(sign) => sign,
                None => return,
            }
        };
        let other = call.function.name.replace("matches", "patterns").replace("match", "pattern");
        findings.warn(
            codes::GLOB_OR_REGEX,
            (source, arg.span),
            format!(
                "`{}` takes a glob, and this looks like a regular expression",
                call.function.name
            ),
            format!("in a glob, `{sign}` stands for itself"),
            format!("use `{other}`, or a glob such as `/user/*`"),
        );
    });
}
