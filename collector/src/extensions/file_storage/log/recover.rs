//! Opens a queue that an earlier process left: a folder in, what waits in it out. What was being
//! written when that process ended is cut off; what is damaged is set aside in files named
//! `*.damaged`, once, and told in the log.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::index::{Index, Place};
use super::record::{DONE_MARK, read_done_marks};
use super::scan::{Scan, scan};
use super::segment::{Growing, Segment, base_of, done_path, segment_path};
use crate::component::storage::{StorageError, Waiting};

/// What an earlier process left.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    pub(super) index: Index,
    pub(super) waiting: Vec<Waiting>,
    /// Records that cannot be read, beginning with this process.
    pub(super) damaged: usize,
    /// The last segment, to go on with.
    pub(super) active: Option<Growing>,
    /// The number of the next record.
    pub(super) next: u64,
}

/// Opens the queue of a folder, which is there.
pub(super) fn recover(folder: &Path) -> Result<Recovered, StorageError> {
    let failed = |error: io::Error| {
        StorageError::System(format!("cannot open the queue in {}: {error}", folder.display()))
    };
    let (segments, orphans) = files(folder).map_err(failed)?;
    for path in orphans {
        fs::remove_file(path).map_err(failed)?;
    }
    let mut recovered = Recovered { next: 1, ..Recovered::default() };
    let last = segments.last_key_value().map(|(base, _)| *base);
    for (base, path) in segments {
        let found = scan(&path).map_err(failed)?;
        if let Some(version) = found.newer {
            let text = "holds telemetry in a format of a later version of Holt";
            let text = format!("{} {text} (format {version})", path.display());
            return Err(StorageError::System(text));
        }
        let segment = Left { folder, base, path: &path, scan: found };
        segment.take(&mut recovered, last == Some(base)).map_err(failed)?;
    }
    Ok(recovered)
}

/// The segments by their numbers, and files of marks that belong to none.
fn files(folder: &Path) -> io::Result<(BTreeMap<u64, PathBuf>, Vec<PathBuf>)> {
    let mut segments = BTreeMap::new();
    let mut marks = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if let Some(base) = base_of(&path, "segment") {
            segments.insert(base, path);
        } else if let Some(base) = base_of(&path, "done") {
            marks.push((base, path));
        }
    }
    let orphans = marks.into_iter().filter(|(base, _)| !segments.contains_key(base));
    let orphans = orphans.map(|(_, path)| path).collect();
    Ok((segments, orphans))
}

/// A segment that an earlier process left.
struct Left<'a> {
    folder: &'a Path,
    base: u64,
    path: &'a Path,
    scan: Scan,
}

impl Left<'_> {
    fn take(self, recovered: &mut Recovered, is_last: bool) -> io::Result<()> {
        let Self { folder, base, path, scan } = &self;
        let done = self.done()?;
        let newest = scan.records.last().map_or(0, |last| last.header.number);
        // A number that is marked as done must not be given again, even if its record is damaged.
        let newest = done.iter().copied().fold(newest, u64::max);
        recovered.next = recovered.next.max(newest + 1).max(*base);
        recovered.damaged += self.set_aside(&done)?;
        if let Some(offset) = scan.torn {
            tracing::info!(
                file = %path.display(),
                offset,
                "Cut off what was being written when the process ended"
            );
        }
        if scan.records.is_empty() && !scan.damaged.is_empty() {
            // Nothing in it is of use, and it is kept for whoever wants to look.
            fs::rename(path, path.with_extension("segment.damaged"))?;
            return Segment::new(*base, 0, 0, 0).remove(folder);
        }
        let mut open = 0;
        for found in scan.records.iter().filter(|one| !done.contains(&one.header.number)) {
            let header = found.header;
            let (items, bytes) = (header.items as usize, header.body as usize);
            recovered.waiting.push(Waiting { number: header.number, items, bytes });
            let place = Place { base: *base, offset: found.offset, header };
            recovered.index.records.insert(header.number, place);
            open += 1;
        }
        let segment = Segment::new(*base, scan.end, open, (done.len() * DONE_MARK) as u64);
        if open == 0 {
            return segment.remove(folder);
        }
        if is_last {
            recovered.active = Some(Growing::open(path, scan.end)?);
        }
        let marks = fs::metadata(done_path(folder, *base)).map_or(0, |file| file.len());
        let whole = marks - marks % DONE_MARK as u64;
        recovered.index.bytes += scan.end;
        let segment = Segment::new(*base, scan.end, open, whole);
        recovered.index.segments.insert(*base, segment);
        Ok(())
    }

    fn done(&self) -> io::Result<HashSet<u64>> {
        match fs::read(done_path(self.folder, self.base)) {
            Ok(marks) => Ok(read_done_marks(&marks).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(HashSet::new()),
            Err(error) => Err(error),
        }
    }

    /// Copies what is damaged into files of their own, unless an earlier process did, and says how
    /// many records that were not done are lost.
    fn set_aside(&self, done: &HashSet<u64>) -> io::Result<usize> {
        let mut lost = 0;
        for range in &self.scan.damaged {
            if !copy_range(self.folder, self.base, range)? {
                continue;
            }
            let records = self.missing(range, done);
            lost += records;
            tracing::error!(
                file = %self.path.display(),
                offset = range.start,
                bytes = range.end - range.start,
                records,
                "Stored telemetry is damaged and was set aside"
            );
        }
        Ok(lost)
    }

    /// How many records that are not done lay in a range: those whose numbers are missing, or one
    /// at the end of the file, where nobody knows.
    fn missing(&self, range: &Range<u64>, done: &HashSet<u64>) -> usize {
        if range.start == 0 {
            // The header of the segment.
            return 0;
        }
        let records = &self.scan.records;
        let behind = records.partition_point(|one| one.offset < range.start);
        let before = behind.checked_sub(1).and_then(|index| records.get(index));
        let first = before.map_or(self.base, |one| one.header.number + 1);
        match records.get(behind) {
            Some(next) => {
                (first..next.header.number).filter(|number| !done.contains(number)).count()
            }
            None => usize::from(!done.contains(&first)),
        }
    }
}

/// Copies a range of a segment into a file of its own. False when that is there already.
pub(super) fn copy_range(folder: &Path, base: u64, range: &Range<u64>) -> io::Result<bool> {
    let mut source = File::open(segment_path(folder, base))?;
    source.seek(SeekFrom::Start(range.start))?;
    let mut bytes = Vec::new();
    source.take(range.end - range.start).read_to_end(&mut bytes)?;
    // Numbers begin anew in a queue that was empty, so the place alone would not be unique.
    let checksum = crc32fast::hash(&bytes);
    let target = folder.join(format!("{base:020}-{}-{checksum:08x}.damaged", range.start));
    if target.exists() {
        return Ok(false);
    }
    fs::write(target, bytes)?;
    Ok(true)
}
