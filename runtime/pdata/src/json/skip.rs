//! Skipping the values of unknown keys. They must be JSON all the same.

use super::error::{Fault, Result};
use super::read::Reader;
use crate::validate::MAX_DEPTH;

/// Skips the next value, `depth` levels below the request.
pub(super) fn skip_value(reader: &mut Reader<'_>, scratch: &mut Vec<u8>, depth: u32) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(Fault::new(reader.at, "values nest too deeply"));
    }
    match reader.peek() {
        Some(b'"') => reader.string(scratch).map(drop),
        Some(b'{') => {
            reader.at += 1;
            let mut first = true;
            while reader.more(b'}', first)? {
                first = false;
                reader.key(scratch)?;
                skip_value(reader, scratch, depth + 1)?;
            }
            Ok(())
        }
        Some(b'[') => {
            reader.at += 1;
            let mut first = true;
            while reader.more(b']', first)? {
                first = false;
                skip_value(reader, scratch, depth + 1)?;
            }
            Ok(())
        }
        Some(b'-' | b'0'..=b'9') => reader.number().map(drop),
        _ if reader.word(b"null") || reader.word(b"true") || reader.word(b"false") => Ok(()),
        _ => Err(reader.expected("a value")),
    }
}
