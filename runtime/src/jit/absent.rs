//! In place of the engine where there is no code generator for the processor.

use std::convert::Infallible;
use std::sync::Arc;

use super::NotCompiled;
use crate::frame::Frame;
use crate::ir::Code;
use crate::program::Recorder;
use crate::vm::Outcome;

/// The compiled code of a pass; here there is none.
#[derive(Debug)]
pub struct Compiled(Infallible);

impl Compiled {
    /// Compiles a pass.
    ///
    /// # Errors
    /// Always.
    pub fn new(_: &Arc<Code>) -> Result<Self, NotCompiled> {
        Err(NotCompiled::Unsupported(std::env::consts::ARCH))
    }
}

/// Compiled code with what outlives a record; here there is none.
#[allow(missing_debug_implementations)]
pub struct Running<'a>(&'a Compiled);

impl<'a> Running<'a> {
    /// Of the code of a pass.
    pub const fn new(compiled: &'a Compiled) -> Self {
        Self(compiled)
    }

    /// The code.
    pub(crate) fn code(&self) -> &'a Code {
        match self.0.0 {}
    }

    /// Executes the code for one record.
    pub fn run(&mut self, _: &mut Frame<'_, 'a>, _: &mut Recorder<'_>) -> Outcome {
        match self.0.0 {}
    }
}
