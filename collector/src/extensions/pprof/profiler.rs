//! The sampling of stacks: a time in, where the process spent it out. One profile is made at a
//! time, since the system's timer is one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use pprof::{ProfilerGuard, ProfilerGuardBuilder};

/// Samples a second; a prime that nothing else runs in step with.
const FREQUENCY: i32 = 99;

/// A profile.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// When it began.
    pub(super) start: SystemTime,
    /// How long it took.
    pub(super) duration: Duration,
    /// Samples by stack; the innermost function comes first.
    pub(super) stacks: BTreeMap<Vec<Function>, u64>,
}

/// A function of a stack.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// The file it is in; empty when unknown.
    pub(super) file: String,
    /// The line in it; 0 when unknown.
    pub(super) line: u32,
}

impl Profile {
    /// Time between two samples.
    pub(super) const PERIOD: Duration = Duration::from_nanos(1_000_000_000 / FREQUENCY as u64);
}

/// No profile could be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProfileError {
    /// One is being made already.
    #[error("cpu profiling already in use")]
    InUse,
    /// The system refuses.
    #[error("{0}")]
    Failed(String),
}

static RUNNING: Mutex<bool> = Mutex::new(false);

/// A profile under way.
pub(super) struct Profiling {
    guard: Option<ProfilerGuard<'static>>,
    start: SystemTime,
}

impl Profiling {
    /// Starts one.
    pub(super) fn start() -> Result<Self, ProfileError> {
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if *running {
            return Err(ProfileError::InUse);
        }
        let guard = ProfilerGuardBuilder::default()
            .frequency(FREQUENCY)
            .build()
            .map_err(|error| ProfileError::Failed(error.to_string()))?;
        *running = true;
        Ok(Self { guard: Some(guard), start: SystemTime::now() })
    }

    /// What was sampled so far.
    pub(super) fn profile(&self) -> Result<Profile, ProfileError> {
        let failed = |error: pprof::Error| ProfileError::Failed(error.to_string());
        let guard = self.guard.as_ref().ok_or(ProfileError::InUse)?;
        let report = guard.report().build().map_err(failed)?;
        let mut stacks: BTreeMap<Vec<Function>, u64> = BTreeMap::new();
        for (frames, count) in &report.data {
            let functions = frames.frames.iter().flatten().map(|symbol| Function {
                name: symbol.name(),
                file: symbol.filename().into_owned(),
                line: symbol.lineno(),
            });
            let count = u64::try_from(*count).unwrap_or_default();
            *stacks.entry(functions.collect()).or_default() += count;
        }
        let duration = self.start.elapsed().unwrap_or_default();
        Ok(Profile { start: self.start, duration, stacks })
    }
}

impl Drop for Profiling {
    fn drop(&mut self) {
        // The timer is free once the guard is gone.
        self.guard.take();
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }
}
