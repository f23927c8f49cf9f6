//! The OTLP messages as data: what validation, repair, OTLP/JSON and the builders walk by.
//!
//! [`messages`] declares every message once; this module says what a declaration consists of. The
//! field numbers, names and types are those of opentelemetry-proto v1.9 and its
//! `v1development` profiles.

pub mod enums;
pub mod messages;

use crate::wire::WireType;

/// A protobuf message type.
#[derive(Debug)]
pub struct Message {
    /// Name in the `.proto` file, without the package.
    pub name: &'static str,
    /// Fields in the order of their numbers.
    pub fields: &'static [Field],
    /// What the message is to a batch.
    pub role: Role,
    /// Number of the map: the field named `attributes`, or `metadata` of a metric; 0 when there is
    /// none.
    pub attributes: u32,
    /// For each one-byte tag, what to do with the field behind it.
    pub(crate) checks: [Check; 128],
}

/// What a message is to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing special.
    Other,
    /// An entry of a map: `KeyValue`.
    Entry,
    /// Holds items, directly or through its children.
    Holder,
    /// Counts as one item.
    Item,
}

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// Field number.
    pub number: u32,
    /// Name in the `.proto` file (snake_case). The OTLP/JSON name is its lowerCamelCase form.
    pub name: &'static str,
    /// How often it may stand in a message.
    pub label: Label,
    /// Type of its values.
    pub kind: Kind,
}

/// How often a field may stand in a message, and what its absence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// At most once; absent means the default value.
    One,
    /// At most once; absent differs from the default value.
    Optional,
    /// Any number of times; numbers may be packed.
    Many,
    /// Member of the message's only oneof group: at most one of the members stands.
    OneOf,
}

/// Type of a field's values.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `bool`.
    Bool,
    /// `int32` and enumerations on the wire: varint, sign-extended.
    Int32,
    /// `int64`.
    Int64,
    /// `uint32`.
    Uint32,
    /// `uint64`.
    Uint64,
    /// `sint32` (zigzag).
    Sint32,
    /// `fixed32`.
    Fixed32,
    /// `fixed64`.
    Fixed64,
    /// `sfixed64`.
    Sfixed64,
    /// `double`.
    Double,
    /// `string`.
    String,
    /// `bytes`, base64 in JSON.
    Bytes,
    /// `bytes` of a trace, span or profile id, hex in JSON.
    Id,
    /// An enumeration.
    Enum(&'static Enum),
    /// A message.
    Message(&'static Message),
}

/// An enumeration.
#[derive(Debug)]
pub struct Enum {
    /// Name in the `.proto` file.
    pub name: &'static str,
    /// Names and numbers.
    pub values: &'static [(&'static str, i32)],
}

impl Kind {
    /// The wire type of a single value.
    pub const fn wire(self) -> WireType {
        match self {
            Self::Bool
            | Self::Int32
            | Self::Int64
            | Self::Uint32
            | Self::Uint64
            | Self::Sint32
            | Self::Enum(_) => WireType::Varint,
            Self::Fixed64 | Self::Sfixed64 | Self::Double => WireType::Fixed64,
            Self::Fixed32 => WireType::Fixed32,
            Self::String | Self::Bytes | Self::Id | Self::Message(_) => WireType::Len,
        }
    }

    /// Whether repeated values of this kind may be packed into one length-delimited field.
    pub const fn packable(self) -> bool {
        !matches!(self.wire(), WireType::Len)
    }
}

impl Message {
    /// The field with that number.
    pub fn field(&self, number: u32) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.number == number)
    }

    /// Declares a message; the checks are worked out at compile time.
    #[allow(clippy::indexing_slicing)] // Slices have no `get` in constant evaluation.
    pub(crate) const fn new(name: &'static str, role: Role, fields: &'static [Field]) -> Self {
        let mut checks = [Check::UNKNOWN; 128];
        let mut tag = 0;
        while tag < 128 {
            checks[tag] = check_for(tag as u64, fields);
            tag += 1;
        }
        let (mut attributes, mut index) = (0, 0);
        while index < fields.len() {
            if matches!(
                fields[index].name.as_bytes(),
                b"attributes" | b"filtered_attributes" | b"metadata"
            ) {
                attributes = fields[index].number;
            }
            index += 1;
        }
        Self { name, fields, role, attributes, checks }
    }
}

/// What validation does with a field, looked up by tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Check {
    pub(crate) action: Action,
    /// Index into [`Message::fields`].
    pub(crate) field: u8,
    /// Bit that a field or oneof group sets when it is seen; 0 for repeated fields. A bit that is
    /// seen twice sends the batch to repair.
    pub(crate) seen: u32,
}

/// The kinds of payload that validation tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Not in the schema: skip it, keep it.
    Unknown,
    /// In the schema with another wire type: refuse.
    WrongWireType,
    Varint,
    Fixed64,
    Fixed32,
    String,
    Bytes,
    /// An id of 16 bytes, or none.
    LongId,
    /// An id of 8 bytes, or none.
    ShortId,
    Message,
    PackedVarint,
    PackedFixed64,
    PackedFixed32,
}

impl Check {
    const UNKNOWN: Self = Self { action: Action::Unknown, field: 0, seen: 0 };
}

/// The check for a tag. Used at compile time for one-byte tags and at run time for longer ones.
#[allow(clippy::indexing_slicing)] // Slices have no `get` in constant evaluation.
pub(crate) const fn check_for(tag: u64, fields: &'static [Field]) -> Check {
    let number = (tag >> 3) as u32;
    let mut index = 0;
    while index < fields.len() {
        let field = &fields[index];
        if field.number == number {
            let seen = match field.label {
                Label::Many => 0,
                // All members of the oneof share one bit.
                Label::OneOf => 1 << 31,
                Label::One | Label::Optional => 1 << index,
            };
            return Check { action: action_for(tag, field), field: index as u8, seen };
        }
        index += 1;
    }
    Check::UNKNOWN
}

const fn action_for(tag: u64, field: &Field) -> Action {
    let Some(wire) = WireType::from_tag(tag) else { return Action::WrongWireType };
    let repeated = matches!(field.label, Label::Many);
    match (field.kind.wire(), wire) {
        (WireType::Varint, WireType::Varint) => Action::Varint,
        (WireType::Fixed64, WireType::Fixed64) => Action::Fixed64,
        (WireType::Fixed32, WireType::Fixed32) => Action::Fixed32,
        (WireType::Varint, WireType::Len) if repeated => Action::PackedVarint,
        (WireType::Fixed64, WireType::Len) if repeated => Action::PackedFixed64,
        (WireType::Fixed32, WireType::Len) if repeated => Action::PackedFixed32,
        (WireType::Len, WireType::Len) => match field.kind {
            Kind::String => Action::String,
            Kind::Message(_) => Action::Message,
            // Trace and profile ids have 16 bytes, span ids 8 (opentelemetry-proto).
            Kind::Id => match field.name.as_bytes() {
                b"span_id" | b"parent_span_id" => Action::ShortId,
                _ => Action::LongId,
            },
            _ => Action::Bytes,
        },
        _ => Action::WrongWireType,
    }
}
