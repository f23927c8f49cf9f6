//! An expression on its own, compiled as those of statements are.

use holt_grammar::ast::{
    BoolExpr, BoolExprKind, CompareOp, Comparison, Value as ValueAst, ValueKind,
};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::parse::SyntaxError;
use holt_pdata::Signal;

use crate::compiler::check::Checker;
use crate::compiler::hir::{self, eval};
use crate::compiler::resolve::{Resolver, choose_context};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::functions::Dialect;
use crate::paths::ContextDecl;
use crate::program::{Group, SourceText};
use crate::types::Type;
use crate::value::Value;

/// A compiled value expression or condition.
#[derive(Debug)]
pub struct Expression {
    context: &'static ContextDecl,
    tree: hir::Expr,
    /// Findings that do not keep it from being evaluated.
    pub warnings: Vec<Diagnostic>,
}

/// The context that an expression is compiled in.
#[derive(Clone, Copy, Debug)]
pub enum Within {
    /// The one that its paths ask for.
    Inferred,
    /// This one; paths may leave its name out if it was named.
    Context(&'static ContextDecl, bool),
}

/// What an expression is as text allows.
pub(super) enum Parsed {
    /// A value.
    Value(ValueAst),
    /// A condition.
    Condition(BoolExpr),
}

impl Expression {
    /// Compiles a value expression or a condition.
    ///
    /// # Errors
    /// All findings, when one is an error.
    pub fn compile(
        signal: Signal,
        within: Within,
        text: &SourceText,
        dialect: Dialect,
    ) -> Result<Self, Vec<Diagnostic>> {
        let parsed = parsed(&text.text).map_err(|errors| -> Vec<Diagnostic> {
            errors.into_iter().map(|error| error.into_diagnostic(text)).collect()
        })?;
        let mut findings = Vec::new();
        let (context, named) = match within {
            Within::Context(context, named) => (context, named),
            Within::Inferred => {
                let group = Group { conditions: vec![text.clone()], ..Group::default() };
                let used = [parsed.as_condition()];
                match choose_context(signal, dialect, &group, &[], &used, &mut findings) {
                    Some(chosen) => chosen,
                    None => return Err(findings),
                }
            }
        };
        Self::of((context, named), &parsed, text, dialect, findings)
    }

    /// Compiles what stands somewhere in a text, in a context that is named or not. What was found
    /// before is among its warnings.
    pub(super) fn of(
        (context, named): (&'static ContextDecl, bool),
        parsed: &Parsed,
        text: &SourceText,
        dialect: Dialect,
        mut findings: Vec<Diagnostic>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut resolver = Resolver::new(context, named, dialect, text, &mut findings);
        let tree = match parsed {
            Parsed::Value(value) => resolver
                .value(value)
                .and_then(|node| Checker::new(context, text, &mut findings).value(&node)),
            Parsed::Condition(condition) => resolver
                .condition(condition)
                .and_then(|tree| Checker::new(context, text, &mut findings).condition(&tree)),
        };
        let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        match tree {
            Some(tree) if !refused => Ok(Self { context, tree, warnings: findings }),
            _ => Err(findings),
        }
    }

    /// Its value for the item of a frame.
    pub(super) fn evaluate<'a>(
        &'a self,
        frame: &mut Frame<'_, 'a>,
    ) -> Result<Value<'a>, EvalError> {
        eval::eval(frame, &self.tree)
    }

    /// The context that it sees items of.
    pub const fn context(&self) -> &'static ContextDecl {
        self.context
    }

    /// All types that its value can have.
    pub const fn ty(&self) -> Type {
        self.tree.ty
    }

    /// The typed tree.
    pub const fn tree(&self) -> &hir::Expr {
        &self.tree
    }
}

/// A text that is neither has the errors of the reading that gets further.
fn parsed(text: &str) -> Result<Parsed, Vec<SyntaxError>> {
    let value = match holt_grammar::parse_value_expression(text) {
        Ok(value) => return Ok(Parsed::Value(value.value)),
        Err(errors) => errors,
    };
    let condition = match holt_grammar::parse_condition(text) {
        Ok(condition) => return Ok(Parsed::Condition(condition.expr)),
        Err(errors) => errors,
    };
    let reach = |errors: &[SyntaxError]| errors.iter().map(|error| error.span.start).min();
    Err(if reach(&value) > reach(&condition) { value } else { condition })
}

impl Parsed {
    /// A condition that uses what the expression uses.
    fn as_condition(&self) -> BoolExpr {
        match self {
            Self::Condition(condition) => condition.clone(),
            Self::Value(value) => {
                let span = value.span;
                let right = ValueAst { kind: ValueKind::Nil, span };
                let left = value.clone();
                let comparison = Comparison { left, op: CompareOp::Eq, op_span: span, right };
                BoolExpr { kind: BoolExprKind::Comparison(Box::new(comparison)), span }
            }
        }
    }
}
