//! Running a program: pass after pass over the batch, record after record.

use std::collections::HashMap;

use bumpalo::Bump;
use holt_pdata::{Batch, Editor, Level, MapView, Open, Verdict, edit};

use super::record::Recorder;
use super::references;
use super::stage::Flow;
use super::{CompiledPass, Engine, Program, RunError, Trace};
use crate::compiler::effects::Effects;
use crate::compiler::hir::{self, Action, eval};
use crate::encode;
use crate::frame::{Cache, Frame, Kept, State};
use crate::host::Host;
use crate::jit;
use crate::text::regex::Pattern;
use crate::vm::{Machine, Outcome};

/// Shared scratch maps between groups, encoded, by context.
pub(super) type SharedCaches = HashMap<&'static str, Vec<u8>>;

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
        let resolved = references::resolved(batch);
        let mut current = resolved.clone();
        let mut run =
            Run { host, shared: SharedCaches::new(), kept: self.take_kept(), prunes: false };
        let mut refusal = None;
        let mut flow = Flow::new(&self.stages, batch.items());
        for pass in &self.passes {
            let tallies = self.tallies.get(pass.tallies.clone()).unwrap_or_default();
            // The trait object is lent anew to each pass.
            let trace: Option<&mut dyn Trace> = match &mut trace {
                Some(trace) => Some(&mut **trace),
                None => None,
            };
            let first = pass.tallies.start;
            let mut recorder = Recorder::new(tallies, first, trace);
            let next = self.run_pass(pass, &current, &mut recorder, &mut run);
            let before = current.items();
            if !recorder.has_refused()
                && let Some(next) = next
            {
                current = next;
            }
            if !recorder.has_refused() {
                flow.passed(&pass.tallies, &recorder, before, current.items());
            }
            refusal = recorder.finish();
            if refusal.is_some() {
                break;
            }
        }
        flow.finish(refusal.is_some());
        self.give_kept(run.kept);
        match refusal {
            Some(refusal) => Err(refusal),
            // What only the program would have needed written out stays as it came.
            None if current.bytes().as_ptr() == resolved.bytes().as_ptr() => Ok(batch.clone()),
            None => Ok(current),
        }
    }

    /// The batch after a pass, `None` when it was refused.
    fn run_pass(
        &self,
        pass: &CompiledPass,
        batch: &Batch,
        recorder: &mut Recorder<'_>,
        run: &mut Run<'_>,
    ) -> Option<Batch> {
        let first = pass.trees.first()?;
        if let Some(engine) = self.engine_of(pass) {
            run.prunes = pass.trees.iter().any(|tree| Effects::of(tree).drops);
            return run_walk(first, engine, batch, recorder, run);
        }
        let mut current = batch.clone();
        let mut index = 0;
        for tree in &pass.trees {
            run.prunes = Effects::of(tree).drops;
            let engine = Running::Tree(tree, index);
            current = run_walk(tree, engine, &current, recorder, run)?;
            index += tree.guards.len() + tree.statements.len();
        }
        Some(current)
    }

    /// What executes the code of a pass; `None` if its trees are to be walked.
    pub(super) fn engine_of<'a>(&self, pass: &'a CompiledPass) -> Option<Running<'a>> {
        let code = pass.code.as_ref()?;
        let compiled = if self.engine == Engine::Jit { pass.compiled() } else { None };
        match (self.engine, compiled) {
            (Engine::Reference, _) => None,
            (_, Some(compiled)) => Some(Running::Jit(jit::Running::new(compiled))),
            (_, None) => Some(Running::Vm(Machine::new(code))),
        }
    }

    pub(super) fn take_kept(&self) -> Kept {
        self.kept.lock().ok().and_then(|mut kept| kept.pop()).unwrap_or_default()
    }

    pub(super) fn give_kept(&self, kept: Kept) {
        if let Ok(mut all) = self.kept.lock() {
            all.push(kept);
        }
    }
}

/// What a run takes from pass to pass.
pub(super) struct Run<'h> {
    pub(super) host: &'h dyn Host,
    pub(super) shared: SharedCaches,
    pub(super) kept: Kept,
    /// Whether what holds nothing goes in the next walk.
    pub(super) prunes: bool,
}

/// Walks a batch once. `group` says what is walked; groups of one pass agree about it.
pub(super) fn run_walk(
    group: &hir::Group,
    engine: Running<'_>,
    batch: &Batch,
    recorder: &mut Recorder<'_>,
    run: &mut Run<'_>,
) -> Option<Batch> {
    let arena = Bump::new();
    let context = group.context;
    let known = group.shared_cache.then(|| run.shared.remove(context.name)).flatten();
    let known = known.unwrap_or_default();
    let kept = std::mem::take(&mut run.kept);
    let mut runner = Runner {
        state: State {
            cache: Cache { entries: MapView::new(&known).iter().collect() },
            ..State::new(&arena, run.host, engine.patterns(), kept, context.level)
        },
        engine,
        keeps_cache: group.shared_cache,
        prunes: run.prunes,
        looks_back: context.level == Level::DataPoint && edits_items(group),
        recorder,
    };
    let result = edit(batch, context.level, &mut runner).ok();
    let Runner { state: State { work, cache, .. }, .. } = runner;
    if group.shared_cache {
        let mut encoded = Vec::new();
        for (key, value) in &cache.entries {
            encode::put_entry(&mut encoded, key, *value);
        }
        run.shared.insert(context.name, encoded);
    }
    run.kept = work.into_kept();
    result
}

/// Whether a group has editors that see items as a whole.
fn edits_items(group: &hir::Group) -> bool {
    group.statements.iter().any(|one| matches!(one.action, Action::EditItem { .. }))
}

/// What executes a pass.
pub(super) enum Running<'a> {
    Vm(Machine<'a>),
    Jit(jit::Running<'a>),
    /// A group, and the index of its first guard or statement in the pass.
    Tree(&'a hir::Group, usize),
}

impl<'a> Running<'a> {
    /// The constant patterns of the code.
    pub(super) fn patterns(&self) -> &'a [Pattern] {
        match self {
            Running::Vm(machine) => &machine.code().patterns,
            Running::Jit(running) => &running.code().patterns,
            Running::Tree(..) => &[],
        }
    }

    /// Executes the pass for a record.
    #[inline]
    pub(super) fn run(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        recorder: &mut Recorder<'_>,
    ) -> Outcome {
        let outcome = match self {
            Running::Vm(machine) => machine.run(frame, recorder),
            Running::Jit(running) => running.run(frame, recorder),
            Running::Tree(group, first) => walk(group, *first, frame, recorder),
        };
        frame.state.work.forget_patterns();
        frame.state.locals.forget_calls();
        outcome
    }
}

/// Executes a pass for each record of a walk.
struct Runner<'a, 'r, 't> {
    engine: Running<'a>,
    state: State<'a>,
    keeps_cache: bool,
    prunes: bool,
    /// Whether a function may ask for datapoints that are through.
    looks_back: bool,
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
        match self.engine.run(&mut frame, self.recorder) {
            Outcome::Done => Ok(Verdict::Keep),
            Outcome::Dropped => Ok(Verdict::Drop),
            Outcome::Refused => Err(Refused),
        }
    }

    fn prunes(&self) -> bool {
        self.prunes
    }

    fn looks_back(&self) -> bool {
        self.looks_back
    }
}

/// Executes a group as a tree for one record.
pub(super) fn walk<'a>(
    group: &'a hir::Group,
    first: usize,
    frame: &mut Frame<'_, 'a>,
    recorder: &mut Recorder<'_>,
) -> Outcome {
    let mut runs = group.guards.is_empty();
    for (index, guard) in group.guards.iter().enumerate() {
        let index = first + index;
        let error = match eval::truth(frame, &guard.condition) {
            Ok(true) => {
                recorder.matched(index);
                runs = true;
                None
            }
            Ok(false) => None,
            Err(error) => Some(error),
        };
        if recorder.ended(index, true, error, frame) {
            return Outcome::Refused;
        }
        if runs {
            break;
        }
    }
    if !runs {
        return Outcome::Done;
    }
    for (index, statement) in group.statements.iter().enumerate() {
        let index = first + group.guards.len() + index;
        let conditional = statement.condition.is_some();
        let holds = match &statement.condition {
            Some(condition) => eval::truth(frame, condition),
            None => Ok(true),
        };
        let error = match holds {
            Ok(true) => {
                if conditional || matches!(statement.action, Action::Drop) {
                    recorder.matched(index);
                }
                match eval::run(frame, &statement.action) {
                    Ok(eval::Outcome::Dropped) => {
                        recorder.dropped(index, frame);
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
