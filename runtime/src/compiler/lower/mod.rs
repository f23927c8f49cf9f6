//! The typed tree to linear code.
//!
//! Every guard and statement becomes a stretch of code that ends in one operation, to which all its
//! error edges lead. Order and number of evaluations are those of the tree.

mod expr;
mod lambdas;

use std::collections::{HashMap, VecDeque};

use crate::compiler::effects::Effects;
use crate::compiler::hir::{Action, Expr, Group, LocalId};
use crate::error::EvalError;
use crate::functions::Shim;
use crate::ir::ops::Call;
use crate::ir::verify::{Fault, verify};
use crate::ir::{Code, ErrorId, Instruction, Label, Op, PlaceId, Reg, Regs, StatementId};
use crate::paths::PathRef;
use crate::types::Type;

/// Lowers the groups of a pass.
///
/// # Errors
/// A defect of the lowering: the code breaks a rule of the intermediate form.
pub fn lower(groups: &[Group]) -> Result<Code, Fault> {
    let mut lowerer = Lowerer::default();
    let cache = groups.iter().any(|group| Effects::of(group).cache);
    for (index, group) in groups.iter().enumerate() {
        if index > 0 && cache {
            lowerer.emit(Op::Forget {});
        }
        lowerer.group(group);
    }
    lowerer.emit(Op::Return {});
    lowerer.sections();
    verify(&lowerer.code)?;
    Ok(lowerer.code)
}

/// A label whose place is not known yet: the instructions that mention it.
#[derive(Clone, Debug, Default)]
struct Pending {
    jumps: Vec<usize>,
    errors: Vec<usize>,
}

#[derive(Default)]
struct Lowerer {
    code: Code,
    /// The error edges of what is being lowered.
    errors: Vec<usize>,
    /// The registers of the parameters of surrounding lambdas.
    locals: HashMap<LocalId, Reg>,
    /// Lambdas whose code is still to be made: behind all statements.
    lambdas: VecDeque<lambdas::Later>,
}

impl Lowerer {
    fn group(&mut self, group: &Group) {
        let first = self.code.statements as usize;
        let statements = first + group.guards.len() + group.statements.len();
        self.code.statements = u32::try_from(statements).unwrap_or(u32::MAX);
        let mut to_next_group = Pending::default();
        let mut to_body = Pending::default();
        for (index, guard) in group.guards.iter().enumerate() {
            let statement = statement_id(first + index);
            let mut to_end = Pending::default();
            let holds = self.expr(&guard.condition);
            self.jump_if(holds, false, &mut to_end);
            self.emit(Op::Match { statement });
            self.emit(Op::End { statement, conditional: true });
            self.jump(&mut to_body);
            self.end(statement, true, to_end);
        }
        if !group.guards.is_empty() {
            self.jump(&mut to_next_group);
        }
        self.resolve(to_body);
        for (index, statement) in group.statements.iter().enumerate() {
            let id = statement_id(first + group.guards.len() + index);
            let mut to_end = Pending::default();
            if let Some(condition) = &statement.condition {
                let holds = self.expr(condition);
                self.jump_if(holds, false, &mut to_end);
            }
            if statement.condition.is_some() || matches!(statement.action, Action::Drop) {
                self.emit(Op::Match { statement: id });
            }
            self.action(&statement.action, id);
            self.end(id, statement.condition.is_some(), to_end);
        }
        self.resolve(to_next_group);
    }

    /// Ends a guard or statement: all its error edges lead here.
    fn end(&mut self, statement: StatementId, conditional: bool, mut to_end: Pending) {
        to_end.errors.append(&mut self.errors);
        self.resolve(to_end);
        self.emit(Op::End { statement, conditional });
    }

    fn action(&mut self, action: &Action, statement: StatementId) {
        match action {
            Action::Store { target, value } => {
                let value = self.expr(value);
                let keys = self.block(&target.keys);
                let place = self.place(target.path);
                self.emit_failing(Op::Store { place, keys, value });
            }
            Action::Edit { function, target, args } => {
                let Shim::Editor(run) = function.run else {
                    let error = EvalError::Internal("not an editor");
                    let error = self.error(error);
                    self.emit_failing(Op::Raise { error });
                    return;
                };
                let keys = self.block(&target.keys);
                let args = self.block(args);
                let place = self.place(target.path);
                let function = Call { name: function.name, run };
                self.emit_failing(Op::Edit { function, place, keys, args });
            }
            Action::EditItem { function, args } => {
                let Shim::ItemEditor(run) = function.run else {
                    let error = self.error(EvalError::Internal("not an editor of items"));
                    self.emit_failing(Op::Raise { error });
                    return;
                };
                let args = self.block(args);
                let function = Call { name: function.name, run };
                self.emit_failing(Op::EditItem { function, args });
            }
            Action::Drop => {
                self.emit(Op::Drop { statement });
            }
        }
    }

    fn emit(&mut self, op: Op) -> usize {
        let index = self.code.instructions.len();
        self.code.instructions.push(Instruction { op, on_error: None });
        index
    }

    fn emit_failing(&mut self, op: Op) {
        let index = self.emit(op);
        self.errors.push(index);
    }

    fn here(&self) -> Label {
        Label(u32::try_from(self.code.instructions.len()).unwrap_or(u32::MAX))
    }

    fn jump(&mut self, pending: &mut Pending) {
        let index = self.emit(Op::Jump { to: Label(0) });
        pending.jumps.push(index);
    }

    fn jump_if(&mut self, condition: Reg, when: bool, pending: &mut Pending) {
        let index = self.emit(Op::Branch { condition, when, to: Label(0) });
        pending.jumps.push(index);
    }

    /// Lets everything that waits for a label lead to the next instruction.
    fn resolve(&mut self, pending: Pending) {
        let here = self.here();
        for index in pending.jumps {
            if let Some(instruction) = self.code.instructions.get_mut(index)
                && let Op::Jump { to } | Op::Branch { to, .. } | Op::Recall { known: to, .. } =
                    &mut instruction.op
            {
                *to = here;
            }
        }
        for index in pending.errors {
            if let Some(instruction) = self.code.instructions.get_mut(index) {
                instruction.on_error = Some(here);
            }
        }
    }

    fn register(&mut self, ty: Type) -> Reg {
        let reg = Reg(u32::try_from(self.code.registers.len()).unwrap_or(u32::MAX));
        self.code.registers.push(ty);
        reg
    }

    /// Neighbouring registers with the values of expressions.
    fn block(&mut self, exprs: &[Expr]) -> Regs {
        let registers: Vec<_> = exprs.iter().map(|expr| self.register(expr.ty)).collect();
        let Some(first) = registers.first().copied() else { return Regs::NONE };
        for (expr, to) in exprs.iter().zip(registers) {
            self.fresh(expr, to);
        }
        Regs { first, count: u32::try_from(exprs.len()).unwrap_or(u32::MAX) }
    }

    fn place(&mut self, path: PathRef) -> PlaceId {
        let known = self.code.places.iter().position(|known| *known == path);
        let index = known.unwrap_or_else(|| {
            self.code.places.push(path);
            self.code.places.len() - 1
        });
        PlaceId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    fn error(&mut self, error: EvalError) -> ErrorId {
        self.code.errors.push(error);
        ErrorId(u32::try_from(self.code.errors.len() - 1).unwrap_or(u32::MAX))
    }
}

fn statement_id(index: usize) -> StatementId {
    StatementId(u32::try_from(index).unwrap_or(u32::MAX))
}
