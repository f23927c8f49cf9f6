//! A small deterministic random source (SplitMix64) for payloads.
//!
//! The same seed gives the same bytes on every machine and in every release, which no general
//! random crate promises; quality beyond "looks like real ids" is not needed.

/// A deterministic random source; cheap to copy, never to be used for anything secret.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A source that is fully determined by `seed`.
    pub fn new(seed: u64) -> Self {
        Random { state: seed }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `0..bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.bits().checked_rem(bound).unwrap_or(0)
    }

    /// A number in `low..high` as a double.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        // 53 bits are what a double's fraction holds.
        let unit = (self.bits() >> 11) as f64 / (1_u64 << 53) as f64;
        low + unit * (high - low)
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.between(0.0, 1.0) < probability
    }

    /// One of the given strings; the empty string when there are none.
    pub fn pick(&mut self, choices: &[&'static str]) -> &'static str {
        let index = self.below(choices.len() as u64) as usize;
        choices.get(index).copied().unwrap_or_default()
    }

    /// `length` random bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 7);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.bits().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    /// `digits` lower-case hexadecimal digits (at most 16).
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = format!("{:016x}", self.bits());
        text.truncate(digits);
        text
    }

    /// A text in the shape of a UUID.
    pub fn uuid(&mut self) -> String {
        let (high, low) = (self.bits(), self.bits());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_fixes_the_sequence() {
        let first: Vec<u64> = (0..4).scan(Random::new(7), |r, _| Some(r.bits())).collect();
        let again: Vec<u64> = (0..4).scan(Random::new(7), |r, _| Some(r.bits())).collect();
        let other: Vec<u64> = (0..4).scan(Random::new(8), |r, _| Some(r.bits())).collect();
        assert_eq!(first, again);
        assert_ne!(first, other);
    }

    #[test]
    fn shapes_are_as_promised() {
        let mut random = Random::new(1);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick(&[]), "");
        for _ in 0..1000 {
            assert!(random.below(10) < 10);
            assert!((2.0..3.0).contains(&random.between(2.0, 3.0)));
            assert_eq!(random.bytes(13).len(), 13);
            assert_eq!(random.hex(10).len(), 10);
            let uuid = random.uuid();
            assert_eq!(uuid.len(), 36, "{uuid}");
            assert_eq!(uuid.matches('-').count(), 4, "{uuid}");
        }
    }
}
