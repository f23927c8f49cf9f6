//! How values lie in memory, as compiled code reads and writes them.
//!
//! [`Value`] has a fixed representation: the tag in the first byte, the payload from the eighth on.
//! Compiled code looks into truth values, integers and doubles only and copies all others whole.

use crate::ir::Reg;
use crate::types::Kind;
use crate::value::Value;

/// Bytes of a register.
pub(super) const SIZE: i32 = 24;

/// Offset of the payload in a register. The tag is at offset 0.
pub(super) const PAYLOAD: i32 = 8;

/// More registers than any program has; their offsets fit an immediate operand.
pub(super) const MAX_REGISTERS: usize = 1 << 24;

const _: () = assert!(size_of::<Value<'_>>() == SIZE as usize);
const _: () = assert!(align_of::<Value<'_>>() == 8);
const _: () = assert!(MAX_REGISTERS * (SIZE as usize) < i32::MAX as usize);

/// The tag of values of a kind. Lists that a statement spells out and failures have tags of their
/// own, behind all of these.
pub(super) const fn tag(kind: Kind) -> i64 {
    kind as i64
}

/// The offset of a register in the register file.
pub(super) const fn offset(reg: Reg) -> i32 {
    // In range, since code with more registers is not compiled.
    (reg.0 as i32).wrapping_mul(SIZE)
}

#[cfg(test)]
mod tests {
    use holt_pdata::{ArrayView, MapView};

    use super::*;
    use crate::functions::FUNCTIONS;
    use crate::value::{FIRST_WITHOUT_KIND, PatternId, Time};
    use crate::whole::{Shape, Whole};

    fn tag_of(value: &Value<'_>) -> u8 {
        // SAFETY: `Value` is `repr(C, u8)`, so its first byte is the tag and initialised.
        unsafe { std::ptr::from_ref(value).cast::<u8>().read() }
    }

    fn payload_of<T: Copy>(value: &Value<'_>) -> T {
        // SAFETY: callers ask for the type of the payload that the value has, which begins at
        // `PAYLOAD` and is aligned to eight bytes at most.
        unsafe { std::ptr::from_ref(value).byte_add(PAYLOAD as usize).cast::<T>().read() }
    }

    static SHAPE: Shape = Shape::one("a message", "ptrace.Status");
    static WHOLE: Whole<'static> = Whole { shape: &SHAPE, field: 1, raw: b"x" };

    #[test]
    fn tags_are_kinds() {
        let values = [
            Value::Nil,
            Value::Bool(true),
            Value::Int(1),
            Value::Float(1.0),
            Value::Str("x"),
            Value::Bytes(b"x"),
            Value::Time(Time::from_unix_nanos(1)),
            Value::Duration(1),
            Value::Map(MapView::default()),
            Value::List(ArrayView::default()),
            Value::TraceId([1; 16]),
            Value::SpanId([1; 8]),
            Value::ProfileId([1; 16]),
            Value::Message(&WHOLE),
            Value::Pattern(PatternId(1)),
            Value::Function(&FUNCTIONS[0]),
        ];
        assert_eq!(values.len(), Kind::ALL.len());
        for value in values {
            assert_eq!(tag_of(&value), value.kind() as u8, "{value:?}");
        }
        assert_eq!(tag_of(&Value::Items(&[])), FIRST_WITHOUT_KIND);
        assert_eq!(tag_of(&Value::Failed(0)), FIRST_WITHOUT_KIND + 1);
    }

    #[test]
    fn payloads_begin_at_the_eighth_byte() {
        assert_eq!(payload_of::<u8>(&Value::Bool(true)), 1);
        assert_eq!(payload_of::<u8>(&Value::Bool(false)), 0);
        assert_eq!(payload_of::<i64>(&Value::Int(-7)), -7);
        assert_eq!(payload_of::<f64>(&Value::Float(1.5)), 1.5);
        assert_eq!(payload_of::<&str>(&Value::Str("text")), "text");
        assert_eq!(payload_of::<[u8; 16]>(&Value::TraceId([3; 16])), [3; 16]);
    }

    #[test]
    fn registers_lie_side_by_side() {
        let file = [Value::Int(1), Value::Int(2), Value::Int(3)];
        let first = std::ptr::from_ref(&file).cast::<u8>();
        for (index, register) in file.iter().enumerate() {
            let distance = std::ptr::from_ref(register).addr() - first.addr();
            assert_eq!(i32::try_from(distance).unwrap(), offset(Reg(index as u32)));
        }
    }
}
