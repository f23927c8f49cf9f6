//! `Record`: one open message, such as a span or a resource, with its pending edits.
//!
//! Opening costs nothing: fields are found in the encoded bytes on use. An edit is noted, not
//! applied; when the record is written, edits become patches and every untouched range of bytes is
//! copied. Attributes are listed when the first of them is written.

use crate::schema::{Label, Message};
use crate::splice::{Patch, Splice};
use crate::value::{MapView, ValueView};
use crate::view::{AttributesView, entry_key, entry_value};
use crate::wire::{self, Fields, RawField, WireType, put_tag, put_varint, varint_len};

/// An open record. Values it is given live as long as the request it reads.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    message: &'static Message,
    raw: &'a [u8],
    /// Offset of `raw` in the request.
    base: usize,
    fields: Vec<FieldEdit<'a>>,
    attributes: Vec<Attribute<'a>>,
    listed: bool,
    attributes_changed: bool,
}

#[derive(Clone, Copy, Debug)]
struct FieldEdit<'a> {
    number: u32,
    /// `None` when the field was cleared.
    value: Option<RawField<'a>>,
}

/// An edited field whose place is being looked for.
struct PendingEdit {
    number: u32,
    /// Its encoding, empty when it was cleared.
    bytes: std::ops::Range<usize>,
    /// Where it belongs if the message does not have it.
    place: Option<usize>,
    met: bool,
}

#[derive(Clone, Copy, Debug)]
struct Attribute<'a> {
    key: &'a [u8],
    value: AttributeValue<'a>,
    /// Range of the whole field in `raw`; empty for an attribute that was added.
    start: usize,
    end: usize,
    removed: bool,
}

#[derive(Clone, Copy, Debug)]
enum AttributeValue<'a> {
    /// As it stands: the encoded `KeyValue`.
    Raw(&'a [u8]),
    New(ValueView<'a>),
}

impl<'a> AttributeValue<'a> {
    fn view(self) -> ValueView<'a> {
        match self {
            Self::Raw(entry) => ValueView::decode(entry_value(entry)),
            Self::New(value) => value,
        }
    }
}

impl<'a> Record<'a> {
    /// A record with nothing in it; [`Self::open`] gives it a message to read.
    pub const fn new(message: &'static Message) -> Self {
        Self {
            message,
            raw: &[],
            base: 0,
            fields: Vec::new(),
            attributes: Vec::new(),
            listed: false,
            attributes_changed: false,
        }
    }

    /// A record of an encoded message that stands by itself: of a message that an edit makes, or of
    /// one below the records that are walked.
    pub fn of(message: &'static Message, raw: &'a [u8]) -> Self {
        Self { raw, ..Self::new(message) }
    }

    /// Points the record at another encoded message and forgets all edits.
    #[inline]
    pub(crate) fn open(&mut self, message: &'static Message, raw: &'a [u8], base: usize) {
        self.message = message;
        self.raw = raw;
        self.base = base;
        self.fields.clear();
        self.attributes.clear();
        self.listed = false;
        self.attributes_changed = false;
    }

    /// The message type.
    pub const fn message(&self) -> &'static Message {
        self.message
    }

    /// The encoded message as it came, without the edits.
    pub const fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// Whether anything was edited.
    #[inline]
    pub const fn is_changed(&self) -> bool {
        self.attributes_changed || !self.fields.is_empty()
    }

    /// A singular field, `None` when absent or cleared.
    #[inline]
    pub fn field(&self, number: u32) -> Option<RawField<'a>> {
        match self.fields.iter().find(|edit| edit.number == number) {
            Some(edit) => edit.value,
            None => wire::find(self.raw, number),
        }
    }

    /// Whether a field was set or cleared.
    pub fn is_written(&self, number: u32) -> bool {
        self.fields.iter().any(|edit| edit.number == number)
    }

    /// A text field; empty when absent.
    pub fn text(&self, number: u32) -> &'a str {
        self.field(number).map(|field| field.text()).unwrap_or_default()
    }

    /// The entries of a repeated field as they came; edits to repeated fields other than the
    /// attributes are made with [`Self::replace_field`] and are not seen here.
    pub fn repeated(&self, number: u32) -> impl Iterator<Item = RawField<'a>> + use<'a> {
        Fields::new(self.raw).filter(move |field| field.number == number)
    }

    /// Sets a varint field (integers, booleans, enumerations).
    pub fn set_varint(&mut self, number: u32, value: u64) {
        self.set_scalar(number, WireType::Varint, value);
    }

    /// Sets an eight-byte field (`fixed64`, `sfixed64`, `double` as bits).
    pub fn set_fixed64(&mut self, number: u32, value: u64) {
        self.set_scalar(number, WireType::Fixed64, value);
    }

    /// Sets a four-byte field.
    pub fn set_fixed32(&mut self, number: u32, value: u32) {
        self.set_scalar(number, WireType::Fixed32, u64::from(value));
    }

    fn set_scalar(&mut self, number: u32, wire: WireType, scalar: u64) {
        self.set(RawField { number, wire, scalar, bytes: &[] }, scalar == 0);
    }

    /// Sets a text field.
    pub fn set_text(&mut self, number: u32, text: &'a str) {
        self.set_bytes(number, text.as_bytes());
    }

    /// Sets a bytes field. For a text field the bytes must be UTF-8.
    pub fn set_bytes(&mut self, number: u32, bytes: &'a [u8]) {
        self.set(RawField { number, wire: WireType::Len, scalar: 0, bytes }, bytes.is_empty());
    }

    /// Sets a message field to an encoded message; an empty one still counts as present.
    pub fn set_message(&mut self, number: u32, encoded: &'a [u8]) {
        self.set(RawField { number, wire: WireType::Len, scalar: 0, bytes: encoded }, false);
    }

    /// Removes a field, and all its entries when it is repeated.
    pub fn clear(&mut self, number: u32) {
        self.edit(number, None);
    }

    fn set(&mut self, field: RawField<'a>, is_default: bool) {
        let label = self.message.field(field.number).map(|declared| declared.label);
        if label == Some(Label::OneOf) {
            for other in self.message.fields {
                if other.label == Label::OneOf && other.number != field.number {
                    self.edit(other.number, None);
                }
            }
        }
        // A plain field at its default is not written; presence counts for the other labels.
        let absent = is_default && label == Some(Label::One);
        self.edit(field.number, (!absent).then_some(field));
    }

    fn edit(&mut self, number: u32, value: Option<RawField<'a>>) {
        match self.fields.iter_mut().find(|edit| edit.number == number) {
            Some(edit) => edit.value = value,
            None => self.fields.push(FieldEdit { number, value }),
        }
    }

    /// The value of the first attribute with that key.
    #[inline]
    pub fn attribute(&self, key: &str) -> Option<ValueView<'a>> {
        if self.listed {
            return self.listed_attribute(key).map(|attribute| attribute.value.view());
        }
        AttributesView::new(self.raw, self.message.attributes).get(key)
    }

    fn listed_attribute(&self, key: &str) -> Option<&Attribute<'a>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.key == key.as_bytes() && !attribute.removed)
    }

    /// Keys and values in order.
    pub fn attributes(&mut self) -> impl Iterator<Item = (&'a str, ValueView<'a>)> {
        self.list();
        self.attributes.iter().filter(|attribute| !attribute.removed).map(|attribute| {
            (std::str::from_utf8(attribute.key).unwrap_or_default(), attribute.value.view())
        })
    }

    /// Gives the first attribute with that key a value, or appends the attribute.
    /// On a message that has no attributes nothing happens.
    pub fn set_attribute(&mut self, key: &'a str, value: ValueView<'a>) {
        if self.message.attributes == 0 {
            debug_assert!(false, "{} has no attributes", self.message.name);
            return;
        }
        self.list();
        self.attributes_changed = true;
        let found = self
            .attributes
            .iter_mut()
            .find(|attribute| attribute.key == key.as_bytes() && !attribute.removed);
        match found {
            Some(attribute) => attribute.value = AttributeValue::New(value),
            None => self.push_attribute(key, value),
        }
    }

    fn push_attribute(&mut self, key: &'a str, value: ValueView<'a>) {
        let value = AttributeValue::New(value);
        let key = key.as_bytes();
        self.attributes.push(Attribute { key, value, start: 0, end: 0, removed: false });
    }

    /// Removes the first attribute with that key; answers whether there was one.
    pub fn remove_attribute(&mut self, key: &str) -> bool {
        self.list();
        let found = self
            .attributes
            .iter_mut()
            .find(|attribute| attribute.key == key.as_bytes() && !attribute.removed);
        let Some(attribute) = found else { return false };
        attribute.removed = true;
        self.attributes_changed = true;
        true
    }

    /// Removes the attributes for which `keep` answers no.
    pub fn retain_attributes(&mut self, mut keep: impl FnMut(&'a str, ValueView<'a>) -> bool) {
        self.list();
        for attribute in self.attributes.iter_mut().filter(|attribute| !attribute.removed) {
            let key = std::str::from_utf8(attribute.key).unwrap_or_default();
            if !keep(key, attribute.value.view()) {
                attribute.removed = true;
                self.attributes_changed = true;
            }
        }
    }

    /// Gives attributes new values where `change` answers with one; answers whether it did so for any.
    ///
    /// # Errors
    /// The first error of `change`; what was changed before stays changed.
    pub fn update_attributes<E>(
        &mut self,
        mut change: impl FnMut(&'a str, ValueView<'a>) -> Result<Option<ValueView<'a>>, E>,
    ) -> Result<bool, E> {
        self.list();
        let mut any = false;
        for attribute in self.attributes.iter_mut().filter(|attribute| !attribute.removed) {
            let key = std::str::from_utf8(attribute.key).unwrap_or_default();
            if let Some(value) = change(key, attribute.value.view())? {
                attribute.value = AttributeValue::New(value);
                self.attributes_changed = true;
                any = true;
            }
        }
        Ok(any)
    }

    /// Replaces all attributes by the entries of a map.
    pub fn replace_attributes(&mut self, map: MapView<'a>) {
        self.retain_attributes(|_, _| false);
        self.attributes_changed = true;
        for (key, value) in map.iter() {
            self.push_attribute(key, value);
        }
    }

    #[inline]
    fn list(&mut self) {
        if !self.listed {
            self.list_now();
        }
    }

    fn list_now(&mut self) {
        self.listed = true;
        let number = self.message.attributes;
        let mut fields = Fields::new(self.raw);
        let mut start = 0;
        while let Some(field) = fields.next() {
            let end = fields.offset();
            if field.number == number {
                self.attributes.push(Attribute {
                    key: entry_key(field.bytes),
                    value: AttributeValue::Raw(field.bytes),
                    start,
                    end,
                    removed: false,
                });
            }
            start = end;
        }
    }

    /// The edits as patches on the request, in order of place.
    pub(crate) fn patches(&self, new: &mut Vec<u8>, out: &mut Vec<Patch>) {
        self.patches_with(None, new, out);
    }

    /// Like [`Self::patches`], with field `number` set to an encoded message besides.
    pub(crate) fn patches_with_message(
        &self,
        number: u32,
        encoded: &[u8],
        new: &mut Vec<u8>,
        out: &mut Vec<Patch>,
    ) {
        let field = RawField { number, wire: WireType::Len, scalar: 0, bytes: encoded };
        self.patches_with(Some(FieldEdit { number, value: Some(field) }), new, out);
    }

    fn patches_with(
        &self,
        besides: Option<FieldEdit<'_>>,
        new: &mut Vec<u8>,
        out: &mut Vec<Patch>,
    ) {
        let first = out.len();
        if besides.is_some() || !self.fields.is_empty() {
            self.patch_fields(besides, new, out);
        }
        if self.attributes_changed {
            self.patch_attributes(new, out);
        }
        // Attributes alone come in order.
        if out.len() > first + 1
            && let Some(mine) = out.get_mut(first..)
        {
            mine.sort_by_key(Patch::order);
        }
    }

    /// Patches all edited fields in one walk over the message.
    fn patch_fields(
        &self,
        besides: Option<FieldEdit<'_>>,
        new: &mut Vec<u8>,
        out: &mut Vec<Patch>,
    ) {
        let mut pending: Vec<PendingEdit> = self
            .fields
            .iter()
            .copied()
            .chain(besides)
            .map(|edit| {
                let begin = new.len();
                if let Some(field) = edit.value {
                    put_field(new, &field);
                }
                PendingEdit {
                    number: edit.number,
                    bytes: begin..new.len(),
                    place: None,
                    met: false,
                }
            })
            .collect();
        let mut fields = Fields::new(self.raw);
        let (mut start, mut highest) = (0, 0);
        while let Some(field) = fields.next() {
            let end = fields.offset();
            if let Some(edit) = pending.iter_mut().find(|edit| edit.number == field.number) {
                let (start, end) = (self.base + start, self.base + end);
                // Further entries of a repeated field go without a replacement.
                let bytes = if edit.met { 0..0 } else { edit.bytes.clone() };
                out.push(Patch { start, end, number: field.number, bytes });
                edit.met = true;
            }
            if field.number > highest {
                // The first field with a higher number is where an absent field belongs.
                for edit in pending.iter_mut().filter(|edit| edit.place.is_none()) {
                    edit.place = (field.number > edit.number).then_some(start);
                }
                highest = field.number;
            }
            start = end;
        }
        for edit in pending.into_iter().filter(|edit| !edit.met && !edit.bytes.is_empty()) {
            let place = self.base + edit.place.unwrap_or(self.raw.len());
            out.push(Patch { start: place, end: place, number: edit.number, bytes: edit.bytes });
        }
    }

    fn patch_attributes(&self, new: &mut Vec<u8>, out: &mut Vec<Patch>) {
        let number = self.message.attributes;
        let mut after_last = None;
        for attribute in &self.attributes {
            let written = attribute.start < attribute.end;
            if written {
                after_last = Some(attribute.end);
            }
            let begin = new.len();
            match attribute.value {
                AttributeValue::Raw(_) if !attribute.removed => continue,
                AttributeValue::New(value) if !attribute.removed => {
                    put_entry(new, number, attribute.key, value);
                }
                _ if !written => continue,
                _ => {}
            }
            let (start, end) = if written {
                (attribute.start, attribute.end)
            } else {
                let place = *after_last.get_or_insert_with(|| self.place_of(number));
                (place, place)
            };
            let bytes = begin..new.len();
            let (start, end) = (self.base + start, self.base + end);
            // Attributes that are appended together make one patch.
            match out.last_mut() {
                Some(last) if !written && last.appends(start, number, begin) => {
                    last.bytes.end = bytes.end;
                }
                _ => out.push(Patch { start, end, number, bytes }),
            }
        }
    }

    /// Where a field of that number belongs when the message has none yet.
    fn place_of(&self, number: u32) -> usize {
        let mut fields = Fields::new(self.raw);
        let mut start = 0;
        while let Some(field) = fields.next() {
            if field.number > number {
                return start;
            }
            start = fields.offset();
        }
        self.raw.len()
    }

    /// Appends the message with its edits, without tag and length.
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut splice = Splice::new(self.raw);
        splice.keep(0..self.raw.len());
        let mut patches = Vec::new();
        self.patches(&mut splice.new, &mut patches);
        for patch in &mut patches {
            patch.start -= self.base;
            patch.end -= self.base;
        }
        splice.patch(&patches);
        match splice.finish() {
            Some(bytes) => out.extend_from_slice(&bytes),
            None => out.extend_from_slice(self.raw),
        }
    }
}

/// Appends a field as it stands.
fn put_field(out: &mut Vec<u8>, field: &RawField<'_>) {
    put_tag(out, field.number, field.wire);
    match field.wire {
        WireType::Varint => put_varint(out, field.scalar),
        WireType::Fixed64 => out.extend_from_slice(&field.scalar.to_le_bytes()),
        WireType::Fixed32 => out.extend_from_slice(&(field.scalar as u32).to_le_bytes()),
        _ => {
            put_varint(out, field.bytes.len() as u64);
            out.extend_from_slice(field.bytes);
        }
    }
}

/// Appends field `number` holding a `KeyValue`.
pub(crate) fn put_entry(out: &mut Vec<u8>, number: u32, key: &[u8], value: ValueView<'_>) {
    let value_length = value.encoded_len();
    let key_length = if key.is_empty() { 0 } else { 1 + varint_len(key.len() as u64) + key.len() };
    let length = key_length + 1 + varint_len(value_length as u64) + value_length;
    out.reserve(length + 8);
    put_tag(out, number, WireType::Len);
    put_varint(out, length as u64);
    if !key.is_empty() {
        wire::put_len(out, 1, key);
    }
    put_tag(out, 2, WireType::Len);
    put_varint(out, value_length as u64);
    value.encode(out);
}
