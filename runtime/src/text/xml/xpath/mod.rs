//! XPath 1.0 as the reference understands it: a text is parsed once and then selects items of trees.
//!
//! Beyond XPath 1.0 there are `lower-case`, `ends-with`, `matches`, `replace`, `reverse`,
//! `string-join` and `(a, b)` as a step. Names are compared with the prefix that a document writes.
//! Sets hold each item once, in the order in which steps reach it.

mod axes;
mod call;
mod eval;
mod lex;
mod parse;

use call::Function;

use super::tree::{NodeId, Tree};
use crate::error::EvalError;
use crate::text::regex::Pattern;

/// A node or an attribute of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// The node.
    pub node: NodeId,
    /// The attribute, by its place among those of the node.
    pub attribute: Option<u32>,
}

impl Item {
    const fn node(node: NodeId) -> Self {
        Self { node, attribute: None }
    }
}

/// Why a text is no XPath.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid XPath at byte {offset}: {what}")]
pub struct XPathError {
    /// The byte where reading stopped.
    pub offset: usize,
    /// What is wrong.
    pub what: String,
}

impl From<XPathError> for EvalError {
    fn from(error: XPathError) -> Self {
        Self::Function(error.to_string().into())
    }
}

/// A parsed XPath.
#[derive(Debug)]
pub struct XPath(Expr);

impl XPath {
    /// Parses a text.
    ///
    /// # Errors
    /// When the text is no XPath, or a function is unknown or called with too few arguments.
    pub fn parse(text: &str) -> Result<Self, XPathError> {
        parse::parse(text).map(Self)
    }

    /// What it selects in a tree. An expression that yields no nodes selects nothing.
    ///
    /// # Errors
    /// When it takes too many steps.
    pub fn select(&self, tree: &Tree<'_>) -> Result<Vec<Item>, EvalError> {
        eval::select(&self.0, tree)
    }
}

/// An expression.
#[derive(Debug)]
enum Expr {
    Number(f64),
    Text(String),
    Path(Start, Vec<Step>),
    Filter(Box<Expr>, Vec<Expr>),
    Union(Vec<Expr>),
    Logic(Logic, Box<Expr>, Box<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    Call(Function, Vec<Expr>, Option<Pattern>),
}

/// Where a path begins.
#[derive(Debug)]
enum Start {
    /// At the root.
    Root,
    /// At the item that is looked at.
    Here,
    /// At what an expression yields.
    Of(Box<Expr>),
}

/// A step of a path.
#[derive(Debug)]
enum Step {
    Along(Axis, Test, Vec<Expr>),
    /// Several steps from the same item, one after the other.
    Each(Vec<Step>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axis {
    Ancestor,
    AncestorOrSelf,
    Attribute,
    Child,
    Descendant,
    DescendantOrSelf,
    Following,
    FollowingSibling,
    Parent,
    Preceding,
    PrecedingSibling,
    Itself,
}

/// What a step takes of what its axis reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// `node()`
    Anything,
    /// `text()`
    Text,
    /// `comment()`
    Comment,
    /// `processing-instruction()`
    Instruction(Option<String>),
    /// `*`
    AnyName,
    /// A name. No document has a name that is `*` behind a prefix.
    Name { prefix: String, local: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Logic {
    Or,
    And,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

#[cfg(test)]
mod tests;
