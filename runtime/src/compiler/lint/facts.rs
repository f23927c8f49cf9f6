//! What is known about places after the statements so far: which entries are gone for certain.
//!
//! Only statements without a condition make facts; every write may end one.

use super::places::{Place, same_field};
use super::walk::takes_target;
use crate::compiler::resolve::{NodeKind, Statement};

/// What is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    gone: Vec<Gone>,
}

/// Entries that are gone.
#[derive(Clone, Debug)]
struct Gone {
    map: Place,
    what: What,
    /// The statement that removed them.
    by: usize,
}

#[derive(Clone, Debug)]
enum What {
    /// This entry.
    Entry(String),
    /// All but these.
    AllBut(Vec<String>),
}

impl Facts {
    /// The statement after which there is certainly nothing at a place.
    pub(super) fn gone(&self, place: &Place) -> Option<usize> {
        let found = self.gone.iter().find(|gone| {
            let keys = &gone.map.keys;
            let inside = gone.map.path == place.path
                && place.keys.len() > keys.len()
                && place.keys.starts_with(keys);
            let key = place.keys.get(keys.len());
            inside
                && match (&gone.what, key) {
                    (What::Entry(entry), Some(super::places::Key::Text(key))) => entry == key,
                    (What::AllBut(kept), Some(super::places::Key::Text(key))) => {
                        !kept.contains(key)
                    }
                    _ => false,
                }
        });
        found.map(|gone| gone.by)
    }

    /// Takes note of a statement.
    pub(super) fn after(&mut self, index: usize, statement: &Statement) {
        let call = &statement.editor;
        if !takes_target(call) {
            // It may change anything.
            self.gone.clear();
            return;
        }
        let Some(NodeKind::Path(path)) =
            call.args.first().and_then(Option::as_ref).map(|arg| &arg.kind)
        else {
            return;
        };
        let target = Place::of(path);
        let removes = matches!(
            call.function.name,
            "delete_key" | "delete_matching_keys" | "keep_keys" | "keep_matching_keys" | "limit"
        );
        // What only removes brings nothing back.
        if !removes {
            self.gone.retain(|gone| match &target {
                Some(target) => {
                    !gone.map.overlaps(target)
                        && (gone.map.path == target.path || !same_field(gone.map.path, target.path))
                }
                None => !same_field(gone.map.path, path.path),
            });
        }
        let (Some(target), None) = (target, &statement.condition) else { return };
        let argument = call.args.get(1).and_then(Option::as_ref).map(|arg| &arg.kind);
        let what = match (call.function.name, argument) {
            ("delete_key", Some(NodeKind::Str(key))) => What::Entry(key.clone()),
            ("keep_keys", Some(NodeKind::List(keys))) => {
                let texts = keys.iter().map(|key| match &key.kind {
                    NodeKind::Str(text) => Some(text.clone()),
                    _ => None,
                });
                match texts.collect() {
                    Some(kept) => What::AllBut(kept),
                    None => return,
                }
            }
            _ => return,
        };
        self.gone.push(Gone { map: target, what, by: index });
    }
}
