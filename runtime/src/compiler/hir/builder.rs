//! Typed trees without text, for processors that are OTTL in disguise.
//!
//! The functions here make expressions and statements as the checker would, from what a processor's
//! configuration says. A tree made with them is complete: conversions are in place and constants
//! compiled.

use std::sync::Arc;

use holt_grammar::ast::CompareOp;

use super::{Action, Constant, Expr, ExprKind, Group, PatternConstant, Place, Statement};
use crate::functions::{FunctionDecl, Takes, function};
use crate::ops::Conversion;
use crate::paths::{CLIENT_TEXT, ContextDecl, HAS_ATTRIBUTE, PathRef, Slot};
use crate::program::ErrorMode;
use crate::text::regex::{Pattern, PatternError};
use crate::types::Type;

/// A tree cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The context has no such path.
    #[error("the {context} context has no path {path}")]
    UnknownPath {
        /// The context.
        context: &'static str,
        /// The path.
        path: String,
    },
    /// There is no such function, or it takes other arguments.
    #[error("there is no function {0} with these arguments")]
    UnknownFunction(String),
    /// A regular expression is not valid.
    #[error("invalid regular expression: {0}")]
    Pattern(#[from] PatternError),
}

/// A group without conditions that skips what fails.
pub const fn group(context: &'static ContextDecl, statements: Vec<Statement>) -> Group {
    Group {
        context,
        guards: Vec::new(),
        statements,
        error_mode: ErrorMode::Ignore,
        shared_cache: false,
    }
}

/// A statement; `text` is what messages and statistics call it.
pub fn statement(text: &str, condition: Option<Expr>, action: Action) -> Statement {
    Statement { text: text.into(), place: None, condition, action }
}

/// A path such as `span` and `status.code`, without keys.
///
/// # Errors
/// When the context has no such path.
pub fn path(context: &'static ContextDecl, prefix: &str, name: &str) -> Result<Place, BuildError> {
    let unknown =
        || BuildError::UnknownPath { context: context.name, path: format!("{prefix}.{name}") };
    Ok(Place { path: context.path(prefix, name).ok_or_else(unknown)?, keys: Vec::new() })
}

/// An attribute of what `prefix` names, such as `span` or `resource`.
///
/// # Errors
/// When the context has no such attributes.
pub fn attribute(
    context: &'static ContextDecl,
    prefix: &str,
    key: &str,
) -> Result<Place, BuildError> {
    let mut place = path(context, prefix, "attributes")?;
    place.keys.push(text(key));
    Ok(place)
}

/// Text.
pub fn text(text: &str) -> Expr {
    Expr::constant(Constant::Str(text.into()))
}

/// A truth value.
pub fn truth(value: bool) -> Expr {
    Expr::constant(Constant::Bool(value))
}

/// An integer.
pub fn int(value: i64) -> Expr {
    Expr::constant(Constant::Int(value))
}

/// A double.
pub fn float(value: f64) -> Expr {
    Expr::constant(Constant::Float(value))
}

/// Nil.
pub fn nil() -> Expr {
    Expr::constant(Constant::Nil)
}

/// A list of expressions.
pub const fn list(items: Vec<Expr>) -> Expr {
    Expr { kind: ExprKind::Items(items), ty: Type::LIST }
}

/// A compiled regular expression, for a parameter that takes one.
///
/// # Errors
/// When it is not valid.
pub fn pattern(text: &str) -> Result<Expr, BuildError> {
    let pattern = Pattern::new(text)?;
    let constant = PatternConstant { text: text.into(), pattern };
    Ok(Expr::constant(Constant::Pattern(Arc::new(constant))))
}

/// What a path holds.
pub fn load(place: Place) -> Expr {
    let ty = if place.keys.is_empty() { place.path.decl.get } else { Type::VALUE };
    Expr { kind: ExprKind::Load(place), ty }
}

/// A comparison.
pub fn compare(op: CompareOp, left: Expr, right: Expr) -> Expr {
    Expr { kind: ExprKind::Compare(op, Box::new(left), Box::new(right)), ty: Type::BOOL }
}

/// Whether what `prefix` names has an attribute of that key, even an empty one.
///
/// # Errors
/// When the context has no such attributes.
pub fn has_attribute(
    context: &'static ContextDecl,
    prefix: &str,
    key: &str,
) -> Result<Expr, BuildError> {
    let mut place = attribute(context, prefix, key)?;
    place.path.decl = &HAS_ATTRIBUTE;
    Ok(Expr { kind: ExprKind::Load(place), ty: Type::BOOL })
}

/// What is known about the client whose request brought the batch, as text or nil: its
/// `client.address`, `metadata.` or `auth.` with a name, or the name of metadata.
pub fn client(name: &str) -> Expr {
    let path = PathRef { slot: Slot::Request, context: "otelcol", decl: &CLIENT_TEXT };
    let place = Place { path, keys: vec![text(name)] };
    Expr { kind: ExprKind::Load(place), ty: CLIENT_TEXT.get }
}

/// Whether a value is not nil.
pub fn is_present(value: Expr) -> Expr {
    compare(CompareOp::Ne, value, nil())
}

/// Whether all hold; true for none.
pub fn all(mut conditions: Vec<Expr>) -> Expr {
    match (conditions.len(), conditions.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            conditions.extend(last);
            Expr { kind: ExprKind::And(conditions), ty: Type::BOOL }
        }
    }
}

/// Whether any holds; false for none.
pub fn any(mut conditions: Vec<Expr>) -> Expr {
    match (conditions.len(), conditions.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            conditions.extend(last);
            Expr { kind: ExprKind::Or(conditions), ty: Type::BOOL }
        }
    }
}

/// The opposite of a condition.
pub fn not(condition: Expr) -> Expr {
    Expr { kind: ExprKind::Not(Box::new(condition)), ty: Type::BOOL }
}

/// The result of a converter, internal ones among them. Arguments are converted as its parameters
/// ask; what is missing at the end is nil.
///
/// # Errors
/// When there is no such converter, or it takes fewer arguments.
pub fn call(name: &str, args: Vec<Expr>) -> Result<Expr, BuildError> {
    let found = find(name, false)?;
    let args = arguments(found, 0, args)?;
    Ok(Expr { kind: ExprKind::Call(found, args), ty: found.returns })
}

/// Gives a path a value.
pub const fn set(target: Place, value: Expr) -> Action {
    Action::Store { target, value }
}

/// Calls an editor on a path, internal ones among them.
///
/// # Errors
/// When there is no such editor, or it takes fewer arguments.
pub fn edit(name: &str, target: Place, args: Vec<Expr>) -> Result<Action, BuildError> {
    let function = find(name, true)?;
    let args = arguments(function, 1, args)?;
    Ok(Action::Edit { function, target, args })
}

fn find(name: &str, editor: bool) -> Result<&'static FunctionDecl, BuildError> {
    function(name)
        .filter(|found| found.is_editor() == editor)
        .ok_or_else(|| BuildError::UnknownFunction(name.to_owned()))
}

fn arguments(
    function: &'static FunctionDecl,
    first: usize,
    args: Vec<Expr>,
) -> Result<Vec<Expr>, BuildError> {
    let params = function.params.get(first..).unwrap_or_default();
    let required = params.iter().filter(|param| !param.optional).count();
    if args.len() > params.len() || args.len() < required {
        return Err(BuildError::UnknownFunction(function.name.to_owned()));
    }
    let missing = params.len() - args.len();
    let given = params.iter().zip(args).map(|(param, arg)| converted(param.takes, arg));
    Ok(given.chain(std::iter::repeat_n(nil(), missing)).collect())
}

fn converted(takes: Takes, arg: Expr) -> Expr {
    let conversion = match takes {
        Takes::Exactly(ty) => Conversion::Expect(ty),
        Takes::TextLike => Conversion::TextLike,
        Takes::IntLike => Conversion::IntLike,
        Takes::FloatLike => Conversion::FloatLike,
        Takes::BoolLike => Conversion::BoolLike,
        Takes::BytesLike => Conversion::BytesLike,
        Takes::Pattern => Conversion::Pattern,
        _ => return arg,
    };
    if conversion.is_identity(arg.ty) {
        return arg;
    }
    let ty = conversion.yields(arg.ty);
    Expr { kind: ExprKind::Convert(conversion, Box::new(arg)), ty }
}
