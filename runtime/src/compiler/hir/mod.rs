//! The typed tree: what the checker promises to the engines.
//!
//! Names are declarations, every expression has the type of all values it can yield, conversions
//! stand in the tree, arguments are in the order of the parameters. [`eval`] executes the tree as it
//! stands and is what all engines are compared with; [`builder`] makes trees without text.

pub mod builder;
pub mod constant;
pub mod eval;
pub mod print;

use std::sync::Arc;

use holt_grammar::ast::{CompareOp, MathOp};
use holt_grammar::source::Location;

use crate::error::EvalError;
use crate::functions::FunctionDecl;
use crate::ops::Conversion;
use crate::paths::{ContextDecl, PathRef, Slot};
use crate::program::ErrorMode;
use crate::types::Type;

pub use constant::{Constant, PatternConstant};

/// Statements that run together.
#[derive(Clone, Debug)]
pub struct Group {
    /// What they see one of at a time.
    pub context: &'static ContextDecl,
    /// They run for an item if any of these holds; always when there are none.
    pub guards: Vec<Guard>,
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// What a failing statement does.
    pub error_mode: ErrorMode,
    /// Whether the scratch map is shared by all items of a batch.
    pub shared_cache: bool,
}

/// A condition of a group.
#[derive(Clone, Debug)]
pub struct Guard {
    /// The condition as text, for messages.
    pub text: Arc<str>,
    /// Where it is written; nowhere when it was made without text.
    pub place: Option<Location>,
    /// The condition.
    pub condition: Expr,
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The statement as text, for messages and statistics.
    pub text: Arc<str>,
    /// Where it is written; nowhere when it was made without text.
    pub place: Option<Location>,
    /// When it runs; always when absent.
    pub condition: Option<Expr>,
    /// What it does.
    pub action: Action,
}

/// What a statement does.
#[derive(Clone, Debug)]
pub enum Action {
    /// Gives a path a value.
    Store {
        /// The path.
        target: Place,
        /// The value.
        value: Expr,
    },
    /// Calls an editor.
    Edit {
        /// The editor.
        function: &'static FunctionDecl,
        /// What it edits.
        target: Place,
        /// Its further arguments, one for each parameter.
        args: Vec<Expr>,
    },
    /// Calls an editor that has no target.
    EditItem {
        /// The editor.
        function: &'static FunctionDecl,
        /// Its arguments, one for each parameter.
        args: Vec<Expr>,
    },
    /// Drops the item; no further statement of the group sees it.
    Drop,
}

/// A path with its keys.
#[derive(Clone, Debug)]
pub struct Place {
    /// The path.
    pub path: PathRef,
    /// The keys; not converted, since a wrong key is an error of its own.
    pub keys: Vec<Expr>,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// All types that its value can have.
    pub ty: Type,
}

/// The forms of an expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A constant.
    Constant(Constant),
    /// What a path holds.
    Load(Place),
    /// A converter, with one argument for each parameter.
    Call(&'static FunctionDecl, Vec<Expr>),
    /// An element of what a converter returned.
    Index(Box<Expr>, Box<Expr>),
    /// A calculation.
    Math(MathOp, Box<Expr>, Box<Expr>),
    /// A change of sign.
    Negate(Box<Expr>),
    /// A list, element by element.
    Items(Vec<Expr>),
    /// A map: keys and values alternate.
    Map(Vec<Expr>),
    /// A conversion.
    Convert(Conversion, Box<Expr>),
    /// A comparison.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// True if all are; stops at the first that is not.
    And(Vec<Expr>),
    /// True if any is; stops at the first that is.
    Or(Vec<Expr>),
    /// True if it is not.
    Not(Box<Expr>),
    /// A lambda; stands only as an argument.
    Lambda(Box<Lambda>),
    /// A parameter of a surrounding lambda.
    Local(LocalId),
    /// The second if the first is true, otherwise the third; the other is not looked at.
    Choice(Box<[Expr; 3]>),
    /// A late argument: its error becomes a value, which the function raises if it needs the
    /// argument.
    Late(Box<Expr>),
    /// Fails.
    Raise(EvalError),
    /// The outcome of a pure expression, computed once for each value of what it depends on.
    Memo(Depends, Box<Expr>),
}

/// Names a parameter of a lambda within its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LocalId(pub u32);

/// A lambda.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// The parameters; none for a blank.
    pub params: Vec<Option<LocalId>>,
    /// What it yields.
    pub body: Expr,
}

/// What the outcome of an expression depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depends {
    /// On nothing.
    Nothing,
    /// On the resource at most.
    Resource,
    /// On scope and resource at most.
    Scope,
    /// On the record, the scratch map, the clock or chance.
    Record,
}

impl Expr {
    /// A constant.
    pub fn constant(constant: Constant) -> Self {
        let ty = constant.ty();
        Self { kind: ExprKind::Constant(constant), ty }
    }

    /// The constant that the expression is, if it is one.
    pub const fn as_constant(&self) -> Option<&Constant> {
        match &self.kind {
            ExprKind::Constant(constant) => Some(constant),
            _ => None,
        }
    }

    /// The truth value that the expression is, if it is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self.as_constant() {
            Some(Constant::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// Calls `visit` for every part of the expression that is an expression itself.
    pub fn parts<'e>(&'e self, visit: &mut dyn FnMut(&'e Self)) {
        match &self.kind {
            ExprKind::Constant(_) | ExprKind::Raise(_) | ExprKind::Local(_) => {}
            ExprKind::Lambda(lambda) => visit(&lambda.body),
            ExprKind::Choice(parts) => parts.iter().for_each(visit),
            ExprKind::Load(place) => place.keys.iter().for_each(visit),
            ExprKind::Call(_, parts)
            | ExprKind::Items(parts)
            | ExprKind::Map(parts)
            | ExprKind::And(parts)
            | ExprKind::Or(parts) => parts.iter().for_each(visit),
            ExprKind::Index(left, right)
            | ExprKind::Math(_, left, right)
            | ExprKind::Compare(_, left, right) => {
                visit(left);
                visit(right);
            }
            ExprKind::Negate(part)
            | ExprKind::Convert(_, part)
            | ExprKind::Not(part)
            | ExprKind::Late(part)
            | ExprKind::Memo(_, part) => visit(part),
        }
    }

    /// As [`Self::parts`], to change them.
    pub fn parts_mut(&mut self, visit: &mut dyn FnMut(&mut Self)) {
        match &mut self.kind {
            ExprKind::Constant(_) | ExprKind::Raise(_) | ExprKind::Local(_) => {}
            ExprKind::Lambda(lambda) => visit(&mut lambda.body),
            ExprKind::Choice(parts) => parts.iter_mut().for_each(visit),
            ExprKind::Load(place) => place.keys.iter_mut().for_each(visit),
            ExprKind::Call(_, parts)
            | ExprKind::Items(parts)
            | ExprKind::Map(parts)
            | ExprKind::And(parts)
            | ExprKind::Or(parts) => parts.iter_mut().for_each(visit),
            ExprKind::Index(left, right)
            | ExprKind::Math(_, left, right)
            | ExprKind::Compare(_, left, right) => {
                visit(left);
                visit(right);
            }
            ExprKind::Negate(part)
            | ExprKind::Convert(_, part)
            | ExprKind::Not(part)
            | ExprKind::Late(part)
            | ExprKind::Memo(_, part) => visit(part),
        }
    }

    /// What the outcome depends on.
    pub fn depends(&self) -> Depends {
        let mut depends = match &self.kind {
            ExprKind::Load(place) => match place.path.slot {
                _ if place.path.decl.name == "cache" => Depends::Record,
                Slot::Request | Slot::Resource => Depends::Resource,
                Slot::Scope => Depends::Scope,
                Slot::Record | Slot::Child | Slot::Grandchild => Depends::Record,
            },
            ExprKind::Call(function, _) if !function.pure => Depends::Record,
            ExprKind::Lambda(_) | ExprKind::Local(_) | ExprKind::Late(_) => Depends::Record,
            _ => Depends::Nothing,
        };
        self.parts(&mut |part| depends = depends.max(part.depends()));
        depends
    }
}

impl Group {
    /// All expressions of the group, outermost ones only.
    pub fn expressions_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for guard in &mut self.guards {
            visit(&mut guard.condition);
        }
        for statement in &mut self.statements {
            if let Some(condition) = &mut statement.condition {
                visit(condition);
            }
            match &mut statement.action {
                Action::Store { target, value } => {
                    visit(value);
                    target.keys.iter_mut().for_each(&mut *visit);
                }
                Action::Edit { target, args, .. } => {
                    target.keys.iter_mut().for_each(&mut *visit);
                    args.iter_mut().for_each(&mut *visit);
                }
                Action::EditItem { args, .. } => args.iter_mut().for_each(&mut *visit),
                Action::Drop => {}
            }
        }
    }
}
