//! Taking a part of a batch: the items of a level that are wanted, with what stands around them.
//!
//! Items are counted in the order in which an [`Editor`] of that level sees them. Untouched ranges
//! are copied; no item is decoded.

use std::convert::Infallible;

use crate::batch::{Batch, Signal};
use crate::edit::{Editor, Level, Open, Verdict, data_tables, edit};
use crate::wire::Fields;

/// What becomes of parents that hold no item of the level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hollow {
    /// They stay if they came that way.
    Stay,
    /// They go.
    Go,
    /// They go, and with them metrics that have no kind of data.
    GoAll,
}

impl Batch {
    /// The items of a level that `wanted` says yes to, by their number, with their parents.
    #[must_use]
    pub fn select(&self, level: Level, hollow: Hollow, wanted: impl FnMut(usize) -> bool) -> Self {
        let mut select = Select { wanted, next: 0, prunes: hollow != Hollow::Stay };
        let selected = edit(self, level, &mut select).unwrap_or_else(|never| match never {});
        match hollow == Hollow::GoAll && self.signal() == Signal::Metrics {
            true => {
                edit(&selected, Level::Record, &mut WithData).unwrap_or_else(|never| match never {})
            }
            false => selected,
        }
    }
}

struct Select<F> {
    wanted: F,
    next: usize,
    prunes: bool,
}

impl<'a, F: FnMut(usize) -> bool> Editor<'a> for Select<F> {
    type Error = Infallible;

    fn edit(&mut self, _open: &mut Open<'a>) -> Result<Verdict, Infallible> {
        let number = self.next;
        self.next += 1;
        Ok(if (self.wanted)(number) { Verdict::Keep } else { Verdict::Drop })
    }

    fn prunes(&self) -> bool {
        self.prunes
    }
}

/// Drops metrics without any kind of data.
struct WithData;

impl<'a> Editor<'a> for WithData {
    type Error = Infallible;

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Infallible> {
        let mut fields = Fields::new(open.record.raw());
        let has_data = fields.any(|field| data_tables(field.number).is_some());
        Ok(if has_data { Verdict::Keep } else { Verdict::Drop })
    }

    fn prunes(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn selected(level: Level, hollow: Hollow, wanted: &[usize]) -> String {
        let request = r#"{"resourceMetrics":[
            {"scopeMetrics":[{"metrics":[{"name":"empty"},
                {"name":"g","gauge":{"dataPoints":[{"asInt":"1"},{"asInt":"2"}]}}]}]},
            {"scopeMetrics":[{"metrics":[{"name":"s","sum":{"dataPoints":[{"asInt":"3"}]}}]}]},
            {"schemaUrl":"hollow"}]}"#;
        let batch = json::decode(Signal::Metrics, request.as_bytes()).expect("a request");
        let part = batch.select(level, hollow, |number| wanted.contains(&number));
        let text = String::from_utf8(json::encode(&part)).expect("text");
        let names = ["empty", "\"g\"", "\"1\"", "\"2\"", "\"s\"", "hollow"];
        let found = names.into_iter().filter(|name| text.contains(name));
        found.map(|name| name.trim_matches('"')).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn parts_have_what_stands_around_their_items() {
        assert_eq!(selected(Level::DataPoint, Hollow::Go, &[1]), "empty g 2");
        assert_eq!(selected(Level::DataPoint, Hollow::GoAll, &[1]), "g 2");
        assert_eq!(selected(Level::DataPoint, Hollow::GoAll, &[2]), "s");
        assert_eq!(selected(Level::Record, Hollow::Go, &[0, 2]), "empty s");
        assert_eq!(selected(Level::Resource, Hollow::Stay, &[1, 2]), "s hollow");
        assert_eq!(selected(Level::Resource, Hollow::Stay, &[]), "");
    }
}
