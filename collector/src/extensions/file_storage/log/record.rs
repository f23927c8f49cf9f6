//! The bytes of a segment: a header, then records. All numbers are little-endian.
//!
//! | segment header | | record | |
//! | --- | --- | --- | --- |
//! | 0..8 | `HOLTQUE\n` | 0..4 | `HoR1` |
//! | 8..12 | version of the format | 4..8 | CRC-32 of the bytes 8..32 |
//! | 12..20 | number of the first record | 8..16 | number |
//! | 20..24 | CRC-32 of the bytes before | 16..20 | items |
//! | | | 20..24, 24..28 | lengths of context and body |
//! | | | 28..32 | CRC-32 of context and body |
//! | | | 32.. | context, body |
//!
//! The header of a record has a checksum of its own, so that reading can go on behind a damaged
//! body, and a mark in front, so that it can go on behind a damaged header.

use bytes::Bytes;
use crc32fast::Hasher;

use crate::component::storage::{Record, StorageError};

pub(super) const SEGMENT_HEADER: usize = 24;
pub(super) const RECORD_HEADER: usize = 32;
pub(super) const RECORD_MARK: &[u8; 4] = b"HoR1";
const SEGMENT_MARK: &[u8; 8] = b"HOLTQUE\n";
const VERSION: u32 = 1;

/// The header of the segment whose first record has this number.
pub(super) fn segment_header(base: u64) -> [u8; SEGMENT_HEADER] {
    let mut header = [0; SEGMENT_HEADER];
    let (covered, checksum) = header.split_at_mut(SEGMENT_HEADER - 4);
    fill(covered, &[SEGMENT_MARK, &VERSION.to_le_bytes(), &base.to_le_bytes()]);
    fill(checksum, &[&crc32fast::hash(covered).to_le_bytes()]);
    header
}

/// What the header of a segment says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SegmentKind {
    /// One of ours.
    Known,
    /// One of a later version of Holt.
    Newer(u32),
    /// Not what was written.
    Damaged,
}

/// Reads the header of a segment.
pub(super) fn read_segment_header(header: &[u8]) -> SegmentKind {
    let Some((covered, checksum)) = header.split_at_checked(SEGMENT_HEADER - 4) else {
        return SegmentKind::Damaged;
    };
    if !covered.starts_with(SEGMENT_MARK) || u32_at(checksum, 0) != crc32fast::hash(covered) {
        return SegmentKind::Damaged;
    }
    match u32_at(covered, 8) {
        VERSION => SegmentKind::Known,
        version => SegmentKind::Newer(version),
    }
}

/// The checksum of a record's content.
pub(super) fn content_checksum(record: &Record) -> u32 {
    let mut hasher = Hasher::new();
    hasher.update(&record.context);
    hasher.update(&record.body);
    hasher.finalize()
}

/// The header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RecordHeader {
    pub(super) number: u64,
    pub(super) items: u32,
    pub(super) context: u32,
    pub(super) body: u32,
    pub(super) checksum: u32,
}

impl RecordHeader {
    /// The header of a record; an error when the record is too large for the format.
    pub(super) fn of(number: u64, record: &Record, checksum: u32) -> Result<Self, StorageError> {
        let small = |length: usize| {
            let large = |_| StorageError::System("a record has at most 4 GiB".to_owned());
            u32::try_from(length).map_err(large)
        };
        Ok(Self {
            number,
            items: small(record.items)?,
            context: small(record.context.len())?,
            body: small(record.body.len())?,
            checksum,
        })
    }

    pub(super) fn encode(self) -> [u8; RECORD_HEADER] {
        let mut header = [0; RECORD_HEADER];
        let (front, covered) = header.split_at_mut(8);
        let parts = [self.items, self.context, self.body, self.checksum].map(u32::to_le_bytes);
        let [items, context, body, checksum] = &parts;
        fill(covered, &[&self.number.to_le_bytes(), items, context, body, checksum]);
        fill(front, &[RECORD_MARK, &crc32fast::hash(covered).to_le_bytes()]);
        header
    }

    /// Reads a header; `None` when the bytes do not begin with one.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (front, rest) = bytes.split_at_checked(8)?;
        let covered = rest.get(..RECORD_HEADER - 8)?;
        if !front.starts_with(RECORD_MARK) || u32_at(front, 4) != crc32fast::hash(covered) {
            return None;
        }
        let number = u64::from(u32_at(covered, 0)) | u64::from(u32_at(covered, 4)) << 32;
        Some(Self {
            number,
            items: u32_at(covered, 8),
            context: u32_at(covered, 12),
            body: u32_at(covered, 16),
            checksum: u32_at(covered, 20),
        })
    }

    /// Length of the whole record.
    pub(super) fn length(self) -> u64 {
        RECORD_HEADER as u64 + u64::from(self.context) + u64::from(self.body)
    }

    /// Takes a record, header included, apart; `None` when it is not what was written.
    pub(super) fn open(self, mut bytes: Bytes) -> Option<Record> {
        if bytes.len() as u64 != self.length() || Self::decode(&bytes) != Some(self) {
            return None;
        }
        let mut content = bytes.split_off(RECORD_HEADER);
        if crc32fast::hash(&content) != self.checksum {
            return None;
        }
        let body = content.split_off(usize::try_from(self.context).ok()?);
        Some(Record { items: usize::try_from(self.items).ok()?, context: content, body })
    }
}

/// Bytes of one mark that a record is done.
pub(super) const DONE_MARK: usize = 12;

/// The mark that a record is done: its number and a checksum.
pub(super) fn done_mark(number: u64) -> [u8; DONE_MARK] {
    let mut mark = [0; DONE_MARK];
    let number = number.to_le_bytes();
    fill(&mut mark, &[&number, &crc32fast::hash(&number).to_le_bytes()]);
    mark
}

/// The numbers of a file of such marks; what is damaged is left out.
pub(super) fn read_done_marks(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.chunks_exact(DONE_MARK).filter_map(|mark| {
        let number = mark.first_chunk::<8>()?;
        let is_whole = u32_at(mark, 8) == crc32fast::hash(number);
        is_whole.then(|| u64::from_le_bytes(*number))
    })
}

/// Writes `parts` one after the other; what has no room is left out.
fn fill(target: &mut [u8], parts: &[&[u8]]) {
    let bytes = parts.iter().flat_map(|part| part.iter());
    target.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
}

/// The number at an offset; 0 beyond the end, which no checksum agrees with.
fn u32_at(bytes: &[u8], offset: usize) -> u32 {
    let number = bytes.get(offset..).and_then(|rest| rest.first_chunk::<4>());
    number.map_or(0, |number| u32::from_le_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        let (context, body) = (Bytes::from_static(b"who"), Bytes::from_static(b"what"));
        Record { items: 7, context, body }
    }

    #[test]
    fn every_flipped_byte_of_a_record_is_noticed() {
        let header = RecordHeader::of(5, &record(), content_checksum(&record())).unwrap();
        let whole = [&header.encode()[..], b"who", b"what"].concat();
        assert_eq!(header.open(whole.clone().into()), Some(record()));
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            let read =
                RecordHeader::decode(&flipped).and_then(|header| header.open(flipped.into()));
            assert_eq!(read, None, "byte {at}");
        }
    }

    #[test]
    fn segments_of_later_versions_are_told_from_damaged_ones() {
        let header = segment_header(9);
        assert_eq!(read_segment_header(&header), SegmentKind::Known);
        assert_eq!(read_segment_header(&header[..20]), SegmentKind::Damaged);
        let mut later = header;
        later[8] = 2;
        assert_eq!(read_segment_header(&later), SegmentKind::Damaged);
        let checksum = crc32fast::hash(&later[..20]).to_le_bytes();
        later[20..].copy_from_slice(&checksum);
        assert_eq!(read_segment_header(&later), SegmentKind::Newer(2));
    }

    #[test]
    fn damaged_marks_are_left_out() {
        let mut marks = [done_mark(1), done_mark(2), done_mark(3)].concat();
        marks[14] ^= 1;
        marks.truncate(40);
        assert_eq!(read_done_marks(&marks).collect::<Vec<_>>(), [1, 3]);
    }
}
