//! YAML with places: text to [`Node`]s.

mod scalar_map;
mod tree;

pub use scalar_map::{Decoded, Segment, SegmentMap};
pub use tree::{Entry, Kind, Mapping, Node, Origin, Place, Scalar, ScalarValue, Style, YamlText};
