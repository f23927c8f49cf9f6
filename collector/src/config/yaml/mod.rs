//! YAML with places: text to [`Node`]s.

mod parse;
mod resolve;
mod scalar_map;
mod tree;

pub use parse::parse;
pub use scalar_map::{Decoded, Segment, SegmentMap};
pub use tree::{Entry, Kind, Mapping, Node, Origin, Place, Scalar, ScalarValue, Style, YamlText};

/// Whether an unquoted text would be something other than a string, to this YAML or to one of
/// version 1.1.
pub(super) fn means_other_than_text(text: &str) -> bool {
    const OLD_BOOLEANS: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "true", "false"];
    resolve::plain(text) != Some(ScalarValue::Text)
        || text == "<<"
        || OLD_BOOLEANS.contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests;
