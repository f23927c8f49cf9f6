//! T402: a regular expression that cannot match any text.

use super::walk::calls;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::NodeKind;
use crate::functions::Takes;
use crate::text::regex::shape::Shape;

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    calls(group, &mut |source, call| {
        for (param, arg) in call.function.params.iter().zip(&call.args) {
            let (Takes::Pattern, Some(arg)) = (param.takes, arg) else { continue };
            let NodeKind::Str(pattern) = &arg.kind else { continue };
            if Shape::of(pattern).is_some_and(|shape| shape.never_matches) {
                findings.warn(
                    codes::NEVER_MATCHES,
                    (source, arg.span),
                    "the pattern matches no text",
                    "",
                    "`^` stands behind something that must come first, or `$` before something \
                     that must follow",
                );
            } else if let Some(class) = doubled(pattern) {
                findings.warn(
                    codes::NEVER_MATCHES,
                    (source, arg.span),
                    format!("`\\\\{class}` matches a backslash and the letter `{class}`"),
                    "",
                    format!("for the class, write `\\\\{class}` in the statement's string"),
                );
            }
        }
    });
}

/// The letter of a class behind an escaped backslash: one escape too many.
fn doubled(pattern: &str) -> Option<char> {
    let (_, rest) = pattern.split_once(r"\\")?;
    rest.chars().next().filter(|letter| matches!(letter, 'd' | 'w' | 's' | 'D' | 'W' | 'S' | 'b'))
}
