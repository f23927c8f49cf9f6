//! One file: whole messages in, each written in one go. A message that does not fit is taken back,
//! so that none is ever torn.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::rotate::Rotation;

/// How a file is opened and written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Options {
    /// Whether what it holds stays.
    pub(super) append: bool,
    /// Whether messages end with a line break.
    pub(super) lines: bool,
    /// How it is renamed.
    pub(super) rotation: Option<Rotation>,
}

/// A file that several pipelines write to.
pub(super) struct Writer {
    path: PathBuf,
    state: Mutex<State>,
}

struct State {
    options: Options,
    /// `None` after a failure, until it can be opened again.
    file: Option<File>,
    /// Bytes that the file holds.
    size: u64,
}

/// A message was not written.
#[derive(Debug, thiserror::Error)]
pub(super) enum WriteError {
    /// It is larger than a file may be.
    #[error("write length {length} exceeds maximum file size {most}")]
    TooLarge {
        /// Its length in bytes.
        length: u64,
        /// Size that a file may have.
        most: u64,
    },
    /// The system refused.
    #[error("cannot write to {}: {error}", .path.display())]
    System {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl Writer {
    /// Opens a file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(super) fn open(path: &Path, options: Options) -> Result<Self, WriteError> {
        let keeps = options.append || options.rotation.is_some();
        let (file, size) = open(path, keeps, options.lines).map_err(|error| failed(path, error))?;
        if let Some(rotation) = &options.rotation {
            rotation.clean(path, Timestamp::now());
        }
        let state = Mutex::new(State { options, file: Some(file), size });
        Ok(Self { path: path.to_owned(), state })
    }

    /// Writes as another component wants it from now on.
    pub(super) fn set(&self, options: Options) {
        self.lock().options = options;
    }

    /// Writes a message.
    ///
    /// # Errors
    /// When it was not written; the file is then as it was.
    pub(super) fn write(&self, message: &[u8]) -> Result<(), WriteError> {
        let mut state = self.lock();
        let length = message.len() as u64;
        if let Some(rotation) = state.options.rotation.clone() {
            let most = rotation.most_bytes;
            if length > most {
                return Err(WriteError::TooLarge { length, most });
            }
            if state.size + length > most {
                self.rotate(&rotation, &mut state).map_err(|error| failed(&self.path, error))?;
            }
        }
        state.write(&self.path, message).map_err(|error| failed(&self.path, error))
    }

    /// Waits until the disk has everything.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub(super) fn sync(&self) -> Result<(), WriteError> {
        let state = self.lock();
        let Some(file) = &state.file else { return Ok(()) };
        match file.sync_all() {
            // Pipes and devices have no disk.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            other => other.map_err(|error| failed(&self.path, error)),
        }
    }

    fn rotate(&self, rotation: &Rotation, state: &mut State) -> io::Result<()> {
        let now = Timestamp::now();
        // Some systems do not rename open files.
        state.file = None;
        rotation.rename(&self.path, now)?;
        let (file, size) = open(&self.path, false, false)?;
        (state.file, state.size) = (Some(file), size);
        rotation.clean(&self.path, now);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn write(&mut self, path: &Path, message: &[u8]) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let (file, size) = open(path, true, self.options.lines)?;
                self.size = size;
                self.file.insert(file)
            }
        };
        match file.write_all(message) {
            Ok(()) => {
                self.size += message.len() as u64;
                Ok(())
            }
            Err(error) => {
                // A full disk takes a part of it. Where there is nothing to cut, as in pipes, the
                // part stays.
                if let Err(cut) = file.set_len(self.size) {
                    tracing::warn!(path = %path.display(), error = %cut, "Failed to take back a part of a message");
                }
                self.file = None;
                Err(error)
            }
        }
    }
}

fn failed(path: &Path, error: io::Error) -> WriteError {
    WriteError::System { path: path.to_owned(), error }
}

/// Opens a file, and tells how much it holds. A line that a crash has left without its end gets one,
/// so that the next one is whole.
fn open(path: &Path, keeps: bool, lines: bool) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let mut file = options.open(path)?;
    let about = file.metadata()?;
    if !about.is_file() {
        return Ok((file, 0));
    }
    if !keeps {
        file.set_len(0)?;
        return Ok((file, 0));
    }
    let mut size = about.len();
    if lines && size > 0 && last_byte(path)? != b'\n' {
        file.write_all(b"\n")?;
        size += 1;
    }
    Ok((file, size))
}

fn last_byte(path: &Path) -> io::Result<u8> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    let [last] = last;
    Ok(last)
}
