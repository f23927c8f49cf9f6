//! The records of batches: how many there are at a level, and a choice of them.

use std::convert::Infallible;

use holt_pdata::{Batch, Editor, Level, Open, Verdict, edit, json};
use serde_json::Value;

use crate::cmd::eval::diff;

/// The records of a level for which a flag is set, in order; parents without any go too.
pub(super) fn chosen(batches: &[Batch], level: Level, flags: &[bool]) -> Vec<Batch> {
    let mut flags = flags.iter().copied();
    let batches = batches.iter().map(|batch| {
        let mut choice = Choice { flags: &mut flags };
        edit(batch, level, &mut choice).unwrap_or_else(|never| match never {})
    });
    batches.filter(|batch| !batch.has_no_resources()).collect()
}

/// How many records of a level there are.
pub(super) fn count(batches: &[Batch], level: Level) -> usize {
    let mut counter = Counter(0);
    for batch in batches {
        let _ = edit(batch, level, &mut counter);
    }
    counter.0
}

struct Choice<'f> {
    flags: &'f mut dyn Iterator<Item = bool>,
}

impl Editor<'_> for Choice<'_> {
    type Error = Infallible;

    fn edit(&mut self, _: &mut Open<'_>) -> Result<Verdict, Infallible> {
        Ok(if self.flags.next() == Some(true) { Verdict::Keep } else { Verdict::Drop })
    }

    fn prunes(&self) -> bool {
        true
    }
}

struct Counter(usize);

impl Editor<'_> for Counter {
    type Error = Infallible;

    fn edit(&mut self, _: &mut Open<'_>) -> Result<Verdict, Infallible> {
        self.0 += 1;
        Ok(Verdict::Keep)
    }
}

/// A batch as a tree of OTLP/JSON.
pub(super) fn tree(batch: &Batch) -> Value {
    serde_json::from_slice(&json::encode(batch)).unwrap_or_default()
}

/// What is different between batches before and after.
pub(super) fn changes(before: &[Batch], after: &[Batch]) -> Vec<diff::Line> {
    let pairs = before.iter().zip(after);
    let changed = pairs.filter(|(before, after)| before.bytes() != after.bytes());
    changed.flat_map(|(before, after)| diff::requests(&tree(before), &tree(after))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::repl::samples::Sample;

    #[test]
    fn chosen_records_keep_their_parents_only() {
        let batch = Sample::Logs.batch().unwrap();
        let batches = [batch];
        assert_eq!(count(&batches, Level::Record), 5);
        assert_eq!(count(&batches, Level::Resource), 2);
        let some = chosen(&batches, Level::Record, &[false, true, false, false, false]);
        assert_eq!((count(&some, Level::Record), count(&some, Level::Resource)), (1, 1));
        assert!(chosen(&batches, Level::Record, &[]).is_empty());
        assert!(changes(&batches, &batches).is_empty());
    }
}
