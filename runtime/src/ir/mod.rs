//! The intermediate form: a linear list of operations on typed registers, with error edges.
//!
//! One [`Code`] holds the groups of a pass, each with its guards and statements. Operations are declared once, in [`ops`]; printer ([`print`]), verifier ([`verify`])
//! and engines read that table. An engine may rely on what [`verify::verify`] checks.

pub mod ops;
pub mod print;
pub mod verify;

use crate::compiler::hir::{Constant, Depends};
use crate::error::EvalError;
use crate::paths::PathRef;
use crate::text::regex::Pattern;
use crate::types::Type;

pub use ops::Op;

/// A register, by index. Every register has one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reg(pub u32);

/// Neighbouring registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regs {
    /// The first.
    pub first: Reg,
    /// How many.
    pub count: u32,
}

impl Regs {
    /// None.
    pub const NONE: Self = Self { first: Reg(0), count: 0 };

    /// The indices of the registers.
    pub const fn range(self) -> std::ops::Range<usize> {
        let first = self.first.0 as usize;
        first..first + self.count as usize
    }
}

/// The index of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Label(pub u32);

/// Declares an index into one of the tables of [`Code`].
macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub struct $name(pub u32);
        )*
    };
}

indices! {
    /// A constant.
    ConstantId;
    /// A path.
    PlaceId;
    /// A memo.
    MemoId;
    /// A statement or guard, counted through the pass; in each group guards come first.
    StatementId;
    /// An error.
    ErrorId;
    /// The lambdas of a call.
    LambdasId;
}

/// An operation and where it goes when it fails.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    /// The operation.
    pub op: Op,
    /// The error edge; none for operations that cannot fail.
    pub on_error: Option<Label>,
}

/// The code of a lambda: from its entry to `yield` or `fail`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its first instruction.
    pub entry: Label,
    /// Where its arguments go; none for a blank.
    pub params: Vec<Option<Reg>>,
}

/// The code of a pass.
#[derive(Debug, Default)]
pub struct Code {
    /// The instructions; execution starts at the first.
    pub instructions: Vec<Instruction>,
    /// The type of each register.
    pub registers: Vec<Type>,
    /// Registers that hold a constant from the start and are never written.
    pub presets: Vec<(Reg, ConstantId)>,
    /// The constants. A pattern stands for its place in `patterns`.
    pub constants: Vec<Constant>,
    /// The constant patterns.
    pub patterns: Vec<Pattern>,
    /// For each constant the pattern that it stands for.
    pub pattern_of: Vec<Option<u32>>,
    /// The paths.
    pub places: Vec<PathRef>,
    /// What each memo depends on.
    pub memos: Vec<Depends>,
    /// Errors that are raised as such.
    pub errors: Vec<EvalError>,
    /// For each call that takes lambdas, the section of each of its parameters that is one.
    pub lambdas: Vec<Vec<Option<Section>>>,
    /// Number of guards and statements.
    pub statements: u32,
}
