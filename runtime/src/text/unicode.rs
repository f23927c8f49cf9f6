//! Characters as Go's Unicode tables know them: which can be shown, and their simple letter case.
//!
//! Go knows Unicode 15; what came later has neither a look nor a case there.

use std::cmp::Ordering;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, ClassUnicode, HirKind};

static PRINTABLE: LazyLock<Option<ClassUnicode>> = LazyLock::new(|| {
    let hir = regex_syntax::parse(r"[[\p{L}\p{M}\p{N}\p{P}\p{S}]&&\p{Age:15.0}]").ok()?;
    match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => Some(class),
        _ => None,
    }
});

/// Whether Go shows a character as it is in a quoted text: letters, marks, numbers, punctuation,
/// symbols and the plain blank.
pub fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    let Some(class) = &*PRINTABLE else { return false };
    let found = class.ranges().binary_search_by(|range| match range {
        range if range.end() < character => Ordering::Less,
        range if range.start() > character => Ordering::Greater,
        _ => Ordering::Equal,
    });
    found.is_ok()
}

/// The text in capital letters, a character for a character: `ß` stays.
pub fn uppercase(text: &str) -> String {
    text.chars().map(upper).collect()
}

/// The text in small letters, a character for a character.
pub fn lowercase(text: &str) -> String {
    text.chars().map(lower).collect()
}

fn upper(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_uppercase();
    }
    let mut mapped = letter.to_uppercase();
    let simple = match (mapped.next(), mapped.next()) {
        (Some(single), None) => single,
        // Letters whose full form is longer; a few have a form of one character as well.
        _ => {
            let distance = match letter {
                '\u{1f80}'..='\u{1faf}' if u32::from(letter) & 8 == 0 => 8,
                '\u{1fb3}' | '\u{1fc3}' | '\u{1ff3}' => 9,
                _ => 0,
            };
            char::from_u32(u32::from(letter) + distance).unwrap_or(letter)
        }
    };
    known_pair(letter, simple)
}

fn lower(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    known_pair(letter, letter.to_lowercase().next().unwrap_or(letter))
}

/// The mapped letter, if Go knows both.
fn known_pair(letter: char, mapped: char) -> char {
    if mapped != letter && is_printable(letter) && is_printable(mapped) { mapped } else { letter }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_map_to_characters() {
        assert_eq!(uppercase("aéßŉǆ"), "AÉßŉǄ");
        assert_eq!(
            uppercase("\u{1f80}\u{1f88}\u{1fb3}\u{1fb2}"),
            "\u{1f88}\u{1f88}\u{1fbc}\u{1fb2}"
        );
        assert_eq!(lowercase("AÉİΣẞ"), "aéiσß");
        // Pairs that are younger than Unicode 15.
        assert_eq!(uppercase("\u{264}\u{1c8a}"), "\u{264}\u{1c8a}");
        assert_eq!(lowercase("\u{a7dc}"), "\u{a7dc}");
    }

    #[test]
    fn what_can_be_shown() {
        for character in ['a', ' ', '~', 'é', '中', '\u{301}', '€', '😀'] {
            assert!(is_printable(character), "{character:?}");
        }
        for character in ['\n', '\u{7f}', '\u{a0}', '\u{ad}', '\u{200b}', '\u{e000}', '\u{1c89}'] {
            assert!(!is_printable(character), "{character:?}");
        }
    }
}
