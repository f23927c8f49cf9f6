//! Findings of the compiler as a session shows them: carets under the very characters of the line
//! above, or in full where there is no such line.

use std::fmt::Write as _;

use holt_grammar::diag::render::{Color, full};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{SourceId, SourceMap};
use unicode_width::UnicodeWidthStr;

use super::paint::Paint;

/// The line above, at which carets point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Above {
    /// The text of the entry.
    pub(super) source: SourceId,
    /// Columns before the text.
    pub(super) indent: usize,
    /// Columns of the terminal, where there is one.
    pub(super) width: Option<usize>,
}

/// Findings as text. Those that say nothing about the entry are left out, unless they are errors.
pub(super) fn shown(
    findings: &[Diagnostic],
    sources: &SourceMap,
    above: Option<Above>,
    paint: Paint,
) -> String {
    let mut out = String::new();
    for finding in findings {
        let is_about = |source| finding.labels.iter().any(|one| one.location.source == source);
        let about = above.is_none_or(|above| is_about(above.source));
        // What is fine and could be written otherwise would be said again and again.
        let is_remark = finding.severity == Severity::Info;
        if is_remark || !about && finding.severity != Severity::Error {
            continue;
        }
        match above.and_then(|above| carets(finding, sources, above, paint)) {
            Some(text) => out.push_str(&text),
            None => {
                let color = if paint.0 { Color::Always } else { Color::Never };
                let _ = writeln!(out, "{}", full(finding, sources, color).trim_end());
            }
        }
    }
    out
}

/// A finding under the line above; `None` when it points elsewhere or the line does not fit.
fn carets(finding: &Diagnostic, sources: &SourceMap, above: Above, paint: Paint) -> Option<String> {
    let label = finding.labels.first().filter(|one| one.location.source == above.source)?;
    let text = &sources.get(above.source)?.text;
    let fits = above.width.is_none_or(|width| above.indent + text.width() < width);
    if text.contains('\n') || !fits {
        return None;
    }
    let range = label.location.span.range();
    let start = above.indent + text.get(..range.start)?.width();
    let length = text.get(range.start..range.end.min(text.len()))?.width().max(1);
    let color = |text: &str| match finding.severity {
        Severity::Error => paint.red(text),
        Severity::Warning | Severity::Info => paint.yellow(text),
    };
    let space = " ".repeat(start);
    let mut said = format!("{} {}", finding.code, clean(&finding.message));
    if !label.message.is_empty() {
        let _ = write!(said, " ({})", clean(&label.message));
    }
    let mut out = format!("{space}{} {}\n", color(&"^".repeat(length)), color(&said));
    let helps = finding.fixes.iter().map(|fix| &fix.message);
    for note in finding.notes.iter().chain(helps) {
        let _ = writeln!(out, "{space}{} {}", paint.dim("="), paint.dim(&clean(note)));
    }
    Some(out)
}

/// Text without characters that a terminal would act on.
fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '·' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use holt_grammar::source::Location;

    use super::*;

    fn at(text: &str, range: std::ops::Range<usize>, width: Option<usize>) -> String {
        let mut sources = SourceMap::default();
        let source = sources.add("entry", text);
        let location = Location { source, span: range.into() };
        let finding = Diagnostic::error("T1", "wrong").label(location, "this").note("mend it");
        let above = Above { source, indent: 4, width };
        shown(&[finding], &sources, Some(above), Paint(false))
    }

    #[test]
    fn carets_stand_under_the_characters_of_the_line_above() {
        let expected = "         ^^ T1 wrong (this)\n         = mend it\n";
        assert_eq!(at("abc: xy", 5..7, None), expected);
        // Korean letters take two columns each, and three bytes.
        assert_eq!(
            at("서: xy", 5..7, None),
            expected.replacen("         ^", "        ^", 1).replacen("         =", "        =", 1)
        );
    }

    #[test]
    fn what_does_not_fit_is_shown_in_full() {
        assert!(at("abc: xy", 5..7, Some(10)).contains("entry:1:6"));
        assert!(at("abc:\nxy", 5..7, None).contains("entry:2:1"));
    }
}
