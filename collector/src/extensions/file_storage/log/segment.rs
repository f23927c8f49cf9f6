//! One segment: a file of records, and beside it a file of marks of what is done in it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IoSlice, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::{DONE_MARK, SEGMENT_HEADER, done_mark, segment_header};

/// Most slices that the system takes in one call.
const MOST_SLICES: usize = 1000;

/// The file of the segment whose first record has this number.
pub(super) fn segment_path(folder: &Path, base: u64) -> PathBuf {
    folder.join(format!("{base:020}.segment"))
}

/// The file of what is done in it.
pub(super) fn done_path(folder: &Path, base: u64) -> PathBuf {
    folder.join(format!("{base:020}.done"))
}

/// The number in the name of a file with this extension.
pub(super) fn base_of(path: &Path, extension: &str) -> Option<u64> {
    if path.extension()? != extension {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok()
}

/// A file that grows at its end. What could not be written whole leaves no trace.
#[derive(Debug)]
pub(super) struct Growing {
    file: File,
    length: u64,
    /// How many bytes the file system still takes.
    #[cfg(test)]
    pub(super) room: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Growing {
    /// Opens a file whose first `length` bytes are good; what lies behind them is cut off.
    pub(super) fn open(path: &Path, length: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).write(true).truncate(false).open(path)?;
        file.set_len(length)?;
        Ok(Self {
            file,
            length,
            #[cfg(test)]
            room: std::sync::Arc::new(u64::MAX.into()),
        })
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Writes slices at the end: all of them or, on an error, none.
    pub(super) fn append(&mut self, slices: &mut [IoSlice<'_>], sync: bool) -> io::Result<()> {
        let total: u64 = slices.iter().map(|slice| slice.len() as u64).sum();
        let written = self.write(slices).and_then(|()| match sync {
            true => self.file.sync_data(),
            false => Ok(()),
        });
        match written {
            Ok(()) => self.length += total,
            // Also frees the room on a disk that is full. If it fails, what is left behind is
            // overwritten by the next record, since that begins at the same place.
            Err(_) => self.file.set_len(self.length).unwrap_or(()),
        }
        written
    }

    fn write(&mut self, slices: &mut [IoSlice<'_>]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.length))?;
        #[cfg(test)]
        self.simulate_full_disk(slices)?;
        let mut rest = slices;
        while !rest.is_empty() {
            let some = rest.len().min(MOST_SLICES);
            let Some(chunk) = rest.get(..some) else { break };
            match self.file.write_vectored(chunk) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => IoSlice::advance_slices(&mut rest, written),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    #[cfg(test)]
    fn simulate_full_disk(&mut self, slices: &[IoSlice<'_>]) -> io::Result<()> {
        let bytes: Vec<u8> = slices.iter().flat_map(|slice| slice.iter().copied()).collect();
        let room = self.room.load(std::sync::atomic::Ordering::Relaxed);
        let Ok(room) = usize::try_from(room) else { return Ok(()) };
        if bytes.len() <= room {
            return Ok(());
        }
        self.file.write_all(&bytes[..room])?;
        Err(io::ErrorKind::StorageFull.into())
    }
}

/// A segment with what is open in it.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) base: u64,
    /// Bytes of its records and header.
    pub(super) length: u64,
    /// Records that are not done.
    pub(super) open: usize,
    /// Length of the file of marks.
    pub(super) done_length: u64,
    done: Option<Growing>,
}

impl Segment {
    pub(super) const fn new(base: u64, length: u64, open: usize, done_length: u64) -> Self {
        Self { base, length, open, done_length, done: None }
    }

    /// Marks records as done.
    pub(super) fn mark(&mut self, folder: &Path, numbers: &[u64]) -> io::Result<()> {
        let file = match &mut self.done {
            Some(file) => file,
            None => {
                let path = done_path(folder, self.base);
                self.done.insert(Growing::open(&path, self.done_length)?)
            }
        };
        let marks: Vec<u8> = numbers.iter().flat_map(|number| done_mark(*number)).collect();
        debug_assert_eq!(marks.len(), numbers.len() * DONE_MARK);
        file.append(&mut [IoSlice::new(&marks)], false)?;
        self.done_length = file.length();
        Ok(())
    }

    /// Removes the files. Those of marks last: without them, everything would be open again.
    pub(super) fn remove(&self, folder: &Path) -> io::Result<()> {
        let gone = |path: PathBuf| match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        gone(segment_path(folder, self.base))?;
        gone(done_path(folder, self.base))
    }
}

/// Begins a segment.
pub(super) fn begin(folder: &Path, base: u64, sync: bool) -> io::Result<Growing> {
    let mut file = Growing::open(&segment_path(folder, base), 0)?;
    file.append(&mut [IoSlice::new(&segment_header(base))], sync)?;
    debug_assert_eq!(file.length(), SEGMENT_HEADER as u64);
    if sync {
        // The name of the file must survive too.
        File::open(folder)?.sync_all()?;
    }
    Ok(file)
}
