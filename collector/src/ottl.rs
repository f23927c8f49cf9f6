//! What components that run OTTL share: from configuration text to the compiler's, and the host
//! that statements run on.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use holt_grammar::parse::Locate;
use holt_grammar::source::Location;
use holt_grammar::span::Span;
use holt_runtime::host::Host;
use holt_runtime::program::{Engine, SourceText};
use holt_runtime::value::Time;

use crate::config::values::Text;

/// Where a configured text stands, for the compiler's diagnostics.
struct Place {
    text: Text,
    /// Stands in when the text has no place of its own.
    section: Location,
}

impl Locate for Place {
    fn locate(&self, span: Span) -> Location {
        self.text.locate(span).unwrap_or(self.section)
    }
}

/// A configured text as the compiler takes it; `section` is where the component is configured.
pub(crate) fn source(text: &Text, section: Location) -> SourceText {
    SourceText::new(text.as_str(), Place { text: text.clone(), section })
}

/// The engine that `HOLT_ENGINE` asks for; another word than its values is ignored with a warning.
pub(crate) fn engine() -> Engine {
    let Ok(name) = std::env::var("HOLT_ENGINE") else { return Engine::Auto };
    name.parse().unwrap_or_else(|error| {
        tracing::warn!(HOLT_ENGINE = name, "{error}");
        Engine::Auto
    })
}

/// The clock, randomness and environment of this process.
#[derive(Debug)]
pub(crate) struct ProcessHost {
    random: RandomState,
    drawn: AtomicU64,
}

impl ProcessHost {
    /// A host with a random sequence of its own.
    pub(crate) fn new() -> Self {
        Self { random: RandomState::new(), drawn: AtomicU64::new(0) }
    }
}

impl Host for ProcessHost {
    fn now(&self) -> Time {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_unix_nanos(i64::try_from(elapsed.as_nanos()).unwrap_or_default())
    }

    fn random(&self, bytes: &mut [u8]) {
        // A keyed hash of a counter: unpredictable without the key, which the standard library
        // draws from the operating system.
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
        std::env::var(name).ok()
    }
}
