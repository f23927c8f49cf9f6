//! What statements may ask of the world outside: clock, random numbers, environment.
//!
//! The runtime does no I/O of its own; whoever runs a program passes a [`Host`]. Tests pass a fixed
//! one, so that every run is repeatable.

use crate::text::time::zone::Zone;
use crate::value::Time;

/// The world outside.
pub trait Host: Sync {
    /// The time of day.
    fn now(&self) -> Time;

    /// The zone whose clocks are on the wall: for times that say nothing about theirs.
    fn local_zone(&self) -> Zone {
        Zone::UTC
    }

    /// Fills `bytes` with random numbers.
    fn random(&self, bytes: &mut [u8]);

    /// An environment variable.
    fn env(&self, name: &str) -> Option<String>;
}

/// A host of which every answer is known beforehand.
#[derive(Clone, Copy, Debug, Default)]
pub struct FixedHost {
    /// The answer of [`Host::now`].
    pub now: Time,
}

impl Host for FixedHost {
    fn now(&self) -> Time {
        self.now
    }

    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(0x5a);
    }

    fn env(&self, _: &str) -> Option<String> {
        None
    }
}
