//! From typed values back to nodes: defaults that a user's settings are laid over, and what is
//! printed.

use std::fmt;

use holt_grammar::source::Location;
use serde::ser::{self, Serialize};

use super::de::DORMANT;
use super::values::{DURATION_MARK, Duration, SECRET_MARK, with_exposed};
use super::yaml::{Entry, Kind, Mapping, Node, Origin, Scalar, ScalarValue};

/// Makes a node of a value. All parts get the same place. Secrets are kept and marked.
///
/// # Errors
/// A map with keys that are not text.
pub fn to_node<T: Serialize + ?Sized>(value: &T, location: Location) -> Result<Node, SerError> {
    with_exposed(|| value.serialize(NodeSerializer { location }))
}

/// Why a value has no node.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SerError(String);

impl ser::Error for SerError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

#[derive(Clone, Copy)]
struct NodeSerializer {
    location: Location,
}

impl NodeSerializer {
    fn scalar(self, text: String, value: ScalarValue) -> Node {
        let origin = Origin::Whole(self.location);
        Node::new(Kind::Scalar(Scalar { text, value, origin }), self.location)
    }

    fn mapping(self, entries: Vec<(String, Node)>) -> Node {
        let entries = entries
            .into_iter()
            .map(|(key, value)| (key, Entry { key: self.location, value, is_default: true }))
            .collect();
        Node::new(Kind::Mapping(Mapping { entries }), self.location)
    }
}

/// Serializes whole numbers.
macro_rules! integers {
    ($($method:ident $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<Node, SerError> {
            Ok(self.scalar(value.to_string(), ScalarValue::Integer(i64::from(value))))
        }
    )*};
}

impl ser::Serializer for NodeSerializer {
    type Ok = Node;
    type Error = SerError;
    type SerializeSeq = ListSerializer;
    type SerializeTuple = ListSerializer;
    type SerializeTupleStruct = ListSerializer;
    type SerializeTupleVariant = ListSerializer;
    type SerializeMap = MapSerializer;
    type SerializeStruct = MapSerializer;
    type SerializeStructVariant = MapSerializer;

    integers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
        serialize_u8 u8, serialize_u16 u16, serialize_u32 u32
    }

    fn serialize_u64(self, value: u64) -> Result<Node, SerError> {
        let meant = i64::try_from(value).map_or(ScalarValue::Unsigned(value), ScalarValue::Integer);
        Ok(self.scalar(value.to_string(), meant))
    }

    fn serialize_bool(self, value: bool) -> Result<Node, SerError> {
        Ok(self.scalar(value.to_string(), ScalarValue::Bool(value)))
    }

    fn serialize_f32(self, value: f32) -> Result<Node, SerError> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<Node, SerError> {
        Ok(self.scalar(value.to_string(), ScalarValue::Float(value)))
    }

    fn serialize_char(self, value: char) -> Result<Node, SerError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<Node, SerError> {
        Ok(self.scalar(value.to_owned(), ScalarValue::Text))
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<Node, SerError> {
        self.serialize_str(&String::from_utf8_lossy(value))
    }

    fn serialize_none(self) -> Result<Node, SerError> {
        Ok(Node::new(Kind::Null, self.location))
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Node, SerError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, SerError> {
        self.serialize_none()
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Node, SerError> {
        self.serialize_none()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Node, SerError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<Node, SerError> {
        let mut node = value.serialize(self)?;
        node.dormant |= name == DORMANT;
        node.secret |= name == SECRET_MARK;
        if name == DURATION_MARK
            && let Kind::Scalar(scalar) = &mut node.kind
            && let ScalarValue::Integer(nanoseconds) = scalar.value
        {
            scalar.text = Duration::from_nanos(nanoseconds).to_string();
            scalar.value = ScalarValue::Duration(nanoseconds);
        }
        Ok(node)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, SerError> {
        Ok(self.mapping(vec![(variant.to_owned(), value.serialize(self)?)]))
    }

    fn serialize_seq(self, _length: Option<usize>) -> Result<ListSerializer, SerError> {
        Ok(ListSerializer { target: self, items: Vec::new(), variant: None })
    }

    fn serialize_tuple(self, _length: usize) -> Result<ListSerializer, SerError> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<ListSerializer, SerError> {
        self.serialize_seq(None)
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<ListSerializer, SerError> {
        Ok(ListSerializer { target: self, items: Vec::new(), variant: Some(variant) })
    }

    fn serialize_map(self, _length: Option<usize>) -> Result<MapSerializer, SerError> {
        Ok(MapSerializer { target: self, entries: Vec::new(), key: None, variant: None })
    }

    fn serialize_struct(
        self,
        _name: &'static str,
        _length: usize,
    ) -> Result<MapSerializer, SerError> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _length: usize,
    ) -> Result<MapSerializer, SerError> {
        Ok(MapSerializer { target: self, entries: Vec::new(), key: None, variant: Some(variant) })
    }
}

/// A value under the name of its variant, when it has one.
fn in_variant(target: NodeSerializer, variant: Option<&'static str>, node: Node) -> Node {
    match variant {
        None => node,
        Some(variant) => target.mapping(vec![(variant.to_owned(), node)]),
    }
}

struct ListSerializer {
    target: NodeSerializer,
    items: Vec<Node>,
    variant: Option<&'static str>,
}

impl ListSerializer {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        self.items.push(value.serialize(self.target)?);
        Ok(())
    }

    fn finish(self) -> Node {
        let node = Node::new(Kind::Sequence(self.items), self.target.location);
        in_variant(self.target, self.variant, node)
    }
}

/// The list-like traits of serde, which differ in name only.
macro_rules! list_like {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for ListSerializer {
            type Ok = Node;
            type Error = SerError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
                self.item(value)
            }

            fn end(self) -> Result<Node, SerError> {
                Ok(self.finish())
            }
        }
    )*};
}

list_like! {
    SerializeSeq serialize_element, SerializeTuple serialize_element,
    SerializeTupleStruct serialize_field, SerializeTupleVariant serialize_field
}

struct MapSerializer {
    target: NodeSerializer,
    entries: Vec<(String, Node)>,
    key: Option<String>,
    variant: Option<&'static str>,
}

impl MapSerializer {
    fn finish(self) -> Node {
        in_variant(self.target, self.variant, self.target.mapping(self.entries))
    }
}

impl ser::SerializeMap for MapSerializer {
    type Ok = Node;
    type Error = SerError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), SerError> {
        let node = key.serialize(self.target)?;
        let text = node.as_scalar().map(|scalar| scalar.text.clone());
        self.key = Some(text.ok_or_else(|| SerError("a map key is no text".to_owned()))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), SerError> {
        let node = value.serialize(self.target)?;
        let key = self.key.take().ok_or_else(|| SerError("a value without its key".to_owned()))?;
        self.entries.push((key, node));
        Ok(())
    }

    fn end(self) -> Result<Node, SerError> {
        Ok(self.finish())
    }
}

/// The struct-like traits of serde, which differ in name only.
macro_rules! struct_like {
    ($($trait:ident),*) => {$(
        impl ser::$trait for MapSerializer {
            type Ok = Node;
            type Error = SerError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), SerError> {
                self.entries.push((key.to_owned(), value.serialize(self.target)?));
                Ok(())
            }

            fn end(self) -> Result<Node, SerError> {
                Ok(self.finish())
            }
        }
    )*};
}

struct_like! { SerializeStruct, SerializeStructVariant }

impl Serialize for Node {
    fn serialize<S: ser::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use ser::{SerializeMap, SerializeSeq};
        match &self.kind {
            Kind::Null => serializer.serialize_unit(),
            Kind::Scalar(scalar) => match scalar.value {
                ScalarValue::Bool(value) => serializer.serialize_bool(value),
                ScalarValue::Integer(value) => serializer.serialize_i64(value),
                ScalarValue::Unsigned(value) => serializer.serialize_u64(value),
                ScalarValue::Float(value) => serializer.serialize_f64(value),
                ScalarValue::Duration(nanoseconds) => {
                    serializer.serialize_newtype_struct(DURATION_MARK, &nanoseconds)
                }
                ScalarValue::Timestamp | ScalarValue::Text => {
                    serializer.serialize_str(&scalar.text)
                }
            },
            Kind::Sequence(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Kind::Mapping(mapping) => {
                let mut map = serializer.serialize_map(Some(mapping.entries.len()))?;
                for (key, entry) in &mapping.entries {
                    map.serialize_entry(key, &entry.value)?;
                }
                map.end()
            }
        }
    }
}
