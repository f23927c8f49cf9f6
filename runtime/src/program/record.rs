//! What a run notes about its statements: counts, failures, traces.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use holt_grammar::source::Location;
use holt_pdata::Open;

use crate::error::EvalError;
use crate::frame::Frame;
use crate::program::{ErrorMode, RunError};

/// How often a guard or statement ran, since the program was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Times it was reached.
    pub executed: u64,
    /// Times its condition held, or it has none.
    pub matched: u64,
    /// Times it failed.
    pub errors: u64,
    /// Spans, datapoints, log records or profile samples that it dropped.
    pub dropped: u64,
}

/// A guard or statement of a program with its counts.
pub struct Tally {
    /// The text, with every path behind its context.
    pub text: Arc<str>,
    /// Where it is written; nowhere when it was made without text.
    pub place: Option<Location>,
    /// Whether it is a condition of its group.
    pub is_guard: bool,
    mode: ErrorMode,
    executed: AtomicU64,
    matched: AtomicU64,
    errors: AtomicU64,
    dropped: AtomicU64,
    /// When a failure was reported last, in nanoseconds since 1970.
    reported: AtomicI64,
    /// Failures since then.
    unreported: AtomicU64,
    /// Who hears of failures that are skipped.
    pub(super) on_failure: Option<Arc<OnFailure>>,
    /// Who hears of dropped items.
    pub(super) on_drop: Option<Arc<OnDrop>>,
}

impl fmt::Debug for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tally")
            .field("text", &self.text)
            .field("is_guard", &self.is_guard)
            .field("mode", &self.mode)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl Tally {
    pub(super) fn new(
        text: Arc<str>,
        place: Option<Location>,
        is_guard: bool,
        mode: ErrorMode,
    ) -> Self {
        Self {
            text,
            place,
            is_guard,
            mode,
            executed: AtomicU64::new(0),
            matched: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            reported: AtomicI64::new(i64::MIN),
            unreported: AtomicU64::new(0),
            on_failure: None,
            on_drop: None,
        }
    }

    /// The counts so far.
    pub fn counts(&self) -> Counts {
        Counts {
            executed: self.executed.load(Ordering::Relaxed),
            matched: self.matched.load(Ordering::Relaxed),
            errors: self.errors.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
        }
    }

    fn add(&self, counts: Counts) {
        self.executed.fetch_add(counts.executed, Ordering::Relaxed);
        self.matched.fetch_add(counts.matched, Ordering::Relaxed);
        self.errors.fetch_add(counts.errors, Ordering::Relaxed);
        if counts.dropped > 0 {
            self.dropped.fetch_add(counts.dropped, Ordering::Relaxed);
            if let Some(on_drop) = &self.on_drop {
                on_drop(counts.dropped);
            }
        }
    }
}

/// A statement that failed and was skipped.
#[derive(Debug)]
pub struct Failure<'f> {
    /// The statement or condition.
    pub statement: &'f str,
    /// Whether it is a condition of its group.
    pub is_guard: bool,
    /// Why it failed.
    pub error: &'f EvalError,
    /// Failures of the same statement that were not reported since the last one was.
    pub unreported: u64,
}

/// Hears of statements that failed and were skipped, at most once in ten seconds for each.
pub type OnFailure = dyn Fn(&Failure<'_>) + Send + Sync;

/// Hears how many items a statement dropped of a batch.
pub type OnDrop = dyn Fn(u64) + Send + Sync;

/// Failures of a statement are reported at most this often, in nanoseconds.
const REPORT_INTERVAL: i64 = 10 * crate::value::NANOS;

/// What became of a statement for one record.
#[derive(Clone, Copy, Debug)]
pub enum Step<'s> {
    /// Its condition did not hold.
    NotMatched,
    /// It ran.
    Matched,
    /// It failed.
    Failed(&'s EvalError),
}

/// Watches a run, statement by statement.
pub trait Trace {
    /// A guard or statement has ended. `statement` counts through the program, guards first in each
    /// group; `open` holds the records as they are now.
    fn step(&mut self, statement: usize, step: Step<'_>, open: &Open<'_>);

    /// Called behind [`Self::step`] with everything that the guard or statement could see, as it is
    /// now.
    fn look(&mut self, statement: usize, step: Step<'_>, frame: &Frame<'_, '_>) {
        let _ = (statement, step, frame);
    }
}

/// Notes what happens while a pass runs over a batch; engines report to it.
pub struct Recorder<'r> {
    tallies: &'r [Tally],
    /// Index in the program of the first tally.
    first: usize,
    counts: Vec<Counts>,
    trace: Option<&'r mut dyn Trace>,
    /// While traced, how often each had matched when it was traced last.
    traced: Vec<u64>,
    /// The statement that refused the batch.
    refusal: Option<RunError>,
}

impl<'r> Recorder<'r> {
    pub(crate) fn new(
        tallies: &'r [Tally],
        first: usize,
        trace: Option<&'r mut dyn Trace>,
    ) -> Self {
        let counts = vec![Counts::default(); tallies.len()];
        let traced = if trace.is_some() { vec![0; tallies.len()] } else { Vec::new() };
        Self { tallies, first, counts, trace, traced, refusal: None }
    }

    /// The condition of a guard or statement holds.
    #[inline]
    pub fn matched(&mut self, statement: usize) {
        if let Some(counts) = self.counts.get_mut(statement) {
            counts.matched += 1;
        }
    }

    /// The first guard that has held since the last call, by what `held` remembers of that.
    pub(super) fn held_since(&self, held: &mut [u64]) -> Option<usize> {
        let mut counts = held.iter_mut().zip(&self.counts);
        let place = counts.position(|(held, counts)| counts.matched > *held)?;
        *held.get_mut(place)? += 1;
        Some(place)
    }

    /// A statement, of which it was said that it matched, drops the item and thereby ends.
    pub fn dropped(&mut self, statement: usize, frame: &Frame<'_, '_>) {
        if let Some(counts) = self.counts.get_mut(statement) {
            counts.dropped += frame.open.items(frame.state.level) as u64;
        }
        self.ended(statement, true, None, frame);
    }

    /// A guard or statement has ended. Answers whether the batch is refused.
    #[inline]
    pub fn ended(
        &mut self,
        statement: usize,
        conditional: bool,
        error: Option<EvalError>,
        frame: &Frame<'_, '_>,
    ) -> bool {
        let Some(counts) = self.counts.get_mut(statement) else { return false };
        counts.executed += 1;
        if !conditional {
            counts.matched += 1;
        }
        if error.is_none() && self.trace.is_none() {
            return false;
        }
        self.noted(statement, error, frame)
    }

    #[cold]
    fn noted(&mut self, statement: usize, error: Option<EvalError>, frame: &Frame<'_, '_>) -> bool {
        if let (Some(trace), Some(counts)) = (&mut self.trace, self.counts.get(statement)) {
            let before = self.traced.get(statement).copied().unwrap_or_default();
            let step = match &error {
                Some(error) => Step::Failed(error),
                None if counts.matched > before => Step::Matched,
                None => Step::NotMatched,
            };
            trace.step(self.first + statement, step, frame.open);
            trace.look(self.first + statement, step, frame);
            if let Some(before) = self.traced.get_mut(statement) {
                *before = counts.matched;
            }
        }
        let (Some(error), Some(tally)) = (error, self.tallies.get(statement)) else {
            return false;
        };
        if let Some(counts) = self.counts.get_mut(statement) {
            counts.errors += 1;
        }
        let mode = match error {
            EvalError::TooManyRecords => ErrorMode::Propagate,
            _ => tally.mode,
        };
        match mode {
            ErrorMode::Silent => false,
            ErrorMode::Ignore => {
                self.report(tally, &error, frame);
                false
            }
            ErrorMode::Propagate => {
                let statement = tally.text.to_string();
                let is_guard = tally.is_guard;
                self.refusal = Some(RunError { statement, is_guard, cause: error });
                true
            }
        }
    }

    fn report(&self, tally: &Tally, error: &EvalError, frame: &Frame<'_, '_>) {
        let Some(on_failure) = &tally.on_failure else { return };
        let now = frame.state.work.host.now().unix_nanos();
        let last = tally.reported.load(Ordering::Relaxed);
        let is_due = last == i64::MIN || now.saturating_sub(last) >= REPORT_INTERVAL;
        let first_to_see = || {
            let order = Ordering::Relaxed;
            tally.reported.compare_exchange(last, now, order, order).is_ok()
        };
        if is_due && first_to_see() {
            let unreported = tally.unreported.swap(0, Ordering::Relaxed);
            let statement = &*tally.text;
            let is_guard = tally.is_guard;
            on_failure(&Failure { statement, is_guard, error, unreported });
        } else {
            tally.unreported.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Whether a statement refused the batch.
    pub(super) const fn has_refused(&self) -> bool {
        self.refusal.is_some()
    }

    /// How many items the first so many guards and statements dropped.
    pub(super) fn dropped_until(&self, end: usize) -> usize {
        let dropped: u64 = self.counts.iter().take(end).map(|counts| counts.dropped).sum();
        usize::try_from(dropped).unwrap_or(usize::MAX)
    }

    /// Hands over the refusal, and forgets what was counted.
    pub(super) fn into_refusal(self) -> Option<RunError> {
        self.refusal
    }

    /// Adds what was counted to the program's counts, and hands over the refusal.
    pub(super) fn finish(self) -> Option<RunError> {
        for (tally, counts) in self.tallies.iter().zip(self.counts) {
            tally.add(counts);
        }
        self.refusal
    }
}
