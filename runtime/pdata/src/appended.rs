//! Records that an editor adds to the scope it is in.
//!
//! They enter encoded, through [`Open::append`], and stand behind the records that came. The walk
//! goes on over them, so that the editor sees what it added as it sees everything else; how much may
//! be added is limited, since an editor may answer each new record with another one.

use crate::edit::Open;
use crate::wire::{Fields, put_len};

/// A scope may grow by so many times its size...
const MAX_GROWTH: usize = 10;

/// ...and by so many bytes in any case.
const ALWAYS: usize = 16 << 20;

/// What was added to the scope that is being walked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Appended<'a> {
    records: Vec<&'a [u8]>,
    /// Bytes that may still be added.
    room: usize,
}

/// More was added to a scope than it may grow, or nothing can be added where the editor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("records were added without end")]
pub struct NoRoom;

impl<'a> Appended<'a> {
    /// Makes room in a scope of that many bytes.
    pub(crate) fn begin(&mut self, size: usize) {
        self.records.clear();
        self.room = ALWAYS.max(size.saturating_mul(MAX_GROWTH));
    }

    /// Nothing more may be added.
    pub(crate) fn end(&mut self) {
        self.records.clear();
        self.room = 0;
    }

    /// The record that was added as the `index`-th, counted from 0.
    pub(crate) fn get(&self, index: usize) -> Option<&'a [u8]> {
        self.records.get(index).copied()
    }
}

impl<'a> Open<'a> {
    /// Adds a record to the scope, behind all others: an encoded span, metric, log record or profile
    /// without tag and length. The editor will see it later.
    ///
    /// # Errors
    /// When the scope would grow without bound, and while no scope is walked record by record.
    pub fn append(&mut self, record: &'a [u8]) -> Result<(), NoRoom> {
        // Even an empty record takes a tag and a length.
        let size = record.len() + 2;
        self.appended.room = self.appended.room.checked_sub(size).ok_or(NoRoom)?;
        self.appended.records.push(record);
        self.items_changed = true;
        Ok(())
    }

    /// Bytes that may still be added to the scope.
    pub const fn room(&self) -> usize {
        self.appended.room
    }

    /// The message around the datapoints of the metric, with every datapoint as it is now: those
    /// before this one with their edits, this one with its own, and those behind it as they came.
    /// Without fields other than the datapoints. While datapoints are walked, and only if the editor
    /// [looks back](crate::Editor::looks_back).
    pub fn all_points(&self) -> Vec<u8> {
        let mut out = self.earlier_points.clone();
        let mut current = Vec::new();
        self.child.encode(&mut current);
        put_len(&mut out, POINTS, &current);
        let seen = self.points_seen;
        let all = Fields::new(self.metric_data.raw()).filter(|field| field.number == POINTS);
        for later in all.skip(seen) {
            put_len(&mut out, POINTS, later.bytes);
        }
        out
    }
}

/// Every message around datapoints has them in this field.
pub(crate) const POINTS: u32 = 1;
