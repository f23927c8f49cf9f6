//! The virtual machine: executes linear code on registers.
//!
//! A [`Machine`] holds what outlives a record: registers, memos, counts. [`Machine::run`] executes
//! the code once for the record under the frame. Values in registers borrow from the request, the
//! program and the arena, so nothing is copied and nothing is freed between records.

use crate::compiler::hir::{Constant, Depends};
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::functions::Lambdas;
use crate::ir::{Code, Label, Op, Reg, Regs, Section};
use crate::ops;
use crate::paths::Target;
use crate::program::Recorder;
use crate::value::{PatternId, Value};

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
enum Exit<'a> {
    /// The record is done.
    Ended(Outcome),
    /// The section has a value.
    Yielded(Value<'a>),
    /// The section failed.
    Failed(EvalError),
}

/// The sections of a call, for the function that calls them.
struct Sections<'m, 'f, 'e, 'a> {
    machine: &'m mut Machine<'a>,
    frame: &'f mut Frame<'e, 'a>,
    sections: &'a [Option<Section>],
}

impl<'a> Lambdas<'a> for Sections<'_, '_, '_, 'a> {
    fn work(&mut self) -> &mut Workspace<'a> {
        &mut self.frame.state.work
    }

    fn has(&self, param: usize) -> bool {
        matches!(self.sections.get(param), Some(Some(_)))
    }

    fn call(&mut self, param: usize, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
        match self.sections.get(param) {
            Some(Some(section)) => self.machine.call(section, args, self.frame),
            _ => Err(EvalError::Internal("there is no lambda to call")),
        }
    }
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
    registers: Vec<Value<'a>>,
    constants: Vec<Value<'a>>,
    memos: Vec<Option<Memo<'a>>>,
    /// The error whose edge was taken last.
    error: Option<EvalError>,
}

const MISSING: EvalError = EvalError::Internal("code refers to something that does not exist");

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

    /// Executes the code for one record.
    pub fn run(&mut self, frame: &mut Frame<'_, 'a>, recorder: &mut Recorder<'_>) -> Outcome {
        match self.execute(0, frame, Some(recorder)) {
            Exit::Ended(outcome) => outcome,
            Exit::Yielded(_) | Exit::Failed(_) => Outcome::Done,
        }
    }

    /// Executes the section of a lambda.
    ///
    /// # Errors
    /// What its body raises.
    fn call(
        &mut self,
        section: &Section,
        args: &[Value<'a>],
        frame: &mut Frame<'_, 'a>,
    ) -> Result<Value<'a>, EvalError> {
        frame.state.locals.count_call()?;
        for (param, value) in section.params.iter().zip(args) {
            if let Some(reg) = param {
                self.set(*reg, *value)?;
            }
        }
        match self.execute(section.entry.0 as usize, frame, None) {
            Exit::Yielded(value) => Ok(value),
            Exit::Failed(error) => Err(error),
            Exit::Ended(_) => Err(MISSING),
        }
    }

    /// Executes instructions from `at` on. Sections of lambdas have no statements, and so nothing to
    /// record.
    fn execute(
        &mut self,
        mut at: usize,
        frame: &mut Frame<'_, 'a>,
        mut recorder: Option<&mut Recorder<'_>>,
    ) -> Exit<'a> {
        let code = self.code;
        while let Some(instruction) = code.instructions.get(at) {
            at += 1;
            let failed = match instruction.op {
                Op::Constant { to, constant } => {
                    let value = self.constants.get(constant.0 as usize).copied();
                    self.set(to, value.unwrap_or_default())
                }
                Op::Load { to, place, keys } => match code.places.get(place.0 as usize) {
                    Some(path) => {
                        let value = frame.read(*path, self.slice(keys));
                        self.set_or(to, value)
                    }
                    None => Err(MISSING),
                },
                Op::Store { place, keys, value } => match code.places.get(place.0 as usize) {
                    Some(path) => frame.write(*path, self.slice(keys), self.get(value)),
                    None => Err(MISSING),
                },
                Op::Call { to, function, args } => {
                    let value = (function.run)(&mut frame.state.work, self.slice(args));
                    self.set_or(to, value)
                }
                Op::Edit { function, place, keys, args } => match code.places.get(place.0 as usize)
                {
                    Some(path) => {
                        let target = Target { path: *path, keys: self.slice(keys) };
                        (function.run)(frame, &target, self.slice(args))
                    }
                    None => Err(MISSING),
                },
                Op::Catch { to } => {
                    let error = self.error.take().unwrap_or(MISSING);
                    let value = frame.state.work.failed(error);
                    self.set(to, value)
                }
                Op::Move { to, from } => self.set(to, self.get(from)),
                Op::Apply { to, function, args, lambdas } => {
                    let args = self.slice(args).to_vec();
                    let sections = code.lambdas.get(lambdas.0 as usize);
                    let sections = sections.map(Vec::as_slice).unwrap_or_default();
                    let value =
                        (function.run)(&mut Sections { machine: self, frame, sections }, &args);
                    self.set_or(to, value)
                }
                Op::EditItem { function, args } => (function.run)(frame, self.slice(args)),
                Op::Index { to, base, key } => {
                    self.set_or(to, ops::index(self.get(base), self.get(key)))
                }
                Op::Math { to, op, left, right } => {
                    self.set_or(to, ops::math(op.0, self.get(left), self.get(right)))
                }
                Op::Negate { to, from } => self.set_or(to, ops::negate(self.get(from))),
                Op::Items { to, items } => {
                    let items = frame.state.work.arena.alloc_slice_copy(self.slice(items));
                    self.set(to, Value::Items(items))
                }
                Op::Map { to, parts } => {
                    let map = ops::new_map(&frame.state.work, self.slice(parts));
                    self.set_or(to, map)
                }
                Op::Convert { to, conversion, from } => {
                    let value = conversion.apply(&mut frame.state.work, self.get(from));
                    self.set_or(to, value)
                }
                Op::Compare { to, op, left, right } => {
                    let holds = ops::compared(op.0, self.get(left), self.get(right));
                    self.set(to, Value::Bool(holds))
                }
                Op::Not { to, from } => {
                    let value = !self.truth(from);
                    self.set(to, Value::Bool(value))
                }
                Op::Raise { error } => {
                    Err(code.errors.get(error.0 as usize).cloned().unwrap_or(MISSING))
                }
                Op::Jump { to } => {
                    at = to.0 as usize;
                    Ok(())
                }
                Op::Branch { condition, when, to } => {
                    if self.truth(condition) == when {
                        at = to.0 as usize;
                    }
                    Ok(())
                }
                Op::Recall { to, memo, known } => {
                    let epoch = self.epoch(frame, memo.0 as usize);
                    match self.memos.get(memo.0 as usize) {
                        Some(Some(memo)) if memo.epoch == epoch => match &memo.outcome {
                            Ok(value) => {
                                let value = *value;
                                at = known.0 as usize;
                                self.set(to, value)
                            }
                            Err(error) => Err(error.clone()),
                        },
                        _ => Ok(()),
                    }
                }
                Op::Keep { memo, value } => {
                    let epoch = self.epoch(frame, memo.0 as usize);
                    let outcome = Ok(self.get(value));
                    self.keep(memo.0 as usize, Memo { epoch, outcome });
                    Ok(())
                }
                Op::KeepError { memo } => {
                    let epoch = self.epoch(frame, memo.0 as usize);
                    let error = self.error.take().unwrap_or(MISSING);
                    let outcome = Err(error.clone());
                    self.keep(memo.0 as usize, Memo { epoch, outcome });
                    Err(error)
                }
                Op::Match { statement } => {
                    if let Some(recorder) = &mut recorder {
                        recorder.matched(statement.0 as usize);
                    }
                    Ok(())
                }
                Op::End { statement, conditional } => {
                    let error = self.error.take();
                    if let Some(recorder) = &mut recorder
                        && recorder.ended(statement.0 as usize, conditional, error, frame)
                    {
                        return Exit::Ended(Outcome::Refused);
                    }
                    Ok(())
                }
                Op::Drop { statement } => {
                    if let Some(recorder) = &mut recorder {
                        recorder.ended(statement.0 as usize, true, None, frame);
                    }
                    return Exit::Ended(Outcome::Dropped);
                }
                Op::Forget {} => {
                    frame.state.cache.entries.clear();
                    Ok(())
                }
                Op::Return {} => return Exit::Ended(Outcome::Done),
                Op::Yield { value } => return Exit::Yielded(self.get(value)),
                Op::Fail {} => return Exit::Failed(self.error.take().unwrap_or(MISSING)),
            };
            if let Err(error) = failed {
                self.error = Some(error);
                match instruction.on_error {
                    Some(Label(label)) => at = label as usize,
                    None => return Exit::Ended(Outcome::Done),
                }
            }
        }
        Exit::Ended(Outcome::Done)
    }

    #[inline]
    fn get(&self, reg: Reg) -> Value<'a> {
        self.registers.get(reg.0 as usize).copied().unwrap_or_default()
    }

    #[inline]
    fn slice(&self, regs: Regs) -> &[Value<'a>] {
        self.registers.get(regs.range()).unwrap_or_default()
    }

    #[inline]
    fn truth(&self, reg: Reg) -> bool {
        matches!(self.get(reg), Value::Bool(true))
    }

    #[inline]
    fn set(&mut self, reg: Reg, value: Value<'a>) -> Result<(), EvalError> {
        if let Some(register) = self.registers.get_mut(reg.0 as usize) {
            *register = value;
        }
        Ok(())
    }

    #[inline]
    fn set_or(&mut self, reg: Reg, value: Result<Value<'a>, EvalError>) -> Result<(), EvalError> {
        self.set(reg, value?)
    }

    #[inline]
    fn epoch(&self, frame: &Frame<'_, 'a>, memo: usize) -> u64 {
        match self.code.memos.get(memo) {
            Some(Depends::Resource) => frame.state.epochs.resource(),
            Some(Depends::Scope) => frame.state.epochs.scope(),
            _ => 0,
        }
    }

    fn keep(&mut self, memo: usize, kept: Memo<'a>) {
        if let Some(slot) = self.memos.get_mut(memo) {
            *slot = Some(kept);
        }
    }
}
