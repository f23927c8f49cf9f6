//! The shortcuts of compiled code beside the operations that they stand for: on every pair of values,
//! in registers that could hold anything and in registers of just that type, operations taking turns.

#![allow(clippy::unwrap_used)] // A panic is how a test fails.

use std::sync::Arc;

use bumpalo::Bump;
use holt_grammar::ast::{CompareOp, MathOp};
use holt_pdata::{Batch, Editor, Level, Open, Signal, Verdict, edit};

use super::{Compiled, Running};
use crate::compiler::hir::Constant;
use crate::frame::{Frame, Kept, State};
use crate::host::FixedHost;
use crate::ir::ops::Shown;
use crate::ir::{Code, ConstantId, Instruction, Label, Op, Reg};
use crate::ops::Conversion;
use crate::program::Recorder;
use crate::types::Type;
use crate::value::Time;
use crate::vm::Machine;

fn constants() -> Vec<Constant> {
    let ints = [0, 1, -1, 7, i64::MAX, i64::MIN].map(Constant::Int);
    let floats = [0.0, -0.0, 1.0, -7.5, f64::NAN, f64::INFINITY, f64::MIN_POSITIVE];
    let others = [
        Constant::Nil,
        Constant::Bool(true),
        Constant::Bool(false),
        Constant::Str("7".into()),
        Constant::Time(Time::from_unix_nanos(7)),
        Constant::Duration(7),
        Constant::SpanId([7; 8]),
    ];
    ints.into_iter().chain(floats.map(Constant::Float)).chain(others).collect()
}

/// Code in the making.
#[derive(Default)]
struct Build(Code);

impl Build {
    fn register(&mut self, ty: Type) -> Reg {
        self.0.registers.push(ty);
        Reg(self.0.registers.len() as u32 - 1)
    }

    /// An operation; when it fails, the next one runs.
    fn op(&mut self, op: Op) {
        let next = Label(self.0.instructions.len() as u32 + 1);
        self.0.instructions.push(Instruction { op, on_error: op.can_fail().then_some(next) });
    }

    /// For each constant a register that could hold anything, one of its type, and one that holds it
    /// from the start.
    fn operands(&mut self) -> Vec<Reg> {
        let mut operands = Vec::new();
        for constant in constants() {
            let id = ConstantId(self.0.constants.len() as u32);
            let ty = constant.ty();
            self.0.constants.push(constant);
            self.0.pattern_of.push(None);
            for ty in [Type::ANY, ty] {
                let to = self.register(ty);
                self.op(Op::Constant { to, constant: id });
                operands.push(to);
            }
            let preset = self.register(ty);
            self.0.presets.push((preset, id));
            operands.push(preset);
        }
        operands
    }
}

/// Executes code on the virtual machine and compiled, and shows all registers.
struct Both<'a>(&'a Code, &'a Compiled, &'a Bump, Vec<[String; 2]>);

impl<'a> Editor<'a> for Both<'a> {
    type Error = ();

    fn edit(&mut self, open: &mut Open<'a>) -> Result<Verdict, ()> {
        static HOST: FixedHost = FixedHost { now: Time::from_unix_nanos(0) };
        let mut state = State::new(self.2, &HOST, &[], Kept::default(), Level::Record);
        let mut frame = Frame { open, state: &mut state };
        let mut recorder = Recorder::new(&[], 0, None);
        let mut machine = Machine::new(self.0);
        machine.run(&mut frame, &mut recorder);
        let mut running = Running::new(self.1);
        running.run(&mut frame, &mut recorder);
        for reg in (0..self.0.registers.len() as u32).map(Reg) {
            let shown = [machine.get(reg), running.machine().get(reg)];
            self.3.push(shown.map(|value| format!("{value:?}")));
        }
        Ok(Verdict::Keep)
    }
}

fn compare(mut build: Build) {
    build.op(Op::Return {});
    let code = Arc::new(build.0);
    let compiled = Compiled::new(&code).unwrap();
    let request = br#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}"#;
    let batch: Batch = holt_pdata::json::decode(Signal::Logs, request).unwrap();
    let arena = Bump::new();
    let mut both = Both(&code, &compiled, &arena, Vec::new());
    edit(&batch, Level::Record, &mut both).unwrap();
    assert_eq!(both.3.len(), code.registers.len());
    for (register, [vm, jit]) in both.3.iter().enumerate() {
        assert_eq!(vm, jit, "register {register} of\n{code}");
    }
}

#[test]
fn comparisons_agree() {
    let mut build = Build::default();
    let operands = build.operands();
    let all =
        [CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge];
    for (index, left) in operands.iter().enumerate() {
        for (other, right) in operands.iter().enumerate() {
            let to = build.register(Type::BOOL);
            let op = Shown(all[(index + other) % all.len()]);
            build.op(Op::Compare { to, op, left: *left, right: *right });
        }
    }
    compare(build);
}

#[test]
fn calculations_agree() {
    let mut build = Build::default();
    let operands = build.operands();
    let all = [MathOp::Add, MathOp::Sub, MathOp::Mul, MathOp::Div];
    for (index, left) in operands.iter().enumerate() {
        for (other, right) in operands.iter().enumerate() {
            let to = build.register(Type::ANY);
            let op = Shown(all[(index + other) % all.len()]);
            build.op(Op::Math { to, op, left: *left, right: *right });
        }
    }
    compare(build);
}

#[test]
fn the_rest_agrees() {
    let mut build = Build::default();
    let operands = build.operands();
    let kinds = [Type::INT, Type::NUMBER, Type::NIL, Type::VALUE, Type::NOTHING, Type::ANY];
    for from in operands {
        let to = build.register(Type::ANY);
        build.op(Op::Move { to, from });
        let to = build.register(Type::ANY);
        build.op(Op::Negate { to, from });
        let to = build.register(Type::BOOL);
        build.op(Op::Not { to, from });
        for kinds in kinds {
            let to = build.register(Type::ANY);
            build.op(Op::Convert { to, conversion: Conversion::Expect(kinds), from });
        }
    }
    compare(build);
}
