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

/// Something made of files.
pub(crate) struct Reloading<T> {
    /// What messages call it, in the plural.
    what: &'static str,
    files: Vec<PathBuf>,
    every: Duration,
    build: Box<dyn Fn() -> Result<T, String> + Send + Sync>,
    current: ArcSwap<T>,
    state: Mutex<State>,
}

struct State {
    look_at: Instant,
    /// The contents that were last made something of, or failed to be.
    seen: u64,
}

impl<T> Reloading<T> {
    /// Makes it for the first time. `what` is what messages call it.
    pub(crate) fn new<E: ToString>(
        what: &'static str,
        files: Vec<PathBuf>,
        every: Duration,
        build: impl Fn() -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Self, E> {
        // Before the contents are used: a change in between is then seen later.
        let seen = fingerprint(&files);
        let current = build()?;
        Ok(Self::starting(what, files, every, seen, current, build))
    }

    /// The same, with `missing` until there is something to make it of.
    pub(crate) fn new_or<E: ToString>(
        what: &'static str,
        files: Vec<PathBuf>,
        every: Duration,
        build: impl Fn() -> Result<T, E> + Send + Sync + 'static,
        missing: impl FnOnce(E) -> T,
    ) -> Self {
        let seen = fingerprint(&files);
        let current = build().unwrap_or_else(missing);
        Self::starting(what, files, every, seen, current, build)
    }

    fn starting<E: ToString>(
        what: &'static str,
        files: Vec<PathBuf>,
        every: Duration,
        seen: u64,
        current: T,
        build: impl Fn() -> Result<T, E> + Send + Sync + 'static,
    ) -> Self {
        let build = Box::new(move || build().map_err(|error| error.to_string()));
        let state = Mutex::new(State { look_at: Instant::now() + every, seen });
        Self { what, files, every, build, current: ArcSwap::from_pointee(current), state }
    }

    /// The latest that could be made. Files that changed and cannot be used are logged once, and
    /// what was made before stays.
    pub(crate) fn current(&self) -> Arc<T> {
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
                    tracing::info!(files = files(), "{} have changed and are in use", self.what);
                }
                Err(error) => tracing::error!(
                    error,
                    files = files(),
                    "{} have changed and cannot be used. The former ones stay in use.",
                    self.what
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

/// How often files with passwords and tokens are looked at.
pub(crate) const CREDENTIALS_INTERVAL: Duration = Duration::from_secs(1);

/// A text that the settings give, or that a file gives, which then wins and is read again when it
/// changes.
pub(crate) struct Value(Reloading<String>);

impl Value {
    /// Reads it. White space around the text of a file does not count.
    ///
    /// # Errors
    /// A sentence that names the file, when it cannot be read.
    pub(crate) fn new(text: &str, file: &str) -> Result<Self, String> {
        let (text, file) = (text.to_owned(), file.to_owned());
        let files = Some(&file).filter(|file| !file.is_empty()).map(PathBuf::from);
        let files = files.into_iter().collect();
        let read = move || match file.as_str() {
            "" => Ok(text.clone()),
            file => match std::fs::read_to_string(file) {
                Ok(text) if text.trim().is_empty() => {
                    Err(format!("failed to read credentials file `{file}`: it is empty"))
                }
                Ok(text) => Ok(text.trim().to_owned()),
                Err(error) => Err(format!("failed to read credentials file `{file}`: {error}")),
            },
        };
        Reloading::new("Credentials", files, CREDENTIALS_INTERVAL, read).map(Self)
    }

    /// The text of the moment.
    pub(crate) fn current(&self) -> Arc<String> {
        self.0.current()
    }
}
