//! Leaves out messages that repeat too often: message in, whether to write it out.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The time over which equal messages are counted.
const TICK: Duration = Duration::from_secs(1);

/// Within a second, the first few equal messages pass, then every n-th.
pub(super) struct Sampler {
    initial: u64,
    thereafter: u64,
    hasher: RandomState,
    seen: Mutex<HashMap<u64, (Instant, u64)>>,
}

impl Sampler {
    /// Negative numbers are no limit, as in the reference.
    pub(super) fn new(initial: i64, thereafter: i64) -> Self {
        Self {
            initial: initial.cast_unsigned(),
            thereafter: thereafter.cast_unsigned(),
            hasher: RandomState::new(),
            seen: Mutex::default(),
        }
    }

    /// Whether this occurrence of the message, at the time `now`, is to be written.
    pub(super) fn passes(&self, message: &str, now: Instant) -> bool {
        // Every message passes anyway: the default.
        if self.thereafter == 1 {
            return true;
        }
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let hash = self.hasher.hash_one(message);
        // Keeps the map as small as a second's messages.
        seen.retain(|_, (since, _)| now.duration_since(*since) < TICK);
        let (_, count) = seen.entry(hash).or_insert((now, 0));
        *count += 1;
        let beyond = count.saturating_sub(self.initial);
        beyond == 0 || (self.thereafter != 0 && beyond.is_multiple_of(self.thereafter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_start_anew_every_second() {
        let sampler = Sampler::new(2, 3);
        let start = Instant::now();
        let passed = |n: usize, now| (0..n).filter(|_| sampler.passes("a", now)).count();
        assert_eq!(passed(8, start), 4); // The 1st, 2nd, 5th and 8th.
        assert!(sampler.passes("b", start));
        assert_eq!(passed(2, start + TICK), 2);
    }

    #[test]
    fn zero_means_none_after_the_first() {
        let sampler = Sampler::new(1, 0);
        let now = Instant::now();
        assert_eq!((0..5).filter(|_| sampler.passes("a", now)).count(), 1);
    }
}
