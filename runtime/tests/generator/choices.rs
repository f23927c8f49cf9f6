//! Where decisions come from: bytes while there are any, then a number stream that they determine.

#![allow(dead_code)] // Each user takes what it needs.

/// A stream of decisions.
#[derive(Clone, Debug)]
pub(crate) struct Choices {
    /// Decide first, two bytes a decision; in reverse order.
    bytes: Vec<u8>,
    state: u64,
}

impl Choices {
    /// The stream of a seed; neighbouring seeds have nothing in common.
    pub(crate) fn new(seed: u64) -> Self {
        let state = seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        Self { bytes: Vec::new(), state }
    }

    /// The stream of some bytes: whoever changes one of them changes one decision, and all those
    /// behind the last of them.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        // FNV-1a.
        let hash = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let seed = bytes.iter().fold(0xcbf2_9ce4_8422_2325, hash);
        Self { bytes: bytes.iter().rev().copied().collect(), ..Self::new(seed) }
    }

    fn next(&mut self) -> u64 {
        // Xorshift with a multiplied output.
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`; 0 if there is none.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        if let (Some(low), Some(high)) = (self.bytes.pop(), self.bytes.pop()) {
            return usize::from(u16::from_le_bytes([low, high])) % end;
        }
        (self.next() >> 11) as usize % end
    }

    /// Yes in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of several.
    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}
