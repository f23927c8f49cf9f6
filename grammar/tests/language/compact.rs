//! Trees in the form of nested lists, for snapshots.

use holt_grammar::ast::{
    Argument, ArgumentValue, BoolExpr, BoolExprKind, Call, Key, LambdaBody, Path, Value, ValueKind,
};

use super::tree::Tree;

pub(crate) fn tree(tree: &Tree) -> String {
    match tree {
        Tree::Statement(statement) => match &statement.condition {
            Some(condition) => {
                format!("(statement {} where {})", call(&statement.editor), boolean(condition))
            }
            None => format!("(statement {})", call(&statement.editor)),
        },
        Tree::Condition(condition) => boolean(&condition.expr),
        Tree::Value(expression) => value(&expression.value),
    }
}

fn joined<T>(items: &[T], one: fn(&T) -> String) -> String {
    items.iter().map(|item| format!(" {}", one(item))).collect()
}

fn boolean(expr: &BoolExpr) -> String {
    match &expr.kind {
        BoolExprKind::Or(operands) => format!("(or{})", joined(operands, boolean)),
        BoolExprKind::And(operands) => format!("(and{})", joined(operands, boolean)),
        BoolExprKind::Not(operand) => format!("(not {})", boolean(operand)),
        BoolExprKind::Comparison(comparison) => format!(
            "({} {} {})",
            comparison.op.as_str(),
            value(&comparison.left),
            value(&comparison.right)
        ),
        BoolExprKind::Literal(literal) => format!("{literal}"),
        BoolExprKind::Converter(converter) => format!("(test {})", call(converter)),
        BoolExprKind::Group(inner) => format!("(group {})", boolean(inner)),
    }
}

fn value(value_: &Value) -> String {
    match &value_.kind {
        ValueKind::Nil => "nil".to_owned(),
        ValueKind::Int(number) => format!("{number}"),
        ValueKind::Float(number) => format!("{number:?}"),
        ValueKind::String(text) => format!("{text:?}"),
        ValueKind::Bytes(bytes) => format!("(bytes {bytes:?})"),
        ValueKind::Bool(literal) => format!("{literal}"),
        ValueKind::Symbol(name) => format!("'{name}"),
        ValueKind::Path(path_) => path(path_),
        ValueKind::Call(call_) => call(call_),
        ValueKind::Unary(unary) => {
            format!("(sign {} {})", unary.op.as_str(), value(&unary.operand))
        }
        ValueKind::Binary(binary) => {
            format!("({} {} {})", binary.op.as_str(), value(&binary.left), value(&binary.right))
        }
        ValueKind::Group(inner) => format!("(group {})", value(inner)),
        ValueKind::List(values) => format!("(list{})", joined(values, value)),
        ValueKind::Map(entries) => format!(
            "(map{})",
            joined(entries, |entry| format!("({} {})", value(&entry.key), value(&entry.value)))
        ),
        ValueKind::Lambda(lambda) => {
            let params = joined(&lambda.params, |name| name.text.clone());
            let body = match &lambda.body {
                LambdaBody::Value(body) => format!("value {}", value(body)),
                LambdaBody::Bool(body) => format!("bool {}", boolean(body)),
            };
            format!("(lambda ({}) {body})", params.trim())
        }
    }
}

fn path(path: &Path) -> String {
    if let [segment] = path.segments.as_slice()
        && segment.keys.is_empty()
    {
        return segment.name.clone();
    }
    let segments = joined(&path.segments, |segment| {
        if segment.keys.is_empty() {
            segment.name.clone()
        } else {
            format!("({}{})", segment.name, keys(&segment.keys))
        }
    });
    format!("(path{segments})")
}

fn keys(keys: &[Key]) -> String {
    joined(keys, |key| format!("[{}]", value(&key.value)))
}

fn call(call: &Call) -> String {
    let args = joined(&call.args, argument);
    format!("({}{args}){}", call.name, keys(&call.keys))
}

fn argument(argument: &Argument) -> String {
    let text = match &argument.value {
        ArgumentValue::Value(passed) => value(passed),
        ArgumentValue::FunctionRef(name) => format!("#'{}", name.text),
    };
    match &argument.name {
        Some(name) => format!("{}:{text}", name.text),
        None => text,
    }
}
