//! What is known about places after the statements so far: which entries are gone for certain.
//!
//! Only statements without a condition make facts; every write may end one.

use std::collections::{HashMap, HashSet};

use super::places::{Key, Known, Place};
use super::walk::takes_target;
use crate::compiler::resolve::{NodeKind, Statement};

/// What is known.
#[derive(Debug, Default)]
pub(super) struct Facts {
    gone: Known<Gone>,
}

/// What is gone from a map, and after which statement.
#[derive(Debug, Default)]
struct Gone {
    /// Entries that were removed by their names.
    entries: HashMap<String, usize>,
    /// What is left by statements that name what is to stay.
    kept: Option<Kept>,
}

/// What several lists of entries to keep have left.
#[derive(Debug)]
struct Kept {
    /// What all of them name.
    names: HashSet<String>,
    /// What the first named and a later one did not.
    dropped: HashMap<String, usize>,
    /// The first.
    first: usize,
}

impl Gone {
    /// The first statement that has removed an entry.
    fn by(&self, entry: &str) -> Option<usize> {
        let removed = self.entries.get(entry).copied();
        let not_kept = self.kept.as_ref().and_then(|kept| match kept.names.contains(entry) {
            true => None,
            false => Some(kept.dropped.get(entry).copied().unwrap_or(kept.first)),
        });
        removed.into_iter().chain(not_kept).min()
    }

    fn keep(&mut self, names: HashSet<String>, by: usize) {
        match &mut self.kept {
            None => self.kept = Some(Kept { names, dropped: HashMap::new(), first: by }),
            Some(kept) => {
                let dropped = kept.names.extract_if(|name| !names.contains(name));
                kept.dropped.extend(dropped.map(|name| (name, by)));
            }
        }
    }
}

impl Facts {
    /// The statement after which there is certainly nothing at a place.
    pub(super) fn gone(&self, place: &Place) -> Option<usize> {
        let found = self.gone.around(place).filter_map(|(gone, key)| match key {
            Key::Text(entry) => gone.by(entry),
            Key::Index(_) => None,
        });
        found.min()
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
            match &target {
                Some(target) => self.gone.forget(target),
                None => self.gone.forget_field(path.path),
            }
        }
        let (Some(target), None) = (target, &statement.condition) else { return };
        let argument = call.args.get(1).and_then(Option::as_ref).map(|arg| &arg.kind);
        match (call.function.name, argument) {
            ("delete_key", Some(NodeKind::Str(key))) => {
                self.gone.of(&target).entries.entry(key.clone()).or_insert(index);
            }
            ("keep_keys", Some(NodeKind::List(keys))) => {
                let texts = keys.iter().map(|key| match &key.kind {
                    NodeKind::Str(text) => Some(text.clone()),
                    _ => None,
                });
                if let Some(kept) = texts.collect() {
                    self.gone.of(&target).keep(kept, index);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_gone_after_the_first_list_without_it() {
        let mut gone = Gone::default();
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        gone.keep(names(&["a", "b"]), 3);
        gone.keep(names(&["b", "c"]), 5);
        gone.entries.insert("d".to_owned(), 1);
        gone.entries.insert("a".to_owned(), 7);
        assert_eq!(
            ["a", "b", "c", "d"].map(|name| gone.by(name)),
            [Some(5), None, Some(3), Some(1)]
        );
    }
}
