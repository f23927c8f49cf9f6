//! Code as text, for people and for tests.

use std::fmt::{self, Display, Formatter};

use holt_grammar::ast::{CompareOp, MathOp};

use super::ops::{Call, Operand, Shown};
use super::{Code, ConstantId, ErrorId, Label, LambdasId, MemoId, PlaceId, Reg, Regs, StatementId};

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, constant) in self.constants.iter().enumerate() {
            writeln!(f, "k{index} = {constant}")?;
        }
        for (index, place) in self.places.iter().enumerate() {
            writeln!(f, "p{index} = {}.{}", place.context, place.decl.name)?;
        }
        for (index, depends) in self.memos.iter().enumerate() {
            writeln!(f, "m{index}: once per {depends}")?;
        }
        for (index, error) in self.errors.iter().enumerate() {
            writeln!(f, "e{index} = {error}")?;
        }
        for (index, lambdas) in self.lambdas.iter().enumerate() {
            for (param, section) in lambdas.iter().enumerate() {
                let Some(section) = section else { continue };
                let params: Vec<_> = section
                    .params
                    .iter()
                    .map(|param| param.map_or_else(|| "_".to_owned(), |reg| reg.to_string()))
                    .collect();
                let (params, entry) = (params.join(", "), section.entry);
                writeln!(f, "l{index}.{param} = ({params}) => {entry}")?;
            }
        }
        for (reg, constant) in &self.presets {
            let ty = self.registers.get(reg.0 as usize).map(ToString::to_string);
            writeln!(f, "{reg}: {} = {constant}", ty.unwrap_or_default())?;
        }
        for (index, instruction) in self.instructions.iter().enumerate() {
            let mut line = String::new();
            let mut to = String::new();
            instruction.op.operands(&mut |operand| match operand {
                Operand::Def(regs) => {
                    let ty = self.registers.get(regs.first.0 as usize);
                    let ty = ty.map(ToString::to_string).unwrap_or_default();
                    to = format!("{}: {ty} = ", regs.first);
                }
                Operand::Use(Regs { count: 0, .. }) => {}
                Operand::Use(regs) => line.push_str(&format!(" {regs}")),
                Operand::Jump(label) => line.push_str(&format!(" -> {label}")),
                Operand::Fixed(shown) => line.push_str(&format!(" {shown}")),
            });
            write!(f, "{index:>4}  {to}{}{line}", instruction.op.mnemonic())?;
            match instruction.on_error {
                Some(label) => writeln!(f, " else {label}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}

macro_rules! with_letter {
    ($($name:ident $letter:literal),*) => {
        $(
            impl Display for $name {
                fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($letter, "{}"), self.0)
                }
            }
        )*
    };
}

with_letter!(
    Reg "r", Label "@", ConstantId "k", PlaceId "p", MemoId "m", StatementId "s", ErrorId "e",
    LambdasId "l"
);

impl Display for Regs {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.count {
            1 => write!(f, "{}", self.first),
            count => write!(f, "{}..r{}", self.first, self.first.0 + count),
        }
    }
}

impl<F> Display for Call<F> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Display for Shown<MathOp> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl Display for Shown<CompareOp> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}
