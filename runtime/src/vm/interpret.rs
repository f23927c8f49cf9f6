//! The interpreter: takes instructions one by one.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::{Enter, Exit, Known, Machine, Outcome};
use crate::error::PANICKED;
use crate::frame::Frame;
use crate::ir::{Label, Op, Reg};
use crate::program::Recorder;
use crate::value::Value;

/// Executes sections by taking their instructions one by one.
struct Interpret;

impl<'a> Enter<'a> for Interpret {
    fn enter(
        &self,
        machine: &mut Machine<'a>,
        entry: Label,
        frame: &mut Frame<'_, 'a>,
    ) -> Exit<'a> {
        machine.guarded(entry, frame, None)
    }
}

impl<'a> Machine<'a> {
    /// Executes the code for one record.
    pub fn run(&mut self, frame: &mut Frame<'_, 'a>, recorder: &mut Recorder<'_>) -> Outcome {
        match self.guarded(Label(0), frame, Some(recorder)) {
            Exit::Ended(outcome) => outcome,
            Exit::Yielded(_) | Exit::Failed(_) => Outcome::Done,
        }
    }

    /// Executes from a label on. An operation that panics has failed, if it can fail at all.
    fn guarded(
        &mut self,
        entry: Label,
        frame: &mut Frame<'_, 'a>,
        mut recorder: Option<&mut Recorder<'_>>,
    ) -> Exit<'a> {
        let mut at = entry.0 as usize;
        loop {
            let recorder = recorder.as_deref_mut();
            let execute = || self.execute(&mut at, frame, recorder);
            let payload = match catch_unwind(AssertUnwindSafe(execute)) {
                Ok(exit) => return exit,
                Err(payload) => payload,
            };
            let panicked = at.checked_sub(1).and_then(|at| self.code.instructions.get(at));
            match panicked.and_then(|instruction| instruction.on_error) {
                Some(Label(label)) => at = label as usize,
                None => resume_unwind(payload),
            }
            self.fail(PANICKED);
        }
    }

    /// Executes instructions from `at` on, which stays behind the one under execution. Sections of
    /// lambdas have no statements, and so nothing to record.
    fn execute(
        &mut self,
        at: &mut usize,
        frame: &mut Frame<'_, 'a>,
        mut recorder: Option<&mut Recorder<'_>>,
    ) -> Exit<'a> {
        let code = self.code;
        while let Some(instruction) = code.instructions.get(*at) {
            *at += 1;
            let done = match instruction.op {
                Op::Move { to, from } => {
                    self.set(to, self.get(from));
                    Ok(())
                }
                Op::Constant { to, constant } => {
                    self.constant(to, constant);
                    Ok(())
                }
                Op::Load { to, place, keys } => self.load(frame, to, place, keys),
                Op::Store { place, keys, value } => self.store(frame, place, keys, value),
                Op::Call { to, function, args } => self.call(frame, to, function.run, args),
                Op::Edit { function, place, keys, args } => {
                    self.edit(frame, function.run, place, keys, args)
                }
                Op::Apply { to, function, args, lambdas } => {
                    self.apply(frame, &Interpret, to, function.run, args, lambdas)
                }
                Op::EditItem { function, args } => self.edit_item(frame, function.run, args),
                Op::Index { to, base, key } => self.index(to, base, key),
                Op::Math { to, op, left, right } => self.math(to, op.0, left, right),
                Op::Negate { to, from } => self.negate(to, from),
                Op::Items { to, items } => {
                    self.items(frame, to, items);
                    Ok(())
                }
                Op::Map { to, parts } => self.map(frame, to, parts),
                Op::Convert { to, conversion, from } => self.convert(frame, to, conversion, from),
                Op::Compare { to, op, left, right } => {
                    self.compare(to, op.0, left, right);
                    Ok(())
                }
                Op::Not { to, from } => {
                    let value = !self.truth(from);
                    self.set(to, Value::Bool(value));
                    Ok(())
                }
                Op::Raise { error } => Err(self.raise(error)),
                Op::Catch { to } => {
                    self.catch(frame, to);
                    Ok(())
                }
                Op::Jump { to } => {
                    *at = to.0 as usize;
                    Ok(())
                }
                Op::Branch { condition, when, to } => {
                    if self.truth(condition) == when {
                        *at = to.0 as usize;
                    }
                    Ok(())
                }
                Op::Recall { to, memo, known } => {
                    self.recall(frame, to, memo).map(|found| match found {
                        Known::Yes => *at = known.0 as usize,
                        Known::No => {}
                    })
                }
                Op::Keep { memo, value } => {
                    self.keep(frame, memo, value);
                    Ok(())
                }
                Op::KeepError { memo } => Err(self.keep_error(frame, memo)),
                Op::Match { statement } => {
                    if let Some(recorder) = &mut recorder {
                        recorder.matched(statement.0 as usize);
                    }
                    Ok(())
                }
                Op::End { statement, conditional } => {
                    let recorder = recorder.as_deref_mut();
                    if self.end(frame, recorder, statement, conditional) {
                        return Exit::Ended(Outcome::Refused);
                    }
                    Ok(())
                }
                Op::Drop { statement } => {
                    if let Some(recorder) = recorder {
                        recorder.dropped(statement.0 as usize, frame);
                    }
                    return Exit::Ended(Outcome::Dropped);
                }
                Op::Forget {} => {
                    frame.state.cache.entries.clear();
                    Ok(())
                }
                Op::Return {} => return Exit::Ended(Outcome::Done),
                Op::Yield { value } => return Exit::Yielded(self.get(value)),
                Op::Fail {} => return Exit::Failed(self.take_error()),
            };
            if let Err(error) = done {
                self.fail(error);
                match instruction.on_error {
                    Some(Label(label)) => *at = label as usize,
                    None => return Exit::Ended(Outcome::Done),
                }
            }
        }
        Exit::Ended(Outcome::Done)
    }

    #[inline]
    fn truth(&self, reg: Reg) -> bool {
        matches!(self.get(reg), Value::Bool(true))
    }
}
