//! Constant arguments, as the start-up rule of a function sees them.

use crate::compiler::hir::{Constant, Expr, ExprKind};
use crate::value::Value;

/// The arguments of a call, in the order of the parameters.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'e> {
    args: &'e [Expr],
    /// The parameter of the first of `args`: the target of an editor is not among them.
    first: usize,
}

/// What is known about an argument before anything runs.
#[derive(Clone, Copy, Debug)]
pub enum Given<'e> {
    /// It was left out, or is nil.
    Nothing,
    /// It has this value.
    Constant(Value<'e>),
    /// It is known only when the statement runs.
    Unknown,
}

/// Why a program cannot start with an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArgumentFault {
    /// The index of the parameter.
    pub param: usize,
    /// What is wrong: follows the function's name, as in "takes a limit of at least 0".
    pub message: String,
    /// What would do; may be empty.
    pub help: String,
}

impl ArgumentFault {
    /// A fault of an argument.
    pub fn new(param: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { param, message: message.into(), help: help.into() }
    }
}

impl<'e> Arguments<'e> {
    /// Arguments, of which the first belongs to the parameter with the index `first`.
    pub(crate) const fn new(args: &'e [Expr], first: usize) -> Self {
        Self { args, first }
    }

    fn expr(&self, param: usize) -> Option<&'e Expr> {
        self.args.get(param.checked_sub(self.first)?)
    }

    /// The argument of a parameter, by the parameter's index.
    pub fn get(&self, param: usize) -> Given<'e> {
        let Some(expr) = self.expr(param) else { return Given::Nothing };
        let expr = match &expr.kind {
            ExprKind::Late(inner) => inner,
            _ => expr,
        };
        // What the parameter converts is looked at as it was given.
        let expr = match &expr.kind {
            ExprKind::Convert(_, inner) => inner,
            _ => expr,
        };
        match expr.as_constant() {
            Some(Constant::Nil) => Given::Nothing,
            Some(Constant::Pattern(pattern)) => Given::Constant(Value::Str(&pattern.text)),
            Some(constant) => constant.value().map_or(Given::Unknown, Given::Constant),
            None => Given::Unknown,
        }
    }

    /// The text of an argument, if it is constant text.
    pub fn text(&self, param: usize) -> Option<&'e str> {
        match self.get(param) {
            Given::Constant(Value::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// The number of an argument, if it is a constant integer.
    pub fn int(&self, param: usize) -> Option<i64> {
        match self.get(param) {
            Given::Constant(Value::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// The number of an argument, if it is a constant double.
    pub fn float(&self, param: usize) -> Option<f64> {
        match self.get(param) {
            Given::Constant(Value::Float(value)) => Some(value),
            _ => None,
        }
    }

    /// Whether the argument was left out.
    pub fn is_absent(&self, param: usize) -> bool {
        matches!(self.get(param), Given::Nothing)
    }

    /// The elements of a list that is written out, each as far as it is constant; `None` for
    /// anything else.
    pub fn elements(&self, param: usize) -> Option<Vec<Given<'e>>> {
        let ExprKind::Items(items) = &self.expr(param)?.kind else { return None };
        let items = Self { args: items, first: 0 };
        Some((0..items.args.len()).map(|index| items.get(index)).collect())
    }

    /// The texts of a list that is written out and holds constant text only.
    pub fn texts(&self, param: usize) -> Option<Vec<&'e str>> {
        self.elements(param)?
            .into_iter()
            .map(|element| match element {
                Given::Constant(Value::Str(text)) => Some(text),
                _ => None,
            })
            .collect()
    }
}
