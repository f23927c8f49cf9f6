//! Applying fixes: findings and texts in, new texts out.

use super::{Applicability, Diagnostic, Fix};
use crate::source::{Location, SourceId, SourceMap};

/// What came of applying fixes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// The texts that changed.
    pub texts: Vec<(SourceId, String)>,
    /// Number of findings that were mended.
    pub mended: usize,
    /// Number of findings whose fix would have overlapped with another: mend again.
    pub overlapping: usize,
}

/// Applies the first fitting fix of each finding, as far as they do not overlap. With
/// [`Applicability::Safe`] those that keep the meaning, with `Unsafe` all. Texts for which `writable`
/// answers no are left alone, and with them every fix that touches one.
pub fn apply(
    diagnostics: &[Diagnostic],
    sources: &SourceMap,
    allowed: Applicability,
    writable: &dyn Fn(SourceId) -> bool,
) -> Applied {
    let mut applied = Applied::default();
    let mut edits: Vec<(Location, &str)> = Vec::new();
    for diagnostic in diagnostics {
        let fits = |fix: &&Fix| {
            (allowed == Applicability::Unsafe || fix.applicability == Applicability::Safe)
                && !fix.edits.is_empty()
                && fix.edits.iter().all(|(location, _)| writable(location.source))
        };
        let Some(fix) = diagnostic.fixes.iter().find(fits) else { continue };
        // The same change asked for twice is one change.
        let new: Vec<_> = fix
            .edits
            .iter()
            .map(|(location, text)| (*location, text.as_str()))
            .filter(|edit| !edits.contains(edit))
            .collect();
        if new.iter().any(|(one, _)| edits.iter().any(|(other, _)| overlap(*one, *other))) {
            applied.overlapping += 1;
            continue;
        }
        applied.mended += 1;
        edits.extend(new);
    }
    edits.sort_by_key(|(location, _)| *location);
    for edits in edits.chunk_by(|(left, _), (right, _)| left.source == right.source) {
        let Some((source, text)) = edits
            .first()
            .and_then(|(location, _)| Some((location.source, &sources.get(location.source)?.text)))
        else {
            continue;
        };
        applied.texts.push((source, rewritten(text, edits)));
    }
    applied
}

/// Whether two ranges share a character, or insert at the same place.
fn overlap(left: Location, right: Location) -> bool {
    left.source == right.source
        && (left.span.start < right.span.end && right.span.start < left.span.end
            || left.span.start == right.span.start)
}

/// The text with edits that are in order and do not overlap.
fn rewritten(text: &str, edits: &[(Location, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (location, replacement) in edits {
        let range = location.span.range();
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(replacement);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::span::Span;

    fn finding(
        source: SourceId,
        edits: &[(std::ops::Range<usize>, &str)],
        safe: bool,
    ) -> Diagnostic {
        let edits = edits.iter().map(|(range, text)| {
            (Location { source, span: Span::from(range.clone()) }, (*text).to_owned())
        });
        let applicability = if safe { Applicability::Safe } else { Applicability::Unsafe };
        Diagnostic::warning("T101", "x").fix(Fix {
            message: "mend".to_owned(),
            edits: edits.collect(),
            applicability,
        })
    }

    #[test]
    fn fixes_are_applied_where_they_do_not_overlap() {
        let mut sources = SourceMap::default();
        let source = sources.add("a", "one two three");
        let findings = [
            finding(source, &[(8..13, "3"), (0..3, "1")], true),
            finding(source, &[(2..5, "x")], true),
            finding(source, &[(4..7, "2")], false),
            finding(source, &[(0..3, "1")], true),
        ];
        let safe = apply(&findings, &sources, Applicability::Safe, &|_| true);
        assert_eq!(safe.texts, [(source, "1 two 3".to_owned())]);
        assert_eq!((safe.mended, safe.overlapping), (2, 1));
        let all = apply(&findings, &sources, Applicability::Unsafe, &|_| true);
        assert_eq!(all.texts, [(source, "1 2 3".to_owned())]);
        assert_eq!(
            apply(&findings, &sources, Applicability::Unsafe, &|_| false),
            Applied::default()
        );
    }
}
