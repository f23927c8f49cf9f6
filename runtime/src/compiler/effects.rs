//! What a group reads and writes, by record.

use super::hir::{Action, Expr, ExprKind, Group, Place};
use crate::paths::{Slot, Storage};
use crate::types::Kind;

/// A set of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slots(u8);

impl Slots {
    /// The records above that one.
    pub const fn above(slot: Slot) -> Self {
        Self((1 << slot as u8) - 1)
    }

    /// Whether the record is in the set.
    pub const fn has(self, slot: Slot) -> bool {
        self.0 & 1 << slot as u8 != 0
    }

    /// The records that are in both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The records that are in either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    const fn add(&mut self, slot: Slot) {
        self.0 |= 1 << slot as u8;
    }
}

/// What a group reads and writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// Records that are read.
    pub reads: Slots,
    /// Records that are written.
    pub writes: Slots,
    /// Whether the scratch map is used.
    pub cache: bool,
    /// Whether items may be added, regrouped or made over as a whole.
    pub reshapes: bool,
    /// Whether items may be dropped, and what holds nothing with them.
    pub drops: bool,
}

impl Effects {
    /// The effects of a group.
    pub fn of(group: &Group) -> Self {
        let mut effects = Self::default();
        let own = group.context.prefixes.first().map_or(Slot::Grandchild, |prefix| prefix.slot);
        // Writing all events of a span, say, takes from under a walk what it walks.
        let walked =
            |target: &Place| target.path.slot < own && target.path.decl.get.has(Kind::Message);
        for guard in &group.guards {
            effects.read(&guard.condition);
        }
        for statement in &group.statements {
            if let Some(condition) = &statement.condition {
                effects.read(condition);
            }
            match &statement.action {
                Action::Store { target, value } => {
                    effects.reshapes |= walked(target);
                    effects.write(target);
                    effects.read(value);
                }
                Action::Edit { target, args, .. } => {
                    effects.reshapes |= walked(target);
                    effects.write(target);
                    effects.place(target);
                    args.iter().for_each(|arg| effects.read(arg));
                }
                Action::EditItem { args, .. } => {
                    effects.reshapes = true;
                    args.iter().for_each(|arg| effects.read(arg));
                }
                Action::Drop => effects.drops = true,
            }
        }
        effects
    }

    fn read(&mut self, expr: &Expr) {
        if let ExprKind::Load(place) = &expr.kind {
            self.place(place);
        }
        expr.parts(&mut |part| self.read(part));
    }

    fn place(&mut self, place: &Place) {
        if matches!(place.path.decl.storage, Storage::Cache) {
            self.cache = true;
        } else {
            self.reads.add(place.path.slot);
        }
    }

    fn write(&mut self, target: &Place) {
        if matches!(target.path.decl.storage, Storage::Cache) {
            self.cache = true;
        } else {
            self.writes.add(target.path.slot);
        }
        target.keys.iter().for_each(|key| self.read(key));
    }
}
