//! Names become declarations.
//!
//! A group's statements enter as syntax trees; trees leave in which every path is a row of a table
//! with its record, every call a function with its arguments in the order of the parameters, every
//! symbol a number. What has no such name is a finding, and the statement has no tree. Types are not
//! looked at.

mod call;
mod infer;
mod lambda;
mod lower;
mod path;

use std::collections::BTreeMap;

use holt_grammar::ast::{CompareOp, MathOp, UnaryOp};
use holt_grammar::span::Span;

use crate::compiler::hir::LocalId;
use crate::functions::FunctionDecl;
use crate::paths::PathRef;

pub(crate) use infer::choose_context;
pub(crate) use lower::Resolver;

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The editor.
    pub editor: Call,
    /// When it runs.
    pub condition: Option<Condition>,
}

/// A condition with its place.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What it is.
    pub kind: ConditionKind,
    /// Its text.
    pub span: Span,
}

/// The forms of a condition.
#[derive(Clone, Debug)]
pub enum ConditionKind {
    /// Any of them.
    Or(Vec<Condition>),
    /// All of them.
    And(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// A comparison and the place of its operator.
    Compare(CompareOp, Span, Box<Node>, Box<Node>),
    /// A truth value.
    Literal(bool),
    /// A converter on its own.
    Converter(Box<Call>),
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Its text.
    pub span: Span,
}

/// The forms of a value.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// `nil`
    Nil,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// The number of a symbol.
    Symbol(i64),
    /// A double.
    Float(f64),
    /// Text.
    Str(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A path.
    Path(Path),
    /// A converter.
    Call(Box<Call>),
    /// A sign; a sign before a number is part of the number.
    Unary(UnaryOp, Box<Node>),
    /// Arithmetic and the place of its operator.
    Binary(MathOp, Span, Box<Node>, Box<Node>),
    /// A list literal.
    List(Vec<Node>),
    /// A map literal.
    Map(Vec<(Node, Node)>),
    /// A function, passed by name.
    Function(&'static FunctionDecl),
    /// A lambda.
    Lambda(Box<Lambda>),
    /// A parameter of a surrounding lambda, with keys applied to its value.
    Local(LocalId, Vec<Node>),
}

/// A lambda.
#[derive(Clone, Debug)]
pub struct Lambda {
    /// The parameters; none for a blank.
    pub params: Vec<Option<LocalId>>,
    /// What it yields.
    pub body: LambdaBody,
}

/// What a lambda yields.
#[derive(Clone, Debug)]
pub enum LambdaBody {
    /// A value.
    Value(Node),
    /// A truth value.
    Condition(Condition),
}

impl NodeKind {
    /// Whether the reference knows the value when it starts: a literal, or a list or map of such.
    pub fn is_literal(&self) -> bool {
        match self {
            Self::Nil
            | Self::Bool(_)
            | Self::Int(_)
            | Self::Symbol(_)
            | Self::Float(_)
            | Self::Str(_)
            | Self::Bytes(_) => true,
            Self::List(items) => items.iter().all(|item| item.kind.is_literal()),
            Self::Map(entries) => entries.iter().all(|(_, value)| value.kind.is_literal()),
            _ => false,
        }
    }

    /// Whether two literals are of one type and equal: numbers of two types are not, and the order of
    /// map entries does not count. Of entries with one key the last counts.
    pub fn is_same_literal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a) | Self::Symbol(a), Self::Int(b) | Self::Symbol(b)) => a == b,
            (Self::Float(a), Self::Float(b)) => a == b,
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::List(a), Self::List(b)) => {
                let mut pairs = a.iter().zip(b);
                a.len() == b.len() && pairs.all(|(a, b)| a.kind.is_same_literal(&b.kind))
            }
            (Self::Map(a), Self::Map(b)) => {
                let (a, b) = (last_entries(a), last_entries(b));
                a.len() == b.len()
                    && a.iter().all(|(key, value)| {
                        b.get(key).is_some_and(|other| value.is_same_literal(other))
                    })
            }
            _ => false,
        }
    }

    /// Whether a list holds maps, at any depth.
    pub fn has_map(&self) -> bool {
        match self {
            Self::List(items) => {
                items.iter().any(|item| matches!(item.kind, Self::Map(_)) || item.kind.has_map())
            }
            _ => false,
        }
    }
}

/// A path with its keys.
#[derive(Clone, Debug)]
pub struct Path {
    /// The row and its record.
    pub path: PathRef,
    /// The keys.
    pub keys: Vec<Node>,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function.
    pub function: &'static FunctionDecl,
    /// One argument for each parameter; `None` where an optional one was left out.
    pub args: Vec<Option<Node>>,
    /// Keys applied to the result.
    pub keys: Vec<Node>,
    /// The whole call.
    pub span: Span,
}

/// The values of a map literal by their keys.
fn last_entries(entries: &[(Node, Node)]) -> BTreeMap<&str, &NodeKind> {
    entries
        .iter()
        .filter_map(|(key, value)| match &key.kind {
            NodeKind::Str(key) => Some((key.as_str(), &value.kind)),
            _ => None,
        })
        .collect()
}
