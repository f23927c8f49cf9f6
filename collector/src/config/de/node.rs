//! The deserializer of one node: which YAML value fits which type.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error as _, Visitor};

use super::access::{EnumText, Enumeration, Fields, Items, Parts};
use super::context::{Context, address};
use super::error::Error;
use super::handoff::{self, Handoff, NODE, OPTIONAL, OptionalState, PLACED, SCALAR};
use super::scalar;
use crate::config::yaml::{Kind, Mapping, Node, ScalarValue};

/// The key that switches an optional block off.
const ENABLED: &str = "enabled";

/// The way from the decoded value to a part of it, in the words of a message.
#[derive(Debug)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: String,
}

impl<'p> Path<'p> {
    /// The way to the decoded value itself.
    pub(super) fn root(step: &str) -> Self {
        Self { parent: None, step: step.to_owned() }
    }

    /// One step further.
    pub(super) fn child(&'p self, step: impl Into<String>) -> Self {
        Self { parent: Some(self), step: step.into() }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(out)?;
            if !self.step.is_empty() && !parent.is_empty() {
                out.write_str("::")?;
            }
        }
        out.write_str(&self.step)
    }
}

impl Path<'_> {
    fn is_empty(&self) -> bool {
        self.step.is_empty() && self.parent.is_none_or(Path::is_empty)
    }
}

/// What a value set to nothing means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// The value of a struct's key: the default stays.
    Field,
    /// A list item, a map value or the decoded value itself: the zero of its type.
    Element,
}

/// Reads one node.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeDeserializer<'de, 'p> {
    pub(super) node: &'de Node,
    pub(super) path: &'p Path<'p>,
    pub(super) context: &'p Context,
    pub(super) position: Position,
    /// Whether an `enabled` key was read by the optional block around this value.
    hide_enabled: bool,
}

impl<'de, 'p> NodeDeserializer<'de, 'p> {
    pub(super) fn new(
        node: &'de Node,
        path: &'p Path<'p>,
        context: &'p Context,
        position: Position,
    ) -> Self {
        Self { node, path, context, position, hide_enabled: false }
    }

    /// Adds the place of this node to an error that has none yet.
    fn here(self) -> impl FnOnce(Error) -> Error {
        move |error| error.or_at(address(self.node), self.node.location, || self.path.to_string())
    }

    /// What a value that is nothing decodes to.
    fn nothing<T>(self, zero: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        match self.position {
            Position::Field if self.node.original.is_none() => Err(Error::keep_default()),
            // Nothing out of a placeholder is the zero of the type, as in the reference.
            Position::Field | Position::Element => zero(),
        }
    }

    fn integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match scalar::integer(self.node) {
            Some(Ok(value)) => match (i64::try_from(value), u64::try_from(value)) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => Err(Error::custom(format!("the number `{value}` does not fit 64 bits"))),
            },
            Some(Err(message)) => Err(Error::custom(message)),
            None if self.node.is_null() => self.nothing(|| visitor.visit_i64(0)),
            None => Err(scalar::wrong_type(self.node, "an integer", "int")),
        }
        .map_err(self.here())
    }

    fn float<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match scalar::float(self.node) {
            Some(value) => visitor.visit_f64(value),
            None if self.node.is_null() => self.nothing(|| visitor.visit_f64(0.0)),
            None => Err(scalar::wrong_type(self.node, "a number", "float64")),
        }
        .map_err(self.here())
    }

    fn text<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.as_text() {
            Some(text) => visitor.visit_str(&text.text),
            None if self.node.is_null() => self.nothing(|| visitor.visit_str("")),
            None => Err(scalar::wrong_type(self.node, "a string", "string")),
        }
        .map_err(self.here())
    }

    fn mapping<V: Visitor<'de>>(
        self,
        mapping: &'de Mapping,
        known: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Error> {
        let hidden = self.hide_enabled.then_some(ENABLED);
        visitor.visit_map(Fields::new(self, mapping, known, hidden)).map_err(self.here())
    }

    /// Reads the state of an optional block and the value in it.
    fn optional_block<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut inner = self;
        let state = match &self.node.kind {
            _ if self.node.dormant => OptionalState::Dormant,
            Kind::Null => OptionalState::Null,
            Kind::Mapping(mapping) => match mapping.entries.get(ENABLED) {
                None => OptionalState::On,
                Some(entry) => {
                    inner.hide_enabled = true;
                    match entry.value.as_scalar().map(|scalar| scalar.value) {
                        Some(ScalarValue::Bool(true)) => OptionalState::On,
                        Some(ScalarValue::Bool(false)) => OptionalState::Off,
                        // Told in an earlier round; the rest of the block is still checked.
                        _ if self.context.is_set_aside(&entry.value) => OptionalState::On,
                        _ => {
                            let path = self.path.child(ENABLED);
                            return Err(scalar::wrong_type(
                                &entry.value,
                                "`true` or `false`",
                                "bool",
                            )
                            .or_at(
                                address(&entry.value),
                                entry.value.location,
                                || path.to_string(),
                            ));
                        }
                    }
                }
            },
            _ => OptionalState::On,
        };
        handoff::leave(Handoff { location: self.node.location, origin: None, state, node: None });
        visitor.visit_newtype_struct(inner)
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de, '_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Null => visitor.visit_unit().map_err(self.here()),
            Kind::Sequence(_) => self.deserialize_seq(visitor),
            Kind::Mapping(mapping) => self.mapping(mapping, None, visitor),
            Kind::Scalar(scalar) => match scalar.value {
                ScalarValue::Bool(value) => visitor.visit_bool(value),
                ScalarValue::Integer(value) | ScalarValue::Duration(value) => {
                    visitor.visit_i64(value)
                }
                ScalarValue::Unsigned(value) => visitor.visit_u64(value),
                ScalarValue::Float(value) => visitor.visit_f64(value),
                ScalarValue::Timestamp | ScalarValue::Text => visitor.visit_str(&scalar.text),
            }
            .map_err(self.here()),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.node.as_scalar().map(|scalar| scalar.value) {
            Some(ScalarValue::Bool(value)) => visitor.visit_bool(value),
            None if self.node.is_null() => self.nothing(|| visitor.visit_bool(false)),
            _ => Err(scalar::wrong_type(self.node, "`true` or `false`", "bool")),
        }
        .map_err(self.here())
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.integer(visitor)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.float(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.float(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
            .map_err(self.here())
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Mapping(mapping) if mapping.entries.is_empty() => visitor.visit_unit(),
            _ => Err(scalar::wrong_type(self.node, "nothing", "nil")),
        }
        .map_err(self.here())
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        match name {
            SCALAR if self.node.is_null() => {
                return self.nothing(|| visitor.visit_newtype_struct(self)).map_err(self.here());
            }
            OPTIONAL => return self.optional_block(visitor).map_err(self.here()),
            PLACED => handoff::leave(Handoff {
                location: self.node.location,
                origin: self.node.as_text().map(|text| text.origin.clone()),
                state: OptionalState::On,
                node: None,
            }),
            NODE => handoff::leave(Handoff {
                location: self.node.location,
                origin: None,
                state: OptionalState::On,
                node: Some(self.node.clone()),
            }),
            _ => {}
        }
        visitor.visit_newtype_struct(self).map_err(self.here())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Sequence(items) => visitor.visit_seq(Items::new(self, items)),
            Kind::Null => self.nothing(|| visitor.visit_seq(Items::new(self, &[]))),
            Kind::Scalar(scalar) if scalar.value == ScalarValue::Text => {
                visitor.visit_seq(Parts::new(self, &scalar.text))
            }
            _ => Err(scalar::wrong_type(self.node, "a list", "slice")),
        }
        .map_err(self.here())
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Mapping(mapping) => self.mapping(mapping, None, visitor),
            Kind::Null => {
                self.nothing(|| visitor.visit_map(Fields::empty(self))).map_err(self.here())
            }
            _ => Err(scalar::wrong_type(self.node, "a map", "map")).map_err(self.here()),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Mapping(mapping) => self.mapping(mapping, Some(fields), visitor),
            Kind::Null => visitor.visit_map(Fields::empty(self)).map_err(self.here()),
            _ => Err(scalar::wrong_type(self.node, "a map", "map")).map_err(self.here()),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match (&self.node.kind, self.node.as_text()) {
            (_, Some(text)) => visitor.visit_enum(EnumText { text: &text.text }),
            (Kind::Mapping(mapping), None) => match mapping.entries.first() {
                Some((key, entry)) if mapping.entries.len() == 1 => {
                    let path = self.path.child(key.as_str());
                    let value =
                        NodeDeserializer::new(&entry.value, &path, self.context, Position::Element);
                    visitor.visit_enum(Enumeration { key, value })
                }
                _ => Err(Error::custom("expected a map with exactly one key")),
            },
            (Kind::Null, None) => self.nothing(|| Err(Error::custom("a value is missing"))),
            _ => Err(scalar::wrong_type(self.node, "a string", "string")),
        }
        .map_err(self.here())
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}
