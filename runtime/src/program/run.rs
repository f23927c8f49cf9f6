//! Running a program: group after group over the batch, record after record.

use std::collections::HashMap;

use bumpalo::Bump;
use holt_pdata::{Batch, Editor, MapView, Open, Verdict, edit};

use super::record::Recorder;
use super::{CompiledGroup, Engine, Program, RunError, Trace};
use crate::compiler::hir::{self, eval};
use crate::encode;
use crate::frame::{Cache, Epochs, Frame, State, Workspace};
use crate::host::Host;
use crate::vm::{Machine, Outcome};

/// Shared scratch maps between groups, encoded, by context.
type SharedCaches = HashMap<&'static str, Vec<u8>>;

impl Program {
    /// Runs all groups over a batch. An untouched batch shares its bytes with the result.
    ///
    /// # Errors
    /// When a statement fails under [`super::ErrorMode::Propagate`]; the batch is to be refused.
    pub fn run(&self, batch: &Batch, host: &dyn Host) -> Result<Batch, RunError> {
        self.run_groups(batch, host, None)
    }

    /// As [`Self::run`], watched.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub fn run_traced(
        &self,
        batch: &Batch,
        host: &dyn Host,
        trace: &mut dyn Trace,
    ) -> Result<Batch, RunError> {
        self.run_groups(batch, host, Some(trace))
    }

    fn run_groups(
        &self,
        batch: &Batch,
        host: &dyn Host,
        mut trace: Option<&mut dyn Trace>,
    ) -> Result<Batch, RunError> {
        let mut current = batch.clone();
        let mut shared = SharedCaches::new();
        for group in &self.groups {
            let tallies = self.tallies.get(group.tallies.clone()).unwrap_or_default();
            // The trait object is lent anew to each group.
            let trace: Option<&mut dyn Trace> = match &mut trace {
                Some(trace) => Some(&mut **trace),
                None => None,
            };
            let mut recorder = Recorder::new(
                tallies,
                group.tallies.start,
                group.tree.error_mode,
                self.on_failure.as_deref(),
                trace,
            );
            let next = self.run_group(group, &current, host, &mut recorder, &mut shared);
            if let Some(refusal) = recorder.finish() {
                return Err(refusal);
            }
            if let Some(next) = next {
                current = next;
            }
        }
        Ok(current)
    }

    /// The batch after a group, `None` when it was refused.
    fn run_group(
        &self,
        group: &CompiledGroup,
        batch: &Batch,
        host: &dyn Host,
        recorder: &mut Recorder<'_>,
        shared: &mut SharedCaches,
    ) -> Option<Batch> {
        let arena = Bump::new();
        let context = group.tree.context;
        let known = group.tree.shared_cache.then(|| shared.remove(context.name)).flatten();
        let known = known.unwrap_or_default();
        let engine = match (self.engine, &group.code) {
            (Engine::Vm | Engine::Auto, Some(code)) => Running::Vm(Machine::new(code)),
            _ => Running::Tree(&group.tree),
        };
        let patterns = group.code.as_ref().map_or(&[][..], |code| &code.patterns);
        let patterns = if matches!(engine, Running::Vm(_)) { patterns } else { &[] };
        let mut runner = Runner {
            engine,
            state: State {
                work: Workspace::new(&arena, host, patterns),
                cache: Cache { entries: MapView::new(&known).iter().collect() },
                epochs: Epochs::default(),
                level: context.level,
            },
            keeps_cache: group.tree.shared_cache,
            recorder,
        };
        let result = edit(batch, context.level, &mut runner).ok();
        if group.tree.shared_cache {
            let mut encoded = Vec::new();
            for (key, value) in &runner.state.cache.entries {
                encode::put_entry(&mut encoded, key, *value);
            }
            drop(runner);
            shared.insert(context.name, encoded);
        }
        result
    }
}

/// What executes a group.
enum Running<'a> {
    Vm(Machine<'a>),
    Tree(&'a hir::Group),
}

/// Executes a group for each record of a walk.
struct Runner<'a, 'r, 't> {
    engine: Running<'a>,
    state: State<'a>,
    keeps_cache: bool,
    recorder: &'r mut Recorder<'t>,
}

/// The batch is refused; the recorder knows why.
struct Refused;

impl<'a> Editor<'a> for Runner<'a, '_, '_> {
    type Error = Refused;

    #[inline]
    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, Refused> {
        self.state.epochs.enter(open);
        if !self.keeps_cache {
            self.state.cache.entries.clear();
        }
        let mut frame = Frame { open, state: &mut self.state };
        let outcome = match &mut self.engine {
            Running::Vm(machine) => machine.run(&mut frame, self.recorder),
            Running::Tree(group) => walk(group, &mut frame, self.recorder),
        };
        self.state.work.forget_patterns();
        match outcome {
            Outcome::Done => Ok(Verdict::Keep),
            Outcome::Dropped => Ok(Verdict::Drop),
            Outcome::Refused => Err(Refused),
        }
    }
}

/// Executes a group as a tree for one record.
fn walk<'a>(
    group: &'a hir::Group,
    frame: &mut Frame<'_, 'a>,
    recorder: &mut Recorder<'_>,
) -> Outcome {
    let mut runs = group.guards.is_empty();
    for (index, guard) in group.guards.iter().enumerate() {
        let error = match eval::truth(frame, &guard.condition) {
            Ok(true) => {
                recorder.matched(index);
                runs = true;
                break;
            }
            Ok(false) => None,
            Err(error) => Some(error),
        };
        if recorder.ended(index, true, error, frame) {
            return Outcome::Refused;
        }
    }
    if !runs {
        return Outcome::Done;
    }
    for (index, statement) in group.statements.iter().enumerate() {
        let index = group.guards.len() + index;
        let conditional = statement.condition.is_some();
        let holds = match &statement.condition {
            Some(condition) => eval::truth(frame, condition),
            None => Ok(true),
        };
        let error = match holds {
            Ok(true) => {
                if conditional {
                    recorder.matched(index);
                }
                match eval::run(frame, &statement.action) {
                    Ok(eval::Outcome::Dropped) => {
                        recorder.ended(index, true, None, frame);
                        return Outcome::Dropped;
                    }
                    Ok(eval::Outcome::Done) => None,
                    Err(error) => Some(error),
                }
            }
            Ok(false) => None,
            Err(error) => Some(error),
        };
        if recorder.ended(index, conditional, error, frame) {
            return Outcome::Refused;
        }
    }
    Outcome::Done
}
