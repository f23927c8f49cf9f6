//! Random texts and trees for the properties.

use holt_grammar::ast::{
    Argument, ArgumentValue, Binary, BoolExpr, BoolExprKind, Call, CompareOp, Comparison,
    Condition, Key, Lambda, LambdaBody, MapEntry, MathOp, Name, Path, PathSegment, Statement,
    Unary, UnaryOp, Value, ValueExpr, ValueKind,
};
use holt_grammar::span::Span;
use proptest::prelude::*;

use crate::Tree;

const NOWHERE: Span = Span::new(0, 0);

/// Any text: noise, pieces of the language, and mutilated statements.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[ -~]{0,4}",
        1 => "[0-9.eExX_+-]{1,6}",
        1 => "\"([^\"\\\\]|\\\\.){0,5}\"?",
    ];
    let soup = proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    let cut =
        (tree(), any::<proptest::sample::Index>(), any::<proptest::sample::Index>(), ".{0,2}")
            .prop_map(|(tree, from, to, insert)| {
                let text = crate::tree::print(&tree);
                let at = |index: proptest::sample::Index| {
                    text.floor_char_boundary(index.index(text.len().max(1)))
                };
                let (start, end) = (at(from).min(at(to)), at(from).max(at(to)));
                let end = if end - start > 8 { start } else { end };
                format!("{}{insert}{}", &text[..start], &text[end..])
            });
    prop_oneof![any::<String>(), soup, cut]
}

const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "\n",
    "set",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "=",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "=>",
    "+",
    "-",
    "*",
    "/",
    "and",
    "or",
    "not",
    "nil",
    "true",
    "false",
    "where",
    "a",
    "attributes",
    "IsMatch",
    "SYMBOL",
    "fooBar",
    "_",
    "1",
    "1.5",
    ".5",
    "0xff",
    "0x0",
    "\"x\"",
    "\"",
    "'",
    "\\",
    "&&",
    "!",
    "#",
    "$",
    "%",
    "=~",
    "한",
];

/// Any tree of any entry point, as the parser could have made it but for groups and spans.
pub(crate) fn tree() -> impl Strategy<Value = Tree> {
    let statement = (lower_name(), args(value()), proptest::option::of(boolean())).prop_map(
        |(name, args, condition)| {
            let editor = call(name, args, Vec::new());
            Tree::Statement(Statement { editor, condition, span: NOWHERE })
        },
    );
    let condition = boolean().prop_map(|expr| Tree::Condition(Condition { expr, span: NOWHERE }));
    let value = value().prop_map(|value| Tree::Value(ValueExpr { value, span: NOWHERE }));
    prop_oneof![2 => statement, 1 => condition, 1 => value]
}

/// The entry point of a tree.
pub(crate) fn entry(tree: &Tree) -> &'static str {
    match tree {
        Tree::Statement(_) => "s",
        Tree::Condition(_) => "c",
        Tree::Value(_) => "v",
    }
}

fn of(kind: ValueKind) -> Value {
    Value { kind, span: NOWHERE }
}

fn expr(kind: BoolExprKind) -> BoolExpr {
    BoolExpr { kind, span: NOWHERE }
}

fn name(text: String) -> Name {
    Name { text, span: NOWHERE }
}

fn call(name: String, args: Vec<Argument>, keys: Vec<Key>) -> Call {
    Call { name, name_span: NOWHERE, args, args_span: NOWHERE, keys, span: NOWHERE }
}

/// A word that is not reserved.
fn free(word: String) -> String {
    let reserved = ["nil", "true", "false", "and", "or", "not"].contains(&&*word);
    if reserved { format!("{word}_") } else { word }
}

fn lower_name() -> impl Strategy<Value = String> {
    "[a-z][a-zA-Z0-9_]{0,5}".prop_map(free)
}

fn field_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z][a-z0-9_]{0,5}", Just("where".to_owned())].prop_map(free)
}

fn upper_name() -> impl Strategy<Value = String> {
    "[A-Z][a-zA-Z0-9_]{0,5}"
}

/// What may take part in arithmetic without parentheses.
fn operand(
    inner: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = Value> + Clone {
    let number = prop_oneof![
        (0..=i64::MAX).prop_map(ValueKind::Int),
        (0..10_i64).prop_map(ValueKind::Int),
        any::<f64>()
            .prop_filter("not finite", |number| number.is_finite())
            .prop_map(|number| ValueKind::Float(number.abs())),
    ];
    let path = path(inner.clone()).prop_map(ValueKind::Path);
    let call = converter(inner).prop_map(|call| ValueKind::Call(Box::new(call)));
    prop_oneof![number, path, call].prop_map(of).boxed()
}

/// Arithmetic, and what may be a key.
fn arithmetic(
    inner: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = Value> + Clone {
    let ops = proptest::sample::select(&[MathOp::Add, MathOp::Sub, MathOp::Mul, MathOp::Div][..]);
    operand(inner)
        .prop_recursive(3, 8, 2, move |inner| {
            let unary = (inner.clone(), any::<bool>()).prop_map(|(operand, minus)| {
                let op = if minus { UnaryOp::Minus } else { UnaryOp::Plus };
                of(ValueKind::Unary(Box::new(Unary { op, op_span: NOWHERE, operand })))
            });
            let group = inner.clone().prop_map(|value| of(ValueKind::Group(Box::new(value))));
            let binary = (inner.clone(), ops.clone(), inner).prop_map(|(left, op, right)| {
                of(ValueKind::Binary(Box::new(Binary { left, op, op_span: NOWHERE, right })))
            });
            prop_oneof![1 => unary, 1 => group, 3 => binary]
        })
        .boxed()
}

fn path(inner: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Path> {
    let segment = (field_name(), keys(inner)).prop_map(|(name, keys)| PathSegment {
        name,
        span: NOWHERE,
        name_span: NOWHERE,
        keys,
    });
    proptest::collection::vec(segment, 1..4).prop_map(|segments| Path { segments, span: NOWHERE })
}

/// Keys hold strings or what `inner` has that may be a key.
fn keys(inner: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Vec<Key>> {
    let string = any::<String>().prop_map(|text| of(ValueKind::String(text)));
    let number = (0..9_i64).prop_map(|number| of(ValueKind::Int(number)));
    let other = inner.prop_map(|value| {
        let is_key = matches!(
            value.kind,
            ValueKind::Path(_)
                | ValueKind::Call(_)
                | ValueKind::Binary(_)
                | ValueKind::Unary(_)
                | ValueKind::Float(_)
        );
        if is_key { value } else { of(ValueKind::Int(7)) }
    });
    let key = prop_oneof![4 => string, 3 => number, 1 => other]
        .prop_map(|value| Key { value, span: NOWHERE });
    proptest::collection::vec(key, 0..3)
}

fn converter(inner: impl Strategy<Value = Value> + Clone + 'static) -> impl Strategy<Value = Call> {
    (upper_name(), args(inner.clone()), keys(inner))
        .prop_map(|(name, args, keys)| call(name, args, keys))
}

fn args(
    inner: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = Vec<Argument>> {
    let function =
        "[A-Z][a-z][a-zA-Z0-9_]{0,4}".prop_map(|word| ArgumentValue::FunctionRef(name(word)));
    let passed = inner.prop_map(|value| match value.kind {
        ValueKind::Symbol(word) if word.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            ArgumentValue::FunctionRef(name(word))
        }
        kind => ArgumentValue::Value(of(kind)),
    });
    let argument =
        (proptest::option::of(lower_name()), prop_oneof![6 => passed, 1 => function]).prop_map(
            |(parameter, value)| Argument { name: parameter.map(name), value, span: NOWHERE },
        );
    proptest::collection::vec(argument, 0..3)
}

fn leaf() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(ValueKind::Nil),
        any::<bool>().prop_map(ValueKind::Bool),
        any::<String>().prop_map(ValueKind::String),
        proptest::collection::vec(any::<u8>(), 1..5).prop_map(ValueKind::Bytes),
        upper_name().prop_map(ValueKind::Symbol),
        (0..=i64::MAX).prop_map(ValueKind::Int),
    ]
    .prop_map(of)
    .boxed()
}

fn not_a_lambda(value: Value) -> Value {
    if matches!(value.kind, ValueKind::Lambda(_)) { of(ValueKind::Nil) } else { value }
}

/// Any value.
fn value() -> BoxedStrategy<Value> {
    leaf()
        .prop_recursive(3, 24, 4, |inner| {
            let list = proptest::collection::vec(inner.clone(), 0..4).prop_map(ValueKind::List);
            let key = prop_oneof![
                any::<String>().prop_map(ValueKind::String),
                path(inner.clone()).prop_map(ValueKind::Path),
                converter(inner.clone()).prop_map(|call| ValueKind::Call(Box::new(call))),
            ]
            .prop_map(of);
            let entry = (key, inner.clone()).prop_map(|(key, value)| MapEntry { key, value });
            let map = proptest::collection::vec(entry, 0..3).prop_map(ValueKind::Map);
            let body = prop_oneof![
                inner.clone().prop_map(not_a_lambda).prop_map(LambdaBody::Value),
                boolean_of(inner.clone())
                    .prop_map(|operand| expr(BoolExprKind::Not(Box::new(operand))))
                    .prop_map(LambdaBody::Bool),
            ];
            let param = prop_oneof![field_name(), Just("_".to_owned())].prop_map(name);
            let params = proptest::collection::vec(param, 0..3);
            let lambda = (params, body).prop_map(|(params, body)| {
                ValueKind::Lambda(Box::new(Lambda { params, params_span: NOWHERE, body }))
            });
            prop_oneof![
                3 => arithmetic(inner),
                1 => list.prop_map(of),
                1 => map.prop_map(of),
                1 => lambda.prop_map(of),
            ]
        })
        .boxed()
}

/// Any condition.
fn boolean() -> BoxedStrategy<BoolExpr> {
    boolean_of(value())
}

fn boolean_of(value: impl Strategy<Value = Value> + Clone + 'static) -> BoxedStrategy<BoolExpr> {
    use CompareOp::{Eq, Ge, Gt, Le, Lt, Ne};
    let ops = proptest::sample::select(&[Eq, Ne, Lt, Le, Gt, Ge][..]);
    // A lambda takes everything behind it into its body, so it cannot stand in a comparison that
    // something follows.
    let side = value.clone().prop_map(not_a_lambda);
    let comparison = (side.clone(), ops, side).prop_map(|(left, op, right)| {
        let comparison = Comparison { left, op, op_span: NOWHERE, right };
        BoolExprKind::Comparison(Box::new(comparison))
    });
    let call = converter(value).prop_map(|call| BoolExprKind::Converter(Box::new(call)));
    let leaf =
        prop_oneof![4 => comparison, 1 => call, 1 => any::<bool>().prop_map(BoolExprKind::Literal)];
    leaf.prop_map(expr)
        .prop_recursive(3, 12, 3, |inner| {
            let list = proptest::collection::vec(inner.clone(), 2..4);
            prop_oneof![
                list.clone().prop_map(BoolExprKind::Or),
                list.prop_map(BoolExprKind::And),
                inner.clone().prop_map(|operand| BoolExprKind::Not(Box::new(operand))),
                inner.prop_map(|operand| BoolExprKind::Group(Box::new(operand))),
            ]
            .prop_map(expr)
        })
        .boxed()
}
