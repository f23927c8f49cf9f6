//! Handing the parts of maps, lists and enumerations to serde.

use holt_grammar::diag::{Applicability, Diagnostic, Fix};
use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::context::address;
use super::error::Error;
use super::handoff::{self, Handoff, NODE, OptionalState, PLACED};
use super::node::{NodeDeserializer, Position};
use super::suggest;
use crate::config::codes::{REMOVED_KEY, UNKNOWN_KEY, WRONG_VALUE};
use crate::config::removed;
use crate::config::yaml::{Entry, Mapping, Node};

/// The entries of a map that are to be decoded.
pub(super) struct Fields<'de, 'p> {
    parent: NodeDeserializer<'de, 'p>,
    entries: Vec<(&'de String, &'de Entry)>,
    next: usize,
    position: Position,
}

impl<'de, 'p> Fields<'de, 'p> {
    /// The entries of `mapping` without those set aside and without `hidden`. With `known` keys,
    /// other keys are findings.
    pub(super) fn new(
        parent: NodeDeserializer<'de, 'p>,
        mapping: &'de Mapping,
        known: Option<&'static [&'static str]>,
        hidden: Option<&str>,
    ) -> Self {
        let mut entries = Vec::with_capacity(mapping.entries.len());
        for (key, entry) in &mapping.entries {
            if hidden == Some(key.as_str()) || parent.context.is_set_aside(&entry.value) {
                continue;
            }
            match known {
                Some(known) if !known.contains(&key.as_str()) => {
                    unknown_key(parent, mapping, key, entry, known);
                }
                _ => entries.push((key, entry)),
            }
        }
        let position = if known.is_some() { Position::Field } else { Position::Element };
        Self { parent, entries, next: 0, position }
    }

    /// No entries.
    pub(super) fn empty(parent: NodeDeserializer<'de, 'p>) -> Self {
        Self { parent, entries: Vec::new(), next: 0, position: Position::Field }
    }
}

/// Records a key that the type does not have.
fn unknown_key(
    parent: NodeDeserializer<'_, '_>,
    mapping: &Mapping,
    key: &str,
    entry: &Entry,
    known: &'static [&'static str],
) {
    let given = |name: &str| mapping.entries.get(name).is_some_and(|entry| !entry.is_default);
    let free = known.iter().copied().filter(|name| !given(name));
    let removed = removed::find(&parent.path.to_string(), key);
    let near = match removed {
        Some(removed) => removed.renamed.filter(|name| known.contains(name) && !given(name)),
        None => suggest::nearest(key, free),
    };
    parent.context.unknown_key(parent.node, key, near.map(|near| (near, entry.key)), || {
        let path = parent.path.to_string();
        let subject =
            if path.is_empty() { "the configuration".to_owned() } else { format!("`{path}`") };
        let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
        let (code, message, hint) = match removed {
            Some(_) => {
                (REMOVED_KEY, format!("{subject} has no key `{key}` any more"), String::new())
            }
            None => (UNKNOWN_KEY, format!("{subject} has no key `{key}`"), hint),
        };
        let mut finding = Diagnostic::error(code, message).label(entry.key, hint);
        if let Some(removed) = removed {
            finding = finding.note(removed.instead);
        } else if known.is_empty() {
            finding = finding.note("no keys can be set here");
        } else {
            finding =
                finding.note(format!("the keys here are {}", suggest::list(known.iter().copied())));
        }
        finding = finding.note(format!("the Go collector says: has invalid keys: {key}"));
        match near {
            None => finding,
            Some(near) => finding.fix(Fix {
                message: format!("rename `{key}` to `{near}`"),
                edits: vec![(entry.key, near.to_owned())],
                applicability: Applicability::Safe,
            }),
        }
    });
}

impl<'de> MapAccess<'de> for Fields<'de, '_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, entry)) = self.entries.get(self.next) else { return Ok(None) };
        let path = self.parent.path.child(key.as_str());
        seed.deserialize(KeyText { text: key }).map(Some).map_err(|error: Error| {
            error.or_at(address(&entry.value), entry.key, || path.to_string())
        })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((key, entry)) = self.entries.get(self.next) else {
            return Err(Error::custom("a value was asked for before its key"));
        };
        self.next += 1;
        let path = self.parent.path.child(key.as_str());
        let value = NodeDeserializer::new(&entry.value, &path, self.parent.context, self.position);
        seed.deserialize(value).map_err(|error| {
            error.or_at(address(&entry.value), entry.value.location, || path.to_string())
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len().saturating_sub(self.next))
    }
}

/// The items of a list that are to be decoded.
pub(super) struct Items<'de, 'p> {
    parent: NodeDeserializer<'de, 'p>,
    items: &'de [Node],
    next: usize,
}

impl<'de, 'p> Items<'de, 'p> {
    pub(super) fn new(parent: NodeDeserializer<'de, 'p>, items: &'de [Node]) -> Self {
        Self { parent, items, next: 0 }
    }
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        while let Some(item) = self.items.get(self.next) {
            let path = self.parent.path.child(self.next.to_string());
            self.next += 1;
            if self.parent.context.is_set_aside(item) {
                continue;
            }
            let value = NodeDeserializer::new(item, &path, self.parent.context, Position::Element);
            return seed
                .deserialize(value)
                .map(Some)
                .map_err(|error| error.or_at(address(item), item.location, || path.to_string()));
        }
        Ok(None)
    }
}

/// The parts of a string between commas: how the reference reads a string where a list of strings
/// is wanted.
pub(super) struct Parts<'de> {
    rest: Option<&'de str>,
    node: &'de Node,
}

impl<'de> Parts<'de> {
    pub(super) fn new(parent: NodeDeserializer<'de, '_>, text: &'de str) -> Self {
        Self { rest: (!text.is_empty()).then_some(text), node: parent.node }
    }
}

impl<'de> SeqAccess<'de> for Parts<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(rest) = self.rest else { return Ok(None) };
        let (part, rest) = match rest.split_once(',') {
            Some((part, rest)) => (part, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        seed.deserialize(Part { text: part, node: self.node }).map(Some)
    }
}

/// One part of a string; only a plain string takes it.
struct Part<'de> {
    text: &'de str,
    node: &'de Node,
}

impl<'de> Deserializer<'de> for Part<'de> {
    type Error = Error;

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.text)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::new(
            WRONG_VALUE,
            format!("expected a list, found {}", self.node.describe()),
            vec![
                format!("write a list: `[{}]`", self.text),
                "the Go collector says: source data must be an array or slice, got string"
                    .to_owned(),
            ],
        ))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            // A part has no place of its own.
            PLACED => handoff::leave(Handoff {
                location: self.node.location,
                origin: None,
                state: OptionalState::On,
                node: None,
            }),
            NODE => return self.deserialize_any(visitor),
            _ => {}
        }
        visitor.visit_newtype_struct(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// A map key: text, or whatever its text parses to.
struct KeyText<'de> {
    text: &'de str,
}

/// Parses keys of number types.
macro_rules! parsed_key {
    ($($method:ident $visit:ident $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.text.parse::<$type>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(Error::custom(format!("the key `{}` is no number", self.text))),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for KeyText<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(EnumText { text: self.text })
    }

    parsed_key! {
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64, deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64
    }

    serde::forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

/// A variant written as its name.
pub(super) struct EnumText<'de> {
    pub(super) text: &'de str,
}

impl<'de> EnumAccess<'de> for EnumText<'de> {
    type Error = Error;
    type Variant = UnitVariant;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, UnitVariant), Error> {
        let name: StrDeserializer<'_, Error> = self.text.into_deserializer();
        Ok((seed.deserialize(name)?, UnitVariant))
    }
}

/// The value of a variant that has none.
pub(super) struct UnitVariant;

impl<'de> VariantAccess<'de> for UnitVariant {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value, Error> {
        Err(Error::custom("this value needs settings of its own: write it as a key"))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        _visitor: V,
    ) -> Result<V::Value, Error> {
        Err(Error::custom("this value needs settings of its own: write it as a key"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Error> {
        Err(Error::custom("this value needs settings of its own: write it as a key"))
    }
}

/// A variant written as the only key of a map.
pub(super) struct Enumeration<'de, 'p> {
    pub(super) key: &'de str,
    pub(super) value: NodeDeserializer<'de, 'p>,
}

impl<'de, 'p> EnumAccess<'de> for Enumeration<'de, 'p> {
    type Error = Error;
    type Variant = VariantValue<'de, 'p>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, VariantValue<'de, 'p>), Error> {
        let name: StrDeserializer<'_, Error> = self.key.into_deserializer();
        Ok((seed.deserialize(name)?, VariantValue { value: self.value }))
    }
}

/// The value of a variant.
pub(super) struct VariantValue<'de, 'p> {
    value: NodeDeserializer<'de, 'p>,
}

impl<'de> VariantAccess<'de> for VariantValue<'de, '_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        serde::Deserialize::deserialize(self.value)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self.value)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Error> {
        self.value.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.value.deserialize_struct("", fields, visitor)
    }
}
