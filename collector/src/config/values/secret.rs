//! Text that is never shown.

use std::cell::Cell;
use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// What is shown in place of a secret.
pub const REDACTED: &str = "[REDACTED]";

/// A password, token or header value. It prints and serialises as `[REDACTED]`.
#[derive(Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, to be used and not shown.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(REDACTED)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(REDACTED)
    }
}

thread_local! {
    static EXPOSED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `serialise` with secrets written out and marked by the name [`SECRET_MARK`].
pub(in crate::config) fn with_exposed<T>(serialise: impl FnOnce() -> T) -> T {
    /// Puts the former state back even when `serialise` panics.
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            EXPOSED.set(self.0);
        }
    }
    let restore = Restore(EXPOSED.replace(true));
    let made = serialise();
    drop(restore);
    made
}

/// Whether the tree's own serializer is at work.
pub(super) fn is_exposed() -> bool {
    EXPOSED.get()
}

/// The newtype name that marks a secret for the tree's own serializer.
pub(in crate::config) const SECRET_MARK: &str = "$holt::secret";

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if EXPOSED.get() {
            serializer.serialize_newtype_struct(SECRET_MARK, &self.0)
        } else {
            serializer.serialize_str(REDACTED)
        }
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
