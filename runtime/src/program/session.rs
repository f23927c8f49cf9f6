//! A program on records that somebody else has opened: one at a time, without a walk over a batch.

use bumpalo::Bump;
use holt_pdata::Open;

use super::record::Recorder;
use super::run::Running;
use super::{Program, RunError};
use crate::frame::{Frame, State};
use crate::host::Host;
use crate::vm::Outcome;

/// Runs a program of one group on open records. Its caches are fresh for every record.
#[allow(missing_debug_implementations)] // What it holds has no text form.
pub struct Session<'a> {
    program: &'a Program,
    engine: Running<'a>,
    state: State<'a>,
    recorder: Recorder<'a>,
}

impl Program {
    /// Runs the program on open records. `None` if it has more than one group, or a shared cache:
    /// such programs need a whole batch. What statements make lives in `arena`.
    pub fn session<'a>(&'a self, arena: &'a Bump, host: &'a dyn Host) -> Option<Session<'a>> {
        let [pass] = &*self.passes else { return None };
        let [group] = &*pass.trees else { return None };
        if group.shared_cache {
            return None;
        }
        let engine = self.engine_of(pass).unwrap_or(Running::Tree(group, 0));
        let patterns = engine.patterns();
        let state = State::new(arena, host, patterns, self.take_kept(), group.context.level);
        let recorder = Recorder::new(&self.tallies, 0, None);
        Some(Session { program: self, engine, state, recorder })
    }
}

impl<'a> Session<'a> {
    /// Runs the program on one record, which keeps its edits.
    #[inline]
    pub fn run(&mut self, open: &mut Open<'a>) -> Outcome {
        self.state.epochs.enter(open);
        self.state.cache.entries.clear();
        let mut frame = Frame { open, state: &mut self.state };
        self.engine.run(&mut frame, &mut self.recorder)
    }

    /// Adds what was counted to the program's counts. Answers why a record was refused, if one was.
    pub fn finish(self) -> Option<RunError> {
        self.program.give_kept(self.state.work.into_kept());
        self.recorder.finish()
    }
}
