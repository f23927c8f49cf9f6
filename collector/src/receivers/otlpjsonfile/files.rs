//! Which files there are and what is new in them: patterns in, lines with the place behind each out.
//!
//! A file is known by its first bytes, so that it stays the same one when it is renamed. It is kept
//! open until it is read to its end, also when it is gone from its place.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::read::MultiGzDecoder;

use super::config::Config;

/// First bytes that a file is known by.
const FINGERPRINT: usize = 1000;

/// Most bytes that are read of a file at a look; a line may be longer.
const CHUNK: u64 = 4 << 20;

/// How far a file has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// The first bytes of the file.
    pub(super) fingerprint: Vec<u8>,
    /// Bytes that need not be read again.
    pub(super) offset: u64,
}

/// A line of a file.
#[derive(Debug)]
pub(super) struct Line {
    /// The number of the file.
    pub(super) file: u64,
    /// The file, for messages.
    pub(super) path: PathBuf,
    /// The line, without its end.
    pub(super) text: Vec<u8>,
    /// The offset behind it.
    pub(super) end: u64,
}

/// A file that is being read.
struct Known {
    number: u64,
    path: PathBuf,
    file: File,
    fingerprint: Vec<u8>,
    /// Where reading began.
    begin: u64,
    /// Where reading goes on.
    offset: u64,
    compressed: bool,
    /// Its length when it was read last; compressed files are read anew when it changes.
    length: u64,
    /// When its end without a line break was seen first, and its length then.
    unfinished: Option<(u64, Instant)>,
}

/// The files of a receiver.
pub(super) struct Files {
    include: Vec<String>,
    exclude: Vec<glob::Pattern>,
    /// Files that have not changed for longer are passed over; zero for none.
    oldest: Duration,
    compression: String,
    /// Whether files that are there at the first look are read from their end.
    skips: bool,
    replays: bool,
    patience: Duration,
    known: Vec<Known>,
    /// What earlier runs have read.
    stored: Vec<Progress>,
    next: u64,
}

impl Files {
    /// Files of which `stored` has been read. `goes_on` tells that this process has read them before.
    pub(super) fn new(config: &Config, stored: Vec<Progress>, goes_on: bool) -> Self {
        let patterns = config.exclude.iter();
        Self {
            include: config.include.clone(),
            exclude: patterns.filter_map(|one| glob::Pattern::new(one).ok()).collect(),
            oldest: config.exclude_older_than.to_std(),
            compression: config.compression.clone(),
            skips: config.start_at == "end" && !goes_on,
            replays: config.replay_file,
            patience: config.force_flush_period.to_std(),
            known: Vec::new(),
            stored,
            next: 0,
        }
    }

    /// Looks at all files; the lines that are new.
    pub(super) fn look(&mut self) -> Vec<Line> {
        let mut seen = HashSet::new();
        for path in self.paths() {
            if let Err(error) = self.see(&path, &mut seen) {
                tracing::warn!(path = %path.display(), %error, "Failed to open a file");
            }
        }
        self.skips = false;
        let mut lines = Vec::new();
        let patience = self.patience;
        self.known.retain_mut(|known| {
            let before = lines.len();
            if let Err(error) = known.read(patience, &mut lines) {
                tracing::warn!(path = %known.path.display(), %error, "Failed to read a file");
            }
            // One that is gone is read to its end first.
            seen.contains(&known.number) || lines.len() > before
        });
        lines
    }

    /// The first bytes of a file.
    pub(super) fn fingerprint(&self, number: u64) -> Option<&[u8]> {
        let known = self.known.iter().find(|known| known.number == number)?;
        Some(&known.fingerprint)
    }

    /// Where reading of each file began.
    pub(super) fn begun(&self) -> impl Iterator<Item = Progress> + '_ {
        let progress = |known: &Known| Progress {
            fingerprint: known.fingerprint.clone(),
            offset: known.begin,
        };
        self.known.iter().map(progress)
    }

    fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> = self
            .include
            .iter()
            .filter_map(|pattern| glob::glob(pattern).ok())
            .flat_map(|paths| paths.flatten())
            .filter(|path| !self.exclude.iter().any(|pattern| pattern.matches_path(path)))
            .filter(|path| path.is_file() && !self.is_too_old(path))
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }

    fn is_too_old(&self, path: &Path) -> bool {
        let changed = || path.metadata().ok()?.modified().ok()?.elapsed().ok();
        !self.oldest.is_zero() && changed().is_some_and(|age| age > self.oldest)
    }

    /// Takes note of a file that is there.
    fn see(&mut self, path: &Path, seen: &mut HashSet<u64>) -> io::Result<()> {
        let mut file = File::open(path)?;
        let mut fingerprint = Vec::new();
        (&mut file).take(FINGERPRINT as u64).read_to_end(&mut fingerprint)?;
        if fingerprint.is_empty() {
            return Ok(());
        }
        let is_it = |known: &Known| {
            !seen.contains(&known.number) && fingerprint.starts_with(&known.fingerprint)
        };
        let place = self.known.iter().position(|known| known.path == path && is_it(known));
        let place = place.or_else(|| self.known.iter().position(is_it));
        if let Some(known) = place.and_then(|place| self.known.get_mut(place)) {
            seen.insert(known.number);
            path.clone_into(&mut known.path);
            known.fingerprint = fingerprint;
            if self.replays {
                (known.offset, known.length) = (0, 0);
            }
            return Ok(());
        }
        let length = file.metadata()?.len();
        let stored = self.stored.iter().position(|one| fingerprint.starts_with(&one.fingerprint));
        let offset = match stored {
            Some(place) => self.stored.swap_remove(place).offset,
            None if self.skips && !self.replays => length,
            None => 0,
        };
        let compressed = match self.compression.as_str() {
            "gzip" => true,
            "auto" => path.extension().is_some_and(|extension| extension == "gz"),
            _ => false,
        };
        let number = self.next;
        self.next += 1;
        seen.insert(number);
        // What is skipped of a compressed file is all that it holds now.
        let skipped = compressed && stored.is_none() && offset > 0;
        let offset = if skipped { decompressed(&mut file, 0)?.len() as u64 } else { offset };
        self.known.push(Known {
            number,
            path: path.to_owned(),
            file,
            fingerprint,
            begin: offset,
            offset,
            compressed,
            length: 0,
            unfinished: None,
        });
        Ok(())
    }
}

/// What a compressed file holds behind `skip` bytes.
fn decompressed(file: &mut File, skip: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = MultiGzDecoder::new(file);
    io::copy(&mut (&mut decoder).take(skip), &mut io::sink())?;
    let mut bytes = Vec::new();
    match decoder.read_to_end(&mut bytes) {
        // Its writer has not come to the end.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(bytes),
        Err(error) => Err(error),
        Ok(_) => Ok(bytes),
    }
}

impl Known {
    /// Appends its new lines.
    fn read(&mut self, patience: Duration, lines: &mut Vec<Line>) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        if length < self.length {
            // It was emptied and begins again.
            (self.offset, self.unfinished) = (0, None);
        }
        if length == self.length && self.unfinished.is_none() && self.compressed {
            return Ok(());
        }
        self.length = length;
        let bytes = if self.compressed {
            decompressed(&mut self.file, self.offset)?
        } else {
            self.chunk(length)?
        };
        let mut start = 0;
        while let Some(end) = bytes.get(start..).and_then(|rest| memchr::memchr(b'\n', rest)) {
            self.line(bytes.get(start..start + end).unwrap_or_default(), 1, lines);
            start += end + 1;
        }
        let rest = bytes.get(start..).unwrap_or_default();
        if rest.is_empty() {
            self.unfinished = None;
            return Ok(());
        }
        let at = self.offset + rest.len() as u64;
        match self.unfinished {
            Some((known, since)) if known == at => {
                if !patience.is_zero() && since.elapsed() >= patience {
                    self.line(rest, 0, lines);
                    self.unfinished = None;
                }
            }
            _ => self.unfinished = Some((at, Instant::now())),
        }
        Ok(())
    }

    /// What comes next: some of it, with a whole line if there is one.
    fn chunk(&mut self, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut most = CHUNK;
        loop {
            bytes.clear();
            self.file.seek(SeekFrom::Start(self.offset))?;
            (&mut self.file).take(most).read_to_end(&mut bytes)?;
            let is_all = self.offset + (bytes.len() as u64) >= length;
            if is_all || memchr::memchr(b'\n', &bytes).is_some() {
                return Ok(bytes);
            }
            most = most.saturating_mul(4);
        }
    }

    fn line(&mut self, text: &[u8], end: u64, lines: &mut Vec<Line>) {
        self.offset += text.len() as u64 + end;
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if !text.is_empty() {
            lines.push(Line {
                file: self.number,
                path: self.path.clone(),
                text: text.to_vec(),
                end: self.offset,
            });
        }
    }
}
