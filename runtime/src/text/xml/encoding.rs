//! Encoding declarations.
//!
//! Text of telemetry is UTF-8 whatever a document in it declares. Like the reference, a tree is made
//! from what the declared encoding makes of the bytes behind the declaration.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::Fault;
use super::token::pseudo_attribute;

/// The encoding that a declaration names, unless it is UTF-8.
fn declared(declaration: &str) -> Option<&str> {
    pseudo_attribute(declaration, "encoding")
        .filter(|label| !label.is_empty() && !label.eq_ignore_ascii_case("utf-8"))
}

/// Nothing, unless a declaration names another encoding than UTF-8.
///
/// # Errors
/// When it does.
pub fn encoding_fault(declaration: &str) -> Result<(), Fault> {
    match declared(declaration) {
        None => Ok(()),
        Some(label) => Err(Fault::new(0, format!("the encoding {label:?} cannot be read here"))),
    }
}

/// A document in the encoding that it declares.
///
/// # Errors
/// When the encoding is not known.
pub fn recoded(text: &str) -> Result<Cow<'_, str>, Fault> {
    let Some(end) = text.strip_prefix("<?xml").and_then(|rest| rest.find("?>")) else {
        return Ok(Cow::Borrowed(text));
    };
    let (declaration, rest) = text.split_at("<?xml".len() + end + "?>".len());
    let Some(label) = declared(declaration) else { return Ok(Cow::Borrowed(text)) };
    let encoding = Encoding::for_label(label.as_bytes())
        .ok_or_else(|| Fault::new(0, format!("the encoding {label:?} is not known")))?;
    if encoding == UTF_8 {
        return Ok(Cow::Borrowed(text));
    }
    let (rest, _) = encoding.decode_without_bom_handling(rest.as_bytes());
    Ok(Cow::Owned(format!("{declaration}{rest}")))
}
