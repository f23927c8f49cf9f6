//! What every engine may rely on, checked.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::ops::Operand;
use super::{Code, ConstantId, Op, Reg};
use crate::types::{Kind, Type};

/// A rule that code breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("instruction {instruction}: {rule}")]
pub struct Fault {
    /// The instruction.
    pub instruction: usize,
    /// The rule.
    pub rule: &'static str,
}

/// Checks code: indices lie in their tables, error edges stand exactly where an operation can fail,
/// execution never runs off the end and only forwards, and no register is read before it is written
/// on every way there.
///
/// # Errors
/// The first rule that is broken.
pub fn verify(code: &Code) -> Result<(), Fault> {
    let length = code.instructions.len();
    // What is certainly written where an instruction starts; `None` where nothing leads. Presets are
    // always written.
    let mut written: Vec<Option<Registers>> = vec![None; length];
    let presets: HashSet<u32> = code.presets.iter().map(|(reg, _)| reg.0).collect();
    let last = last_uses(code);
    let outside = |&(reg, constant): &(Reg, ConstantId)| {
        reg.0 as usize >= code.registers.len() || constant.0 as usize >= code.constants.len()
    };
    if code.presets.iter().any(outside) {
        return Err(Fault { instruction: 0, rule: "an operand lies outside its table" });
    }
    if let Some(first) = written.first_mut() {
        *first = Some(Registers::default());
    }
    let sections = || code.lambdas.iter().flatten().flatten();
    let mut known = Registers::default();
    for section in sections() {
        let params = section.params.iter().flatten();
        params.for_each(|reg| known.insert(reg.0));
        if section.params.iter().flatten().any(|reg| reg.0 as usize >= code.registers.len()) {
            return Err(Fault { instruction: 0, rule: "a register does not exist" });
        }
        if section.params.iter().flatten().any(|reg| presets.contains(&reg.0)) {
            return Err(Fault { instruction: 0, rule: "a preset register is written" });
        }
    }
    for section in sections() {
        match written.get_mut(section.entry.0 as usize) {
            Some(entry) => *entry = Some(known.clone()),
            None => return Err(Fault { instruction: 0, rule: "a section has no code" }),
        }
    }
    for (index, instruction) in code.instructions.iter().enumerate() {
        let fault = |rule| Fault { instruction: index, rule };
        let op = &instruction.op;
        if op.can_fail() != instruction.on_error.is_some() {
            return Err(fault("an error edge is missing or too much"));
        }
        tables(code, op).map_err(fault)?;
        let here = written.get_mut(index).and_then(Option::take);
        let mut targets: Vec<usize> = Vec::new();
        let is_reached = here.is_some();
        let mut after = here.unwrap_or_default();
        let mut broken = None;
        op.operands(&mut |operand| match operand {
            Operand::Use(regs) => {
                for register in regs.range() {
                    let known = u32::try_from(register)
                        .is_ok_and(|index| presets.contains(&index) || after.contains(index));
                    if is_reached && !known {
                        broken = Some("a register is read before it is written");
                    }
                    if register >= code.registers.len() {
                        broken = Some("a register does not exist");
                    }
                }
            }
            Operand::Jump(label) => targets.push(label.0 as usize),
            Operand::Def(regs) if regs.first.0 as usize >= code.registers.len() => {
                broken = Some("a register does not exist");
            }
            Operand::Def(regs) if presets.contains(&regs.first.0) => {
                broken = Some("a preset register is written");
            }
            Operand::Def(_) | Operand::Fixed(_) => {}
        });
        if let Some(rule) = broken {
            return Err(fault(rule));
        }
        after.forget(|register| last.get(&register).is_none_or(|last| *last <= index));
        let mut flow = |target: usize, with: Cow<'_, Registers>| {
            if target <= index || target >= length {
                return Err(fault("a jump does not lead forward to an instruction"));
            }
            if is_reached && let Some(there) = written.get_mut(target) {
                match there {
                    Some(known) => known.keep(&with),
                    None => *there = Some(with.into_owned()),
                }
            }
            Ok(())
        };
        // The error edge is taken before anything is written.
        if let Some(label) = instruction.on_error {
            flow(label.0 as usize, Cow::Borrowed(&after))?;
        }
        op.operands(&mut |operand| {
            if let Operand::Def(regs) = operand
                && last.get(&regs.first.0).is_some_and(|last| *last > index)
            {
                after.insert(regs.first.0);
            }
        });
        for target in targets {
            flow(target, Cow::Borrowed(&after))?;
        }
        if op.falls_through() {
            flow(index + 1, Cow::Owned(after))?;
        }
    }
    Ok(())
}

/// The last instruction that reads each register. What nothing reads any more need not be carried along.
fn last_uses(code: &Code) -> HashMap<u32, usize> {
    let mut last = HashMap::new();
    for (index, instruction) in code.instructions.iter().enumerate() {
        instruction.op.operands(&mut |operand| {
            if let Operand::Use(regs) = operand {
                last.extend(regs.range().filter_map(|reg| Some((u32::try_from(reg).ok()?, index))));
            }
        });
    }
    last
}

/// A set of registers, sorted. Groups may have thousands, of which few are still to be read.
#[derive(Clone, Debug, Default)]
struct Registers(Vec<u32>);

impl Registers {
    fn contains(&self, register: u32) -> bool {
        self.0.binary_search(&register).is_ok()
    }

    fn insert(&mut self, register: u32) {
        if let Err(place) = self.0.binary_search(&register) {
            self.0.insert(place, register);
        }
    }

    /// Leaves what the other has as well.
    fn keep(&mut self, other: &Self) {
        self.0.retain(|register| other.contains(*register));
    }

    /// Takes some out.
    fn forget(&mut self, which: impl Fn(u32) -> bool) {
        self.0.retain(|register| !which(*register));
    }
}

/// Whether the operands that are indices lie in their tables, and conditions are truth values.
fn tables(code: &Code, op: &Op) -> Result<(), &'static str> {
    let within = |index: u32, length: usize| {
        if (index as usize) < length { Ok(()) } else { Err("an operand lies outside its table") }
    };
    match op {
        Op::Constant { constant, .. } => within(constant.0, code.constants.len()),
        Op::Load { place, .. } | Op::Store { place, .. } | Op::Edit { place, .. } => {
            within(place.0, code.places.len())
        }
        Op::Recall { memo, .. } | Op::Keep { memo, .. } | Op::KeepError { memo } => {
            within(memo.0, code.memos.len())
        }
        Op::Apply { lambdas, .. } => within(lambdas.0, code.lambdas.len()),
        Op::Raise { error } => within(error.0, code.errors.len()),
        Op::Match { statement } | Op::End { statement, .. } | Op::Drop { statement } => {
            within(statement.0, code.statements as usize)
        }
        Op::Branch { condition, .. } => {
            let ty = code.registers.get(condition.0 as usize).copied().unwrap_or(Type::NOTHING);
            if ty.is_within(Type::of(Kind::Bool)) {
                Ok(())
            } else {
                Err("a condition is no truth value")
            }
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::hir::Constant;
    use crate::ir::{Instruction, Label, StatementId};

    fn code(ops: &[(Op, Option<u32>)]) -> Code {
        let instruction =
            |&(op, error): &(Op, Option<u32>)| Instruction { op, on_error: error.map(Label) };
        Code {
            instructions: ops.iter().map(instruction).collect(),
            registers: vec![Type::BOOL, Type::INT],
            constants: vec![Constant::Bool(true)],
            pattern_of: vec![None],
            statements: 1,
            ..Code::default()
        }
    }

    fn rule(ops: &[(Op, Option<u32>)]) -> &'static str {
        verify(&code(ops)).map_or_else(|fault| fault.rule, |()| "none")
    }

    const RETURN: (Op, Option<u32>) = (Op::Return {}, None);
    const LOAD: (Op, Option<u32>) = (Op::Constant { to: Reg(0), constant: ConstantId(0) }, None);

    #[test]
    fn sound_code_passes() {
        let branch = Op::Branch { condition: Reg(0), when: true, to: Label(3) };
        let end = Op::End { statement: StatementId(0), conditional: true };
        assert_eq!(rule(&[LOAD, (branch, None), (end, None), RETURN]), "none");
    }

    #[test]
    fn every_rule_is_checked() {
        let not = |from| Op::Not { to: Reg(0), from: Reg(from) };
        let negate = Op::Negate { to: Reg(0), from: Reg(0) };
        let branch =
            |condition, to| Op::Branch { condition: Reg(condition), when: true, to: Label(to) };
        assert_eq!(
            rule(&[LOAD, (not(1), None), RETURN]),
            "a register is read before it is written"
        );
        assert_eq!(rule(&[LOAD, (not(7), None), RETURN]), "a register does not exist");
        assert_eq!(rule(&[LOAD, (negate, None), RETURN]), "an error edge is missing or too much");
        assert_eq!(
            rule(&[LOAD, (not(0), Some(2)), RETURN]),
            "an error edge is missing or too much"
        );
        let backward = "a jump does not lead forward to an instruction";
        assert_eq!(rule(&[LOAD, (branch(0, 1), None), RETURN]), backward);
        assert_eq!(rule(&[LOAD, (branch(0, 9), None), RETURN]), backward);
        assert_eq!(rule(&[LOAD]), backward);
        assert_eq!(rule(&[LOAD, (branch(1, 2), None), RETURN]), "a condition is no truth value");
        let far = Op::Constant { to: Reg(0), constant: ConstantId(5) };
        assert_eq!(rule(&[(far, None), RETURN]), "an operand lies outside its table");
        // Written on one of two ways only.
        let skipped = Op::Constant { to: Reg(1), constant: ConstantId(0) };
        let ways = [LOAD, (branch(0, 3), None), (skipped, None), (not(1), None), RETURN];
        assert_eq!(rule(&ways), "a register is read before it is written");
    }
}
