//! T403: a regular expression whose counted repetitions multiply.

use super::walk::calls;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::NodeKind;
use crate::functions::Takes;
use crate::text::regex::shape::Shape;

/// Beyond so many copies of a part, the compiled pattern takes megabytes and matching is slow.
const MAX_COPIES: u64 = 500;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    calls(group, &mut |source, call| {
        for (param, arg) in call.function.params.iter().zip(&call.args) {
            let (Takes::Pattern, Some(arg)) = (param.takes, arg) else { continue };
            let NodeKind::Str(pattern) = &arg.kind else { continue };
            let copies = Shape::of(pattern).map_or(0, |shape| shape.copies);
            if copies > MAX_COPIES {
                findings.warn(
                    codes::EXPENSIVE_PATTERN,
                    (source, arg.span),
                    format!("the pattern repeats a part {copies} times, which is slow and large"),
                    "",
                    "use `*` or `+`, or smaller counts",
                );
            }
        }
    });
}
