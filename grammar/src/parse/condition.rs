//! Reads conditions, and settles what the grammar left open between conditions and values.

use pest::iterators::Pair;

use super::Rule;
use super::error::SyntaxError;
use super::reader::{Cover, Reader, span_of};
use crate::ast::{BoolExpr, BoolExprKind, CompareOp, Comparison, Value, ValueKind};
use crate::diag::{Applicability, codes};
use crate::span::Span;

impl<'t> Reader<'t> {
    /// Reads a `bool_expr` where a condition is wanted.
    pub(super) fn bool_expr(&mut self, pair: Pair<'t, Rule>) -> Option<BoolExpr> {
        let cover = self.cover_bool_expr(pair)?;
        Some(self.settle_bool(cover))
    }

    /// Reads a `bool_expr` that may turn out to be a single value.
    pub(super) fn cover_bool_expr(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        self.cover_list(pair, Rule::conjunction, Self::cover_conjunction, BoolExprKind::Or)
    }

    fn cover_conjunction(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        self.cover_list(pair, Rule::negation, Self::cover_negation, BoolExprKind::And)
    }

    /// Reads operands of the rule `item`; a single one is handed on as it is.
    fn cover_list(
        &mut self,
        pair: Pair<'t, Rule>,
        item: Rule,
        read: fn(&mut Self, Pair<'t, Rule>) -> Option<Cover>,
        make: fn(Vec<BoolExpr>) -> BoolExprKind,
    ) -> Option<Cover> {
        let span = span_of(&pair);
        let mut parts = pair.into_inner().filter(|part| part.as_rule() == item);
        let first = read(self, parts.next()?)?;
        let Some(second) = parts.next() else { return Some(first) };
        let mut operands = vec![self.settle_bool(first)];
        for part in std::iter::once(second).chain(parts) {
            let operand = read(self, part)?;
            operands.push(self.settle_bool(operand));
        }
        Some(Cover::Bool(BoolExpr { kind: make(operands), span }))
    }

    fn cover_negation(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        let span = span_of(&pair);
        let mut parts = pair.into_inner();
        let first = parts.next()?;
        if first.as_rule() != Rule::kw_not {
            return self.cover_comparison(first);
        }
        let operand = self.cover_comparison(parts.next()?)?;
        let operand = Box::new(self.settle_bool(operand));
        Some(Cover::Bool(BoolExpr { kind: BoolExprKind::Not(operand), span }))
    }

    fn cover_comparison(&mut self, pair: Pair<'t, Rule>) -> Option<Cover> {
        let span = span_of(&pair);
        let mut parts = pair.into_inner();
        let left = self.cover_value(parts.next()?)?;
        let Some(operator) = parts.next() else { return Some(left) };
        let op = compare_op(operator.as_str())?;
        let op_span = span_of(&operator);
        let right = self.cover_value(parts.next()?)?;
        let left = self.settle_value(left);
        let right = self.settle_value(right);
        let comparison = Box::new(Comparison { left, op, op_span, right });
        Some(Cover::Bool(BoolExpr { kind: BoolExprKind::Comparison(comparison), span }))
    }

    /// Settles that a condition is wanted.
    pub(super) fn settle_bool(&mut self, cover: Cover) -> BoolExpr {
        match cover {
            Cover::Bool(expr) => expr,
            Cover::Value(value) => self.value_as_bool(value),
        }
    }

    fn value_as_bool(&mut self, value: Value) -> BoolExpr {
        let span = value.span;
        let kind = match value.kind {
            ValueKind::Bool(literal) => BoolExprKind::Literal(literal),
            ValueKind::Call(call) => BoolExprKind::Converter(call),
            ValueKind::Group(inner) => BoolExprKind::Group(Box::new(self.value_as_bool(*inner))),
            kind => {
                let error = self.not_a_condition(&kind, span);
                self.errors.push(error);
                BoolExprKind::Literal(false)
            }
        };
        BoolExpr { kind, span }
    }

    /// Settles that a value is wanted.
    pub(super) fn settle_value(&mut self, cover: Cover) -> Value {
        match cover {
            Cover::Value(value) => {
                if let Some(inner) = misplaced_in_group(&value) {
                    self.errors.push(not_arithmetic(inner));
                }
                value
            }
            Cover::Bool(expr) => {
                self.errors.push(
                    SyntaxError::new(
                        codes::SYNTAX,
                        expr.span,
                        "a condition cannot be used as a value",
                    )
                    .label("expected a value")
                    .note(
                        "conditions stand behind `where` and in lists of conditions; they cannot \
                         be compared, calculated with or passed to functions",
                    ),
                );
                Value { kind: ValueKind::Nil, span: expr.span }
            }
        }
    }

    /// Explains why a value is no condition.
    fn not_a_condition(&self, kind: &ValueKind, span: Span) -> SyntaxError {
        let text = self.slice(span);
        let error = SyntaxError::new(
            codes::SYNTAX,
            span,
            format!("{} is not a condition", describe(kind, text)),
        );
        match kind {
            ValueKind::Path(_) => error
                .label("expected a comparison")
                .note("a path is compared even if its value is a boolean")
                .fix(Applicability::Unsafe, "compare with `true`", span, format!("{text} == true"))
                .fix(
                    Applicability::Unsafe,
                    "ask whether there is a value",
                    span,
                    format!("{text} != nil"),
                ),
            ValueKind::Symbol(name) if ["TRUE", "FALSE"].contains(&&*name.to_uppercase()) => {
                let word = name.to_lowercase();
                error.label(format!("write `{word}`")).fix(
                    Applicability::Safe,
                    format!("write `{word}`"),
                    span,
                    word,
                )
            }
            _ => error.label(
                "expected a comparison, a converter, `true`, `false` or a condition in parentheses",
            ),
        }
    }
}

/// Whether a value could stand where a value is wanted: no group in it holds something else than
/// arithmetic.
pub(super) fn is_value(value: &Value) -> bool {
    misplaced_in_group(value).is_none()
}

/// What stands in a group although it is not arithmetic. Groups further in are looked through; those
/// inside arithmetic were checked when it was read.
fn misplaced_in_group(value: &Value) -> Option<&Value> {
    let mut current = value;
    while let ValueKind::Group(inner) = &current.kind {
        current = inner;
        match inner.kind {
            ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Path(_)
            | ValueKind::Call(_)
            | ValueKind::Unary(_)
            | ValueKind::Binary(_)
            | ValueKind::Group(_) => {}
            _ => return Some(current),
        }
    }
    None
}

fn not_arithmetic(inner: &Value) -> SyntaxError {
    SyntaxError::new(
        codes::SYNTAX,
        inner.span,
        format!("{} cannot stand in parentheses", describe(&inner.kind, "")),
    )
    .label("expected arithmetic")
    .note("parentheses in a value are for numbers, paths and converter calls; remove them")
}

/// A value in a few words; a short `text` is quoted.
fn describe(kind: &ValueKind, text: &str) -> String {
    let quoted = |what: &str| {
        if text.is_empty() || text.len() > 60 || text.contains('\n') {
            what.to_owned()
        } else {
            format!("{what} `{text}`")
        }
    };
    match kind {
        ValueKind::Nil => "`nil`".to_owned(),
        ValueKind::Int(_) | ValueKind::Float(_) => quoted("the number"),
        ValueKind::String(_) => quoted("the string"),
        ValueKind::Bytes(_) => quoted("the byte literal"),
        ValueKind::Bool(literal) => format!("`{literal}`"),
        ValueKind::Symbol(_) => quoted("the symbol"),
        ValueKind::Path(_) => quoted("the path"),
        ValueKind::Call(_) => "a call".to_owned(),
        ValueKind::Unary(_) | ValueKind::Binary(_) | ValueKind::Group(_) => "arithmetic".to_owned(),
        ValueKind::List(_) => "a list".to_owned(),
        ValueKind::Map(_) => "a map".to_owned(),
        ValueKind::Lambda(_) => "a lambda".to_owned(),
    }
}

fn compare_op(text: &str) -> Option<CompareOp> {
    Some(match text {
        "==" => CompareOp::Eq,
        "!=" => CompareOp::Ne,
        "<" => CompareOp::Lt,
        "<=" => CompareOp::Le,
        ">" => CompareOp::Gt,
        ">=" => CompareOp::Ge,
        _ => return None,
    })
}
