//! Writing a changed request: ranges of the input and new bytes, gathered in one copy.
//!
//! The walk over a request reports, in order, which ranges it keeps and what it puts in their
//! place. Messages are levels: a level that changed gets a new length, a level that did not melts
//! into one range of its parent. Output is gathered at the end; an untouched request yields none.

use std::ops::Range;

use crate::wire::{WireType, put_tag, put_varint};

/// A change to the input: the bytes `start..end` become `bytes` of [`Splice::new`]. An insertion
/// has `start == end`.
#[derive(Clone, Debug)]
pub(crate) struct Patch {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Number of the field; orders insertions at one place.
    pub(crate) number: u32,
    pub(crate) bytes: Range<usize>,
}

impl Patch {
    /// Whether this inserts at `place`, and its bytes end where others begin.
    pub(crate) fn appends(&self, place: usize, number: u32, begin: usize) -> bool {
        let inserts = self.start == place && self.end == place;
        inserts && self.number == number && self.bytes.end == begin
    }

    /// Patches are applied in the order of this key.
    pub(crate) fn order(&self) -> (usize, usize, u32) {
        (self.start, self.end, self.number)
    }
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    start: usize,
    end: usize,
    /// Where in the input it stands: equals `start` for a range of the input.
    at: usize,
    is_new: bool,
}

#[derive(Debug)]
struct Level {
    /// Index of the segment that will hold tag and length.
    header: usize,
    /// Offset of the field's tag in the input.
    field_start: usize,
    number: u32,
    length: usize,
    changed: bool,
}

/// The output under construction.
#[derive(Debug)]
pub(crate) struct Splice<'a> {
    input: &'a [u8],
    /// New bytes; patches and segments refer to ranges of it.
    pub(crate) new: Vec<u8>,
    segments: Vec<Segment>,
    levels: Vec<Level>,
    /// Scratch for [`Self::patch`], which runs once for each changed record.
    old: Vec<Segment>,
}

impl<'a> Splice<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        let request = Level { header: 0, field_start: 0, number: 0, length: 0, changed: false };
        let header = Segment { start: 0, end: 0, at: 0, is_new: true };
        // Both grow with what changes. To begin with a share of the input spares the allocator one
        // block of every size on the way, of which it would keep some for each thread.
        let mut segments = Vec::with_capacity(input.len() / 64 + 1);
        segments.push(header);
        let new = Vec::with_capacity(input.len() / 2);
        Self { input, new, segments, levels: vec![request], old: Vec::new() }
    }

    /// Begins the message field `number` whose tag stands at `field_start` in the input.
    pub(crate) fn open(&mut self, number: u32, field_start: usize) {
        let header = self.segments.len();
        self.segments.push(Segment { start: 0, end: 0, at: field_start, is_new: true });
        self.levels.push(Level { header, field_start, number, length: 0, changed: false });
    }

    /// Keeps a range of the input as it is.
    #[inline]
    pub(crate) fn keep(&mut self, range: Range<usize>) {
        let Some(level) = self.levels.last_mut() else { return };
        level.length += range.len();
        if self.segments.len() > level.header + 1
            && let Some(last) = self.segments.last_mut()
            && !last.is_new
            && last.end == range.start
        {
            last.end = range.end;
            return;
        }
        if !range.is_empty() {
            let Range { start, end } = range;
            self.segments.push(Segment { start, end, at: start, is_new: false });
        }
    }

    /// Forgets what the current message was said to hold.
    pub(crate) fn restart(&mut self) {
        let Some(level) = self.levels.last_mut() else { return };
        self.segments.truncate(level.header + 1);
        (level.length, level.changed) = (0, false);
    }

    /// Leaves out what stands in the input between the last kept range and the next one.
    pub(crate) fn omit(&mut self) {
        if let Some(level) = self.levels.last_mut() {
            level.changed = true;
        }
    }

    /// Puts a range of [`Self::new`] at offset `at` of the input.
    fn put(&mut self, bytes: Range<usize>, at: usize) {
        let Some(level) = self.levels.last_mut() else { return };
        level.changed = true;
        level.length += bytes.len();
        if !bytes.is_empty() {
            self.segments.push(Segment { start: bytes.start, end: bytes.end, at, is_new: true });
        }
    }

    /// Applies patches, ordered by place and without overlap, to all that the current level has
    /// kept so far. Ranges under a patch must have been kept, not replaced.
    pub(crate) fn patch(&mut self, patches: &[Patch]) {
        let Some(level) = self.levels.last_mut().filter(|_| !patches.is_empty()) else { return };
        let changed = level.changed;
        level.length = 0;
        let mut old = std::mem::take(&mut self.old);
        old.clear();
        old.extend(self.segments.drain((level.header + 1).min(self.segments.len())..));
        let mut patches = patches.iter().peekable();
        for segment in &old {
            if segment.is_new {
                while let Some(patch) = patches.next_if(|patch| patch.start <= segment.at) {
                    self.put(patch.bytes.clone(), patch.start);
                }
                self.put(segment.start..segment.end, segment.at);
                continue;
            }
            let mut from = segment.start;
            while let Some(patch) = patches.next_if(|patch| patch.start < segment.end) {
                self.keep(from..patch.start.max(from));
                self.put(patch.bytes.clone(), patch.start);
                from = from.max(patch.end);
            }
            self.keep(from..segment.end.max(from));
        }
        for patch in patches {
            self.put(patch.bytes.clone(), patch.start);
        }
        self.old = old;
        if let Some(level) = self.levels.last_mut() {
            level.changed |= changed;
        }
    }

    /// Ends the current message, whose field ends at `field_end` in the input.
    pub(crate) fn close(&mut self, field_end: usize) {
        if self.levels.len() < 2 {
            return;
        }
        let Some(level) = self.levels.pop() else { return };
        if !level.changed {
            self.segments.truncate(level.header);
            self.keep(level.field_start..field_end);
            return;
        }
        let start = self.new.len();
        put_tag(&mut self.new, level.number, WireType::Len);
        put_varint(&mut self.new, level.length as u64);
        let end = self.new.len();
        if let Some(header) = self.segments.get_mut(level.header) {
            (header.start, header.end) = (start, end);
        }
        // To the parent the message is one thing that stands where it began: what the parent
        // inserts behind it must not slip in before new bytes at its end.
        for segment in self.segments.iter_mut().skip(level.header).filter(|one| one.is_new) {
            segment.at = level.field_start;
        }
        if let Some(parent) = self.levels.last_mut() {
            parent.changed = true;
            parent.length += end - start + level.length;
        }
    }

    /// Forgets the current message altogether, as if it did not stand in the input.
    pub(crate) fn abandon(&mut self) {
        if self.levels.len() < 2 {
            return;
        }
        if let Some(level) = self.levels.pop() {
            self.segments.truncate(level.header);
        }
        self.omit();
    }

    /// The whole output, `None` when it equals the input.
    pub(crate) fn finish(self) -> Option<Vec<u8>> {
        let request = self.levels.first().filter(|request| request.changed)?;
        let mut out = Vec::with_capacity(request.length);
        for segment in &self.segments {
            let source = if segment.is_new { self.new.as_slice() } else { self.input };
            out.extend_from_slice(source.get(segment.start..segment.end).unwrap_or_default());
        }
        Some(out)
    }
}
