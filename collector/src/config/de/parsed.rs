//! Values that are written as text of a form of their own: ids, addresses, durations.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::Visitor;

use super::error::message_with_help;

/// Decodes a string and hands it to `parse`, whose error is a message and a sentence of help.
///
/// # Errors
/// The value is no string, or `parse` refuses it.
pub fn deserialize_parsed<'de, D, T, F>(deserializer: D, parse: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(&str) -> Result<T, (String, String)>,
{
    deserializer.deserialize_str(Parsed { parse, made: PhantomData })
}

struct Parsed<T, F> {
    parse: F,
    made: PhantomData<T>,
}

impl<T, F: FnOnce(&str) -> Result<T, (String, String)>> Visitor<'_> for Parsed<T, F> {
    type Value = T;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        (self.parse)(text).map_err(|(message, help)| E::custom(message_with_help(&message, &help)))
    }
}
