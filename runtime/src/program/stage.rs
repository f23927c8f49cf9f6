//! The programs that were joined into one, each with its share of the statements: what goes into
//! a share and comes out of it is told to whoever asked.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::record::Recorder;

/// Hears, once for each batch, how many spans, datapoints, log records or profile samples came to
/// a program and how many were left behind it. A batch that it refused leaves none.
pub type OnPassed = dyn Fn(usize, usize) + Send + Sync;

/// One of the programs that were joined.
#[derive(Clone)]
pub(super) struct Stage {
    /// The places of its guards and statements among the program's.
    pub(super) tallies: Range<usize>,
    /// Joined programs share it with those they were made of.
    listener: Arc<OnceLock<Arc<OnPassed>>>,
}

impl Stage {
    pub(super) fn new(tallies: Range<usize>) -> Self {
        Self { tallies, listener: Arc::default() }
    }

    /// The same program behind so many other guards and statements.
    pub(super) fn behind(&self, tallies: usize) -> Self {
        let tallies = self.tallies.start + tallies..self.tallies.end + tallies;
        Self { tallies, listener: self.listener.clone() }
    }

    pub(super) fn listen(&self, listener: Arc<OnPassed>) {
        // The first to listen stays.
        let _ = self.listener.set(listener);
    }

    fn tell(&self, incoming: usize, outgoing: usize) {
        if let Some(listener) = self.listener.get() {
            listener(incoming, outgoing);
        }
    }
}

impl fmt::Debug for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stage").field("tallies", &self.tallies).finish_non_exhaustive()
    }
}

/// Follows a batch through the stages, pass after pass.
pub(super) struct Flow<'s> {
    rest: std::slice::Iter<'s, Stage>,
    current: Option<&'s Stage>,
    incoming: usize,
}

impl<'s> Flow<'s> {
    /// A batch with so many items.
    pub(super) fn new(stages: &'s [Stage], items: usize) -> Self {
        let mut rest = stages.iter();
        let current = rest.next();
        Self { rest, current, incoming: items }
    }

    /// A pass with these guards and statements took `before` items and left `after`. Several stages
    /// share a pass only if nothing but dropping changes how many items there are.
    pub(super) fn passed(
        &mut self,
        tallies: &Range<usize>,
        recorder: &Recorder<'_>,
        before: usize,
        after: usize,
    ) {
        while let Some(stage) = self.current.filter(|stage| stage.tallies.end <= tallies.end) {
            let outgoing = match stage.tallies.end == tallies.end {
                true => after,
                false => {
                    let until = stage.tallies.end.saturating_sub(tallies.start);
                    before.saturating_sub(recorder.dropped_until(until))
                }
            };
            self.leave(stage, outgoing);
        }
    }

    /// All passes are through, or one of them refused the batch.
    pub(super) fn finish(mut self, is_refused: bool) {
        if is_refused {
            if let Some(stage) = self.current {
                stage.tell(self.incoming, 0);
            }
            return;
        }
        while let Some(stage) = self.current {
            self.leave(stage, self.incoming);
        }
    }

    fn leave(&mut self, stage: &Stage, outgoing: usize) {
        stage.tell(self.incoming, outgoing);
        self.incoming = outgoing;
        self.current = self.rest.next();
    }
}
