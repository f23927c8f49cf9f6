//! Runs the programs of components in their place: on the world of the test, watched. What every
//! statement did to every record goes into a text, and into the coverage.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use holt_collector::component::Runner;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Open};
use holt_runtime::Program;
use holt_runtime::frame::Frame;
use holt_runtime::program::{RunError, Step, Trace, why};

use super::coverage::{Coverage, Point};
use super::host::TestHost;
use crate::cmd::eval::trace::Watch;

/// Runs programs and notes what they do.
pub(super) struct Look {
    host: Arc<TestHost>,
    /// The texts that the programs were compiled from.
    sources: Arc<SourceMap>,
    seen: Mutex<Seen>,
}

/// What was seen.
#[derive(Default)]
pub(super) struct Seen {
    /// The way of every record through the statements.
    pub(super) text: String,
    /// How often a statement or condition failed.
    pub(super) errors: u64,
    /// How many statements and conditions were reached.
    pub(super) steps: u64,
    /// How many of them failed or did not hold.
    pub(super) unmet: u64,
    /// What ran.
    pub(super) coverage: Coverage,
}

impl fmt::Debug for Look {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Look").finish_non_exhaustive()
    }
}

impl Look {
    pub(super) fn new(host: Arc<TestHost>, sources: Arc<SourceMap>) -> Self {
        Self { host, sources, seen: Mutex::default() }
    }

    /// Hands over what was seen since the last time.
    pub(super) fn take(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Runner for Look {
    fn run(&self, program: &Program, batch: &Batch) -> Result<Batch, RunError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let watch = Watch::new(program.tallies(), false);
        let sources = &self.sources;
        let mut watching = Watching { program, sources, watch, seen: &mut seen };
        let outcome = program.run_traced(batch, &*self.host, &mut watching);
        let Watching { watch, seen, .. } = watching;
        seen.text.push_str(&watch.text);
        outcome
    }

    fn sort(
        &self,
        program: &Program,
        batch: &Batch,
        wanted: Option<&[bool]>,
    ) -> Result<Vec<Option<usize>>, RunError> {
        // What the conditions were is shown by the run; it drops what they hold for. It asks about
        // all items: a failure may be of one that is not wanted, and then counts for nothing.
        let shown = self.run(program, batch);
        let places = program.sort(batch, &*self.host, wanted)?;
        if wanted.is_none() {
            shown?;
        }
        Ok(places)
    }
}

struct Watching<'w> {
    program: &'w Program,
    sources: &'w SourceMap,
    watch: Watch<'w>,
    seen: &'w mut Seen,
}

impl Trace for Watching<'_> {
    fn step(&mut self, statement: usize, step: Step<'_>, open: &Open<'_>) {
        self.watch.step(statement, step, open);
        self.seen.steps += 1;
        match step {
            Step::Matched => {}
            Step::NotMatched => self.seen.unmet += 1,
            Step::Failed(_) => {
                self.seen.unmet += 1;
                self.seen.errors += 1;
            }
        }
        let Some(tally) = self.program.tallies().get(statement) else { return };
        if let Some(point) = Point::of(tally, self.sources) {
            self.seen.coverage.note(point, step);
        }
    }

    fn look(&mut self, statement: usize, step: Step<'_>, frame: &Frame<'_, '_>) {
        let Some(tally) = self.program.tallies().get(statement) else { return };
        // Behind a statement that ran, the record is no longer what its condition saw.
        let explains = match step {
            Step::NotMatched => true,
            Step::Matched => tally.is_guard,
            Step::Failed(_) => false,
        };
        let mut counted = 0;
        let group = self.program.trees().find(|tree| {
            counted += tree.guards.len() + tree.statements.len();
            statement < counted
        });
        let (true, Some(group)) = (explains, group) else { return };
        for part in why::parts(group.context, &tally.text, tally.is_guard, frame) {
            let space = "  ".repeat(part.depth + 6);
            let value = match &part.value {
                Ok(value) => format!("→ {value}"),
                Err(error) => format!("fails: {error}"),
            };
            self.watch.text.push_str(&format!("{space}{}  {value}\n", part.text));
        }
    }
}
