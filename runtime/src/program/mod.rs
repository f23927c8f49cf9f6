//! `Program`: compiled statements of one signal, ready to change batches.
//!
//! Groups of statements enter through [`compile`], or as typed trees through [`Program::new`].
//! [`Program::run`] takes a batch through all groups in order, each in one pass over the batch.

mod compile;
mod record;
mod run;
mod source;

pub use compile::compile;
pub use record::{Counts, Failure, OnFailure, Recorder, Step, Tally, Trace};
pub use source::{Engine, ErrorMode, Group, SourceText, UnknownName};

use std::fmt;
use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;

use crate::compiler::hir;
use crate::compiler::lower::lower;
use crate::compiler::opt::{Pass, optimise};
use crate::error::EvalError;
use crate::ir::Code;

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
    groups: Vec<CompiledGroup>,
    tallies: Vec<Tally>,
    on_failure: Option<Arc<OnFailure>>,
}

/// A group in the forms that the engines need.
#[derive(Debug)]
struct CompiledGroup {
    /// The tree as the checker made it, for the reference evaluator.
    tree: hir::Group,
    /// The code for the virtual machine; absent if a defect kept it from being made, which leaves
    /// the group to the reference evaluator.
    code: Option<Code>,
    /// The places of its guards and statements among the program's.
    tallies: std::ops::Range<usize>,
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
        let groups = groups
            .into_iter()
            .map(|tree| {
                let first = tallies.len();
                tallies
                    .extend(tree.guards.iter().map(|guard| Tally::new(guard.text.clone(), true)));
                let statements = tree.statements.iter();
                tallies.extend(statements.map(|one| Tally::new(one.text.clone(), false)));
                let mut optimised = tree.clone();
                optimise(&mut optimised, passes);
                let code = lower(&optimised);
                debug_assert!(code.is_ok(), "{code:?}");
                CompiledGroup { tree, code: code.ok(), tallies: first..tallies.len() }
            })
            .collect();
        Self { signal, engine, groups, tallies, on_failure: None }
    }

    /// Lets `on_failure` hear of statements that fail and are skipped.
    #[must_use]
    pub fn on_failure(mut self, on_failure: Arc<OnFailure>) -> Self {
        self.on_failure = Some(on_failure);
        self
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
        self.groups.iter().all(|group| group.tree.statements.is_empty())
    }

    /// All guards and statements with their counts, group by group, guards first.
    pub fn tallies(&self) -> &[Tally] {
        &self.tallies
    }

    /// The typed trees, as the checker made them.
    pub fn trees(&self) -> impl Iterator<Item = &hir::Group> {
        self.groups.iter().map(|group| &group.tree)
    }

    /// The code of each group.
    pub fn code(&self) -> impl Iterator<Item = &Code> {
        self.groups.iter().filter_map(|group| group.code.as_ref())
    }
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Program")
            .field("signal", &self.signal)
            .field("engine", &self.engine)
            .field("groups", &self.groups)
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
