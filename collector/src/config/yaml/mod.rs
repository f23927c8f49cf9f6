//! YAML with places: text to [`Node`]s.

mod parse;
mod resolve;
mod scalar_map;
mod tree;

pub use parse::parse;
pub use scalar_map::{Decoded, Segment, SegmentMap};
pub use tree::{Entry, Kind, Mapping, Node, Origin, Place, Scalar, ScalarValue, Style, YamlText};

#[cfg(test)]
mod tests;
