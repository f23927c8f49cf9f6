//! Places: paths with their keys, as far as these are written out, and what is known about many of them.

use std::collections::HashMap;

use crate::compiler::resolve::{Node, NodeKind, Path};
use crate::paths::PathRef;

/// A path with constant keys.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub path: PathRef,
    pub keys: Vec<Key>,
}

/// A constant key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
}

/// Whether two paths may stand for the same record's field, whatever their keys.
pub(super) fn same_field(one: PathRef, other: PathRef) -> bool {
    one == other || (one.slot == other.slot && related(one.decl.name, other.decl.name))
}

/// Whether two paths of a record are forms of one field: `time` and `time_unix_nano`, `body` and
/// `body.string`.
fn related(one: &'static str, other: &'static str) -> bool {
    let stem = |name: &'static str| {
        let name = name.strip_suffix("_unix_nano").unwrap_or(name);
        name.split('.').next().unwrap_or(name)
    };
    stem(one) == stem(other)
}

/// What is known about places. Groups have thousands of statements, so nothing here looks at all of them:
/// what holds another, or is held by it, stands on one branch of a tree of keys.
#[derive(Debug)]
pub(super) struct Known<T> {
    /// A tree for each path; there are no more than contexts have paths.
    fields: HashMap<PathRef, Tree<T>>,
}

/// What is known about a place, and about what is inside of it.
#[derive(Debug)]
struct Tree<T> {
    here: T,
    inside: HashMap<Key, Self>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self { fields: HashMap::new() }
    }
}

impl<T: Default> Known<T> {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.fields.clear();
    }

    /// Forgets what may be about this place: what holds it or is held by it, and what is known of other
    /// forms of its field.
    pub(super) fn forget(&mut self, place: &Place) {
        self.fields.retain(|path, _| *path == place.path || !same_field(*path, place.path));
        self.forget_around(place, false);
    }

    /// Forgets what is known about a field in all its forms.
    pub(super) fn forget_field(&mut self, path: PathRef) {
        self.fields.retain(|known, _| !same_field(*known, path));
    }

    /// Forgets what holds this place and what is held by it; what is known of the place itself on demand.
    pub(super) fn forget_around(&mut self, place: &Place, but_itself: bool) {
        let Some(mut tree) = self.fields.get_mut(&place.path) else { return };
        for key in &place.keys {
            tree.here = T::default();
            let Some(next) = tree.inside.get_mut(key) else { return };
            tree = next;
        }
        tree.inside.clear();
        if !but_itself {
            tree.here = T::default();
        }
    }

    /// What is known of the places that hold this one, from the outermost, each with the next key.
    pub(super) fn around<'k>(&'k self, place: &'k Place) -> impl Iterator<Item = (&'k T, &'k Key)> {
        let mut tree = self.fields.get(&place.path);
        place.keys.iter().map_while(move |key| {
            let here = tree?;
            tree = here.inside.get(key);
            Some((&here.here, key))
        })
    }

    /// What is known of a place.
    pub(super) fn of(&mut self, place: &Place) -> &mut T {
        let mut tree = self.fields.entry(place.path).or_default();
        for key in &place.keys {
            tree = tree.inside.entry(key.clone()).or_default();
        }
        &mut tree.here
    }
}

impl<T: Default> Default for Tree<T> {
    fn default() -> Self {
        Self { here: T::default(), inside: HashMap::new() }
    }
}
