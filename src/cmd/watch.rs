//! Waiting for files to change, for commands that look again whenever they do.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often watched files are looked at.
const INTERVAL: Duration = Duration::from_millis(300);

/// Waits for files to become newer than its beginning.
pub(super) struct Watched {
    since: SystemTime,
}

impl Watched {
    /// To be called before the files are read.
    pub(super) fn begin() -> Self {
        Self { since: SystemTime::now() }
    }

    /// Returns when one of the files, or anything in one of the directories, is newer.
    pub(super) fn wait(&self, paths: &[PathBuf]) {
        while !paths.iter().any(|path| self.changed(path)) {
            std::thread::sleep(INTERVAL);
        }
    }

    fn changed(&self, path: &Path) -> bool {
        let Ok(metadata) = std::fs::metadata(path) else { return false };
        if metadata.modified().is_ok_and(|modified| modified > self.since) {
            return true;
        }
        let entries = metadata.is_dir().then(|| std::fs::read_dir(path).ok()).flatten();
        let mut entries = entries.into_iter().flatten().flatten();
        entries.any(|entry| {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            !hidden && !path.is_symlink() && self.changed(&path)
        })
    }
}
