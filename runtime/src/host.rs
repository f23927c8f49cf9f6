//! What statements may ask of the world outside: clock, random numbers, environment.
//!
//! The runtime does no I/O of its own; whoever runs a program passes a [`Host`]. Tests pass a fixed
//! one, so that every run is repeatable.

use holt_pdata::MapView;

use crate::text::time::zone::Zone;
use crate::value::Time;

/// The texts of a key.
pub type Texts<'c> = Vec<&'c str>;

/// The client whose request brought a batch.
pub trait Client: Sync {
    /// Its address, with the port if that is known: `192.0.2.7:4711`.
    fn address(&self) -> Option<String>;

    /// Request metadata that the receiver was asked to keep; keys in lower case.
    fn metadata(&self) -> Vec<(&str, Texts<'_>)>;

    /// The metadata of a gRPC request; keys in lower case.
    fn grpc_metadata(&self) -> Vec<(&str, Texts<'_>)>;

    /// What an authenticator knows about it.
    fn auth(&self) -> Option<MapView<'_>>;
}

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

    /// The client whose request brought the batch.
    fn client(&self) -> Option<&dyn Client> {
        None
    }
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
