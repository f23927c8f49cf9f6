//! `Program`: compiled statements of one signal, ready to change batches.
//!
//! Groups of statements enter through [`compile`], or as typed trees through [`Program::new`].
//! [`Program::run`] takes a batch through all groups in order; neighbours share a pass over the batch
//! where nobody can tell.

mod compile;
mod infer;
mod observe;
mod record;
mod references;
mod run;
mod session;
mod sort;
mod source;
mod stage;

pub use compile::{Trees, compile, compile_trees};
pub use infer::infers_named_context;
pub use observe::{Expression, Seen, Within, why};
pub use record::{Counts, Failure, OnDrop, OnFailure, Recorder, Step, Tally, Trace};
pub use session::Session;
pub use source::{Engine, ErrorMode, Group, SourceText, UnknownName};
pub use stage::OnPassed;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;

use crate::compiler::effects::Effects;
use crate::compiler::lower::lower;
use crate::compiler::opt::{Pass, optimise};
use crate::compiler::{fuse, hir};
use crate::error::EvalError;
use crate::frame::Kept;
use crate::ir::Code;
use crate::jit;
use stage::Stage;

/// A program and what there is to say about its statements.
#[derive(Debug)]
pub struct Compiled {
    /// The program.
    pub program: Program,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// Compiled statements of one signal. Shared by all that run it; runs do not disturb each other.
pub struct Program {
    signal: Signal,
    engine: Engine,
    passes: Vec<CompiledPass>,
    tallies: Vec<Tally>,
    /// The programs it was joined of; itself when it was not.
    stages: Vec<Stage>,
    /// What runs compiled and later ones may use; as many as runs were ever under way together.
    kept: Mutex<Vec<Kept>>,
}

/// Groups that share a pass, in the forms that the engines need.
#[derive(Debug)]
struct CompiledPass {
    /// The trees as the checker made them, for the reference evaluator, which takes them one by one.
    trees: Vec<hir::Group>,
    /// The code for the virtual machine; absent if a defect kept it from being made, which leaves
    /// the pass to the reference evaluator.
    code: Option<Arc<Code>>,
    /// The compiled code, made by the first run that asks for it; `None` if it cannot be made.
    compiled: OnceLock<Option<jit::Compiled>>,
    /// The places of its guards and statements among the program's.
    tallies: std::ops::Range<usize>,
}

impl CompiledPass {
    /// The compiled code.
    fn compiled(&self) -> Option<&jit::Compiled> {
        let code = self.code.as_ref()?;
        self.compiled.get_or_init(|| jit::Compiled::new(code).ok()).as_ref()
    }
}

impl Program {
    /// A program of typed trees.
    pub fn new(signal: Signal, groups: Vec<hir::Group>, engine: Engine) -> Self {
        Self::with_passes(signal, groups, engine, Pass::ALL)
    }

    /// As [`Self::new`], with some optimiser passes only.
    pub fn with_passes(
        signal: Signal,
        groups: Vec<hir::Group>,
        engine: Engine,
        passes: &[Pass],
    ) -> Self {
        let mut tallies = Vec::new();
        let passes = fuse::passes(groups)
            .into_iter()
            .map(|trees| {
                let first = tallies.len();
                for tree in &trees {
                    let mode = tree.error_mode;
                    let guards = tree.guards.iter();
                    let tally =
                        |one: &hir::Guard| Tally::new(one.text.clone(), one.place, true, mode);
                    tallies.extend(guards.map(tally));
                    let statements = tree.statements.iter();
                    let tally =
                        |one: &hir::Statement| Tally::new(one.text.clone(), one.place, false, mode);
                    tallies.extend(statements.map(tally));
                }
                let mut optimised = trees.clone();
                optimised.iter_mut().for_each(|tree| optimise(tree, passes));
                let code = lower(&optimised);
                debug_assert!(code.is_ok(), "{code:?}");
                let code = code.ok().map(Arc::new);
                let tallies = first..tallies.len();
                CompiledPass { trees, code, compiled: OnceLock::new(), tallies }
            })
            .collect();
        let stages = vec![Stage::new(0..tallies.len())];
        Self { signal, engine, passes, tallies, stages, kept: Mutex::default() }
    }

    /// One program that does what several do one after the other, with as few passes as that allows.
    /// Failures are reported to whom each of them reports. `None` when there is none, or when they do
    /// not all take the same signal.
    pub fn join(programs: &[&Self]) -> Option<Self> {
        let first = programs.first()?;
        if programs.iter().any(|program| program.signal != first.signal) {
            return None;
        }
        let trees = programs.iter().flat_map(|program| program.trees().cloned()).collect();
        let mut joined = Self::new(first.signal, trees, first.engine);
        // Joining keeps the order of the statements.
        let tallies = programs.iter().flat_map(|program| &program.tallies);
        for (joined, tally) in joined.tallies.iter_mut().zip(tallies) {
            joined.on_failure.clone_from(&tally.on_failure);
            joined.on_drop.clone_from(&tally.on_drop);
        }
        let mut before = 0;
        joined.stages.clear();
        for program in programs {
            joined.stages.extend(program.stages.iter().map(|stage| stage.behind(before)));
            before += program.tallies.len();
        }
        Some(joined)
    }

    /// Lets `on_failure` hear of statements that fail and are skipped.
    #[must_use]
    pub fn on_failure(mut self, on_failure: Arc<OnFailure>) -> Self {
        for tally in &mut self.tallies {
            tally.on_failure = Some(on_failure.clone());
        }
        self
    }

    /// Lets `on_drop` hear of dropped items.
    #[must_use]
    pub fn on_drop(mut self, on_drop: Arc<OnDrop>) -> Self {
        for tally in &mut self.tallies {
            tally.on_drop = Some(on_drop.clone());
        }
        self
    }

    /// Lets `on_passed` hear what comes to the first of the programs that it was joined of, and what
    /// is left behind it. Who was told of first hears of it alone, also through programs that this
    /// one is joined into later.
    pub fn on_first_passed(&self, on_passed: Arc<OnPassed>) {
        if let Some(first) = self.stages.first() {
            first.listen(on_passed);
        }
    }

    /// Whether it may drop items, and what holds nothing with them.
    pub fn drops(&self) -> bool {
        self.trees().any(|tree| Effects::of(tree).drops)
    }

    /// The signal whose batches the program takes.
    pub const fn signal(&self) -> Signal {
        self.signal
    }

    /// What executes it.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.trees().all(|tree| tree.statements.is_empty())
    }

    /// All guards and statements with their counts, group by group, guards first.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The typed trees, as the checker made them.
    pub fn trees(&self) -> impl Iterator<Item = &hir::Group> {
        self.passes.iter().flat_map(|pass| &pass.trees)
    }

    /// The code of each pass.
    pub fn code(&self) -> impl Iterator<Item = &Code> {
        self.passes.iter().filter_map(|pass| pass.code.as_deref())
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("signal", &self.signal)
            .field("engine", &self.engine)
            .field("passes", &self.passes)
            .finish_non_exhaustive()
    }
}

/// A statement or condition failed under [`ErrorMode::Propagate`]: the batch is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{what}: {statement}, {cause}",
    what = if *is_guard { "failed to eval condition" } else { "failed to execute statement" })]
pub struct RunError {
    /// The statement, with every path behind its context; or the condition, as written.
    pub statement: String,
    /// Whether it is a condition of its group.
    pub is_guard: bool,
    /// Why it failed.
    pub cause: EvalError,
}
