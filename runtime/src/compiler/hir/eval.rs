//! The reference evaluator: walks the typed tree, slowly and obviously.
//!
//! It is what the other engines are compared with, so it has no shortcuts: no memo, no folding, no
//! order of evaluation but the one the language prescribes.

use crate::error::{EvalError, caught};
use crate::frame::{Frame, Workspace};
use crate::functions::{Lambdas, Shim};
use crate::ops;
use crate::paths::Target;
use crate::value::Value;

use super::{Action, Constant, Expr, ExprKind, Place};

/// What became of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The item goes on.
    Done,
    /// The item is dropped.
    Dropped,
}

/// The value of an expression.
///
/// # Errors
/// What the expression raises.
pub fn eval<'a>(frame: &mut Frame<'_, 'a>, expr: &'a Expr) -> Result<Value<'a>, EvalError> {
    caught(|| value(frame, expr))
}

fn value<'a>(frame: &mut Frame<'_, 'a>, expr: &'a Expr) -> Result<Value<'a>, EvalError> {
    Ok(match &expr.kind {
        ExprKind::Constant(Constant::Pattern(pattern)) => {
            Value::Pattern(frame.state.work.compile(&pattern.text)?)
        }
        ExprKind::Constant(constant) => {
            constant.value().ok_or(EvalError::Internal("a constant has no value"))?
        }
        ExprKind::Load(place) => {
            let keys = all(frame, &place.keys)?;
            frame.read(place.path, &keys)?
        }
        ExprKind::Call(function, args) => {
            let values = all(frame, args)?;
            match function.run {
                Shim::Converter(run) | Shim::OfField(_, run) => {
                    run(&mut frame.state.work, &values)?
                }
                Shim::HigherOrder(run) => run(&mut Applied { frame, args }, &values)?,
                _ => return Err(EvalError::Internal("an editor was used as a value")),
            }
        }
        ExprKind::Index(base, key) => {
            let base = eval(frame, base)?;
            let key = eval(frame, key)?;
            ops::index(base, key)?
        }
        ExprKind::Math(op, left, right) => {
            let left = eval(frame, left)?;
            let right = eval(frame, right)?;
            ops::math(*op, left, right)?
        }
        ExprKind::Negate(part) => {
            let value = eval(frame, part)?;
            ops::negate(value)?
        }
        ExprKind::Items(parts) => {
            let items = all(frame, parts)?;
            Value::Items(frame.state.work.arena.alloc_slice_copy(&items))
        }
        ExprKind::Map(parts) => {
            let parts = all(frame, parts)?;
            ops::new_map(&frame.state.work, &parts)?
        }
        ExprKind::Convert(conversion, part) => {
            let value = eval(frame, part)?;
            conversion.apply(&mut frame.state.work, value)?
        }
        ExprKind::Compare(op, left, right) => {
            let left = eval(frame, left)?;
            let right = eval(frame, right)?;
            Value::Bool(ops::compared(*op, left, right))
        }
        ExprKind::And(parts) => {
            for part in parts {
                if !truth(frame, part)? {
                    return Ok(Value::Bool(false));
                }
            }
            Value::Bool(true)
        }
        ExprKind::Or(parts) => {
            for part in parts {
                if truth(frame, part)? {
                    return Ok(Value::Bool(true));
                }
            }
            Value::Bool(false)
        }
        ExprKind::Not(part) => Value::Bool(!truth(frame, part)?),
        // The function calls it, if it wants.
        ExprKind::Lambda(_) => Value::Nil,
        ExprKind::Local(local) => frame.state.locals.get(*local),
        ExprKind::Choice(parts) => {
            let [condition, yes, no] = &**parts;
            let chosen = if truth(frame, condition)? { yes } else { no };
            eval(frame, chosen)?
        }
        ExprKind::Late(part) => match eval(frame, part) {
            Ok(value) => value,
            Err(error) => frame.state.work.failed(error),
        },
        ExprKind::Raise(error) => return Err(error.clone()),
        ExprKind::Memo(_, part) => eval(frame, part)?,
    })
}

/// The arguments of a call whose function calls lambdas among them.
struct Applied<'f, 'e, 'a> {
    frame: &'f mut Frame<'e, 'a>,
    args: &'a [Expr],
}

impl<'a> Lambdas<'a> for Applied<'_, '_, 'a> {
    fn work(&mut self) -> &mut Workspace<'a> {
        &mut self.frame.state.work
    }

    fn has(&self, param: usize) -> bool {
        matches!(self.args.get(param).map(|arg| &arg.kind), Some(ExprKind::Lambda(_)))
    }

    fn call(&mut self, param: usize, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
        let Some(ExprKind::Lambda(lambda)) = self.args.get(param).map(|arg| &arg.kind) else {
            return Err(EvalError::Internal("there is no lambda to call"));
        };
        self.frame.state.locals.count_call()?;
        for (local, value) in lambda.params.iter().zip(args) {
            if let Some(local) = local {
                self.frame.state.locals.set(*local, *value);
            }
        }
        eval(self.frame, &lambda.body)
    }
}

/// The truth value of a condition.
///
/// # Errors
/// What the condition raises.
pub fn truth<'a>(frame: &mut Frame<'_, 'a>, condition: &'a Expr) -> Result<bool, EvalError> {
    match eval(frame, condition)? {
        Value::Bool(value) => Ok(value),
        _ => Err(EvalError::Internal("a condition is not a truth value")),
    }
}

/// Executes an action.
///
/// # Errors
/// What an argument or the editor raises. What was changed before stays changed.
pub fn run<'a>(frame: &mut Frame<'_, 'a>, action: &'a Action) -> Result<Outcome, EvalError> {
    caught(|| act(frame, action))
}

fn act<'a>(frame: &mut Frame<'_, 'a>, action: &'a Action) -> Result<Outcome, EvalError> {
    match action {
        Action::Store { target, value } => {
            let value = eval(frame, value)?;
            let keys = all(frame, &target.keys)?;
            frame.write(target.path, &keys, value)?;
        }
        Action::Edit { function, target, args } => {
            let Shim::Editor(run) = function.run else {
                return Err(EvalError::Internal("a converter was used as a statement"));
            };
            let (keys, args) = (keys(frame, target)?, all(frame, args)?);
            run(frame, &Target { path: target.path, keys: &keys }, &args)?;
        }
        Action::EditItem { function, args } => {
            let Shim::ItemEditor(run) = function.run else {
                return Err(EvalError::Internal("not an editor of items"));
            };
            let args = all(frame, args)?;
            run(frame, &args)?;
        }
        Action::Drop => return Ok(Outcome::Dropped),
    }
    Ok(Outcome::Done)
}

fn keys<'a>(frame: &mut Frame<'_, 'a>, place: &'a Place) -> Result<Vec<Value<'a>>, EvalError> {
    all(frame, &place.keys)
}

fn all<'a>(frame: &mut Frame<'_, 'a>, parts: &'a [Expr]) -> Result<Vec<Value<'a>>, EvalError> {
    parts.iter().map(|part| eval(frame, part)).collect()
}
