//! Code to Cranelift's form, operation by operation.
//!
//! A function has the instructions that can be reached from its start: those of the pass, or those of
//! a section. Registers stay in memory; scalars are read where they are needed. A shortcut for
//! scalars looks at tags first and calls the shim for everything else, so that it may be left out
//! anywhere.

use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, FuncRef, InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_codegen::isa::TargetFrontendConfig;
use cranelift_frontend::FunctionBuilder;
use holt_grammar::ast::{CompareOp, MathOp};

use super::layout::{PAYLOAD, SIZE, offset, tag};
use super::shims::{self, status};
use crate::compiler::hir::Constant;
use crate::ir::ops::Operand;
use crate::ir::{Code, ConstantId, Instruction, Label, Op, Reg};
use crate::ops::Conversion;
use crate::types::{Kind, Type as Kinds};

/// What a compiled function answers, in the lower half; the upper half is the register of a value
/// that a section yields.
pub(super) mod exit {
    /// The record is done.
    pub(crate) const DONE: u32 = 0;
    /// The record is dropped.
    pub(crate) const DROPPED: u32 = 1;
    /// The batch is refused.
    pub(crate) const REFUSED: u32 = 2;
    /// The section has a value.
    pub(crate) const YIELDED: u32 = 3;
    /// The section failed.
    pub(crate) const FAILED: u32 = 4;
    /// A shim panicked.
    pub(crate) const PANICKED: u32 = 5;
}

/// Registers are aligned and exist.
const MEMORY: MemFlagsData = MemFlagsData::trusted();

/// Fills a function with what can be reached from `start`. `shims` are those of [`shims::ALL`].
pub(super) fn translate(
    code: &Code,
    start: Label,
    mut builder: FunctionBuilder<'_>,
    shims: &[FuncRef],
    config: TargetFrontendConfig,
) {
    let entry = builder.create_block();
    builder.append_block_params_for_function_params(entry);
    builder.switch_to_block(entry);
    let mut params = builder.block_params(entry).iter().copied();
    let (Some(context), Some(registers)) = (params.next(), params.next()) else { return };
    let reached = Reached::from(code, start);
    let blocks = reached.targets.iter().map(|is| is.then(|| builder.create_block())).collect();
    let mut function =
        Function { code, builder, shims, blocks, context, registers, panicked: None };
    let mut is_open = true;
    for (index, instruction) in code.instructions.iter().enumerate() {
        if !reached.live.get(index).copied().unwrap_or_default() {
            continue;
        }
        if let Some(block) = function.blocks.get(index).copied().flatten() {
            if is_open {
                function.builder.ins().jump(block, &[]);
            }
            function.builder.switch_to_block(block);
        }
        function.instruction(index, instruction);
        is_open = instruction.op.falls_through();
    }
    function.finish(config);
}

/// The instructions that execution can come to.
struct Reached {
    live: Vec<bool>,
    /// Those that something jumps to.
    targets: Vec<bool>,
}

impl Reached {
    fn from(code: &Code, start: Label) -> Self {
        let mut live = vec![false; code.instructions.len()];
        let mut targets = live.clone();
        let set = |flags: &mut Vec<bool>, index: usize| {
            if let Some(flag) = flags.get_mut(index) {
                *flag = true;
            }
        };
        set(&mut live, start.0 as usize);
        // All jumps lead forward.
        for (index, instruction) in code.instructions.iter().enumerate() {
            if !live.get(index).copied().unwrap_or_default() {
                continue;
            }
            let mut jump = |label: Label| {
                set(&mut live, label.0 as usize);
                set(&mut targets, label.0 as usize);
            };
            instruction.op.operands(&mut |operand| {
                if let Operand::Jump(label) = operand {
                    jump(label);
                }
            });
            instruction.on_error.into_iter().for_each(&mut jump);
            if instruction.op.falls_through() {
                set(&mut live, index + 1);
            }
        }
        Self { live, targets }
    }
}

/// A function in the making.
struct Function<'f> {
    code: &'f Code,
    builder: FunctionBuilder<'f>,
    shims: &'f [FuncRef],
    /// The block of each instruction that something jumps to.
    blocks: Vec<Option<Block>>,
    context: Value,
    registers: Value,
    /// Returns because a shim panicked.
    panicked: Option<Block>,
}

impl Function<'_> {
    fn finish(mut self, config: TargetFrontendConfig) {
        if let Some(block) = self.panicked {
            self.builder.switch_to_block(block);
            self.leave(exit::PANICKED);
        }
        self.builder.seal_all_blocks();
        self.builder.finalize(config);
    }

    fn instruction(&mut self, index: usize, instruction: &Instruction) {
        match instruction.op {
            Op::Move { to, from } => self.copy(to, from),
            Op::Constant { to, constant } => {
                if !self.scalar(to, constant) {
                    self.shim(index, instruction);
                }
            }
            Op::Compare { to, op, left, right } => {
                self.compare(index, instruction, to, op.0, (left, right));
            }
            Op::Math { to, op, left, right } => {
                self.math(index, instruction, to, op.0, (left, right));
            }
            Op::Negate { to, from } => self.negate(index, instruction, to, from),
            Op::Convert { to, conversion: Conversion::Expect(kinds), from } => {
                self.expect(index, instruction, to, kinds, from);
            }
            Op::Not { to, from } => {
                let holds = self.truth(from);
                let not = self.builder.ins().icmp_imm_u(IntCC::Equal, holds, 0);
                self.set_bool(to, not);
            }
            Op::Branch { condition, when, to } => {
                let holds = self.truth(condition);
                let (target, next) = (self.block(to), self.builder.create_block());
                let (yes, no) = if when { (target, next) } else { (next, target) };
                self.builder.ins().brif(holds, yes, &[], no, &[]);
                self.builder.switch_to_block(next);
            }
            Op::Jump { to } => {
                let block = self.block(to);
                self.builder.ins().jump(block, &[]);
            }
            Op::Recall { known, .. } => {
                let status = self.call(index, &instruction.op);
                let known = self.block(known);
                self.other_way(status, known);
                self.check(status, instruction);
            }
            Op::End { .. } => {
                let status = self.call(index, &instruction.op);
                let refused = self.builder.create_block();
                self.builder.set_cold_block(refused);
                let next = self.other_way(status, refused);
                self.builder.switch_to_block(refused);
                self.leave(exit::REFUSED);
                self.builder.switch_to_block(next);
                self.check(status, instruction);
            }
            Op::Drop { .. } => {
                self.shim(index, instruction);
                self.leave(exit::DROPPED);
            }
            Op::Raise { .. } | Op::KeepError { .. } => {
                self.call(index, &instruction.op);
                self.on_error(instruction);
            }
            Op::Return {} => self.leave(exit::DONE),
            Op::Fail {} => self.leave(exit::FAILED),
            Op::Yield { value } => {
                let answer = i64::from(exit::YIELDED) | i64::from(value.0) << 32;
                let answer = self.builder.ins().iconst(types::I64, answer);
                self.builder.ins().return_(&[answer]);
            }
            Op::Load { .. }
            | Op::Store { .. }
            | Op::Call { .. }
            | Op::Edit { .. }
            | Op::Apply { .. }
            | Op::EditItem { .. }
            | Op::Index { .. }
            | Op::Items { .. }
            | Op::Map { .. }
            | Op::Convert { .. }
            | Op::Catch { .. }
            | Op::Keep { .. }
            | Op::Match { .. }
            | Op::Forget {} => self.shim(index, instruction),
        }
    }

    /// Calls the shim of an operation and goes on behind it, or at its error edge.
    fn shim(&mut self, index: usize, instruction: &Instruction) {
        let status = self.call(index, &instruction.op);
        self.check(status, instruction);
    }

    /// Calls the shim of an operation.
    fn call(&mut self, index: usize, op: &Op) -> Value {
        let index = i64::try_from(index).unwrap_or(i64::MAX);
        let at = self.builder.ins().iconst(types::I32, index);
        let shim = shims::of(op).and_then(|place| self.shims.get(place)).copied();
        let status = shim.and_then(|shim| {
            let call = self.builder.ins().call(shim, &[self.context, at]);
            self.builder.inst_results(call).first().copied()
        });
        debug_assert!(status.is_some(), "{} has no shim", op.mnemonic());
        status.unwrap_or(at)
    }

    /// Goes on in a new block unless the status says otherwise.
    fn check(&mut self, status: Value, instruction: &Instruction) {
        let failed = match instruction.on_error {
            Some(label) => self.block(label),
            None => self.panicked(),
        };
        let next = self.builder.create_block();
        self.builder.ins().brif(status, failed, &[], next, &[]);
        self.builder.switch_to_block(next);
    }

    /// Goes to `there` if the status says that the other way is taken; answers the block where
    /// execution goes on otherwise, which is entered.
    fn other_way(&mut self, status: Value, there: Block) -> Block {
        let next = self.builder.create_block();
        let other = i64::from(status::OTHER);
        let other = self.builder.ins().icmp_imm_u(IntCC::Equal, status, other);
        self.builder.ins().brif(other, there, &[], next, &[]);
        self.builder.switch_to_block(next);
        next
    }

    fn on_error(&mut self, instruction: &Instruction) {
        let block = match instruction.on_error {
            Some(label) => self.block(label),
            None => self.panicked(),
        };
        self.builder.ins().jump(block, &[]);
    }

    fn panicked(&mut self) -> Block {
        let builder = &mut self.builder;
        *self.panicked.get_or_insert_with(|| {
            let block = builder.create_block();
            builder.set_cold_block(block);
            block
        })
    }

    /// The block of an instruction that something jumps to.
    fn block(&mut self, label: Label) -> Block {
        match self.blocks.get(label.0 as usize).copied().flatten() {
            Some(block) => block,
            None => self.panicked(),
        }
    }

    fn leave(&mut self, exit: u32) {
        let answer = self.builder.ins().iconst(types::I64, i64::from(exit));
        self.builder.ins().return_(&[answer]);
    }

    fn copy(&mut self, to: Reg, from: Reg) {
        for part in (0..SIZE).step_by(8) {
            let word = self.load(types::I64, from, part);
            self.store(word, to, part);
        }
    }

    fn load(&mut self, ty: Type, reg: Reg, part: i32) -> Value {
        self.builder.ins().load(ty, MEMORY, self.registers, offset(reg) + part)
    }

    fn store(&mut self, value: Value, reg: Reg, part: i32) {
        self.builder.ins().store(MEMORY, value, self.registers, offset(reg) + part);
    }

    fn set_tag(&mut self, to: Reg, kind: Kind) {
        let tag = self.builder.ins().iconst(types::I8, tag(kind));
        self.store(tag, to, 0);
    }

    fn set_bool(&mut self, to: Reg, value: Value) {
        self.store(value, to, PAYLOAD);
        self.set_tag(to, Kind::Bool);
    }

    fn set(&mut self, to: Reg, kind: Kind, payload: Value) {
        self.store(payload, to, PAYLOAD);
        self.set_tag(to, kind);
    }

    /// Writes a constant that is a scalar; answers whether it is one.
    fn scalar(&mut self, to: Reg, constant: ConstantId) -> bool {
        match self.code.constants.get(constant.0 as usize) {
            Some(Constant::Nil) => self.set_tag(to, Kind::Nil),
            Some(Constant::Bool(value)) => {
                let value = self.builder.ins().iconst(types::I8, i64::from(*value));
                self.set_bool(to, value);
            }
            Some(Constant::Int(value)) => {
                let value = self.builder.ins().iconst(types::I64, *value);
                self.set(to, Kind::Int, value);
            }
            Some(Constant::Float(value)) => {
                let value = self.builder.ins().f64const(*value);
                self.set(to, Kind::Float, value);
            }
            _ => return false,
        }
        true
    }

    /// The constant that a register holds from the start.
    fn preset(&self, reg: Reg) -> Option<&Constant> {
        let (_, constant) = self.code.presets.iter().find(|(preset, _)| *preset == reg)?;
        self.code.constants.get(constant.0 as usize)
    }

    fn may_be(&self, reg: Reg, kind: Kind) -> bool {
        self.code.registers.get(reg.0 as usize).is_some_and(|kinds| kinds.has(kind))
    }

    fn is(&mut self, reg: Reg, kind: Kind) -> Value {
        let found = self.load(types::I8, reg, 0);
        self.builder.ins().icmp_imm_u(IntCC::Equal, found, tag(kind))
    }

    /// Whether a register holds `true`.
    fn truth(&mut self, reg: Reg) -> Value {
        let is_bool = self.is(reg, Kind::Bool);
        let payload = self.load(types::I8, reg, PAYLOAD);
        // The payload of a truth value is 0 or 1, as the outcome of the comparison.
        self.builder.ins().band(is_bool, payload)
    }

    /// Takes the shortcut where all of `registers` hold values of a kind, and calls the shim
    /// elsewhere.
    fn shortcut(
        &mut self,
        index: usize,
        instruction: &Instruction,
        (kind, registers): (Kind, &[Reg]),
        shortcut: impl FnOnce(&mut Self),
    ) {
        let mut fits = None;
        for reg in registers {
            let is = self.is(*reg, kind);
            fits = Some(match fits {
                Some(fits) => self.builder.ins().band(fits, is),
                None => is,
            });
        }
        let Some(fits) = fits else { return self.shim(index, instruction) };
        let quick = self.builder.create_block();
        let slow = self.builder.create_block();
        let next = self.builder.create_block();
        self.builder.ins().brif(fits, quick, &[], slow, &[]);
        self.builder.switch_to_block(slow);
        self.shim(index, instruction);
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(quick);
        shortcut(self);
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(next);
    }

    fn compare(
        &mut self,
        index: usize,
        instruction: &Instruction,
        to: Reg,
        op: CompareOp,
        (left, right): (Reg, Reg),
    ) {
        // Bytes may be nil as well, when there are none.
        let bytes = self.may_be(left, Kind::Bytes) || self.may_be(right, Kind::Bytes);
        let nil = |constant| !bytes && matches!(constant, Some(&Constant::Nil));
        let both = |this: &Self, kind| this.may_be(left, kind) && this.may_be(right, kind);
        if nil(self.preset(right)) {
            self.compare_nil(to, op, left);
        } else if nil(self.preset(left)) {
            // Equality and order with nil are the same on both sides.
            self.compare_nil(to, op, right);
        } else if both(self, Kind::Int) {
            self.shortcut(index, instruction, (Kind::Int, &[left, right]), |this| {
                let a = this.load(types::I64, left, PAYLOAD);
                let b = this.load(types::I64, right, PAYLOAD);
                let holds = this.builder.ins().icmp(int_order(op), a, b);
                this.set_bool(to, holds);
            });
        } else if both(self, Kind::Float) {
            self.shortcut(index, instruction, (Kind::Float, &[left, right]), |this| {
                let a = this.load(types::F64, left, PAYLOAD);
                let b = this.load(types::F64, right, PAYLOAD);
                let holds = this.builder.ins().fcmp(float_order(op), a, b);
                this.set_bool(to, holds);
            });
        } else {
            self.shim(index, instruction);
        }
    }

    /// Nil equals nil, and nothing else; it is before and behind nothing.
    fn compare_nil(&mut self, to: Reg, op: CompareOp, other: Reg) {
        let is_nil = self.is(other, Kind::Nil);
        let holds = match op {
            CompareOp::Eq | CompareOp::Le | CompareOp::Ge => is_nil,
            CompareOp::Ne => self.builder.ins().icmp_imm_u(IntCC::Equal, is_nil, 0),
            CompareOp::Lt | CompareOp::Gt => self.builder.ins().iconst(types::I8, 0),
        };
        self.set_bool(to, holds);
    }

    fn math(
        &mut self,
        index: usize,
        instruction: &Instruction,
        to: Reg,
        op: MathOp,
        (left, right): (Reg, Reg),
    ) {
        let both = |kind| self.may_be(left, kind) && self.may_be(right, kind);
        if op == MathOp::Div {
            // Divisions have cases of their own: zero, and the smallest integer by -1.
            self.shim(index, instruction);
        } else if both(Kind::Int) {
            self.shortcut(index, instruction, (Kind::Int, &[left, right]), |this| {
                let a = this.load(types::I64, left, PAYLOAD);
                let b = this.load(types::I64, right, PAYLOAD);
                let result = match op {
                    MathOp::Add => this.builder.ins().iadd(a, b),
                    MathOp::Sub => this.builder.ins().isub(a, b),
                    MathOp::Mul | MathOp::Div => this.builder.ins().imul(a, b),
                };
                this.set(to, Kind::Int, result);
            });
        } else if both(Kind::Float) {
            self.shortcut(index, instruction, (Kind::Float, &[left, right]), |this| {
                let a = this.load(types::F64, left, PAYLOAD);
                let b = this.load(types::F64, right, PAYLOAD);
                let result = match op {
                    MathOp::Add => this.builder.ins().fadd(a, b),
                    MathOp::Sub => this.builder.ins().fsub(a, b),
                    MathOp::Mul | MathOp::Div => this.builder.ins().fmul(a, b),
                };
                this.set(to, Kind::Float, result);
            });
        } else {
            self.shim(index, instruction);
        }
    }

    fn negate(&mut self, index: usize, instruction: &Instruction, to: Reg, from: Reg) {
        if self.may_be(from, Kind::Int) {
            self.shortcut(index, instruction, (Kind::Int, &[from]), |this| {
                let value = this.load(types::I64, from, PAYLOAD);
                let value = this.builder.ins().ineg(value);
                this.set(to, Kind::Int, value);
            });
        } else if self.may_be(from, Kind::Float) {
            self.shortcut(index, instruction, (Kind::Float, &[from]), |this| {
                let value = this.load(types::F64, from, PAYLOAD);
                let value = this.builder.ins().fneg(value);
                this.set(to, Kind::Float, value);
            });
        } else {
            self.shim(index, instruction);
        }
    }

    /// Passes on a value of the expected kinds. The shim looks at those without a tag of their own.
    fn expect(
        &mut self,
        index: usize,
        instruction: &Instruction,
        to: Reg,
        kinds: Kinds,
        from: Reg,
    ) {
        let mask = kinds.kinds().fold(0_u32, |mask, kind| mask | 1 << kind as u32);
        let found = self.builder.ins().uload8(types::I32, MEMORY, self.registers, offset(from));
        let mask = self.builder.ins().iconst(types::I32, i64::from(mask));
        let fits = self.builder.ins().ushr(mask, found);
        let fits = self.builder.ins().band_imm_u(fits, 1);
        let quick = self.builder.create_block();
        let slow = self.builder.create_block();
        let next = self.builder.create_block();
        self.builder.ins().brif(fits, quick, &[], slow, &[]);
        self.builder.switch_to_block(slow);
        self.shim(index, instruction);
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(quick);
        self.copy(to, from);
        self.builder.ins().jump(next, &[]);
        self.builder.switch_to_block(next);
    }
}

const fn int_order(op: CompareOp) -> IntCC {
    match op {
        CompareOp::Eq => IntCC::Equal,
        CompareOp::Ne => IntCC::NotEqual,
        CompareOp::Lt => IntCC::SignedLessThan,
        CompareOp::Le => IntCC::SignedLessThanOrEqual,
        CompareOp::Gt => IntCC::SignedGreaterThan,
        CompareOp::Ge => IntCC::SignedGreaterThanOrEqual,
    }
}

/// What is not a number is unequal to everything and in no order.
const fn float_order(op: CompareOp) -> FloatCC {
    match op {
        CompareOp::Eq => FloatCC::Equal,
        CompareOp::Ne => FloatCC::NotEqual,
        CompareOp::Lt => FloatCC::LessThan,
        CompareOp::Le => FloatCC::LessThanOrEqual,
        CompareOp::Gt => FloatCC::GreaterThan,
        CompareOp::Ge => FloatCC::GreaterThanOrEqual,
    }
}
