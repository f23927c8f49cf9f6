//! Maps that may also be written as a list of `name` and `value`: headers and the like.

use std::fmt;
use std::marker::PhantomData;

use indexmap::IndexMap;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::secret::Secret;
use crate::config::de::{SCALAR, message_with_help};

/// Header names and values; the values are never shown.
pub type Headers = MapList<Secret>;

/// Names and values in the order they were written. Written as `{name: value}` or as
/// `[{name: .., value: ..}]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapList<T> {
    /// Values by name.
    pub entries: IndexMap<String, T>,
}

impl<T> Default for MapList<T> {
    fn default() -> Self {
        Self { entries: IndexMap::new() }
    }
}

impl<T> MapList<T> {
    /// Names with their values, in the order they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a name; the case of letters counts.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.entries.get(name)
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T: Serialize> Serialize for MapList<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for (name, value) in &self.entries {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for MapList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SCALAR, MapListVisitor(PhantomData))
    }
}

/// An item of the list form.
#[derive(Deserialize)]
struct Pair<T> {
    name: String,
    value: T,
}

struct MapListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MapListVisitor<T> {
    type Value = MapList<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a map of names to values, or a list of `name` and `value`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<MapList<T>, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<MapList<T>, E> {
        Ok(MapList::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MapList<T>, A::Error> {
        let mut entries = IndexMap::new();
        while let Some((name, value)) = map.next_entry()? {
            entries.insert(name, value);
        }
        Ok(MapList { entries })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<MapList<T>, A::Error> {
        let mut entries = IndexMap::new();
        while let Some(Pair { name, value }) = list.next_element()? {
            if entries.contains_key(&name) {
                return Err(serde::de::Error::custom(message_with_help(
                    &format!("the name `{name}` is given twice"),
                    &format!("the Go collector says: duplicate keys in map-style list: [{name}]"),
                )));
            }
            entries.insert(name, value);
        }
        Ok(MapList { entries })
    }
}
