//! The dictionary of a profiles request, while its records are walked.
//!
//! Records point into it by index. Nothing in it is ever changed or moved: an edit appends what is
//! new, so that every index that stands keeps its meaning. The tables are listed on first use.

use std::collections::HashMap;
use std::ops::Range;

use crate::schema::messages::KeyValueAndUnitView;
use crate::schema::messages::numbers::{PROFILES, PROFILES_DICTIONARY as FIELDS};
use crate::splice::Patch;
use crate::wire::{Fields, put_len};

/// The strings and attributes of a request, and those that were added.
#[derive(Clone, Debug, Default)]
pub struct Dictionary<'a> {
    raw: &'a [u8],
    /// Range in the request of the field that holds it, tag and length included; `None` when there
    /// is none yet.
    field: Option<Range<usize>>,
    listed: bool,
    strings: Vec<&'a str>,
    /// The first index of each string.
    string_places: HashMap<&'a str, i32>,
    /// Encoded `KeyValueAndUnit` messages.
    attributes: Vec<&'a [u8]>,
    /// Indices of attributes by that of their key.
    by_key: HashMap<i32, Vec<i32>>,
    /// How many of each the request came with.
    original: (usize, usize),
}

impl<'a> Dictionary<'a> {
    /// The dictionary of a request, whose field 2 it is.
    pub(crate) fn of_request(request: &'a [u8]) -> Self {
        let mut fields = Fields::new(request);
        let mut start = 0;
        while let Some(field) = fields.next() {
            let end = fields.offset();
            if field.number == PROFILES::dictionary {
                return Self { raw: field.bytes, field: Some(start..end), ..Self::default() };
            }
            start = end;
        }
        Self::default()
    }

    fn list(&mut self) {
        if self.listed {
            return;
        }
        self.listed = true;
        for field in Fields::new(self.raw) {
            match field.number {
                FIELDS::string_table => self.add_string(field.text()),
                FIELDS::attribute_table => self.add_attribute(field.bytes),
                _ => None,
            };
        }
        self.original = (self.strings.len(), self.attributes.len());
    }

    fn add_string(&mut self, text: &'a str) -> Option<i32> {
        let index = i32::try_from(self.strings.len()).ok()?;
        self.strings.push(text);
        self.string_places.entry(text).or_insert(index);
        Some(index)
    }

    fn add_attribute(&mut self, encoded: &'a [u8]) -> Option<i32> {
        let index = i32::try_from(self.attributes.len()).ok()?;
        self.attributes.push(encoded);
        let key = KeyValueAndUnitView::new(encoded).key_strindex();
        self.by_key.entry(key).or_default().push(index);
        Some(index)
    }

    /// The string at an index.
    pub fn string(&mut self, index: i32) -> Option<&'a str> {
        self.list();
        self.strings.get(usize::try_from(index).ok()?).copied()
    }

    /// The index of a string, which is added if it is not there. `None` when the table is full.
    pub fn intern(&mut self, text: &'a str) -> Option<i32> {
        self.list();
        match self.string_places.get(text) {
            Some(index) => Some(*index),
            None => self.add_string(text),
        }
    }

    /// The attribute at an index.
    pub fn attribute(&mut self, index: i32) -> Option<KeyValueAndUnitView<'a>> {
        self.list();
        let found = self.attributes.get(usize::try_from(index).ok()?);
        found.map(|encoded| KeyValueAndUnitView::new(encoded))
    }

    /// How many attributes there are.
    pub fn attribute_count(&mut self) -> usize {
        self.list();
        self.attributes.len()
    }

    /// The index of the first attribute with that key for which `is_it` holds.
    pub fn find_attribute(
        &mut self,
        key: i32,
        is_it: impl Fn(KeyValueAndUnitView<'a>) -> bool,
    ) -> Option<i32> {
        self.list();
        let mut candidates = self.by_key.get(&key)?.iter().copied();
        candidates.find(|index| {
            let found = usize::try_from(*index).ok().and_then(|at| self.attributes.get(at));
            found.is_some_and(|encoded| is_it(KeyValueAndUnitView::new(encoded)))
        })
    }

    /// Adds an encoded `KeyValueAndUnit` and answers its index. `None` when the table is full.
    pub fn push_attribute(&mut self, encoded: &'a [u8]) -> Option<i32> {
        self.list();
        self.add_attribute(encoded)
    }

    /// What was added, as patches on a request of that length, in order of place.
    pub(crate) fn patches(&self, request_end: usize, new: &mut Vec<u8>, out: &mut Vec<Patch>) {
        let strings = self.strings.get(self.original.0..).unwrap_or_default();
        let attributes = self.attributes.get(self.original.1..).unwrap_or_default();
        if strings.is_empty() && attributes.is_empty() {
            return;
        }
        let mut put = |number: u32, entries: &mut dyn Iterator<Item = &'a [u8]>| {
            let begin = new.len();
            entries.for_each(|entry| put_len(new, number, entry));
            begin..new.len()
        };
        let strings = put(FIELDS::string_table, &mut strings.iter().map(|text| text.as_bytes()));
        let attributes = put(FIELDS::attribute_table, &mut attributes.iter().copied());
        let Some(field) = &self.field else {
            let message: Vec<u8> = new.get(strings.start..attributes.end).unwrap_or(&[]).to_vec();
            let begin = new.len();
            put_len(new, PROFILES::dictionary, &message);
            let (place, bytes) = (request_end, begin..new.len());
            out.push(Patch { start: place, end: place, number: PROFILES::dictionary, bytes });
            return;
        };
        let payload = field.end - self.raw.len();
        let begin = new.len();
        let length = self.raw.len() + strings.len() + attributes.len();
        crate::wire::put_tag(new, PROFILES::dictionary, crate::wire::WireType::Len);
        crate::wire::put_varint(new, length as u64);
        let header = begin..new.len();
        out.push(Patch {
            start: field.start,
            end: payload,
            number: PROFILES::dictionary,
            bytes: header,
        });
        for (number, bytes) in
            [(FIELDS::string_table, strings), (FIELDS::attribute_table, attributes)]
        {
            if !bytes.is_empty() {
                let place = payload + self.end_of(number);
                out.push(Patch { start: place, end: place, number, bytes });
            }
        }
    }

    /// Where entries of that number end, or belong.
    fn end_of(&self, number: u32) -> usize {
        let mut fields = Fields::new(self.raw);
        let mut end = 0;
        while let Some(field) = fields.next() {
            if field.number <= number {
                end = fields.offset();
            }
        }
        end
    }
}
