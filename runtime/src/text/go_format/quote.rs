//! Text in quotes, as Go source.

use crate::text::unicode::is_printable;

/// Bytes as a text in double quotes; what is not UTF-8 byte for byte as `\xff`.
pub(super) fn quoted(bytes: &[u8], ascii: bool) -> String {
    let mut out = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            push_escaped(&mut out, character, '"', ascii);
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

/// A character in single quotes.
pub(super) fn quoted_character(character: char, ascii: bool) -> String {
    let mut out = String::from("'");
    push_escaped(&mut out, character, '\'', ascii);
    out.push('\'');
    out
}

fn push_escaped(out: &mut String, character: char, quote: char, ascii: bool) {
    match character {
        '\\' => out.push_str("\\\\"),
        _ if character == quote => {
            out.push('\\');
            out.push(quote);
        }
        _ if is_printable(character) && (character.is_ascii() || !ascii) => out.push(character),
        '\u{7}' => out.push_str("\\a"),
        '\u{8}' => out.push_str("\\b"),
        '\u{b}' => out.push_str("\\v"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("\\x{:02x}", u32::from(character))),
        ..='\u{ffff}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
        _ => out.push_str(&format!("\\U{:08x}", u32::from(character))),
    }
}

/// Whether bytes can stand between backquotes.
pub(super) fn fits_backquotes(bytes: &[u8]) -> bool {
    let fits = |character| match character {
        '\t' => true,
        '`' | '\u{7f}' | '\u{feff}' | '\0'..='\u{1f}' => false,
        _ => true,
    };
    str::from_utf8(bytes).is_ok_and(|text| text.chars().all(fits))
}
