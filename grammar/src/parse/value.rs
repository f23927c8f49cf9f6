//! Reads values: literals, arithmetic, lists, maps and lambdas.

use pest::iterators::Pair;

use super::Rule;
use super::condition::is_value;
use super::error::SyntaxError;
use super::literal;
use super::reader::{Cover, Reader, name_of, span_of};
use crate::ast::{
    Binary, BoolExpr, BoolExprKind, Lambda, LambdaBody, MapEntry, MathOp, Unary, UnaryOp, Value,
    ValueKind,
};
use crate::diag::codes;

impl<'t> Reader<'t> {
    /// Reads a `value` where nothing else than a value is wanted.
    pub(super) fn value(&mut self, pair: Pair<'t, Rule>) -> Option<Value> {
        let cover = self.cover_value(pair)?;
        Some(self.settle_value(cover))
    }

    /// Reads a `value` that may turn out to be a group round a condition.
    pub(super) fn cover_value(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        let part = pair.into_inner().next()?;
        let span = span_of(&part);
        let kind = match part.as_rule() {
            Rule::sum => return self.cover_sum(part),
            Rule::nil => ValueKind::Nil,
            Rule::boolean => ValueKind::Bool(part.as_str() == "true"),
            Rule::string => ValueKind::String(string_of(&part)),
            Rule::bytes => {
                ValueKind::Bytes(literal::decode_bytes(part.as_str()).unwrap_or_default())
            }
            Rule::symbol => ValueKind::Symbol(part.into_inner().next()?.as_str().to_owned()),
            Rule::list => ValueKind::List(self.list(part)?),
            Rule::map => ValueKind::Map(self.map(part)?),
            Rule::lambda => ValueKind::Lambda(Box::new(self.lambda(part)?)),
            _ => return None,
        };
        Some(Cover::Value(Value { kind, span }))
    }

    /// Reads a `sum` where nothing else than a value is wanted.
    pub(super) fn sum(&mut self, pair: Pair<'t, Rule>) -> Option<Value> {
        let cover = self.cover_sum(pair)?;
        Some(self.settle_value(cover))
    }

    fn cover_sum(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        self.cover_chain(pair, Self::cover_product)
    }

    fn cover_product(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        self.cover_chain(pair, Self::cover_factor)
    }

    /// Reads operands with operators between them; a single operand is handed on as it is.
    fn cover_chain(
        &mut self,
        pair: Pair<'t, Rule>,
        read: fn(&mut Self, Pair<'t, Rule>) -> Option<Cover>,
    ) -> Option<Cover> {
        let mut parts = pair.into_inner();
        let mut left = read(self, parts.next()?)?;
        while let Some(operator) = parts.next() {
            let op = math_op(operator.as_str())?;
            let op_span = span_of(&operator);
            let right = read(self, parts.next()?)?;
            let left_value = self.settle_value(left);
            let right = self.settle_value(right);
            let span = left_value.span.to(right.span);
            let binary = Binary { left: left_value, op, op_span, right };
            left = Cover::Value(Value { kind: ValueKind::Binary(Box::new(binary)), span });
        }
        Some(left)
    }

    fn cover_factor(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        let span = span_of(&pair);
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        if first.as_rule() != Rule::op_add {
            return self.cover_operand(first);
        }
        let op = if first.as_str() == "-" { UnaryOp::Minus } else { UnaryOp::Plus };
        let op_span = span_of(&first);
        let operand = self.cover_operand(parts.next()?)?;
        let operand = self.settle_value(operand);
        let unary = Unary { op, op_span, operand };
        Some(Cover::Value(Value { kind: ValueKind::Unary(Box::new(unary)), span }))
    }

    fn cover_operand(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        let part = pair.into_inner().next()?;
        let span = span_of(&part);
        let kind = match part.as_rule() {
            Rule::group => return self.cover_group(part),
            Rule::float => {
                ValueKind::Float(literal::decode_float(part.as_str()).unwrap_or_default())
            }
            Rule::int => ValueKind::Int(literal::decode_int(part.as_str()).unwrap_or_default()),
            Rule::call => ValueKind::Call(Box::new(self.converter(part)?)),
            Rule::path => ValueKind::Path(self.path(part)?),
            _ => return None,
        };
        Some(Cover::Value(Value { kind, span }))
    }

    fn cover_group(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        let span = span_of(&pair);
        let part = pair.into_inner().find(|part| part.as_rule() == Rule::bool_expr)?;
        Some(match self.cover_bool_expr(part)? {
            Cover::Bool(inner) => {
                Cover::Bool(BoolExpr { kind: BoolExprKind::Group(Box::new(inner)), span })
            }
            Cover::Value(inner) => {
                Cover::Value(Value { kind: ValueKind::Group(Box::new(inner)), span })
            }
        })
    }

    fn list(&mut self, pair: Pair<'t, Rule>) -> Option<Vec<Value>> {
        let parts = pair.into_inner().filter(|part| part.as_rule() == Rule::value);
        parts.map(|part| self.value(part)).collect()
    }

    fn map(&mut self, pair: Pair<'t, Rule>) -> Option<Vec<MapEntry>> {
        let parts = pair.into_inner().filter(|part| part.as_rule() == Rule::map_entry);
        parts.map(|part| self.map_entry(part)).collect()
    }

    fn map_entry(&mut self, pair: Pair<'t, Rule>) -> Option<MapEntry> {
        let mut key = None;
        let mut value = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::map_key => key = Some(self.map_key(part)?),
                Rule::value => value = Some(self.value(part)?),
                _ => {}
            }
        }
        Some(MapEntry { key: key?, value: value? })
    }

    fn map_key(&mut self, pair: Pair<'t, Rule>) -> Option<Value> {
        let part = pair.into_inner().next()?;
        let span = span_of(&part);
        let kind = match part.as_rule() {
            Rule::string => ValueKind::String(string_of(&part)),
            Rule::call => ValueKind::Call(Box::new(self.converter(part)?)),
            Rule::path => ValueKind::Path(self.path(part)?),
            _ => return None,
        };
        Some(Value { kind, span })
    }

    fn lambda(&mut self, pair: Pair<'t, Rule>) -> Option<Lambda> {
        let mut parts = pair.into_inner();
        let head = parts.next()?;
        let params_span = span_of(&head);
        let params = head
            .into_inner()
            .filter(|part| part.as_rule() == Rule::lambda_param)
            .map(|part| name_of(&part))
            .collect();
        let body = parts.find(|part| part.as_rule() == Rule::bool_expr)?;
        let body = match self.cover_bool_expr(body)? {
            Cover::Value(value) if is_value(&value) => {
                if let ValueKind::Lambda(_) = value.kind {
                    self.errors.push(
                        SyntaxError::new(
                            codes::SYNTAX,
                            value.span,
                            "the body of a lambda cannot be another lambda",
                        )
                        .label("expected a value or a condition"),
                    );
                }
                LambdaBody::Value(value)
            }
            cover => LambdaBody::Bool(self.settle_bool(cover)),
        };
        Some(Lambda { params, params_span, body })
    }
}

/// Decodes a string token. Wrong escapes were reported by the lexical check, so the value of a
/// string that has some is never seen.
pub(super) fn string_of(pair: &Pair<'_, Rule>) -> String {
    literal::decode_string(pair.as_str()).unwrap_or_default()
}

fn math_op(text: &str) -> Option<MathOp> {
    Some(match text {
        "+" => MathOp::Add,
        "-" => MathOp::Sub,
        "*" => MathOp::Mul,
        "/" => MathOp::Div,
        _ => return None,
    })
}
