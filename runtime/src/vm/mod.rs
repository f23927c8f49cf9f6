//! The virtual machine, and the machine that compiled code works on as well.
//!
//! A [`Machine`] holds what outlives a record: registers, memos, the last error. Its operations
//! ([`operations`]) are what the code consists of, a method each; the loop that takes them one by one
//! is in [`interpret`], and [`crate::jit`] calls the same methods from compiled code. Values in
//! registers borrow from the request, the program and the arena, so nothing is copied and nothing is
//! freed between records.

mod interpret;
mod operations;

use crate::compiler::hir::Constant;
use crate::error::EvalError;
use crate::frame::Frame;
use crate::ir::{Code, Label, Reg, Regs, Section};
use crate::value::{PatternId, Value};

pub(crate) use operations::Known;

/// What became of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It stays.
    Done,
    /// It is dropped.
    Dropped,
    /// The batch is refused.
    Refused,
}

/// How execution of code or of a section came to its end.
pub(crate) enum Exit<'a> {
    /// The record is done.
    Ended(Outcome),
    /// The section has a value.
    Yielded(Value<'a>),
    /// The section failed.
    Failed(EvalError),
}

/// How an engine executes sections.
pub(crate) trait Enter<'a> {
    /// Executes the section that starts at a label; its arguments are in their registers.
    fn enter(&self, machine: &mut Machine<'a>, entry: Label, frame: &mut Frame<'_, 'a>)
    -> Exit<'a>;
}

/// A value or error that was kept.
struct Memo<'a> {
    /// The count of what it depends on.
    epoch: u64,
    outcome: Result<Value<'a>, EvalError>,
}

/// What outlives a record.
pub struct Machine<'a> {
    code: &'a Code,
    /// Never grows nor moves: compiled code reaches registers by address.
    registers: Vec<Value<'a>>,
    constants: Vec<Value<'a>>,
    memos: Vec<Option<Memo<'a>>>,
    /// The error whose edge was taken last.
    error: Option<EvalError>,
}

pub(crate) const MISSING: EvalError =
    EvalError::Internal("code refers to something that does not exist");

impl<'a> Machine<'a> {
    /// A machine for code that the verifier has seen.
    pub fn new(code: &'a Code) -> Self {
        let value = |(constant, pattern): (&'a Constant, &Option<u32>)| match pattern {
            Some(index) => Value::Pattern(PatternId(*index)),
            None => constant.value().unwrap_or_default(),
        };
        let constants: Vec<_> = code.constants.iter().zip(&code.pattern_of).map(value).collect();
        let mut registers = vec![Value::Nil; code.registers.len()];
        for (reg, constant) in &code.presets {
            if let Some(register) = registers.get_mut(reg.0 as usize) {
                *register = constants.get(constant.0 as usize).copied().unwrap_or_default();
            }
        }
        Self {
            code,
            registers,
            constants,
            memos: code.memos.iter().map(|_| None).collect(),
            error: None,
        }
    }

    /// Calls a lambda: gives its parameters their values and executes its section.
    ///
    /// # Errors
    /// What its body raises, and when the record has called lambdas too often.
    fn call_section(
        &mut self,
        engine: &dyn Enter<'a>,
        section: &Section,
        args: &[Value<'a>],
        frame: &mut Frame<'_, 'a>,
    ) -> Result<Value<'a>, EvalError> {
        frame.state.locals.count_call()?;
        for (param, value) in section.params.iter().zip(args) {
            if let Some(reg) = param {
                self.set(*reg, *value);
            }
        }
        match engine.enter(self, section.entry, frame) {
            Exit::Yielded(value) => Ok(value),
            Exit::Failed(error) => Err(error),
            Exit::Ended(_) => Err(MISSING),
        }
    }

    /// The code it was made for.
    pub(crate) const fn code(&self) -> &'a Code {
        self.code
    }

    /// The register file, in the order of the registers.
    pub(crate) const fn registers_mut(&mut self) -> &mut [Value<'a>] {
        self.registers.as_mut_slice()
    }

    /// Takes note of the error whose edge is taken.
    pub(crate) fn fail(&mut self, error: EvalError) {
        self.error = Some(error);
    }

    /// The error that led here.
    pub(crate) fn take_error(&mut self) -> EvalError {
        self.error.take().unwrap_or(MISSING)
    }

    /// What a register holds.
    #[inline]
    pub(crate) fn get(&self, reg: Reg) -> Value<'a> {
        self.registers.get(reg.0 as usize).copied().unwrap_or_default()
    }

    #[inline]
    fn slice(&self, regs: Regs) -> &[Value<'a>] {
        self.registers.get(regs.range()).unwrap_or_default()
    }

    #[inline]
    fn set(&mut self, reg: Reg, value: Value<'a>) {
        if let Some(register) = self.registers.get_mut(reg.0 as usize) {
            *register = value;
        }
    }
}
