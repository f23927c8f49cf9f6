//! Text by reference in profiles.
//!
//! A profiles request may hold the text of resource and scope attributes by index of its dictionary.
//! Statements see text, so such attributes are written out before a program runs. What they point to
//! stays in the dictionary.

use bumpalo::Bump;
use holt_pdata::messages::{KeyValueView, numbers};
use holt_pdata::{
    ArrayView, Batch, Dictionary, Editor, Level, MapView, Open, Record, Signal, ValueView, Verdict,
    edit,
};

use crate::encode::{put_entry, put_value};

/// The batch with all text of resource and scope attributes in its place. A batch without references
/// shares its bytes.
pub(super) fn resolved(batch: &Batch) -> Batch {
    if batch.signal() != Signal::Profiles {
        return batch.clone();
    }
    let at = |batch: &Batch, level: Level| {
        let arena = Bump::new();
        edit(batch, level, &mut Resolve { arena: &arena, level })
            .unwrap_or_else(|never| match never {})
    };
    at(&at(batch, Level::Resource), Level::Scope)
}

struct Resolve<'a> {
    arena: &'a Bump,
    level: Level,
}

impl<'a> Editor<'a> for Resolve<'a> {
    type Error = std::convert::Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        let Open { resource, scope, dictionary, .. } = open;
        let (record, number) = match self.level {
            Level::Resource => (resource, numbers::RESOURCE::attributes),
            _ => (scope, numbers::INSTRUMENTATION_SCOPE::attributes),
        };
        self.record(record, number, dictionary);
        Ok(Verdict::Keep)
    }
}

impl<'a> Resolve<'a> {
    fn record(&self, record: &mut Record<'a>, number: u32, dictionary: &mut Dictionary<'a>) {
        let entries = || record.repeated(number).map(|field| KeyValueView::new(field.bytes));
        if !entries().any(|entry| entry.key_strindex() != 0 || refers(entry.get())) {
            return;
        }
        let encoded = self.entries(entries(), dictionary);
        record.replace_attributes(encoded);
    }

    fn entries(
        &self,
        entries: impl Iterator<Item = KeyValueView<'a>>,
        dictionary: &mut Dictionary<'a>,
    ) -> MapView<'a> {
        let mut encoded = Vec::new();
        for entry in entries {
            // An index counts only where there is no key.
            let key = match entry.key() {
                "" => dictionary.string(entry.key_strindex()).unwrap_or_default(),
                key => key,
            };
            put_entry(&mut encoded, key, self.value(entry.get(), dictionary));
        }
        MapView::new(self.arena.alloc_slice_copy(&encoded))
    }

    fn value(&self, value: ValueView<'a>, dictionary: &mut Dictionary<'a>) -> ValueView<'a> {
        match value {
            ValueView::StrIndex(index) => dictionary.string(index).map_or(value, ValueView::Str),
            ValueView::Map(map) if refers(value) => {
                ValueView::Map(self.entries(map.entries().iter(), dictionary))
            }
            ValueView::Array(list) if refers(value) => {
                let mut encoded = Vec::new();
                list.iter().for_each(|one| put_value(&mut encoded, self.value(one, dictionary)));
                ValueView::Array(ArrayView::new(self.arena.alloc_slice_copy(&encoded)))
            }
            other => other,
        }
    }
}

/// Whether a value holds text by reference.
fn refers(value: ValueView<'_>) -> bool {
    match value {
        ValueView::StrIndex(_) => true,
        ValueView::Map(map) => {
            map.entries().iter().any(|entry| entry.key_strindex() != 0 || refers(entry.get()))
        }
        ValueView::Array(list) => list.iter().any(refers),
        _ => false,
    }
}
