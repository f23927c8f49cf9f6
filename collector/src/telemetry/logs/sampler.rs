//! Thinning of repeated messages.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tracing::Level;

use crate::config::service::LogSampling;

/// Thins repeated messages: the first few of each period pass, then every so many.
pub(super) struct Sampler {
    tick: Duration,
    initial: u64,
    thereafter: u64,
    seen: Mutex<HashMap<(Level, String), (Instant, u64)>>,
}

/// Beyond this many different messages the sampler starts anew rather than grow.
const MOST_MESSAGES: usize = 4096;

impl Sampler {
    pub(super) fn new(settings: LogSampling) -> Self {
        Self {
            tick: settings.tick.to_std(),
            initial: u64::try_from(settings.initial).unwrap_or_default(),
            thereafter: u64::try_from(settings.thereafter).unwrap_or_default(),
            seen: Mutex::new(HashMap::new()),
        }
    }

    /// Whether a message is to be written.
    pub(super) fn passes(&self, level: Level, message: &str) -> bool {
        let now = Instant::now();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > MOST_MESSAGES {
            seen.clear();
        }
        let (since, count) = seen.entry((level, message.to_owned())).or_insert((now, 0));
        if now.duration_since(*since) >= self.tick {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count <= self.initial
            || (self.thereafter > 0 && (*count - self.initial).is_multiple_of(self.thereafter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_messages_are_thinned() {
        let tick = crate::config::values::Duration::from_secs(1000);
        let settings = LogSampling { enabled: true, tick, initial: 3, thereafter: 10 };
        let sampler = Sampler::new(settings);
        let passed = (0..33).filter(|_| sampler.passes(Level::INFO, "again")).count();
        assert_eq!(passed, 3 + 3);
        assert!(sampler.passes(Level::INFO, "another"));
    }
}
