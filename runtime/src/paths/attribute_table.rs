//! Attributes of profiles and samples: indices into a table of the request's dictionary.
//!
//! Reading makes a map of them; writing adds what is new to the dictionary and points to it.

use holt_pdata::ValueView;
use holt_pdata::messages::numbers::KEY_VALUE_AND_UNIT as FIELDS;
use holt_pdata::wire::{WireType, put_len, put_tag, put_varint};

use super::Slot;
use super::access::{map_key, whole_map};
use super::nested::{element, with_written};
use super::numbers::numbers;
use crate::encode;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::value::{Value, is_same};

const FULL: EvalError = EvalError::Internal("the dictionary is full");

impl<'a> Frame<'_, 'a> {
    /// Reads the attributes whose indices stand in field `number`.
    pub(super) fn table_attributes(
        &mut self,
        slot: Slot,
        number: u32,
        keys: &[Value<'a>],
    ) -> Result<Value<'a>, EvalError> {
        let mut entries: Vec<(&'a str, ValueView<'a>)> = Vec::new();
        for index in self.indices(slot, number) {
            let (key, value) = self.entry(index)?;
            match entries.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => *known = value,
                None => entries.push((key, value)),
            }
        }
        let Some((key, rest)) = keys.split_first() else {
            let map = encode::map(self.state.work.arena, entries.into_iter());
            return Ok(Value::Map(map));
        };
        let key = map_key(*key)?;
        match entries.into_iter().find(|(known, _)| *known == key) {
            Some((_, value)) => element(value.into(), rest),
            None => Ok(Value::Nil),
        }
    }

    /// Writes the attributes whose indices stand in field `number`.
    pub(super) fn set_table_attributes(
        &mut self,
        slot: Slot,
        number: u32,
        keys: &[Value<'a>],
        value: Value<'a>,
    ) -> Result<(), EvalError> {
        let Some((key, rest)) = keys.split_first() else {
            let mut indices = Vec::new();
            for (key, value) in whole_map(value)?.iter() {
                indices.push(self.intern(key, value)?);
            }
            self.set_indices(slot, number, &indices);
            return Ok(());
        };
        let key = map_key(*key)?;
        let mut indices = self.indices(slot, number);
        let current = indices.iter().find_map(|index| {
            let (known, value) = self.entry(*index).ok()?;
            (known == key).then_some(value)
        });
        let current = Some(current.unwrap_or(ValueView::Empty));
        let (new, outcome) = with_written(&self.state.work, current, rest, value);
        outcome?;
        let new = new.or(current).unwrap_or(ValueView::Empty);
        let index = self.intern(key, new)?;
        if indices.contains(&index) {
            return Ok(());
        }
        let dictionary = &mut self.open.dictionary;
        let key = dictionary.attribute(index).map(|entry| entry.key_strindex());
        let same_key = indices
            .iter_mut()
            .find(|known| dictionary.attribute(**known).map(|entry| entry.key_strindex()) == key);
        match same_key {
            Some(known) => *known = index,
            None => indices.push(index),
        }
        self.set_indices(slot, number, &indices);
        Ok(())
    }

    fn indices(&mut self, slot: Slot, number: u32) -> Vec<i32> {
        let scalars = numbers(self.record(slot), number, WireType::Varint);
        scalars.into_iter().map(|scalar| scalar as i32).collect()
    }

    fn set_indices(&mut self, slot: Slot, number: u32, indices: &[i32]) {
        let scalars = indices.iter().map(|index| i64::from(*index).cast_unsigned());
        self.set_numbers(slot, number, WireType::Varint, scalars);
    }

    /// Key and value of an attribute of the table.
    fn entry(&mut self, index: i32) -> Result<(&'a str, ValueView<'a>), EvalError> {
        let dictionary = &mut self.open.dictionary;
        let found = dictionary.attribute(index).ok_or(EvalError::OutOfBounds(index.into()))?;
        let key = found.key_strindex();
        let name = dictionary.string(key).ok_or(EvalError::OutOfBounds(key.into()))?;
        Ok((name, found.value().get()))
    }

    /// The index of an attribute without a unit.
    fn intern(&mut self, key: &'a str, value: ValueView<'a>) -> Result<i32, EvalError> {
        let dictionary = &mut self.open.dictionary;
        let key = dictionary.intern(key).ok_or(FULL)?;
        let known = dictionary.find_attribute(key, |entry| {
            entry.unit_strindex() == 0 && is_same(entry.value().get().into(), value.into())
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let mut encoded = Vec::new();
        if key != 0 {
            put_tag(&mut encoded, FIELDS::key_strindex, WireType::Varint);
            put_varint(&mut encoded, i64::from(key).cast_unsigned());
        }
        let mut inner = Vec::new();
        value.encode(&mut inner);
        put_len(&mut encoded, FIELDS::value, &inner);
        let encoded = self.state.work.arena.alloc_slice_copy(&encoded);
        self.open.dictionary.push_attribute(encoded).ok_or(FULL)
    }
}
