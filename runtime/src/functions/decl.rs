//! What a function's file declares.

use super::arguments::{ArgumentFault, Arguments};
use super::offered::Offered;
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::paths::{PathDecl, Target};
use crate::types::Type;
use crate::value::Value;

/// A function of the language, declared once for all readers: checker, engines, documentation,
/// completion, tests.
#[derive(Debug)]
pub struct FunctionDecl {
    /// Name as statements write it.
    pub name: &'static str,
    /// What it is for; one or two sentences.
    pub doc: &'static str,
    /// Parameters in order; the optional ones last.
    pub params: &'static [Param],
    /// What a converter yields. Editors yield nothing.
    pub returns: Type,
    /// Whether the same arguments always give the same result and nothing else happens. Only
    /// converters can be pure.
    pub pure: bool,
    /// Who offers it, and where.
    pub offered: Offered,
    /// What constant arguments must hold to for the program to start; none if there is nothing.
    pub check: Option<Check>,
    /// Examples; every one is a test.
    pub examples: &'static [Example],
    /// The implementation.
    pub run: Shim,
}

/// The implementation of a function: what both engines call.
#[derive(Clone, Copy, Debug)]
pub enum Shim {
    /// The editor `set`: a store, which engines do themselves.
    Set,
    /// Yields a value.
    Converter(Converter),
    /// The converter `When`: a choice, which engines make themselves.
    Choice,
    /// Yields a value that depends on a field of the item alone: the path of that name in the
    /// item's own context. It has no parameters, and gets what the field holds.
    OfField(&'static str, Converter),
    /// Yields a value with the help of lambdas.
    HigherOrder(HigherOrder),
    /// Reads the item at hand: a path in disguise, whose keys are the arguments.
    Path(&'static PathDecl),
    /// Changes what its first argument, a path, stands for.
    Editor(Editor),
    /// An editor without a target: changes the item as a whole.
    ItemEditor(ItemEditor),
}

/// A converter: gets one value for each parameter, nil for what was left out.
pub type Converter = for<'a> fn(&mut Workspace<'a>, &[Value<'a>]) -> Result<Value<'a>, EvalError>;

/// A converter that takes lambdas: gets one value for each parameter, nil in the place of lambdas,
/// and calls these through [`Lambdas`].
pub type HigherOrder =
    for<'a> fn(&mut dyn Lambdas<'a>, &[Value<'a>]) -> Result<Value<'a>, EvalError>;

/// The lambdas of a call, as its function sees them.
pub trait Lambdas<'a> {
    /// What functions may use.
    fn work(&mut self) -> &mut Workspace<'a>;

    /// Whether the parameter with that index was given a lambda.
    fn has(&self, param: usize) -> bool;

    /// Calls the lambda of a parameter.
    ///
    /// # Errors
    /// What its body raises, and when a record has called lambdas too often.
    fn call(&mut self, param: usize, args: &[Value<'a>]) -> Result<Value<'a>, EvalError>;
}

/// An editor: gets its target and one value for each further parameter, nil for what was left out.
pub type Editor =
    for<'e, 'k, 'a> fn(&mut Frame<'e, 'a>, &Target<'k, 'a>, &[Value<'a>]) -> Result<(), EvalError>;

/// An editor without a target: gets one value for each parameter, nil for what was left out.
pub type ItemEditor = for<'e, 'a> fn(&mut Frame<'e, 'a>, &[Value<'a>]) -> Result<(), EvalError>;

/// The start-up rule of a function: looks at the arguments that are constant.
pub type Check = fn(&Arguments<'_>) -> Result<(), ArgumentFault>;

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Name as a named argument writes it, in snake_case.
    pub name: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether the function may do without the argument: if computing it fails, the function gets
    /// [`Value::Failed`] and raises the error when it needs the argument.
    pub late: bool,
}

impl Param {
    /// A parameter that must be given.
    pub const fn required(name: &'static str, takes: Takes) -> Self {
        Self { name, takes, optional: false, late: false }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'static str, takes: Takes) -> Self {
        Self { name, takes, optional: true, late: false }
    }

    /// A parameter whose failure counts only when the function needs it.
    #[must_use]
    pub const fn late(self) -> Self {
        Self { late: true, ..self }
    }
}

/// What a parameter takes, and how what is given is converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// A path that is written, or read and written.
    Path,
    /// A path to a map that is edited.
    MapPath,
    /// A path to a list that is edited.
    ListPath,
    /// Any value.
    Any,
    /// Any value, handed over as a list of one, so that the function can tell nil from nothing.
    Single,
    /// Any value; a literal must be of the type, since there is nothing to ask of another one.
    Tested(Type),
    /// A value of just these types; anything else fails.
    Exactly(Type),
    /// Text, or anything that has a text form; nil stays nil.
    TextLike,
    /// An integer, or a number, text or truth value that has an integer form; nil stays nil.
    IntLike,
    /// A double, or a number, text or truth value that has a double form; nil stays nil.
    FloatLike,
    /// A truth value, or a number or text that has a truth value; nil stays nil.
    BoolLike,
    /// Bytes, or a text, number or truth value by its bytes; nil stays nil.
    BytesLike,
    /// A regular expression. A constant one is compiled with the program.
    Pattern,
    /// A literal of the type; nothing that is computed.
    Literal(Type),
    /// A list of such literals.
    Literals(Type),
    /// A list that is written out, whose elements are of the type.
    List(Type),
    /// A map that is written out, down to its last value. Anything else fails when it is reached, as
    /// in the reference.
    LiteralMap,
    /// A list, or a list literal with elements of any type.
    Elements,
    /// The name of a converter.
    Function,
    /// A lambda with so many parameters that yields values of the type.
    Lambda(usize, Type),
}

impl Takes {
    /// What may be passed, in words.
    pub fn describe(self) -> String {
        match self {
            Self::Path => "path".to_owned(),
            Self::MapPath => "path to a map".to_owned(),
            Self::ListPath => "path to a list".to_owned(),
            Self::Any | Self::Single | Self::Tested(_) => "any value".to_owned(),
            Self::Exactly(ty) => ty.to_string(),
            Self::TextLike => "any value, as text".to_owned(),
            Self::IntLike => "number, or text that holds one".to_owned(),
            Self::FloatLike => "number, or text that holds one".to_owned(),
            Self::BoolLike => "truth value, or what has one".to_owned(),
            Self::BytesLike => "bytes, or what has a binary form".to_owned(),
            Self::Pattern => "regular expression".to_owned(),
            Self::Literal(ty) => format!("{ty} literal"),
            Self::Literals(ty) => format!("list of {ty} literals"),
            Self::List(Type::ANY) => "list of values, written out".to_owned(),
            Self::List(ty) => format!("list of {ty}, written out"),
            Self::LiteralMap => "map of literals".to_owned(),
            Self::Elements => "list".to_owned(),
            Self::Function => "name of a converter".to_owned(),
            Self::Lambda(count, ty) => {
                let params = match count {
                    0 => "",
                    1 => "value",
                    2 => "key, value",
                    _ => "result, key, value",
                };
                format!("({params}) => {ty}")
            }
        }
    }
}

/// An example: a record with the attributes `given`, after `statement`, has those of `expect`. It is a
/// log record, or a span for a converter that only spans know.
///
/// Editors that see one kind of item show it as a whole, in OTLP/JSON: a span before and after, a
/// metric and the list of those that it becomes. The filter processor's converters show what a
/// condition says to a metric.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Attributes as a JSON object; a span or metric.
    pub given: &'static str,
    /// A statement for the context of that record, or a condition.
    pub statement: &'static str,
    /// Attributes as a JSON object; a span, a list of metrics, a truth value; or `error` when the
    /// statement fails.
    pub expect: &'static str,
}

impl FunctionDecl {
    /// Whether it is an editor.
    pub const fn is_editor(&self) -> bool {
        matches!(self.run, Shim::Set | Shim::Editor(_) | Shim::ItemEditor(_))
    }

    /// The signature as documentation shows it.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self
            .params
            .iter()
            .map(|param| {
                let mark = if param.optional { "?" } else { "" };
                format!("{}{mark}: {}", param.name, param.takes.describe())
            })
            .collect();
        let returns =
            if self.is_editor() { String::new() } else { format!(" -> {}", self.returns) };
        format!("{}({}){returns}", self.name, params.join(", "))
    }
}

impl PartialEq for FunctionDecl {
    /// Names are unique.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}
