//! Repeated numbers of a record as lists of one type.

use holt_pdata::Record;
use holt_pdata::wire::{self, RawField, WireType, put_varint};

use super::Slot;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::types::Type;
use crate::value::{Elements, Value};
use crate::whole::ElementType;

/// The numbers of a repeated field whose single values have that wire type, with pending edits.
pub(super) fn numbers(record: &Record<'_>, number: u32, wire: WireType) -> Vec<u64> {
    let mut all = Vec::new();
    let mut each = |field: RawField<'_>| {
        if field.wire != WireType::Len {
            all.push(field.scalar);
            return;
        }
        let mut rest = field.bytes;
        let mut next = || match wire {
            WireType::Fixed64 => wire::take_fixed64(&mut rest),
            _ => wire::read_varint(&mut rest),
        };
        while let Some(scalar) = next() {
            all.push(scalar);
        }
    };
    if record.is_written(number) {
        // An edit replaces all entries by one packed one.
        record.field(number).into_iter().for_each(&mut each);
    } else {
        record.repeated(number).for_each(&mut each);
    }
    all
}

impl Frame<'_, '_> {
    /// Replaces the numbers of a repeated field.
    pub(super) fn set_numbers(
        &mut self,
        slot: Slot,
        number: u32,
        wire: WireType,
        scalars: impl IntoIterator<Item = u64>,
    ) {
        let mut packed = Vec::new();
        for scalar in scalars {
            match wire {
                WireType::Fixed64 => packed.extend_from_slice(&scalar.to_le_bytes()),
                _ => put_varint(&mut packed, scalar),
            }
        }
        let packed = self.state.work.arena.alloc_slice_copy(&packed);
        let record = self.record(slot);
        if packed.is_empty() {
            record.clear(number);
        } else {
            record.set_bytes(number, packed);
        }
    }
}

/// The elements of a list; none of nil.
///
/// # Errors
/// For a list of another type, even one without elements.
pub(super) fn elements(value: Value<'_>, of: ElementType) -> Result<Elements<'_>, EvalError> {
    if let Value::Typed(list) = value
        && list.of != of
        && (list.of, of) != (ElementType::Int, ElementType::Unsigned)
    {
        return Err(EvalError::OtherField { expected: of.name(), got: list.of.name() });
    }
    Ok(value.elements().unwrap_or(Elements::Items(&[])))
}

/// The integers of a list; none of nil.
///
/// # Errors
/// For a list of another type, and for an element that is no integer.
pub(super) fn ints(value: Value<'_>, of: ElementType) -> Result<Vec<i64>, EvalError> {
    let int = |element| match element {
        Value::Int(value) => Ok(value),
        other => Err(EvalError::Expected { expected: Type::INT, got: other.kind() }),
    };
    elements(value, of)?.iter().map(int).collect()
}
