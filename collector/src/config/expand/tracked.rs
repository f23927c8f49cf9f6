//! A string that remembers which part of another string each of its parts came from, while parts
//! of it are replaced.

use std::sync::Arc;

use holt_grammar::span::Span;

use crate::config::yaml::{Decoded, Origin, Scalar};

/// A string under replacement.
pub(super) struct Tracked {
    current: Decoded,
}

impl Tracked {
    /// A string that is its own source.
    pub(super) fn new(text: &str) -> Self {
        let mut current = Decoded::default();
        current.verbatim(text, 0);
        Self { current }
    }

    /// The string as it is now.
    pub(super) fn text(&self) -> &str {
        &self.current.text
    }

    /// The part of the source that a part of the string came from.
    pub(super) fn locate(&self, span: Span) -> Span {
        self.current.map.locate(span)
    }

    /// Replaces every occurrence of a text, from left to right.
    pub(super) fn replace_all(&mut self, wanted: &str, by: &str) {
        let before = std::mem::take(&mut self.current);
        let mut at = 0;
        for (found, _) in before.text.match_indices(wanted) {
            copy(&before, at..found, &mut self.current);
            let end = found + wanted.len();
            let source = before.map.locate(Span::from(found..end));
            self.current.replaced(by, source.range());
            at = end;
        }
        copy(&before, at..before.text.len(), &mut self.current);
    }

    /// The scalar with this string in place of its own.
    pub(super) fn into_scalar(self, scalar: Scalar) -> Scalar {
        let map = Arc::new(self.current.map);
        let origin = Origin::Expanded { base: Arc::new(scalar.origin), map };
        Scalar { text: self.current.text, value: scalar.value, origin }
    }
}

/// Appends a range of a string with what is known about it.
fn copy(from: &Decoded, range: std::ops::Range<usize>, to: &mut Decoded) {
    let segments = from.map.segments();
    let first = segments.partition_point(|segment| segment.decoded.end as usize <= range.start);
    for segment in segments.iter().skip(first) {
        let decoded = segment.decoded.range();
        if decoded.start >= range.end {
            break;
        }
        let start = decoded.start.max(range.start);
        let end = decoded.end.min(range.end);
        let Some(text) = from.text.get(start..end).filter(|text| !text.is_empty()) else {
            continue;
        };
        if segment.verbatim {
            let offset = start - decoded.start;
            to.verbatim(text, segment.source.start as usize + offset);
        } else {
            to.replaced(text, segment.source.range());
        }
    }
}
