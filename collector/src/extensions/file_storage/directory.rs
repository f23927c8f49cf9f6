//! The directory of a storage, which one process at a time uses: a lock comes first, then queues and
//! states are opened in it by name.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::config::Config;
use super::log::LogOptions;
use crate::component::storage::StorageError;

/// Time between attempts to get the lock.
const PAUSE: Duration = Duration::from_millis(20);

/// An open directory.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
    /// How the queues in it write.
    options: Arc<LogOptions>,
    /// What is open in it.
    names: Mutex<HashSet<String>>,
}

/// A name that nobody else can open.
#[derive(Debug)]
pub(super) struct Name {
    name: String,
    directory: Arc<Directory>,
}

impl Drop for Name {
    fn drop(&mut self) {
        self.directory.names.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// Makes the directory of a configuration if it is to be made, and gives its path without links, by
/// which it is known.
pub(super) fn find(config: &Config) -> Result<PathBuf, StorageError> {
    let path = Path::new(&config.directory);
    if config.create_directory && !path.exists() {
        create(path, config.permissions().unwrap_or(0o750)).map_err(|error| {
            StorageError::System(format!("cannot make the directory {}: {error}", path.display()))
        })?;
    }
    path.canonicalize().map_err(|error| {
        StorageError::System(format!("cannot open the directory {}: {error}", path.display()))
    })
}

fn create(path: &Path, permissions: u32) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, permissions);
    #[cfg(not(unix))]
    let _ = permissions;
    builder.create(path)
}

impl Directory {
    /// Opens a directory and keeps other processes out.
    pub(super) async fn open(path: PathBuf, patience: Duration) -> Result<Self, StorageError> {
        let lock_path = path.join("holt.lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(|error| {
            let path = path.display();
            StorageError::System(format!("cannot write in the directory {path}: {error}"))
        })?;
        let deadline = Instant::now() + patience;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(StorageError::InUse(format!(
                        "another process uses the directory {}; waited {patience:?} for it \
                         (`timeout`). Give every collector a directory of its own",
                        path.display()
                    )));
                }
                Err(TryLockError::Error(error)) => {
                    let path = lock_path.display();
                    return Err(StorageError::System(format!("cannot lock {path}: {error}")));
                }
            }
        }
        tell_of_others(&path);
        Ok(Self { path, _lock: lock, options: Arc::default(), names: Mutex::default() })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How the queues in it write; of several extensions with one directory, the last one says.
    pub(super) const fn options(&self) -> &Arc<LogOptions> {
        &self.options
    }

    /// Takes a name, for as long as the answer lives.
    pub(super) fn name(self: &Arc<Self>, name: &str) -> Result<Name, StorageError> {
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if !names.insert(name.to_owned()) {
            return Err(StorageError::InUse(format!("`{name}` is open already")));
        }
        Ok(Name { name: name.to_owned(), directory: self.clone() })
    }
}

/// Names the files of a Go collector in the log. They are left as they are.
fn tell_of_others(path: &Path) {
    let Ok(entries) = fs::read_dir(path) else { return };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter(|entry| is_bbolt(&entry.path()).unwrap_or(false))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    if names.is_empty() {
        return;
    }
    names.sort();
    tracing::warn!(
        directory = %path.display(),
        files = names.join(", "),
        "The directory has files of a Go collector, which Holt does not read. What they hold is \
         sent when that collector runs on them once more; then they can be removed."
    );
}

/// Whether a file is a database of bbolt: its first page says so behind the 16 bytes of its header.
fn is_bbolt(path: &Path) -> io::Result<bool> {
    if !path.metadata()?.is_file() {
        return Ok(false);
    }
    let mut start = [0; 20];
    File::open(path)?.read_exact(&mut start)?;
    Ok(start.last_chunk() == Some(&0xED0C_DAED_u32.to_le_bytes()))
}
