//! Reads what a segment holds: a file in, the records in it out, with the ranges that are damaged.
//!
//! Only headers are read; bodies are checked when they are needed. The exception is the last
//! record, since a machine that lost its power may have left a body of the right length and other
//! content.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use memchr::memmem;

use super::record::{
    RECORD_HEADER, RECORD_MARK, RecordHeader, SEGMENT_HEADER, SegmentKind, read_segment_header,
};

/// A record in a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) offset: u64,
    pub(super) header: RecordHeader,
}

/// What a segment holds.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) records: Vec<Found>,
    /// What is no record.
    pub(super) damaged: Vec<Range<u64>>,
    /// Where the part begins that was being written when the process ended.
    pub(super) torn: Option<u64>,
    /// Where the next record goes.
    pub(super) end: u64,
    /// The version of the format, when it is a later one.
    pub(super) newer: Option<u32>,
}

/// Reads a segment.
pub(super) fn scan(path: &Path) -> io::Result<Scan> {
    let mut file = BufReader::with_capacity(64 << 10, File::open(path)?);
    let length = file.get_ref().metadata()?.len();
    let mut scan = Scan::default();
    if length < SEGMENT_HEADER as u64 {
        scan.torn = Some(0);
        return Ok(scan);
    }
    let mut header = [0; SEGMENT_HEADER];
    file.read_exact(&mut header)?;
    let mut offset = SEGMENT_HEADER as u64;
    match read_segment_header(&header) {
        SegmentKind::Known => {}
        SegmentKind::Newer(version) => {
            scan.newer = Some(version);
            return Ok(scan);
        }
        SegmentKind::Damaged => scan.damaged.push(0..offset),
    }
    let mut last = 0;
    while offset < length {
        let header = read_header(&mut file, offset, length)?.filter(|next| next.number > last);
        if let Some(header) = header {
            let end = offset + header.length();
            if end > length {
                scan.torn = Some(offset);
                break;
            }
            scan.records.push(Found { offset, header });
            last = header.number;
            file.seek_relative(i64::try_from(end - offset).unwrap_or(0) - RECORD_HEADER as i64)?;
            offset = end;
            continue;
        }
        let rest = read_rest(&mut file, offset)?;
        match next_header(&rest, last) {
            Some(at) => {
                scan.damaged.push(offset..offset + at as u64);
                offset += at as u64;
                file.seek(SeekFrom::Start(offset))?;
            }
            None if is_torn(&rest) => {
                scan.torn = Some(offset);
                break;
            }
            None => {
                scan.damaged.push(offset..length);
                break;
            }
        }
    }
    check_last(&mut file, &mut scan)?;
    let last = scan.records.last();
    scan.end = last.map_or(SEGMENT_HEADER as u64, |last| last.offset + last.header.length());
    Ok(scan)
}

/// The header at an offset, where the file stands; `None` when there is none. The file stands
/// behind it then.
fn read_header(
    file: &mut BufReader<File>,
    offset: u64,
    length: u64,
) -> io::Result<Option<RecordHeader>> {
    if length - offset < RECORD_HEADER as u64 {
        return Ok(None);
    }
    let mut header = [0; RECORD_HEADER];
    file.read_exact(&mut header)?;
    Ok(RecordHeader::decode(&header))
}

fn read_rest(file: &mut BufReader<File>, offset: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    Ok(rest)
}

/// Where the next header begins behind one that is damaged.
fn next_header(rest: &[u8], last: u64) -> Option<usize> {
    memmem::find_iter(rest, RECORD_MARK).find(|at| {
        let header = rest.get(*at..).and_then(RecordHeader::decode);
        header.is_some_and(|header| header.number > last)
    })
}

/// Whether the end of a file is a header that was not written to its end, or room that was never
/// written to.
fn is_torn(rest: &[u8]) -> bool {
    rest.len() < RECORD_HEADER || rest.iter().all(|byte| *byte == 0)
}

/// Looks into the last record.
fn check_last(file: &mut BufReader<File>, scan: &mut Scan) -> io::Result<()> {
    let Some(last) = scan.records.last() else { return Ok(()) };
    let range = last.offset..last.offset + last.header.length();
    file.seek(SeekFrom::Start(range.start))?;
    let mut bytes = vec![0; usize::try_from(last.header.length()).unwrap_or(0)];
    file.read_exact(&mut bytes)?;
    if last.header.open(bytes.into()).is_none() {
        scan.records.pop();
        scan.damaged.push(range);
    }
    Ok(())
}
