//! The canonical text of a syntax tree.
//!
//! One line, one blank round operators and behind commas, strings with the shortest escapes. Parsing
//! the text gives the tree back, except for its spans. Parentheses are printed where the tree has a
//! group, and added where a tree that was not parsed needs them.
//!
//! A float that is not finite has no text and prints as what Rust calls it; a lambda that is the left
//! side of a comparison cannot be written down at all. The parser makes neither.

use std::fmt::Write as _;

use crate::ast::{
    Argument, ArgumentValue, BoolExpr, BoolExprKind, Call, Condition, Key, LambdaBody, MathOp,
    Path, Statement, Value, ValueExpr, ValueKind,
};

/// The text of a statement.
pub fn statement(statement: &Statement) -> String {
    let mut out = String::new();
    write_call(&mut out, &statement.editor);
    if let Some(condition) = &statement.condition {
        out.push_str(" where ");
        write_bool(&mut out, condition, Binding::Or);
    }
    out
}

/// The text of a condition.
pub fn condition(condition: &Condition) -> String {
    bool_expr(&condition.expr)
}

/// The text of a value expression.
pub fn value_expression(expression: &ValueExpr) -> String {
    value(&expression.value)
}

/// The text of a boolean expression.
pub fn bool_expr(expr: &BoolExpr) -> String {
    let mut out = String::new();
    write_bool(&mut out, expr, Binding::Or);
    out
}

/// The text of a value.
pub fn value(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, Binding::Sum);
    out
}

/// The text of a path.
pub fn path(path: &Path) -> String {
    let mut out = String::new();
    write_path(&mut out, path);
    out
}

/// A string as a literal, with its quotes.
pub fn string_literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(&mut out, text);
    out
}

/// How tightly an expression holds its parts together, in two scales that never mix: conditions, and
/// arithmetic.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Sum,
    Product,
    Sign,
    Single,
}

fn bool_binding(expr: &BoolExpr) -> Binding {
    match expr.kind {
        BoolExprKind::Or(_) => Binding::Or,
        BoolExprKind::And(_) => Binding::And,
        BoolExprKind::Not(_) => Binding::Not,
        _ => Binding::Single,
    }
}

/// Writes a condition where nothing that binds weaker than `least` may stand.
fn write_bool(out: &mut String, expr: &BoolExpr, least: Binding) {
    if bool_binding(expr) < least {
        out.push('(');
        write_bool(out, expr, Binding::Or);
        out.push(')');
        return;
    }
    match &expr.kind {
        BoolExprKind::Or(operands) => write_joined(out, operands, " or ", Binding::And),
        BoolExprKind::And(operands) => write_joined(out, operands, " and ", Binding::Not),
        BoolExprKind::Not(operand) => {
            out.push_str("not ");
            write_bool(out, operand, Binding::Single);
        }
        BoolExprKind::Comparison(comparison) => {
            write_value(out, &comparison.left, Binding::Sum);
            let _ = write!(out, " {} ", comparison.op.as_str());
            write_value(out, &comparison.right, Binding::Sum);
        }
        BoolExprKind::Literal(literal) => {
            let _ = write!(out, "{literal}");
        }
        BoolExprKind::Converter(call) => write_call(out, call),
        BoolExprKind::Group(inner) => {
            out.push('(');
            write_bool(out, inner, Binding::Or);
            out.push(')');
        }
    }
}

fn write_joined(out: &mut String, operands: &[BoolExpr], word: &str, least: Binding) {
    for (index, operand) in operands.iter().enumerate() {
        if index > 0 {
            out.push_str(word);
        }
        write_bool(out, operand, least);
    }
}

const fn math_binding(op: MathOp) -> (Binding, Binding) {
    match op {
        MathOp::Add | MathOp::Sub => (Binding::Sum, Binding::Product),
        MathOp::Mul | MathOp::Div => (Binding::Product, Binding::Sign),
    }
}

fn value_binding(value: &Value) -> Binding {
    match &value.kind {
        ValueKind::Binary(binary) => math_binding(binary.op).0,
        ValueKind::Unary(_) => Binding::Sign,
        ValueKind::Int(number) if *number == i64::MIN => Binding::Sum,
        ValueKind::Int(number) if *number < 0 => Binding::Sign,
        ValueKind::Float(number) if number.is_sign_negative() => Binding::Sign,
        _ => Binding::Single,
    }
}

/// Writes a value where nothing that binds weaker than `least` may stand.
fn write_value(out: &mut String, value: &Value, least: Binding) {
    if value_binding(value) < least {
        out.push('(');
        write_value(out, value, Binding::Sum);
        out.push(')');
        return;
    }
    match &value.kind {
        ValueKind::Nil => out.push_str("nil"),
        // The smallest integer has no literal: its magnitude is out of range.
        ValueKind::Int(i64::MIN) => {
            let _ = write!(out, "{} - 1", i64::MIN + 1);
        }
        ValueKind::Int(number) => {
            let _ = write!(out, "{number}");
        }
        ValueKind::Float(number) => write_float(out, *number),
        ValueKind::String(text) => write_string(out, text),
        ValueKind::Bytes(bytes) => {
            out.push_str("0x");
            for byte in bytes {
                let _ = write!(out, "{byte:02x}");
            }
        }
        ValueKind::Bool(literal) => {
            let _ = write!(out, "{literal}");
        }
        ValueKind::Symbol(name) => out.push_str(name),
        ValueKind::Path(path) => write_path(out, path),
        ValueKind::Call(call) => write_call(out, call),
        ValueKind::Unary(unary) => {
            out.push_str(unary.op.as_str());
            write_value(out, &unary.operand, Binding::Single);
        }
        ValueKind::Binary(binary) => {
            let (left, right) = math_binding(binary.op);
            write_value(out, &binary.left, left);
            let _ = write!(out, " {} ", binary.op.as_str());
            write_value(out, &binary.right, right);
        }
        ValueKind::Group(inner) => {
            out.push('(');
            write_value(out, inner, Binding::Sum);
            out.push(')');
        }
        ValueKind::List(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                write_comma(out, index);
                write_value(out, value, Binding::Sum);
            }
            out.push(']');
        }
        ValueKind::Map(entries) => {
            out.push('{');
            for (index, entry) in entries.iter().enumerate() {
                write_comma(out, index);
                write_value(out, &entry.key, Binding::Sum);
                out.push_str(": ");
                write_value(out, &entry.value, Binding::Sum);
            }
            out.push('}');
        }
        ValueKind::Lambda(lambda) => {
            out.push('(');
            for (index, param) in lambda.params.iter().enumerate() {
                write_comma(out, index);
                out.push_str(&param.text);
            }
            out.push_str(") => ");
            match &lambda.body {
                LambdaBody::Value(value) => write_value(out, value, Binding::Sum),
                LambdaBody::Bool(expr) => write_bool(out, expr, Binding::Or),
            }
        }
    }
}

fn write_comma(out: &mut String, index: usize) {
    if index > 0 {
        out.push_str(", ");
    }
}

fn write_path(out: &mut String, path: &Path) {
    for (index, segment) in path.segments.iter().enumerate() {
        if index > 0 {
            out.push('.');
        }
        out.push_str(&segment.name);
        write_keys(out, &segment.keys);
    }
}

fn write_keys(out: &mut String, keys: &[Key]) {
    for key in keys {
        out.push('[');
        write_value(out, &key.value, Binding::Sum);
        out.push(']');
    }
}

fn write_call(out: &mut String, call: &Call) {
    out.push_str(&call.name);
    out.push('(');
    for (index, argument) in call.args.iter().enumerate() {
        write_comma(out, index);
        write_argument(out, argument);
    }
    out.push(')');
    write_keys(out, &call.keys);
}

fn write_argument(out: &mut String, argument: &Argument) {
    if let Some(name) = &argument.name {
        let _ = write!(out, "{} = ", name.text);
    }
    match &argument.value {
        ArgumentValue::Value(value) => write_value(out, value, Binding::Sum),
        ArgumentValue::FunctionRef(name) => out.push_str(&name.text),
    }
}

/// Writes a float so that it has a point, which the grammar asks for.
fn write_float(out: &mut String, number: f64) {
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if !mantissa.contains('.') => {
            let _ = write!(out, "{mantissa}.0e{exponent}");
        }
        _ => out.push_str(&text),
    }
}

fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}
