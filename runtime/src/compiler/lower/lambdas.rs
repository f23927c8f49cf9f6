//! Lambdas to sections of code, and choices to branches.
//!
//! A call that takes lambdas is one operation, whose function calls sections as often as it likes.
//! Sections stand behind the code of all statements; control never falls into them.

use std::collections::HashMap;

use super::{Lowerer, Pending};
use crate::compiler::hir::{Expr, ExprKind, Lambda, LocalId};
use crate::functions::{FunctionDecl, HigherOrder};
use crate::ir::ops::Call;
use crate::ir::{Label, LambdasId, Op, Reg, Section};
use crate::types::Type;

/// A lambda whose code is still to be made.
#[derive(Debug)]
pub(super) struct Later {
    call: usize,
    param: usize,
    body: Expr,
    /// The parameters that its body can see.
    locals: HashMap<LocalId, Reg>,
}

impl Lowerer {
    /// Calls a function with lambdas.
    pub(super) fn apply(
        &mut self,
        function: &FunctionDecl,
        run: HigherOrder,
        args: &[Expr],
        to: Reg,
    ) {
        let sections = args.iter().map(|_| None).collect();
        let call = self.code.lambdas.len();
        self.code.lambdas.push(sections);
        // What is no lambda is computed before.
        let values: Vec<Expr> = args
            .iter()
            .map(|arg| match arg.kind {
                ExprKind::Lambda(_) => Expr::constant(crate::compiler::hir::Constant::Nil),
                _ => arg.clone(),
            })
            .collect();
        for (param, arg) in args.iter().enumerate() {
            if let ExprKind::Lambda(lambda) = &arg.kind {
                self.later(call, param, lambda);
            }
        }
        let args = self.block(&values);
        let function = Call { name: function.name, run };
        let lambdas = LambdasId(u32::try_from(call).unwrap_or(u32::MAX));
        self.emit_failing(Op::Apply { to, function, args, lambdas });
    }

    fn later(&mut self, call: usize, param: usize, lambda: &Lambda) {
        let mut locals = self.locals.clone();
        let params = lambda
            .params
            .iter()
            .map(|local| {
                local.map(|local| {
                    let reg = self.register(Type::ANY);
                    locals.insert(local, reg);
                    reg
                })
            })
            .collect();
        let slot = self.code.lambdas.get_mut(call).and_then(|sections| sections.get_mut(param));
        if let Some(slot) = slot {
            *slot = Some(Section { entry: Label(u32::MAX), params });
        }
        self.lambdas.push_back(Later { call, param, body: lambda.body.clone(), locals });
    }

    /// Makes the code of all lambdas, those inside lambdas as well.
    pub(super) fn sections(&mut self) {
        while let Some(later) = self.lambdas.pop_front() {
            let entry = self.here();
            let sections = self.code.lambdas.get_mut(later.call);
            if let Some(Some(section)) = sections.and_then(|all| all.get_mut(later.param)) {
                section.entry = entry;
            }
            self.locals = later.locals;
            let value = self.expr(&later.body);
            self.emit(Op::Yield { value });
            let errors = std::mem::take(&mut self.errors);
            if !errors.is_empty() {
                self.resolve(Pending { jumps: Vec::new(), errors });
                self.emit(Op::Fail {});
            }
        }
    }

    /// Computes a value, and takes its error for one if there is one.
    pub(super) fn late(&mut self, part: &Expr, to: Reg) {
        let outer = std::mem::take(&mut self.errors);
        self.expr_into(part, to);
        let inner = std::mem::replace(&mut self.errors, outer);
        if inner.is_empty() {
            return;
        }
        let mut done = Pending::default();
        self.jump(&mut done);
        self.resolve(Pending { jumps: Vec::new(), errors: inner });
        self.emit(Op::Catch { to });
        self.resolve(done);
    }

    /// Computes one of two values.
    pub(super) fn choice(&mut self, [condition, yes, no]: &[Expr; 3], to: Reg) {
        let mut otherwise = Pending::default();
        let mut done = Pending::default();
        let holds = self.expr(condition);
        self.jump_if(holds, false, &mut otherwise);
        self.expr_into(yes, to);
        self.jump(&mut done);
        self.resolve(otherwise);
        self.expr_into(no, to);
        self.resolve(done);
    }
}
