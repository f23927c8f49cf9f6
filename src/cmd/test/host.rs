//! The world that tests see: a clock that stands still, random numbers that repeat, and the
//! environment variables of the test file.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use holt_runtime::Host;
use holt_runtime::value::Time;

/// A host of which the test file says what it answers.
#[derive(Debug)]
pub(super) struct TestHost {
    now: i64,
    random: AtomicU64,
    variables: HashMap<String, String>,
}

impl TestHost {
    /// A host at a time, in nanoseconds since 1970; without one at the present.
    pub(super) fn new(now: Option<i64>, seed: u64, variables: HashMap<String, String>) -> Self {
        let present = || {
            let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            i64::try_from(elapsed.as_nanos()).unwrap_or_default()
        };
        Self { now: now.unwrap_or_else(present), random: AtomicU64::new(seed), variables }
    }
}

impl Host for TestHost {
    fn now(&self) -> Time {
        Time::from_unix_nanos(self.now)
    }

    /// The sequence of SplitMix64.
    fn random(&self, bytes: &mut [u8]) {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        for chunk in bytes.chunks_mut(8) {
            let mut word = self.random.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            for (byte, random) in chunk.iter_mut().zip(word.to_le_bytes()) {
                *byte = random;
            }
        }
    }

    fn env(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }
}
