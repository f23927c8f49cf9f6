//! Which characters XML allows, and names.

/// Whether a character may stand in a document.
pub(super) const fn is_allowed(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Whether a name may begin with the character.
fn begins_name(char: char) -> bool {
    matches!(char, ':' | '_') || (char.is_alphabetic() && char <= '\u{ffff}')
}

/// Whether the character may stand in a name.
pub(super) fn continues_name(char: char) -> bool {
    let is_mark = matches!(char, '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}');
    begins_name(char) || is_mark || (char.is_alphanumeric() && char <= '\u{ffff}')
}

/// The length of the name that a text begins with, in bytes. Characters beyond ASCII delimit no
/// name, so that one that does not belong in a name makes it invalid.
pub(super) fn scan(text: &str) -> Option<&str> {
    let end = text.find(|char: char| char.is_ascii() && !continues_name(char));
    let name = text.get(..end.unwrap_or(text.len()))?;
    let mut chars = name.chars();
    let is_name = chars.next().is_some_and(begins_name) && chars.all(continues_name);
    is_name.then_some(name)
}

/// A name and its prefix, which may be empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Name<'t> {
    /// What stands before the colon.
    pub prefix: &'t str,
    /// What stands behind it.
    pub local: &'t str,
}

impl<'t> Name<'t> {
    /// Splits a name; `None` when it has several colons. A colon at either end belongs to the name.
    pub(super) fn split(text: &'t str) -> Option<Self> {
        match text.split_once(':') {
            Some((_, local)) if local.contains(':') => None,
            Some((prefix, local)) if !prefix.is_empty() && !local.is_empty() => {
                Some(Self { prefix, local })
            }
            _ => Some(Self { prefix: "", local: text }),
        }
    }
}
