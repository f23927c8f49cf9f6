//! The syntax tree of OTTL: what the text says, with the place of every part.
//!
//! Trees are made by `parse` and read by the compiler and by the canonical printer. They own
//! their text, keep the user's parentheses, and decide nothing: whether the first segment of a path
//! is a context, whether a symbol is an enum or a function, and whether types fit is the compiler's
//! business. Spans are byte ranges of the parsed text.
//!
//! What the parser promises: a statement calls an editor and every other call is to a converter;
//! only converters carry keys; the operands of arithmetic and the content of [`ValueKind::Group`]
//! are numbers, calls, paths or further arithmetic; the body of a lambda is not itself a lambda. The
//! depth of a tree is bounded, so readers may recurse.

use crate::span::Span;

/// A whole statement: `editor(…) where …`.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The call that changes telemetry; its name starts with a lower-case letter and it has no
    /// keys.
    pub editor: Call,
    /// What stands behind `where`; absent means always.
    pub condition: Option<BoolExpr>,
    /// The statement without the white space around it.
    pub span: Span,
}

/// An entry of a list of conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The expression.
    pub expr: BoolExpr,
    /// The condition without the white space around it.
    pub span: Span,
}

/// A value expression, as some connectors take them.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueExpr {
    /// The value.
    pub value: Value,
    /// The expression without the white space around it.
    pub span: Span,
}

/// A boolean expression with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct BoolExpr {
    /// What it is.
    pub kind: BoolExprKind,
    /// Its whole text.
    pub span: Span,
}

/// The forms of a boolean expression, weakest binding first.
#[derive(Clone, Debug, PartialEq)]
pub enum BoolExprKind {
    /// `a or b or c`: at least two operands, evaluated left to right.
    Or(Vec<BoolExpr>),
    /// `a and b and c`: at least two operands, evaluated left to right.
    And(Vec<BoolExpr>),
    /// `not a`: the operand is neither `Or`, `And` nor `Not`, unless grouped.
    Not(Box<BoolExpr>),
    /// `left op right`.
    Comparison(Box<Comparison>),
    /// `true` or `false`.
    Literal(bool),
    /// A converter on its own; that it returns a boolean is checked later.
    Converter(Box<Call>),
    /// `( … )`; means what its content means.
    Group(Box<BoolExpr>),
}

/// A comparison of two values.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Left operand.
    pub left: Value,
    /// The operator.
    pub op: CompareOp,
    /// Place of the operator.
    pub op_span: Span,
    /// Right operand.
    pub right: Value,
}

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CompareOp {
    /// The operator as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "==",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
        }
    }
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Its whole text.
    pub span: Span,
}

/// The forms of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum ValueKind {
    /// `nil`
    Nil,
    /// A decimal integer. Always without a sign: `-5` is [`ValueKind::Unary`] of `5`.
    Int(i64),
    /// A decimal number with a point; finite and without a sign.
    Float(f64),
    /// A string with its escapes decoded.
    String(String),
    /// `0x…`, decoded.
    Bytes(Vec<u8>),
    /// `true` or `false`
    Bool(bool),
    /// A bare word with an upper-case first letter: an enum symbol, or the name of a function where
    /// a parameter takes one. In an argument, a word that is not all upper case becomes
    /// [`ArgumentValue::FunctionRef`] instead.
    Symbol(String),
    /// A path.
    Path(Path),
    /// A converter call.
    Call(Box<Call>),
    /// `+a` or `-a`
    Unary(Box<Unary>),
    /// `a + b`, `a - b`, `a * b`, `a / b`
    Binary(Box<Binary>),
    /// `( … )` round arithmetic; means what its content means.
    Group(Box<Value>),
    /// `[ … ]`
    List(Vec<Value>),
    /// `{ … }` in the order written; a repeated key is kept here, the last one counts.
    Map(Vec<MapEntry>),
    /// `(a, b) => …`
    Lambda(Box<Lambda>),
}

/// An entry of a map literal.
#[derive(Clone, Debug, PartialEq)]
pub struct MapEntry {
    /// The key: a string, a path or a converter call, nothing else.
    pub key: Value,
    /// The value.
    pub value: Value,
}

/// A sign before an operand of arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct Unary {
    /// The sign.
    pub op: UnaryOp,
    /// Place of the sign.
    pub op_span: Span,
    /// What it applies to; never another `Unary` or `Binary`, unless grouped.
    pub operand: Value,
}

/// A sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `+`
    Plus,
    /// `-`
    Minus,
}

impl UnaryOp {
    /// The sign as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plus => "+",
            Self::Minus => "-",
        }
    }
}

/// Arithmetic on two operands. Chains lean left: `a - b - c` is `(a - b) - c`.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    /// Left operand.
    pub left: Value,
    /// The operator.
    pub op: MathOp,
    /// Place of the operator.
    pub op_span: Span,
    /// Right operand.
    pub right: Value,
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MathOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
}

impl MathOp {
    /// The operator as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
        }
    }
}

/// A path such as `resource.attributes["service.name"]`. The context, if there is one, is simply the
/// first segment.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    /// At least one segment.
    pub segments: Vec<PathSegment>,
    /// The whole path with its keys.
    pub span: Span,
}

/// One name of a path with the keys behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct PathSegment {
    /// The name: lower-case letters, digits and underscores.
    pub name: String,
    /// Place of the name and its keys.
    pub span: Span,
    /// Place of the name alone.
    pub name_span: Span,
    /// The keys in order.
    pub keys: Vec<Key>,
}

/// `[ … ]` behind a path segment or a converter.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// A string, an integer, or any arithmetic, path or converter call to be evaluated.
    pub value: Value,
    /// The key with its brackets.
    pub span: Span,
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function's name; upper-case first letter for converters, lower-case for editors.
    pub name: String,
    /// Place of the name.
    pub name_span: Span,
    /// The arguments in the order written.
    pub args: Vec<Argument>,
    /// The argument list with its parentheses.
    pub args_span: Span,
    /// Keys applied to the result.
    pub keys: Vec<Key>,
    /// The whole call with its keys.
    pub span: Span,
}

/// One argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The parameter's name in `name = value`.
    pub name: Option<Name>,
    /// What is passed.
    pub value: ArgumentValue,
    /// The whole argument.
    pub span: Span,
}

/// What an argument passes.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentValue {
    /// A value. A function whose name is all upper case (`SHA256`) is a [`ValueKind::Symbol`] here.
    Value(Value),
    /// The name of a function, as function-typed parameters take it.
    FunctionRef(Name),
}

/// A word with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The word.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// `(a, b) => body`
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// The formal parameters; `_` is one that is never bound and may repeat.
    pub params: Vec<Name>,
    /// The parameter list with its parentheses.
    pub params_span: Span,
    /// What a call of the lambda yields.
    pub body: LambdaBody,
}

/// The right side of a lambda. An identifier of the body that equals a parameter is still a
/// [`Path`] here.
#[derive(Clone, Debug, PartialEq)]
pub enum LambdaBody {
    /// A value. Where the text could be read either way (`true`, a converter), it is this one.
    Value(Value),
    /// A boolean expression that is not also a value.
    Bool(BoolExpr),
}
