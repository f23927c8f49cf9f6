//! `Source`: choices read from bytes.
//!
//! The bytes come from proptest or a fuzzer, which shrink or mutate them; whoever builds a request
//! asks for numbers and text. When the bytes run out every choice is the smallest one, so building
//! ends.

/// A cursor over the bytes that choices are made of.
pub(crate) struct Source<'a> {
    rest: &'a [u8],
    /// How deep the value that is being built nests.
    pub(crate) depth: u32,
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, depth: 0 }
    }

    pub(crate) fn byte(&mut self) -> u8 {
        match self.rest.split_first() {
            Some((first, rest)) => {
                self.rest = rest;
                *first
            }
            None => 0,
        }
    }

    /// A number below `bound`, which is at most 256.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::from(self.byte()) % bound
    }

    /// True once in `bound` times, and never when the bytes have run out.
    pub(crate) fn once_in(&mut self, bound: usize) -> bool {
        self.below(bound) == bound - 1
    }

    pub(crate) fn bits(&mut self) -> u64 {
        (0..8).fold(0, |bits, _| bits << 8 | u64::from(self.byte()))
    }

    pub(crate) fn bytes(&mut self) -> Vec<u8> {
        let length = match self.below(8) {
            0 => 0,
            7 => 100 + self.below(256),
            _ => self.below(12),
        };
        (0..length).map(|_| self.byte()).collect()
    }

    /// Zeros never make an id: they mean that there is none.
    pub(crate) fn id(&mut self, length: usize) -> Vec<u8> {
        match self.below(3) {
            0 => Vec::new(),
            _ => (0..length).map(|_| self.byte() | 1).collect(),
        }
    }

    pub(crate) fn text(&mut self) -> String {
        match self.below(10) {
            0 => String::new(),
            // Few keys, so that some stand twice.
            1..=4 => ["a", "b", "http.method", "서비스", "k8s.pod.name"][self.below(5)].to_owned(),
            5 => "\"quoted\" \\ back/slash \n\r\t\u{8}\u{c}\u{0}\u{1f}\u{7f}".to_owned(),
            6 => "<&>\u{2028}\u{2029}\u{fffd}😀é".to_owned(),
            7 => "한".repeat(self.below(90)),
            8 => "x".repeat(120 + self.below(20)),
            _ => String::from_utf8_lossy(&self.bytes()).into_owned(),
        }
    }
}

/// Numbers of any size, often at an edge.
pub(crate) trait Number: Sized {
    fn number(source: &mut Source<'_>) -> Self;
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Number for $type {
            fn number(source: &mut Source<'_>) -> Self {
                match source.below(8) {
                    0 | 1 => 0,
                    2 => 1,
                    3 => <$type>::MAX,
                    4 => <$type>::MIN,
                    5 => source.byte() as $type,
                    _ => source.bits() as $type,
                }
            }
        }
    )* };
}

integers!(i32, i64, u32, u64);

impl Number for bool {
    fn number(source: &mut Source<'_>) -> Self {
        source.below(2) == 1
    }
}

impl Number for f64 {
    fn number(source: &mut Source<'_>) -> Self {
        let edges = [
            0.0,
            -0.0,
            1.0,
            -1.5,
            0.1,
            1e21,
            1e20,
            1e-6,
            9e-7,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::NAN,
            1e15,
        ];
        match source.below(edges.len() + 8) {
            edge if edge < edges.len() => edges[edge],
            _ => match f64::from_bits(source.bits()) {
                // One pattern of bits for what is no number: JSON has only one.
                value if value.is_nan() => f64::NAN,
                value => value,
            },
        }
    }
}
