//! Writes protobuf forward: the content of a message is written before its length is known.
//!
//! Room for the length is left by a guess; a wrong guess moves the content. Lengths are never
//! padded.

use crate::wire::{WireType, put_tag, put_varint, varint_len};

/// A buffer that messages are written to.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) out: Vec<u8>,
    /// Holds a message while its fields are put in order.
    spare: Vec<u8>,
}

/// A message that was begun.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begun {
    /// Where the room for the length starts.
    length_at: usize,
    room: usize,
}

/// The bytes that one key of an object became.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Place of the field in its message.
    pub(super) index: usize,
}

impl Writer {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { out: Vec::with_capacity(capacity), spare: Vec::new() }
    }

    /// Begins a length-delimited field. `room` is the guess how many bytes its length takes, 1 to 4.
    #[inline]
    pub(super) fn begin(&mut self, number: u32, room: usize) -> Begun {
        put_tag(&mut self.out, number, WireType::Len);
        let length_at = self.out.len();
        for _ in 0..room {
            self.out.push(0);
        }
        Begun { length_at, room }
    }

    /// Ends the field that was begun last.
    #[inline]
    pub(super) fn end(&mut self, begun: Begun) {
        let content = begun.length_at + begun.room;
        let length = self.out.len().saturating_sub(content);
        let needed = varint_len(length as u64);
        if needed != begun.room {
            let moved = begun.length_at + needed;
            if needed > begun.room {
                self.out.resize(moved + length, 0);
            }
            self.out.copy_within(content..content + length, moved);
            self.out.truncate(moved + length);
        }
        self.put_length(begun.length_at, length as u64);
    }

    #[inline]
    fn put_length(&mut self, at: usize, mut value: u64) {
        for byte in self.out.iter_mut().skip(at) {
            if value < 0x80 {
                *byte = value as u8;
                return;
            }
            *byte = (value as u8) | 0x80;
            value >>= 7;
        }
    }

    /// Takes back everything from `start` on.
    pub(super) fn truncate(&mut self, start: usize) {
        self.out.truncate(start);
    }

    /// Writes the payload of a number: a varint, or the low bytes of `bits`.
    #[inline]
    pub(super) fn number(&mut self, wire: WireType, bits: u64) {
        match wire {
            WireType::Fixed64 => self.out.extend_from_slice(&bits.to_le_bytes()),
            WireType::Fixed32 => self.out.extend_from_slice(&(bits as u32).to_le_bytes()),
            _ => put_varint(&mut self.out, bits),
        }
    }

    /// Puts the pieces of the message that starts at `start` in the order of their fields.
    pub(super) fn sort(&mut self, start: usize, pieces: &mut [Piece]) {
        pieces.sort_unstable_by_key(|piece| (piece.index, piece.start));
        self.spare.clear();
        self.spare.extend_from_slice(self.out.get(start..).unwrap_or_default());
        self.out.truncate(start);
        for piece in pieces {
            let range = piece.start - start..piece.end - start;
            self.out.extend_from_slice(self.spare.get(range).unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_guesses_are_mended() {
        for room in 1..=4 {
            for length in [0usize, 1, 127, 128, 16_383, 16_384, 2_097_152] {
                let mut writer = Writer::default();
                writer.out.push(7);
                let begun = writer.begin(2, room);
                writer.out.extend((0..length).map(|index| index as u8));
                writer.end(begun);
                let mut expected = vec![7];
                let payload: Vec<u8> = (0..length).map(|index| index as u8).collect();
                crate::wire::put_len(&mut expected, 2, &payload);
                assert!(writer.out == expected, "room {room}, length {length}");
            }
        }
    }
}
