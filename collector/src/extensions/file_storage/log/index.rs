//! Where the records are that are not done.

use std::collections::BTreeMap;

use super::record::RecordHeader;
use super::segment::Segment;

/// Where a record is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The segment.
    pub(super) base: u64,
    pub(super) offset: u64,
    pub(super) header: RecordHeader,
}

/// The segments of a queue, and the records in them that are not done.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub(super) records: BTreeMap<u64, Place>,
    pub(super) segments: BTreeMap<u64, Segment>,
    /// Bytes of all segments.
    pub(super) bytes: u64,
}
