//! The operations, declared once.
//!
//! A line reads: name, mnemonic, whether it can fail, and its operands. `def` operands are written,
//! `use` operands read, all others are fixed when the code is made.

use holt_grammar::ast::{CompareOp, MathOp};

use super::{ConstantId, ErrorId, Label, LambdasId, MemoId, PlaceId, Reg, Regs, StatementId};
use crate::functions::{Converter, Editor, HigherOrder, ItemEditor};
use crate::ops::Conversion;

/// A function's implementation, as an operand.
#[derive(Clone, Copy, Debug)]
pub struct Call<F> {
    /// The function's name, for people.
    pub name: &'static str,
    /// What is called.
    pub run: F,
}

/// What an operand is to its operation.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations)] // What is fixed can only be shown.
pub enum Operand<'o> {
    /// Registers that are written.
    Def(Regs),
    /// Registers that are read.
    Use(Regs),
    /// Another instruction.
    Jump(Label),
    /// Anything else, printed.
    Fixed(&'o dyn std::fmt::Display),
}

macro_rules! operand {
    (def $field:expr) => {
        Operand::Def(Regs { first: *$field, count: 1 })
    };
    (use $field:expr) => {
        Operand::Use(Regs { first: *$field, count: 1 })
    };
    (many $field:expr) => {
        Operand::Use(*$field)
    };
    (jump $field:expr) => {
        Operand::Jump(*$field)
    };
    (fixed $field:expr) => {
        Operand::Fixed($field)
    };
}

macro_rules! operations {
    ($(
        $(#[$doc:meta])*
        $name:ident $mnemonic:literal $fails:literal {
            $( $role:ident $field:ident: $ty:ty ),*
        }
    )*) => {
        /// An operation with its operands.
        #[derive(Clone, Copy, Debug)]
        #[allow(missing_docs)]
        pub enum Op {
            $( $(#[$doc])* $name { $( $field: $ty ),* }, )*
        }

        impl Op {
            /// The name in printed code.
            pub const fn mnemonic(&self) -> &'static str {
                match self { $( Self::$name { .. } => $mnemonic, )* }
            }

            /// Whether it has an error edge.
            pub const fn can_fail(&self) -> bool {
                match self { $( Self::$name { .. } => $fails, )* }
            }

            /// Calls `visit` for every operand in order.
            pub fn operands(&self, visit: &mut dyn FnMut(Operand<'_>)) {
                match self {
                    $( Self::$name { $( $field ),* } => { $( visit(operand!($role $field)); )* } )*
                }
            }
        }
    };
}

impl Op {
    /// Whether execution may go on with the next instruction.
    pub const fn falls_through(&self) -> bool {
        !matches!(
            self,
            Self::Jump { .. }
                | Self::Raise { .. }
                | Self::KeepError { .. }
                | Self::Return {}
                | Self::Yield { .. }
                | Self::Fail {}
                | Self::Drop { .. }
        )
    }
}

operations! {
    /// Copies a register.
    Move "move" false { def to: Reg, use from: Reg }
    /// Loads a constant.
    Constant "const" false { def to: Reg, fixed constant: ConstantId }
    /// Reads a path.
    Load "load" true { def to: Reg, fixed place: PlaceId, many keys: Regs }
    /// Writes a path.
    Store "store" true { fixed place: PlaceId, many keys: Regs, use value: Reg }
    /// Calls a converter.
    Call "call" true { def to: Reg, fixed function: Call<Converter>, many args: Regs }
    /// Calls an editor.
    Edit "edit" true {
        fixed function: Call<Editor>, fixed place: PlaceId, many keys: Regs, many args: Regs
    }
    /// Calls a converter that calls lambdas: sections of the code.
    Apply "apply" true {
        def to: Reg, fixed function: Call<HigherOrder>, many args: Regs, fixed lambdas: LambdasId
    }
    /// Ends a section with its value.
    Yield "yield" false { use value: Reg }
    /// Ends a section with the error that led here.
    Fail "fail" false {}
    /// Calls an editor without a target.
    EditItem "edit_item" true { fixed function: Call<ItemEditor>, many args: Regs }
    /// Takes an element of what a converter returned.
    Index "index" true { def to: Reg, use base: Reg, use key: Reg }
    /// Calculates.
    Math "math" true { def to: Reg, fixed op: Shown<MathOp>, use left: Reg, use right: Reg }
    /// Changes the sign.
    Negate "neg" true { def to: Reg, use from: Reg }
    /// Makes a list.
    Items "items" false { def to: Reg, many items: Regs }
    /// Makes a map of keys and values that alternate.
    Map "map" true { def to: Reg, many parts: Regs }
    /// Converts.
    Convert "convert" true { def to: Reg, fixed conversion: Conversion, use from: Reg }
    /// Compares.
    Compare "compare" false { def to: Reg, fixed op: Shown<CompareOp>, use left: Reg, use right: Reg }
    /// Negates a truth value.
    Not "not" false { def to: Reg, use from: Reg }
    /// Fails.
    Raise "raise" true { fixed error: ErrorId }
    /// Makes a value of the error that led here, for a function that may do without it.
    Catch "catch" false { def to: Reg }
    /// Goes on elsewhere.
    Jump "jump" false { jump to: Label }
    /// Goes on elsewhere if the truth value is as given.
    Branch "branch" false { use condition: Reg, fixed when: bool, jump to: Label }
    /// Takes a memo that still holds, or its error, and goes on behind its computation.
    Recall "recall" true { def to: Reg, fixed memo: MemoId, jump known: Label }
    /// Keeps a value as a memo.
    Keep "keep" false { fixed memo: MemoId, use value: Reg }
    /// Keeps the error that led here as a memo, and raises it again.
    KeepError "keep_error" true { fixed memo: MemoId }
    /// Counts a guard or a statement with a condition that holds.
    Match "match" false { fixed statement: StatementId }
    /// Ends a guard or statement: counts it and takes note of the error that led here, if one did.
    /// Refuses the batch then, if the group says so. A statement without a condition counts as
    /// matched.
    End "end" false { fixed statement: StatementId, fixed conditional: bool }
    /// Drops the item, which ends the code.
    Drop "drop" false { fixed statement: StatementId }
    /// Empties the scratch map: the next group begins.
    Forget "forget" false {}
    /// Ends the code.
    Return "return" false {}
}

/// An operand of another crate's type, with a way to print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown<T>(pub T);
