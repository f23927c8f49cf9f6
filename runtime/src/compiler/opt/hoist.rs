//! Remembers what depends on the resource or scope only.
//!
//! The largest pure parts of each expression become memos: computed when first reached, kept with
//! their error if they failed, forgotten when the resource or scope changes or is written. Only in
//! groups that run below that level; there is nothing to gain elsewhere.

use holt_pdata::Level;

use crate::compiler::hir::{Depends, Expr, ExprKind, Group};

/// Hoists in all expressions of a group.
pub(super) fn hoist(group: &mut Group) {
    let level = group.context.level;
    group.expressions_mut(&mut |expr| visit(expr, level));
}

fn visit(expr: &mut Expr, level: Level) {
    let depends = expr.depends();
    if is_worth_it(expr, depends, level) {
        let ty = expr.ty;
        let inner = std::mem::replace(expr, Expr { kind: ExprKind::And(Vec::new()), ty });
        expr.kind = ExprKind::Memo(depends, Box::new(inner));
        return;
    }
    expr.parts_mut(&mut |part| visit(part, level));
}

fn is_worth_it(expr: &Expr, depends: Depends, level: Level) -> bool {
    if matches!(expr.kind, ExprKind::Constant(_) | ExprKind::Raise(_) | ExprKind::Memo(..)) {
        return false;
    }
    match depends {
        // A list of constants is built once in a run, even if each record asks for it.
        Depends::Nothing => true,
        Depends::Resource => level != Level::Resource,
        Depends::Scope => !matches!(level, Level::Resource | Level::Scope),
        Depends::Record => false,
    }
}
