//! `Moment`: the world outside as all runs of one entry see it.
//!
//! An entry runs the statements before it and then those with it, and shows the difference. Both
//! runs therefore see one time and one sequence of random numbers.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

use holt_collector::ottl::ProcessHost;
use holt_runtime::Host;
use holt_runtime::text::time::zone::Zone;
use holt_runtime::value::Time;

/// One moment.
pub(super) struct Moment {
    process: ProcessHost,
    now: Time,
    random: RandomState,
    drawn: AtomicU64,
}

impl Moment {
    /// This moment.
    pub(super) fn now() -> Self {
        let process = ProcessHost::new();
        let now = process.now();
        Self { process, now, random: RandomState::new(), drawn: AtomicU64::new(0) }
    }

    /// Begins the sequence of random numbers anew.
    pub(super) fn rewind(&self) {
        self.drawn.store(0, Ordering::Relaxed);
    }
}

impl Host for Moment {
    fn now(&self) -> Time {
        self.now
    }

    fn local_zone(&self) -> Zone {
        self.process.local_zone()
    }

    fn random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut hasher = self.random.build_hasher();
            hasher.write_u64(self.drawn.fetch_add(1, Ordering::Relaxed));
            let word = hasher.finish().to_le_bytes();
            for (byte, random) in chunk.iter_mut().zip(word) {
                *byte = random;
            }
        }
    }

    fn env(&self, name: &str) -> Option<String> {
        self.process.env(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_of_an_entry_sees_the_same() {
        let moment = Moment::now();
        let draw = || {
            moment.rewind();
            let mut bytes = [0; 20];
            moment.random(&mut bytes);
            bytes
        };
        assert_eq!(draw(), draw());
        assert_eq!(moment.now(), moment.now());
    }
}
