//! Expressions to code.

use super::{Lowerer, Pending};
use crate::compiler::hir::{Constant, Depends, Expr, ExprKind};
use crate::error::EvalError;
use crate::functions::Shim;
use crate::ir::ops::{Call, Shown};
use crate::ir::{ConstantId, MemoId, Op, Reg};

impl Lowerer {
    /// A register with the value of an expression.
    pub(super) fn expr(&mut self, expr: &Expr) -> Reg {
        let to = self.register(expr.ty);
        self.fresh(expr, to);
        to
    }

    /// Computes an expression into a register that nothing else writes: a constant is there from the
    /// start.
    pub(super) fn fresh(&mut self, expr: &Expr, to: Reg) {
        match &expr.kind {
            ExprKind::Constant(constant) => {
                let constant = self.constant(constant);
                self.code.presets.push((to, constant));
            }
            _ => self.expr_into(expr, to),
        }
    }

    /// Computes an expression into a register.
    pub(super) fn expr_into(&mut self, expr: &Expr, to: Reg) {
        match &expr.kind {
            ExprKind::Constant(constant) => {
                let constant = self.constant(constant);
                self.emit(Op::Constant { to, constant });
            }
            ExprKind::Load(place) => {
                let keys = self.block(&place.keys);
                let place = self.place(place.path);
                self.emit_failing(Op::Load { to, place, keys });
            }
            ExprKind::Call(function, args) => match function.run {
                Shim::Converter(run) | Shim::OfField(_, run) => {
                    let args = self.block(args);
                    let function = Call { name: function.name, run };
                    self.emit_failing(Op::Call { to, function, args });
                }
                Shim::HigherOrder(run) => self.apply(function, run, args, to),
                _ => self.raise(to, EvalError::Internal("an editor was used as a value")),
            },
            ExprKind::Index(base, key) => {
                let base = self.expr(base);
                let key = self.expr(key);
                self.emit_failing(Op::Index { to, base, key });
            }
            ExprKind::Math(op, left, right) => {
                let left = self.expr(left);
                let right = self.expr(right);
                self.emit_failing(Op::Math { to, op: Shown(*op), left, right });
            }
            ExprKind::Negate(part) => {
                let from = self.expr(part);
                self.emit_failing(Op::Negate { to, from });
            }
            ExprKind::Items(parts) => {
                let items = self.block(parts);
                self.emit(Op::Items { to, items });
            }
            ExprKind::Map(parts) => {
                let parts = self.block(parts);
                self.emit_failing(Op::Map { to, parts });
            }
            ExprKind::Convert(conversion, part) => {
                let from = self.expr(part);
                self.emit_failing(Op::Convert { to, conversion: *conversion, from });
            }
            ExprKind::Compare(op, left, right) => {
                let left = self.expr(left);
                let right = self.expr(right);
                self.emit(Op::Compare { to, op: Shown(*op), left, right });
            }
            ExprKind::And(parts) => self.short_circuit(parts, to, false),
            ExprKind::Or(parts) => self.short_circuit(parts, to, true),
            ExprKind::Not(part) => {
                let from = self.expr(part);
                self.emit(Op::Not { to, from });
            }
            ExprKind::Late(part) => self.late(part, to),
            ExprKind::Choice(parts) => self.choice(parts, to),
            ExprKind::Local(local) => match self.locals.get(local).copied() {
                Some(from) => {
                    self.emit(Op::Move { to, from });
                }
                None => self.raise(to, EvalError::Internal("a parameter has no register")),
            },
            ExprKind::Lambda(_) => {
                self.raise(to, EvalError::Internal("a lambda was used as a value"));
            }
            ExprKind::Raise(error) => self.raise(to, error.clone()),
            ExprKind::Memo(depends, part) => self.memo(*depends, part, to),
        }
    }

    fn raise(&mut self, to: Reg, error: EvalError) {
        let error = self.error(error);
        self.emit_failing(Op::Raise { error });
        // Never reached; it keeps the rule that a register is written before it is read.
        let constant = self.constant(&Constant::Nil);
        self.emit(Op::Constant { to, constant });
    }

    /// `or` stops at the first operand that is true, `and` at the first that is false.
    fn short_circuit(&mut self, parts: &[Expr], to: Reg, stop: bool) {
        let mut done = Pending::default();
        for (index, part) in parts.iter().enumerate() {
            self.expr_into(part, to);
            if index + 1 < parts.len() {
                self.jump_if(to, stop, &mut done);
            }
        }
        if parts.is_empty() {
            let constant = self.constant(&Constant::Bool(!stop));
            self.emit(Op::Constant { to, constant });
        }
        self.resolve(done);
    }

    /// A memo that holds is taken; otherwise the outcome is computed and kept, errors as well.
    fn memo(&mut self, depends: Depends, part: &Expr, to: Reg) {
        let memo = MemoId(u32::try_from(self.code.memos.len()).unwrap_or(u32::MAX));
        self.code.memos.push(depends);
        let mut known = Pending::default();
        self.emit_failing(Op::Recall { to, memo, known: crate::ir::Label(0) });
        known.jumps.push(self.code.instructions.len() - 1);
        let outer = std::mem::take(&mut self.errors);
        self.expr_into(part, to);
        let inner = std::mem::replace(&mut self.errors, outer);
        self.emit(Op::Keep { memo, value: to });
        if !inner.is_empty() {
            self.jump(&mut known);
            self.resolve(Pending { jumps: Vec::new(), errors: inner });
            self.emit_failing(Op::KeepError { memo });
        }
        self.resolve(known);
    }

    fn constant(&mut self, constant: &Constant) -> ConstantId {
        let pattern = match constant {
            Constant::Pattern(pattern) => {
                self.code.patterns.push(pattern.pattern.clone());
                u32::try_from(self.code.patterns.len() - 1).ok()
            }
            _ => None,
        };
        self.code.constants.push(constant.clone());
        self.code.pattern_of.push(pattern);
        ConstantId(u32::try_from(self.code.constants.len() - 1).unwrap_or(u32::MAX))
    }
}
