//! Changes of the files that a configuration was read from, for `--watch-config`.
//!
//! What counts is the text, not the time of the file: Kubernetes exchanges links, and some tools
//! write the same text again. A change is reported when the file stays the same from one look to
//! the next, so that a file is not read while it is being written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::cmd::ConfigArgs;
use crate::session::Session;

/// How often files are looked at.
const INTERVAL: Duration = Duration::from_millis(500);

/// The files of a configuration.
pub(super) struct Changes {
    looks: Option<Interval>,
    /// The texts that were read, or seen and reported since.
    known: BTreeMap<PathBuf, Option<Vec<u8>>>,
    /// What the last look found where it differs.
    seen: BTreeMap<PathBuf, Option<Vec<u8>>>,
}

impl Changes {
    /// No files: nothing ever changes.
    pub(super) fn none() -> Self {
        Self { looks: None, known: BTreeMap::new(), seen: BTreeMap::new() }
    }

    /// The files that a session has read.
    pub(super) fn of(session: &Session, sources: &ConfigArgs) -> Self {
        let mut looks = interval(INTERVAL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut changes = Self { looks: Some(looks), ..Self::none() };
        changes.follow(session, sources);
        changes
    }

    /// Watches the files that a session has read from now on, and those it was to read.
    pub(super) fn follow(&mut self, session: &Session, sources: &ConfigArgs) {
        if self.looks.is_none() {
            return;
        }
        self.known.clear();
        self.seen.clear();
        for config in &sources.configs {
            let path = PathBuf::from(config.strip_prefix("file:").unwrap_or(config));
            // One that is not there yet, or is a URI, has no text to begin with.
            let text = read(&path);
            self.known.insert(path, text);
        }
        let texts = session.sources.ids().filter_map(|id| session.sources.get(id));
        for source in texts.filter(|source| Path::new(&source.name).is_file()) {
            let text = source.text.clone().into_bytes();
            self.known.insert(PathBuf::from(&source.name), Some(text));
        }
    }

    /// Waits for a file to change.
    pub(super) async fn next(&mut self) -> PathBuf {
        let Some(looks) = &mut self.looks else { return std::future::pending().await };
        loop {
            looks.tick().await;
            for (path, known) in &mut self.known {
                let text = read(path);
                if text == *known {
                    self.seen.remove(path);
                } else if self.seen.get(path) == Some(&text) {
                    *known = text;
                    self.seen.remove(path);
                    return path.clone();
                } else {
                    self.seen.insert(path.clone(), text);
                }
            }
        }
    }
}

/// The text of a file; none while it is not there, as between two names of it.
fn read(path: &Path) -> Option<Vec<u8>> {
    std::fs::read(path).ok()
}
