//! Passes from typed tree to typed tree. Each can be left out; none changes what a program does.

mod fold;
mod hoist;
mod print;

use super::hir::Group;

/// A pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// Computes what is constant.
    Fold,
    /// Remembers what depends on the resource or scope only.
    Hoist,
}

impl Pass {
    /// All passes, in the order in which they run.
    pub const ALL: &'static [Self] = &[Self::Fold, Self::Hoist];
}

/// Runs passes over a group.
pub fn optimise(group: &mut Group, passes: &[Pass]) {
    for pass in passes {
        match pass {
            Pass::Fold => group.expressions_mut(&mut fold::fold),
            Pass::Hoist => hoist::hoist(group),
        }
    }
}
