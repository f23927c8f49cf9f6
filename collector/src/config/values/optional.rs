//! Blocks that may be on, off, or off with defaults that wait: `grpc:`, `tls:`, `keepalive:`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::de::{DORMANT, OPTIONAL, OptionalState, take_handoff};

/// A block of settings in one of three states. `enabled: false` in the block switches it off.
///
/// The block's type must have no key `enabled` of its own. To use [`Optional::Default`], decode
/// with [`from_node_over`](crate::config::de::from_node_over).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Optional<T> {
    /// Off. A key set to nothing leaves it off.
    #[default]
    None,
    /// Off until its key is named, even if set to nothing; then these values are the defaults.
    Default(T),
    /// On.
    Some(T),
}

impl<T> Optional<T> {
    /// The settings, when the block is on.
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Default(_) => None,
        }
    }

    /// The settings to change, when the block is on.
    pub fn as_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Default(_) => None,
        }
    }

    /// The settings, when the block is on.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Default(_) => None,
        }
    }

    /// Whether the block is on.
    pub fn is_some(&self) -> bool {
        matches!(self, Self::Some(_))
    }
}

impl<T: Serialize> Serialize for Optional<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_none(),
            Self::Default(value) => serializer.serialize_newtype_struct(DORMANT, value),
            Self::Some(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(OPTIONAL, OptionalVisitor(PhantomData))
    }
}

struct OptionalVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OptionalVisitor<T> {
    type Value = Optional<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a block of settings")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Optional<T>, D::Error> {
        match take_handoff()?.state {
            OptionalState::Null => Ok(Optional::None),
            OptionalState::Dormant => T::deserialize(inner).map(Optional::Default),
            OptionalState::On => T::deserialize(inner).map(Optional::Some),
            // Keys of a block that is off are still checked.
            OptionalState::Off => T::deserialize(inner).map(|_| Optional::None),
        }
    }
}
