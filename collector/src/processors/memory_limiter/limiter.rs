//! Decides whether data is taken: sizes of batches in, yes or no out, from measurements of the
//! process.
//!
//! A measurement is taken at every check interval, and by whoever offers data once as much has come
//! since the last one that a part of the room to the soft limit may be used up. So a burst between
//! two checks is met too, and far below the limit nothing is measured.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use crate::component::{ComponentState, Refused, StatusReporter};

/// What senders are told.
const REFUSAL: &str = "data refused due to high memory usage";

/// The part of the room to the soft limit that data may fill before the next measurement. A batch
/// can take several times its size while it is decoded, changed and encoded.
const PART: u64 = 8;

/// Data before the next measurement where there is next to no room, in bytes.
const LEAST: u64 = 64 << 10;

/// A mebibyte.
pub(super) const MIB: u64 = 1 << 20;

/// Limits in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// What must not be passed.
    pub(super) hard: u64,
    /// From here on data is refused.
    pub(super) soft: u64,
}

/// Measures the process.
pub(super) type Measure = Box<dyn Fn() -> Option<u64> + Send + Sync>;

/// The state that all pipelines of a limiter share.
pub(super) struct Limiter {
    limits: Limits,
    measure: Measure,
    refusing: AtomicBool,
    /// Bytes that may come before the next measurement.
    room: AtomicI64,
    reporters: Mutex<Vec<StatusReporter>>,
}

impl Limiter {
    /// A limiter that checks at every interval for as long as somebody holds it.
    pub(super) fn start(limits: Limits, measure: Measure, interval: Duration) -> Arc<Self> {
        let limiter = Arc::new(Self::new(limits, measure));
        tokio::spawn(check_while_held(Arc::downgrade(&limiter), interval));
        limiter
    }

    fn new(limits: Limits, measure: Measure) -> Self {
        let limiter = Self {
            limits,
            measure,
            refusing: AtomicBool::new(false),
            room: AtomicI64::new(0),
            reporters: Mutex::default(),
        };
        limiter.check();
        limiter
    }

    /// Lets a component tell of the limiter's state.
    pub(super) fn join(&self, reporter: StatusReporter) {
        let mut reporters = self.lock();
        if self.refusing.load(Ordering::Relaxed) {
            reporter.report(ComponentState::RecoverableError(REFUSAL.to_owned()));
        }
        reporters.push(reporter);
    }

    /// Lets that component be.
    pub(super) fn leave(&self, reporter: &StatusReporter) {
        self.lock().retain(|known| !known.is_same(reporter));
    }

    /// Whether a batch that keeps `bytes` may come in.
    ///
    /// # Errors
    /// When memory is short.
    pub(super) fn admit(&self, bytes: usize) -> Result<(), Refused> {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        if !self.refusing.load(Ordering::Relaxed)
            && self.room.fetch_sub(bytes, Ordering::Relaxed) < bytes
        {
            self.check_rise();
        }
        match self.refusing.load(Ordering::Relaxed) {
            true => Err(Refused::retryable(REFUSAL)),
            false => Ok(()),
        }
    }

    /// Looks whether memory has become short since the last measurement.
    fn check_rise(&self) {
        let Some(used) = (self.measure)() else { return };
        self.give_room(used);
        if used >= self.limits.soft {
            self.refuse(used);
        }
    }

    /// Looks how things are. Only this ends a refusal, so that it does not come and go with every
    /// batch.
    pub(super) fn check(&self) {
        let Some(used) = (self.measure)() else { return };
        tracing::debug!(cur_mem_mib = used / MIB, "Currently used memory.");
        self.give_room(used);
        if used >= self.limits.soft {
            if used >= self.limits.hard {
                tracing::warn!(cur_mem_mib = used / MIB, "Memory usage is above hard limit.");
            }
            return self.refuse(used);
        }
        let reporters = self.lock();
        if self.refusing.swap(false, Ordering::Relaxed) {
            tracing::info!(
                cur_mem_mib = used / MIB,
                "Memory usage back within limits. Resuming normal operation."
            );
            reporters.iter().for_each(|one| one.report(ComponentState::Ok));
        }
    }

    fn refuse(&self, used: u64) {
        let reporters = self.lock();
        if !self.refusing.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                cur_mem_mib = used / MIB,
                "Memory usage is above soft limit. Refusing data."
            );
            let state = ComponentState::RecoverableError(REFUSAL.to_owned());
            reporters.iter().for_each(|one| one.report(state.clone()));
        }
    }

    fn give_room(&self, used: u64) {
        let room = (self.limits.soft.saturating_sub(used) / PART).max(LEAST);
        self.room.store(i64::try_from(room).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<StatusReporter>> {
        self.reporters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn check_while_held(limiter: Weak<Limiter>, interval: Duration) {
    loop {
        tokio::time::sleep(interval).await;
        match limiter.upgrade() {
            Some(limiter) => limiter.check(),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;
    use crate::component::Kind;
    use crate::testing::settings;

    /// A limiter of a process whose memory the test sets, and how often it was measured.
    fn limiter() -> (Limiter, Arc<AtomicU64>, Arc<AtomicU64>) {
        let (used, measured) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (shown, counted) = (used.clone(), measured.clone());
        let measure = move || {
            counted.fetch_add(1, Ordering::Relaxed);
            Some(shown.load(Ordering::Relaxed))
        };
        let limits = Limits { hard: 100 * MIB, soft: 80 * MIB };
        (Limiter::new(limits, Box::new(measure)), used, measured)
    }

    #[test]
    fn a_burst_between_two_checks_is_met() {
        let (limiter, used, _) = limiter();
        let mut taken = 0;
        while limiter.admit(MIB as usize).is_ok() {
            taken += 1;
            assert!(taken < 100, "all of it was taken");
            used.fetch_add(MIB, Ordering::Relaxed);
        }
        assert!((80..90).contains(&taken), "{taken}");
        let refused = limiter.admit(1).expect_err("memory is short");
        assert_eq!((refused.permanent, &*refused.message), (false, REFUSAL));
    }

    #[test]
    fn little_is_measured_far_from_the_limit() {
        let (limiter, _, measured) = limiter();
        (0..10_000).for_each(|_| limiter.admit(1024).expect("there is room"));
        assert!(measured.load(Ordering::Relaxed) < 4, "{measured:?}");
    }

    #[test]
    fn only_a_check_ends_a_refusal_and_the_state_goes_along() {
        let (limiter, used, _) = limiter();
        let (settings, _hub) = settings(Kind::Processor, "memory_limiter");
        let status = settings.status;
        status.report(ComponentState::Starting);
        limiter.join(status.clone());
        used.store(80 * MIB, Ordering::Relaxed);
        limiter.check();
        assert_eq!(status.state(), ComponentState::RecoverableError(REFUSAL.to_owned()));
        used.store(MIB, Ordering::Relaxed);
        assert!(limiter.admit(1).is_err());
        limiter.check();
        assert!(limiter.admit(1).is_ok());
        assert_eq!(status.state(), ComponentState::Ok);
        limiter.leave(&status);
        used.store(80 * MIB, Ordering::Relaxed);
        limiter.check();
        assert_eq!(status.state(), ComponentState::Ok);
    }
}
