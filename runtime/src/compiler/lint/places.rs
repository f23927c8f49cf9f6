//! Places: paths with their keys, as far as these are written out.

use crate::compiler::resolve::{Node, NodeKind, Path};
use crate::paths::PathRef;

/// A path with constant keys.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    pub path: PathRef,
    pub keys: Vec<Key>,
}

/// A constant key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Text(String),
    Index(i64),
}

impl Place {
    /// The place of a path; `None` when a key is computed.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let key = |node: &Node| match &node.kind {
            NodeKind::Str(text) => Some(Key::Text(text.clone())),
            NodeKind::Int(index) | NodeKind::Symbol(index) => Some(Key::Index(*index)),
            _ => None,
        };
        Some(Self { path: path.path, keys: path.keys.iter().map(key).collect::<Option<_>>()? })
    }

    /// The place of an argument.
    pub(super) fn of_node(node: &Node) -> Option<Self> {
        match &node.kind {
            NodeKind::Path(path) => Self::of(path),
            _ => None,
        }
    }

    /// Whether one of the two holds the other, or they are the same.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.path == other.path && self.keys.iter().zip(&other.keys).all(|(a, b)| a == b)
    }
}

/// Whether two paths may stand for the same record's field, whatever their keys.
pub(super) fn same_field(one: PathRef, other: PathRef) -> bool {
    one == other || (one.slot == other.slot && related(one.decl.name, other.decl.name))
}

/// Whether two paths of a record are forms of one field: `time` and `time_unix_nano`, `body` and
/// `body.string`.
fn related(one: &str, other: &str) -> bool {
    let stem = |name: &str| {
        let name = name.strip_suffix("_unix_nano").unwrap_or(name);
        name.split('.').next().unwrap_or(name).to_owned()
    };
    stem(one) == stem(other)
}
