//! Integers by verb.

use super::directive::Flags;

/// An integer as Go holds it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integer {
    /// Its distance from zero.
    pub(super) size: u64,
    /// Whether it is below zero.
    pub(super) negative: bool,
}

/// How an integer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    base: u64,
    upper: bool,
    /// A prefix besides that of the flag `#`.
    prefix: &'static str,
}

impl Form {
    pub(super) const DECIMAL: Self = Self { base: 10, upper: false, prefix: "" };
    /// With the prefix `0x` whatever the flags say.
    pub(super) const PREFIXED: Self = Self { base: 16, upper: false, prefix: "0x" };

    /// That of a verb.
    pub(super) const fn of(verb: char) -> Option<Self> {
        let (base, upper, prefix) = match verb {
            'd' | 'v' => (10, false, ""),
            'b' => (2, false, ""),
            'o' => (8, false, ""),
            'O' => (8, false, "0o"),
            'x' => (16, false, ""),
            'X' => (16, true, ""),
            _ => return None,
        };
        Some(Self { base, upper, prefix })
    }
}

impl Integer {
    /// With a sign, as 64 bits.
    pub(super) const fn signed(value: i64) -> Self {
        Self { size: value.unsigned_abs(), negative: value < 0 }
    }

    /// Without a sign.
    pub(super) const fn unsigned(size: u64) -> Self {
        Self { size, negative: false }
    }

    /// The bits as a number without a sign.
    pub(super) const fn bits(self) -> u64 {
        if self.negative { self.size.wrapping_neg() } else { self.size }
    }

    /// The character of that number, U+FFFD if there is none.
    pub(super) fn character(self) -> char {
        let number = u32::try_from(self.bits()).ok();
        number.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    /// The number without padding by blanks; nothing for zero with no digits.
    pub(super) fn text(self, form: Form, flags: Flags) -> String {
        let sign = match flags {
            _ if self.negative => "-",
            Flags { plus: true, .. } => "+",
            Flags { space: true, .. } => " ",
            _ => "",
        };
        let least = match flags {
            Flags { precision: Some(0), .. } if self.size == 0 => return String::new(),
            Flags { precision: Some(precision), .. } => precision,
            Flags { zero: true, minus: false, width: Some(width), .. } => {
                width.saturating_sub(sign.len())
            }
            _ => 0,
        };
        let digits = self.digits(form);
        let zeros = least.saturating_sub(digits.len());
        let sharp = match (form.base, form.upper) {
            _ if !flags.sharp || !form.prefix.is_empty() && form.base == 16 => "",
            (2, _) => "0b",
            (8, _) if zeros == 0 && !digits.starts_with('0') => "0",
            (16, false) => "0x",
            (16, true) => "0X",
            _ => "",
        };
        let mut text = String::with_capacity(sign.len() + 4 + zeros + digits.len());
        text.push_str(sign);
        text.push_str(form.prefix);
        text.push_str(sharp);
        text.extend(std::iter::repeat_n('0', zeros));
        text.push_str(&digits);
        text
    }

    fn digits(self, form: Form) -> String {
        match form.base {
            2 => format!("{:b}", self.size),
            8 => format!("{:o}", self.size),
            16 if form.upper => format!("{:X}", self.size),
            16 => format!("{:x}", self.size),
            _ => self.size.to_string(),
        }
    }

    /// `U+0041`, with the character itself if `#` asks for it.
    pub(super) fn code_point(self, flags: Flags) -> String {
        let least = flags.precision.unwrap_or(0).max(4);
        let digits = format!("{:X}", self.bits());
        let mut text = String::from("U+");
        text.extend(std::iter::repeat_n('0', least.saturating_sub(digits.len())));
        text.push_str(&digits);
        let number = u32::try_from(self.bits()).ok().and_then(char::from_u32);
        if let Some(character) = number
            && flags.sharp
            && crate::text::unicode::is_printable(character)
        {
            text.extend([' ', '\'', character, '\'']);
        }
        text
    }
}
