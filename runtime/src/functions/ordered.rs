//! The entries of a map that is being made: in order, found by key.

use std::collections::HashMap;

use holt_pdata::ValueView;

/// Entries in order. Of entries with the same key the first one is found.
#[derive(Debug, Default)]
pub(super) struct Ordered<'a> {
    entries: Vec<(&'a str, ValueView<'a>)>,
    places: HashMap<&'a str, usize>,
}

impl<'a> Ordered<'a> {
    /// The entries of a map as they stand, duplicates included.
    pub(super) fn of(entries: Vec<(&'a str, ValueView<'a>)>) -> Self {
        let mut places = HashMap::with_capacity(entries.len());
        for (place, (key, _)) in entries.iter().enumerate() {
            places.entry(*key).or_insert(place);
        }
        Self { entries, places }
    }

    /// Whether there is an entry of that key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.places.contains_key(key)
    }

    /// Gives the entry of that key a value, or appends the entry.
    pub(super) fn put(&mut self, key: &'a str, value: ValueView<'a>) {
        let known = self.places.get(key).and_then(|place| self.entries.get_mut(*place));
        match known {
            Some((_, known)) => *known = value,
            None => {
                self.places.insert(key, self.entries.len());
                self.entries.push((key, value));
            }
        }
    }

    /// The entries.
    pub(super) fn into_entries(self) -> Vec<(&'a str, ValueView<'a>)> {
        self.entries
    }
}
