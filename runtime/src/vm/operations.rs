//! The operations that do more than move, compare and branch: a method each, called by all engines
//! that execute code.
//!
//! Operands are those of [`crate::ir::Op`]. An operation that fails has written nothing.

use holt_grammar::ast::{CompareOp, MathOp};

use super::{Enter, MISSING, Machine, Memo};
use crate::compiler::hir::Depends;
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::functions::{Converter, Editor, HigherOrder, ItemEditor, Lambdas};
use crate::ir::{ConstantId, ErrorId, LambdasId, MemoId, PlaceId, Reg, Regs, Section, StatementId};
use crate::ops::{self, Conversion};
use crate::paths::{PathRef, Target};
use crate::program::Recorder;
use crate::value::Value;

/// Whether a memo still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    Yes,
    No,
}

/// The lambdas of a call, for the function that calls them.
struct Sections<'m, 'f, 'e, 'a> {
    machine: &'m mut Machine<'a>,
    frame: &'f mut Frame<'e, 'a>,
    engine: &'m dyn Enter<'a>,
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
            Some(Some(section)) => {
                self.machine.call_section(self.engine, section, args, self.frame)
            }
            _ => Err(EvalError::Internal("there is no lambda to call")),
        }
    }
}

impl<'a> Machine<'a> {
    #[inline]
    pub(crate) fn constant(&mut self, to: Reg, constant: ConstantId) {
        let value = self.constants.get(constant.0 as usize).copied();
        self.set(to, value.unwrap_or_default());
    }

    #[inline]
    pub(crate) fn load(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        to: Reg,
        place: PlaceId,
        keys: Regs,
    ) -> Result<(), EvalError> {
        let value = frame.read(self.place(place)?, self.slice(keys))?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn store(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        place: PlaceId,
        keys: Regs,
        value: Reg,
    ) -> Result<(), EvalError> {
        frame.write(self.place(place)?, self.slice(keys), self.get(value))
    }

    #[inline]
    pub(crate) fn call(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        to: Reg,
        run: Converter,
        args: Regs,
    ) -> Result<(), EvalError> {
        let value = run(&mut frame.state.work, self.slice(args))?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn edit(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        run: Editor,
        place: PlaceId,
        keys: Regs,
        args: Regs,
    ) -> Result<(), EvalError> {
        let target = Target { path: self.place(place)?, keys: self.slice(keys) };
        run(frame, &target, self.slice(args))
    }

    pub(crate) fn apply(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        engine: &dyn Enter<'a>,
        to: Reg,
        run: HigherOrder,
        args: Regs,
        lambdas: LambdasId,
    ) -> Result<(), EvalError> {
        // Sections write registers while the function still uses its arguments.
        let args = self.slice(args).to_vec();
        let sections = self.code.lambdas.get(lambdas.0 as usize);
        let sections = sections.map(Vec::as_slice).unwrap_or_default();
        let value = run(&mut Sections { machine: self, frame, engine, sections }, &args)?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn edit_item(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        run: ItemEditor,
        args: Regs,
    ) -> Result<(), EvalError> {
        run(frame, self.slice(args))
    }

    #[inline]
    pub(crate) fn index(&mut self, to: Reg, base: Reg, key: Reg) -> Result<(), EvalError> {
        let value = ops::index(self.get(base), self.get(key))?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn math(
        &mut self,
        to: Reg,
        op: MathOp,
        left: Reg,
        right: Reg,
    ) -> Result<(), EvalError> {
        let value = ops::math(op, self.get(left), self.get(right))?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn negate(&mut self, to: Reg, from: Reg) -> Result<(), EvalError> {
        let value = ops::negate(self.get(from))?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn items(&mut self, frame: &mut Frame<'_, 'a>, to: Reg, items: Regs) {
        let items = frame.state.work.arena.alloc_slice_copy(self.slice(items));
        self.set(to, Value::Items(items));
    }

    #[inline]
    pub(crate) fn map(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        to: Reg,
        parts: Regs,
    ) -> Result<(), EvalError> {
        let map = ops::new_map(&frame.state.work, self.slice(parts))?;
        self.set(to, map);
        Ok(())
    }

    #[inline]
    pub(crate) fn convert(
        &mut self,
        frame: &mut Frame<'_, 'a>,
        to: Reg,
        conversion: Conversion,
        from: Reg,
    ) -> Result<(), EvalError> {
        let value = conversion.apply(&mut frame.state.work, self.get(from))?;
        self.set(to, value);
        Ok(())
    }

    #[inline]
    pub(crate) fn compare(&mut self, to: Reg, op: CompareOp, left: Reg, right: Reg) {
        let holds = ops::compared(op, self.get(left), self.get(right));
        self.set(to, Value::Bool(holds));
    }

    /// The error that led here becomes a value.
    pub(crate) fn catch(&mut self, frame: &mut Frame<'_, 'a>, to: Reg) {
        let error = self.take_error();
        let value = frame.state.work.failed(error);
        self.set(to, value);
    }

    /// Takes a memo that still holds, or its error.
    #[inline]
    pub(crate) fn recall(
        &mut self,
        frame: &Frame<'_, 'a>,
        to: Reg,
        memo: MemoId,
    ) -> Result<Known, EvalError> {
        let epoch = self.epoch(frame, memo);
        match self.memos.get(memo.0 as usize) {
            Some(Some(memo)) if memo.epoch == epoch => {
                let value = memo.outcome.clone()?;
                self.set(to, value);
                Ok(Known::Yes)
            }
            _ => Ok(Known::No),
        }
    }

    pub(crate) fn keep(&mut self, frame: &Frame<'_, 'a>, memo: MemoId, value: Reg) {
        self.keep_outcome(frame, memo, Ok(self.get(value)));
    }

    /// Keeps the error that led here, which goes on.
    pub(crate) fn keep_error(&mut self, frame: &Frame<'_, 'a>, memo: MemoId) -> EvalError {
        let error = self.take_error();
        self.keep_outcome(frame, memo, Err(error.clone()));
        error
    }

    fn keep_outcome(
        &mut self,
        frame: &Frame<'_, 'a>,
        memo: MemoId,
        outcome: Result<Value<'a>, EvalError>,
    ) {
        let epoch = self.epoch(frame, memo);
        if let Some(slot) = self.memos.get_mut(memo.0 as usize) {
            *slot = Some(Memo { epoch, outcome });
        }
    }

    /// The error of a `raise`.
    pub(crate) fn raise(&self, error: ErrorId) -> EvalError {
        self.code.errors.get(error.0 as usize).cloned().unwrap_or(MISSING)
    }

    /// Ends a guard or statement, with the error that led here if one did. Answers whether the batch
    /// is refused. Sections of lambdas have no statements, and so no recorder.
    #[inline]
    pub(crate) fn end(
        &mut self,
        frame: &Frame<'_, 'a>,
        recorder: Option<&mut Recorder<'_>>,
        statement: StatementId,
        conditional: bool,
    ) -> bool {
        let error = self.error.take();
        recorder
            .is_some_and(|recorder| recorder.ended(statement.0 as usize, conditional, error, frame))
    }

    #[inline]
    fn epoch(&self, frame: &Frame<'_, 'a>, memo: MemoId) -> u64 {
        match self.code.memos.get(memo.0 as usize) {
            Some(Depends::Resource) => frame.state.epochs.resource(),
            Some(Depends::Scope) => frame.state.epochs.scope(),
            _ => 0,
        }
    }

    #[inline]
    fn place(&self, place: PlaceId) -> Result<PathRef, EvalError> {
        self.code.places.get(place.0 as usize).copied().ok_or(MISSING)
    }
}
