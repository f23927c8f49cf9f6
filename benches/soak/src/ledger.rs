//! Who has seen which item: the client writes down what it sent and what was acknowledged, the
//! backend what arrived; [`Ledger::summary`] compares them.
//!
//! Items are known by their sequence numbers, which are given out from 0 without gaps.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the collector said of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Answer {
    /// Nothing: the connection broke, or the answer is still awaited.
    #[default]
    None,
    /// It has taken responsibility.
    Acknowledged,
    /// It has not, and the item may be sent again.
    Retryable,
    /// It has not, and never will.
    Permanent,
}

#[derive(Clone, Copy, Debug, Default)]
struct Item {
    answer: Answer,
    arrivals: u8,
}

/// The items of a run.
#[derive(Debug, Default)]
pub struct Ledger {
    items: Mutex<Vec<Item>>,
}

/// What became of the items of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Sent by the client.
    pub sent: u64,
    /// Answered with success.
    pub acknowledged: u64,
    /// Answered with an error after which a client may try again.
    pub retryable: u64,
    /// Answered with an error that is final.
    pub permanent: u64,
    /// Not answered.
    pub unanswered: u64,
    /// Arrived at the backend, each counted once.
    pub delivered: u64,
    /// Acknowledged, but never arrived.
    pub lost: u64,
    /// Arrivals beyond the first of each item.
    pub duplicates: u64,
    /// Arrived although the client was not told so.
    pub unacknowledged_deliveries: u64,
}

impl Ledger {
    /// Takes the next `count` sequence numbers.
    pub fn issue(&self, count: usize) -> Range<u64> {
        let mut items = self.lock();
        let first = items.len();
        items.resize(first + count, Item::default());
        first as u64..(first + count) as u64
    }

    /// The collector has taken these.
    pub fn acknowledged(&self, items: Range<u64>) {
        self.answer(items, Answer::Acknowledged);
    }

    /// The collector has refused these.
    pub fn refused(&self, items: Range<u64>, retryable: bool) {
        self.answer(items, if retryable { Answer::Retryable } else { Answer::Permanent });
    }

    fn answer(&self, range: Range<u64>, answer: Answer) {
        let mut items = self.lock();
        for item in items.get_mut(range.start as usize..range.end as usize).into_iter().flatten() {
            item.answer = answer;
        }
    }

    /// The backend has received these. Numbers that nobody sent are the answer, as a count.
    pub fn arrived(&self, numbers: impl IntoIterator<Item = u64>) -> u64 {
        let mut items = self.lock();
        let mut unknown = 0;
        for number in numbers {
            match items.get_mut(number as usize) {
                Some(item) => item.arrivals = item.arrivals.saturating_add(1),
                None => unknown += 1,
            }
        }
        unknown
    }

    /// What became of all items.
    pub fn summary(&self) -> Summary {
        self.summary_from(0)
    }

    /// What became of the items from this sequence number on.
    pub fn summary_from(&self, first: u64) -> Summary {
        let mut summary = Summary::default();
        for item in self.lock().iter().skip(first as usize) {
            summary.sent += 1;
            let arrived = item.arrivals > 0;
            match item.answer {
                Answer::None => summary.unanswered += 1,
                Answer::Acknowledged => {
                    summary.acknowledged += 1;
                    summary.lost += u64::from(!arrived);
                }
                Answer::Retryable => summary.retryable += 1,
                Answer::Permanent => summary.permanent += 1,
            }
            summary.delivered += u64::from(arrived);
            summary.duplicates += u64::from(item.arrivals.saturating_sub(1));
            if arrived && item.answer != Answer::Acknowledged {
                summary.unacknowledged_deliveries += 1;
            }
        }
        summary
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Item>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledged_item_that_never_arrives_is_lost() {
        let ledger = Ledger::default();
        let (first, second) = (ledger.issue(10), ledger.issue(5));
        assert_eq!((first.clone(), second.clone()), (0..10, 10..15));
        ledger.acknowledged(first);
        ledger.refused(second, true);
        let third = ledger.issue(1);
        assert_eq!(ledger.arrived((0..9).chain([3, 3, 12])), 0);
        assert_eq!(ledger.arrived([third.start, 16]), 1);
        let expected = Summary {
            sent: 16,
            acknowledged: 10,
            retryable: 5,
            permanent: 0,
            unanswered: 1,
            delivered: 11,
            lost: 1,
            duplicates: 2,
            unacknowledged_deliveries: 2,
        };
        assert_eq!(ledger.summary(), expected);
        assert_eq!(ledger.summary_from(10).lost, 0);
    }
}
