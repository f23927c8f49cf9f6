//! The names of days, months and halves of the day in other languages: a localised text goes in, the
//! same text with English names comes out, for [`super::parse`] to read.
//!
//! The names are those of CLDR 48 in `locales.tsv`, one line for each set of names: the tags that
//! have it, then short days, long days, short months, long months and the halves of the day. What is
//! replaced and what is copied follows the reference to the byte, oddities included: the layout and
//! the text are walked side by side, byte by byte, so a number that is shorter or longer than its
//! part of the layout shifts what follows.

use std::sync::LazyLock;

use super::layout::{DAYS, MONTHS, short};
use super::parse::Mismatch;

/// The names of one locale. A list is empty where the locale has no such names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    short_days: Vec<&'static str>,
    long_days: Vec<&'static str>,
    short_months: Vec<&'static str>,
    long_months: Vec<&'static str>,
    day_halves: Vec<&'static str>,
}

/// The lines of the table by tag, in order of tags.
static LINES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("locales.tsv").lines().filter_map(|line| line.split_once('\t'));
    let mut lines: Vec<_> =
        lines.flat_map(|(tags, names)| tags.split(',').map(move |tag| (tag, names))).collect();
    lines.sort_unstable();
    lines
});

impl Locale {
    /// The locale of a tag such as `de` or `pt-BR`; tags are compared as they stand.
    pub fn find(tag: &str) -> Option<Self> {
        let at = LINES.binary_search_by_key(&tag, |(tag, _)| tag).ok()?;
        let (_, names) = LINES.get(at)?;
        let mut lists = names.split('\t').map(|list| match list {
            "" => Vec::new(),
            list => list.split('|').collect(),
        });
        Some(Self {
            short_days: lists.next()?,
            long_days: lists.next()?,
            short_months: lists.next()?,
            long_months: lists.next()?,
            day_halves: lists.next()?,
        })
    }

    /// All tags, in order.
    pub fn tags() -> impl Iterator<Item = &'static str> {
        LINES.iter().map(|(tag, _)| *tag)
    }

    /// The text with English names in place of those of this locale, by a Go layout.
    ///
    /// # Errors
    /// Where the text has no name for a part of the layout, or the locale has none.
    pub fn translate(&self, layout: &str, text: &str) -> Result<String, Mismatch> {
        let mut walk = Walk { text, at: 0, out: String::with_capacity(text.len() + 16) };
        let mut rest = layout;
        let mut before = None;
        while let Some(first) = rest.bytes().next() {
            let length = self.part(&mut walk, rest, before)?.unwrap_or_else(|| {
                walk.copy_byte();
                1
            });
            before = rest.as_bytes().get(length - 1).copied();
            // Inside of a letter of several bytes the walk goes on byte by byte.
            rest = match rest.get(length..) {
                Some(next) => next,
                None => {
                    let letter = rest.chars().next().map_or(1, char::len_utf8);
                    (1..letter).for_each(|_| walk.copy_byte());
                    before = Some(first);
                    rest.get(letter..).unwrap_or_default()
                }
            };
        }
        let rest = String::from_utf8_lossy(walk.rest()).into_owned();
        walk.out.push_str(&rest);
        Ok(walk.out)
    }

    /// Takes the part that the layout begins with, if it is one that needs more than a copy; answers
    /// with its length.
    fn part(
        &self,
        walk: &mut Walk<'_>,
        layout: &str,
        before: Option<u8>,
    ) -> Result<Option<usize>, Mismatch> {
        let is_short =
            |length: usize| !layout.as_bytes().get(length).is_some_and(u8::is_ascii_lowercase);
        let bytes = layout.as_bytes();
        match bytes {
            _ if layout.starts_with("January") => {
                walk.name("January", &self.long_months, |month| MONTHS.get(month).copied())
            }
            _ if layout.starts_with("Jan") && is_short(3) => {
                walk.name("Jan", &self.short_months, |month| {
                    MONTHS.get(month).map(|name| short(name))
                })
            }
            _ if layout.starts_with("Monday") => {
                walk.name("Monday", &self.long_days, |day| DAYS.get(day).copied())
            }
            _ if layout.starts_with("Mon") && is_short(3) => {
                walk.name("Mon", &self.short_days, |day| DAYS.get(day).map(|name| short(name)))
            }
            [b'P', b'M' | b'm', ..] => {
                walk.name("PM", &self.day_halves, |half| ["AM", "PM"].get(half).copied())
            }
            [b'p', b'M' | b'm', ..] => {
                walk.name("pm", &self.day_halves, |half| ["am", "pm"].get(half).copied())
            }
            [b'_', b'2', b'0', b'0', b'6', ..] => walk.padded("_2006"),
            [b'_', b'2', ..] => walk.padded("_2"),
            [b'_', b'_', b'2', ..] => walk.padded("__2"),
            [b'3', ..] if before != Some(b'0') => walk.clock("3"),
            [b'4', ..] if before != Some(b'0') => walk.clock("4"),
            [b'5', ..] if before != Some(b'0') => walk.clock("5"),
            _ => Ok(None),
        }
    }
}

/// The text on its way to English. The place in it is one between bytes.
struct Walk<'t> {
    text: &'t str,
    at: usize,
    out: String,
}

impl Walk<'_> {
    fn rest(&self) -> &[u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Copies a byte as if it were a letter: beyond ASCII that makes two bytes, and as many of the
    /// text count as read.
    fn copy_byte(&mut self) {
        if let Some(byte) = self.rest().first() {
            let letter = char::from(*byte);
            self.out.push(letter);
            self.at += letter.len_utf8();
        }
    }

    /// Copies blanks.
    fn blanks(&mut self) {
        while self.rest().first().is_some_and(|byte| is_blank(*byte)) {
            self.out.push(' ');
            self.at += 1;
        }
    }

    /// Replaces the longest name that the text goes on with.
    fn name(
        &mut self,
        part: &'static str,
        names: &[&'static str],
        english: impl Fn(usize) -> Option<&'static str>,
    ) -> Result<Option<usize>, Mismatch> {
        if names.is_empty() {
            let why = "the locale has no names for this part of the format";
            return Err(Mismatch { part: String::new(), text: part.to_owned(), why });
        }
        self.blanks();
        let mut found: Option<(usize, usize)> = None;
        for (index, name) in names.iter().enumerate() {
            let is_longer = found.is_none_or(|(_, length)| name.len() > length);
            let candidate = self.rest().get(..name.len()).and_then(|raw| str::from_utf8(raw).ok());
            if is_longer && candidate.is_some_and(|candidate| equal_in_any_case(candidate, name)) {
                found = Some((index, name.len()));
            }
        }
        // At the end of the text not even an empty name is found.
        let found = found.filter(|_| !self.rest().is_empty());
        let Some((name, length)) =
            found.and_then(|(index, length)| Some((english(index)?, length)))
        else {
            return Err(mismatch(part));
        };
        self.out.push_str(name);
        self.at += length;
        Ok(Some(part.len()))
    }

    /// Copies blanks and what follows them, at most as many bytes as the part has. A part that is
    /// longer than what is left of the text is copied byte by byte instead.
    fn padded(&mut self, part: &'static str) -> Result<Option<usize>, Mismatch> {
        if self.rest().len() < part.len() {
            return Ok(None);
        }
        self.blanks();
        let rest = self.rest().iter().take(part.len());
        let length = rest.take_while(|byte| !is_blank(**byte)).count();
        if length == 0 {
            return Err(mismatch(part));
        }
        let copied = self.rest().get(..length).unwrap_or_default();
        let copied = String::from_utf8_lossy(copied).into_owned();
        self.out.push_str(&copied);
        self.at += length;
        Ok(Some(part.len()))
    }

    /// Copies blanks and a number of one or two digits.
    fn clock(&mut self, part: &'static str) -> Result<Option<usize>, Mismatch> {
        self.blanks();
        let digits = self.rest().iter().take(2).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return Err(mismatch(part));
        }
        (0..digits).for_each(|_| self.copy_byte());
        Ok(Some(part.len()))
    }
}

fn mismatch(part: &str) -> Mismatch {
    Mismatch { part: part.to_owned(), text: String::new(), why: "" }
}

/// Blanks, of Latin-1, since bytes are taken for letters.
const fn is_blank(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | 0x0b | 0x0c | b'\r' | b' ' | 0x85 | 0xa0)
}

fn equal_in_any_case(left: &str, right: &str) -> bool {
    let fold = |letter: char| letter.to_uppercase().flat_map(char::to_lowercase);
    left == right || left.chars().flat_map(fold).eq(right.chars().flat_map(fold))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_english() {
        let translate = |tag: &str, layout: &str, text: &str| {
            Locale::find(tag).unwrap().translate(layout, text).unwrap()
        };
        assert_eq!(translate("de", "02 January 2006", "03 März 2024"), "03 March 2024");
        assert_eq!(
            translate("fr", "Monday 02 Jan 2006", "MARDI 05 févr. 2024"),
            "Tuesday 05 Feb 2024"
        );
        assert_eq!(translate("ko", "2006 January 02", "2024 3월 02"), "2024 March 02");
    }

    #[test]
    fn every_locale_has_whole_lists() {
        for tag in Locale::tags() {
            let locale = Locale::find(tag).unwrap();
            let lists = [
                (&locale.short_days, 7),
                (&locale.long_days, 7),
                (&locale.short_months, 12),
                (&locale.long_months, 12),
                (&locale.day_halves, 2),
            ];
            for (list, length) in lists {
                assert!(list.is_empty() || list.len() == length, "{tag}: {list:?}");
            }
        }
        assert!(Locale::tags().count() > 700);
    }
}
