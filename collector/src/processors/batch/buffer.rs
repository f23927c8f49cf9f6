//! The batches that wait in a shard: small ones in, one of a useful size out.

use holt_pdata::{Batch, Limit};

use crate::component::Ack;

/// Batches in the order they came, with who waits for them.
#[derive(Default)]
pub(super) struct Buffer {
    parts: Vec<(Batch, Ack)>,
    items: usize,
}

impl Buffer {
    pub(super) fn push(&mut self, batch: Batch, ack: Ack) {
        self.items += batch.items();
        self.parts.push((batch, ack));
    }

    /// Items that wait.
    pub(super) const fn items(&self) -> usize {
        self.items
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Takes everything, cut into batches of at most `max_items` (0 is no limit). A last batch of
    /// fewer than `least` items goes back to wait for more.
    pub(super) fn take(&mut self, max_items: usize, least: usize) -> Vec<(Batch, Ack)> {
        self.items = 0;
        let (batches, acks): (Vec<_>, Vec<_>) = std::mem::take(&mut self.parts).into_iter().unzip();
        // Batches of one signal that is not profiles can always be joined.
        let Some(joined) = Batch::concat(&batches) else {
            return batches.into_iter().zip(acks).collect();
        };
        let ack = Ack::join(acks);
        if max_items == 0 || joined.items() <= max_items {
            return vec![(joined, ack)];
        }
        let parts = joined.split(Limit::Items(max_items));
        // As many shares as parts: one too many would never be resolved.
        let shares = std::iter::repeat_n(ack, parts.len());
        let mut taken: Vec<_> = parts.into_iter().zip(shares).collect();
        if let Some((last, ack)) = taken.pop_if(|(last, _)| last.items() < least) {
            self.push(last, ack);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::spans;

    fn sizes(taken: &[(Batch, Ack)]) -> Vec<usize> {
        taken.iter().map(|(batch, _)| batch.items()).collect()
    }

    #[test]
    fn everything_is_joined() {
        let mut buffer = Buffer::default();
        buffer.push(spans(3), Ack::none());
        buffer.push(spans(4), Ack::none());
        assert_eq!(sizes(&buffer.take(0, 0)), [7]);
        assert!(buffer.is_empty());
    }

    #[test]
    fn a_small_rest_waits_for_more() {
        let mut buffer = Buffer::default();
        buffer.push(spans(25), Ack::none());
        assert_eq!(sizes(&buffer.take(10, 10)), [10, 10]);
        assert_eq!(buffer.items(), 5);
        assert_eq!(sizes(&buffer.take(10, 0)), [5]);
    }

    #[tokio::test]
    async fn the_source_waits_for_all_parts() {
        let mut buffer = Buffer::default();
        let (ack, mut outcome) = Ack::root();
        buffer.push(spans(25), ack);
        for (_, ack) in buffer.take(10, 10) {
            ack.resolve(crate::component::AckOutcome::Delivered);
        }
        assert!(futures_util::poll!(&mut outcome).is_pending());
        for (_, ack) in buffer.take(10, 0) {
            ack.resolve(crate::component::AckOutcome::Delivered);
        }
        assert_eq!(outcome.await, crate::component::AckOutcome::Delivered);
    }
}
