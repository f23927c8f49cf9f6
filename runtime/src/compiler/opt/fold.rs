//! Computes what is constant: calls of pure functions, arithmetic, conversions, maps.
//!
//! What fails becomes an operation that raises the same error when it is reached. A condition keeps its operands: which of them
//! are evaluated is not the folder's to change.

use bumpalo::Bump;

use crate::compiler::hir::{Constant, Expr, ExprKind};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::functions::Shim;
use crate::host::FixedHost;
use crate::ops;
use crate::value::Value;

/// Folds an expression, innermost parts first.
pub(super) fn fold(expr: &mut Expr) {
    expr.parts_mut(&mut fold);
    let arena = Bump::new();
    // Pure functions do not ask the host.
    let host = FixedHost::default();
    let mut work = Workspace::new(&arena, &host, &[]);
    match folded(&mut work, expr) {
        Some(Ok(value)) => {
            if let Some(constant) = Constant::of(value) {
                *expr = Expr::constant(constant);
            }
        }
        Some(Err(error)) => expr.kind = ExprKind::Raise(error),
        None => {}
    }
}

/// The outcome of an expression whose parts are constant; `None` when there is nothing to compute.
fn folded<'a>(work: &mut Workspace<'a>, expr: &'a Expr) -> Option<Result<Value<'a>, EvalError>> {
    Some(match &expr.kind {
        ExprKind::Call(function, args) if function.pure => {
            let args = args.iter().map(|arg| argument(work, arg)).collect::<Option<Vec<_>>>()?;
            match function.run {
                Shim::Converter(run) => run(work, &args),
                _ => return None,
            }
        }
        ExprKind::Index(base, key) => ops::index(constant(base)?, constant(key)?),
        ExprKind::Math(op, left, right) => ops::math(*op, constant(left)?, constant(right)?),
        ExprKind::Negate(part) => ops::negate(constant(part)?),
        ExprKind::Map(parts) => {
            let parts = parts.iter().map(|arg| argument(work, arg)).collect::<Option<Vec<_>>>()?;
            ops::new_map(work, &parts)
        }
        ExprKind::Convert(conversion, part) if *conversion != ops::Conversion::Pattern => {
            conversion.apply(work, constant(part)?)
        }
        ExprKind::Compare(op, left, right) => {
            let (left, right) = (argument(work, left)?, argument(work, right)?);
            Ok(Value::Bool(ops::compared(*op, left, right)))
        }
        _ => return None,
    })
}

fn constant(expr: &Expr) -> Option<Value<'_>> {
    expr.as_constant().and_then(Constant::value)
}

/// A constant, a constant pattern, or a list of such.
fn argument<'a>(work: &mut Workspace<'a>, expr: &'a Expr) -> Option<Value<'a>> {
    match &expr.kind {
        ExprKind::Items(items) => {
            let items =
                items.iter().map(|item| argument(work, item)).collect::<Option<Vec<_>>>()?;
            Some(Value::Items(work.arena.alloc_slice_copy(&items)))
        }
        ExprKind::Constant(Constant::Pattern(pattern)) => {
            work.compile(&pattern.text).ok().map(Value::Pattern)
        }
        _ => constant(expr),
    }
}
