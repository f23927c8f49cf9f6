//! What serde cannot carry: the place and origin of a value, for the types that ask for them.
//!
//! Such a type asks for a newtype struct of a reserved name. The deserializer recognises the name,
//! leaves a [`Handoff`] in a slot of this thread and calls the type's visitor, which takes it out
//! before it does anything else. The slot is empty again before any other value is decoded.

use std::cell::RefCell;

use holt_grammar::source::Location;

use crate::config::yaml::{Node, Origin};

/// Asks for the place and origin of the value.
pub(in crate::config) const PLACED: &str = "$holt::placed";
/// Asks for the node itself.
pub(in crate::config) const NODE: &str = "$holt::node";
/// Asks whether an optional block is on.
pub(in crate::config) const OPTIONAL: &str = "$holt::optional";
/// Says that the value is read by what it is: nothing keeps the default, else `deserialize_any`.
pub(in crate::config) const SCALAR: &str = "$holt::scalar";
/// Marks a default that is off until its key is named; only written, never asked for.
pub(in crate::config) const DORMANT: &str = "$holt::dormant";

/// Whether an optional block is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::config) enum OptionalState {
    /// Set to nothing.
    Null,
    /// A default that the user did not name.
    Dormant,
    /// Named.
    On,
    /// Named with `enabled: false`.
    Off,
}

/// What the deserializer knows beyond the value.
#[derive(Debug)]
pub(in crate::config) struct Handoff {
    /// The place of the value.
    pub(in crate::config) location: Location,
    /// The origin of the text that a string setting takes.
    pub(in crate::config) origin: Option<Origin>,
    /// For optional blocks.
    pub(in crate::config) state: OptionalState,
    /// For [`NODE`].
    pub(in crate::config) node: Option<Node>,
}

thread_local! {
    static SLOT: RefCell<Option<Handoff>> = const { RefCell::new(None) };
}

/// Leaves what is known for the visitor that is called next.
pub(super) fn leave(handoff: Handoff) {
    SLOT.with(|slot| slot.replace(Some(handoff)));
}

/// Takes what the deserializer left.
///
/// # Errors
/// The value is not decoded by this module, or passed through a serde buffer on its way.
pub(in crate::config) fn take_handoff<E: serde::de::Error>() -> Result<Handoff, E> {
    SLOT.with(RefCell::take)
        .ok_or_else(|| E::custom("a value with a place can only be decoded from a configuration"))
}
