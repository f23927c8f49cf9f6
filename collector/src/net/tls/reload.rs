//! What is made of files and made again when they change: the files and a way to make it in, the
//! latest that could be made out.
//!
//! Files are looked at when somebody asks, and not more often than the interval says. There is no
//! task and no watch on the file system, so replaced links and mounted secrets are seen like any
//! other change.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, TryLockError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::TlsError;

/// How often files are looked at when the settings do not say.
pub const DEFAULT_RELOAD_INTERVAL: Duration = Duration::from_secs(10);

/// Something made of files.
pub(super) struct Reloading<T> {
    files: Vec<PathBuf>,
    every: Duration,
    build: Box<dyn Fn() -> Result<T, TlsError> + Send + Sync>,
    current: ArcSwap<T>,
    state: Mutex<State>,
}

struct State {
    look_at: Instant,
    /// The contents that were last made something of, or failed to be.
    seen: u64,
}

impl<T> Reloading<T> {
    /// Makes it for the first time.
    pub(super) fn new(
        files: Vec<PathBuf>,
        every: Duration,
        build: impl Fn() -> Result<T, TlsError> + Send + Sync + 'static,
    ) -> Result<Self, TlsError> {
        // Before the contents are used: a change in between is then seen later.
        let seen = fingerprint(&files);
        let current = ArcSwap::from_pointee(build()?);
        let state = Mutex::new(State { look_at: Instant::now() + every, seen });
        Ok(Self { files, every, build: Box::new(build), current, state })
    }

    /// The latest that could be made. Files that changed and cannot be used are logged once, and
    /// what was made before stays.
    pub(super) fn current(&self) -> Arc<T> {
        if !self.files.is_empty() {
            self.look();
        }
        self.current.load_full()
    }

    fn look(&self) {
        let mut state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Somebody else is looking; what there is will do.
            Err(TryLockError::WouldBlock) => return,
        };
        if Instant::now() < state.look_at {
            return;
        }
        let seen = fingerprint(&self.files);
        if seen != state.seen {
            let files = || {
                let names = self.files.iter().map(|file| file.display().to_string());
                names.collect::<Vec<_>>().join(", ")
            };
            match (self.build)() {
                Ok(made) => {
                    self.current.store(Arc::new(made));
                    tracing::info!(files = files(), "Certificates have changed and are in use");
                }
                Err(error) => tracing::error!(
                    %error,
                    files = files(),
                    "Certificates have changed and cannot be used. The former ones stay in use."
                ),
            }
            state.seen = seen;
        }
        state.look_at = Instant::now() + self.every;
    }
}

/// A hash of the contents of files; those that cannot be read have one too.
fn fingerprint(files: &[PathBuf]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).ok().hash(&mut hasher);
    }
    hasher.finish()
}
