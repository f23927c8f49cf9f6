//! An open document: its text, kept level with the editor's, and where lines begin.
//!
//! Editors count lines from 0 and columns in UTF-16 code units; everything else here counts bytes.

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::{SourceId, SourceMap};
use serde::{Deserialize, Serialize};

/// A place as editors count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Position {
    /// The line.
    pub(super) line: u32,
    /// The column, in UTF-16 code units.
    pub(super) character: u32,
}

/// A stretch of text as editors count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    /// The first character.
    pub(super) start: Position,
    /// Behind the last one.
    pub(super) end: Position,
}

/// A change of a text: of all of it without a range.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Change {
    range: Option<Range>,
    text: String,
}

/// A document that the editor has open.
#[derive(Debug)]
pub(super) struct Document {
    /// Its name in messages: the path of a file.
    pub(super) name: String,
    /// What it holds.
    pub(super) text: String,
    /// Counts its changes, as the editor does.
    pub(super) version: Option<i64>,
    /// What was found in it.
    pub(super) findings: Vec<Diagnostic>,
    /// The texts that the findings are about, and which of them is the document.
    pub(super) sources: SourceMap,
    /// The document among them.
    pub(super) source: Option<SourceId>,
    /// Whether it changed since it was examined.
    pub(super) is_dirty: bool,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl Document {
    pub(super) fn new(name: String, text: String, version: Option<i64>) -> Self {
        let lines = lines(&text);
        Self {
            name,
            text,
            version,
            findings: Vec::new(),
            sources: SourceMap::default(),
            source: None,
            is_dirty: true,
            lines,
        }
    }

    /// Changes the text as the editor did.
    pub(super) fn change(&mut self, change: Change) {
        match change.range {
            None => self.text = change.text,
            Some(range) => {
                let (start, end) = (self.offset(range.start), self.offset(range.end));
                self.text.replace_range(start..end.max(start), &change.text);
            }
        }
        self.lines = lines(&self.text);
        self.is_dirty = true;
    }

    /// The byte at a place; the end of the line, or of the text, for a place beyond it.
    pub(super) fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.lines.get(line).copied() else { return self.text.len() };
        let mut units = 0;
        let rest = self.line(line);
        for (at, char) in rest.char_indices() {
            if units >= position.character {
                return start + at;
            }
            units += u32::try_from(char.len_utf16()).unwrap_or(1);
        }
        start + rest.len()
    }

    /// The place of a byte.
    pub(super) fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.lines.get(line).copied().unwrap_or_default();
        let before = self.text.get(start..offset).unwrap_or_default();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Position { line: count(line), character: count(before.encode_utf16().count()) }
    }

    /// The places of a range of bytes.
    pub(super) fn range(&self, range: std::ops::Range<usize>) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// A line without its end.
    pub(super) fn line(&self, line: usize) -> &str {
        let Some(start) = self.lines.get(line).copied() else { return "" };
        let end = self.lines.get(line + 1).copied().unwrap_or(self.text.len());
        self.text.get(start..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }
}

/// Where lines begin: behind a line feed, and a carriage return that none follows.
fn lines(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(at, byte)| {
        **byte == b'\n' || (**byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'))
    });
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::new("a".to_owned(), text.to_owned(), None)
    }

    #[test]
    fn columns_are_utf_16_code_units() {
        let document = document("가나😀x\r\ny\rz");
        for (offset, line, character) in
            [(0, 0, 0), (3, 0, 1), (6, 0, 2), (10, 0, 4), (11, 0, 5), (13, 1, 0), (15, 2, 0)]
        {
            let position = Position { line, character };
            assert_eq!(document.position(offset), position);
            assert_eq!(document.offset(position), offset);
        }
        // Inside a surrogate pair, behind a line, behind the text.
        assert_eq!(document.offset(Position { line: 0, character: 3 }), 10);
        assert_eq!(document.offset(Position { line: 0, character: 99 }), 11);
        assert_eq!(document.offset(Position { line: 9, character: 0 }), 16);
    }

    #[test]
    fn changes_keep_the_text_level() {
        let mut document = document("가: 1\n😀: 2\n");
        let place = |line, character| Position { line, character };
        let change = |start, end, text: &str| Change {
            range: Some(Range { start, end }),
            text: text.to_owned(),
        };
        document.change(change(place(1, 2), place(1, 4), " = "));
        assert_eq!(document.text, "가: 1\n😀 = 2\n");
        document.change(change(place(0, 1), place(1, 2), ""));
        assert_eq!(document.text, "가 = 2\n");
        document.change(change(place(1, 0), place(1, 0), "나\n"));
        assert_eq!(document.text, "가 = 2\n나\n");
        document.change(Change { range: None, text: "b".to_owned() });
        assert_eq!(document.text, "b");
    }
}
