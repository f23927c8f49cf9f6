//! Where a finding stands, as formats for machines say it: file, lines, columns.

use serde_json::{Value, json};

use crate::source::{Location, SourceMap};

/// A point of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// Bytes before it.
    pub(super) offset: u32,
    /// Line, counted from 1.
    pub(super) line: u32,
    /// Characters before it in its line, plus 1.
    pub(super) column: u32,
    /// Bytes before it in its line, plus 1.
    pub(super) byte_column: u32,
}

/// A range of a text. The end is exclusive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The name of the text.
    pub(super) file: String,
    /// Where it starts.
    pub(super) start: Point,
    /// Where it ends.
    pub(super) end: Point,
}

impl Place {
    /// The place of a location; `None` when the location is of another map.
    pub(super) fn of(location: Location, sources: &SourceMap) -> Option<Self> {
        let source = sources.get(location.source)?;
        let point = |offset: u32| {
            let (line, column) = sources.line_column(location.source, offset)?;
            let before = source.text.get(..(offset as usize).min(source.text.len()))?;
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let byte_column = u32::try_from(before.len() - start).ok()? + 1;
            Some(Point { offset, line, column, byte_column })
        };
        let start = point(location.span.start)?;
        let end = point(location.span.end)?;
        Some(Self { file: source.name.clone(), start, end })
    }

    /// As the members of a JSON object.
    pub(super) fn json(&self) -> Value {
        let point =
            |at: Point| json!({ "line": at.line, "column": at.column, "offset": at.offset });
        json!({ "file": self.file, "start": point(self.start), "end": point(self.end) })
    }
}
