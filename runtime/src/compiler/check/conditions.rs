//! Conditions: comparisons that are constant, and the folding that the reference does.

use holt_grammar::ast::CompareOp;
use holt_grammar::span::Span;

use super::Checker;
use crate::compiler::codes;
use crate::compiler::hir::{Constant, Expr, ExprKind};
use crate::compiler::resolve::{Condition, ConditionKind, Node};
use crate::ops::{Conversion, compared};
use crate::types::{Kind, Type};

impl Checker<'_> {
    /// Checks a condition as a whole.
    pub(crate) fn condition(&mut self, condition: &Condition) -> Option<Expr> {
        let value = self.part(condition)?;
        // `where true` says so plainly.
        let is_plain = matches!(condition.kind, ConditionKind::Literal(_));
        if let Some(truth) = value.as_bool().filter(|_| !is_plain) {
            let runs = if truth { "always" } else { "never" };
            self.warn(
                codes::CONSTANT_CONDITION,
                condition.span,
                format!("the condition is always {truth}"),
                format!("{runs} holds"),
                "",
            );
        }
        Some(value)
    }

    fn part(&mut self, condition: &Condition) -> Option<Expr> {
        match &condition.kind {
            ConditionKind::Or(parts) => self.parts(parts, true),
            ConditionKind::And(parts) => self.parts(parts, false),
            ConditionKind::Not(part) => {
                let part = self.part(part)?;
                Some(match part.as_bool() {
                    Some(value) => Expr::constant(Constant::Bool(!value)),
                    None => Expr { kind: ExprKind::Not(Box::new(part)), ty: Type::BOOL },
                })
            }
            ConditionKind::Literal(value) => Some(Expr::constant(Constant::Bool(*value))),
            ConditionKind::Converter(call) => {
                let value = self.call(call)?;
                if value.ty.is_disjoint(Type::BOOL) && value.ty != Type::NOTHING {
                    self.warn(
                        codes::OPERATOR,
                        condition.span,
                        format!("the condition yields {}, so it always fails", value.ty),
                        "not a truth value",
                        "compare it with something, or use a converter that yields a truth value",
                    );
                }
                if value.ty == Type::BOOL {
                    return Some(value);
                }
                let ty = value.ty.and(Type::BOOL);
                let conversion = Conversion::Expect(Type::BOOL);
                Some(Expr { kind: ExprKind::Convert(conversion, Box::new(value)), ty })
            }
            ConditionKind::Compare(op, span, left, right) => {
                self.comparison(*op, *span, left, right, condition.span)
            }
        }
    }

    /// `or` (`decisive` true) or `and`. As in the reference, a constant operand decides the whole
    /// wherever it stands, or is left out.
    fn parts(&mut self, parts: &[Condition], decisive: bool) -> Option<Expr> {
        let values: Vec<_> = parts.iter().map(|part| self.part(part)).collect();
        let values = values.into_iter().collect::<Option<Vec<_>>>()?;
        if values.iter().any(|value| value.as_bool() == Some(decisive)) {
            return Some(Expr::constant(Constant::Bool(decisive)));
        }
        let mut values: Vec<_> =
            values.into_iter().filter(|value| value.as_bool().is_none()).collect();
        if values.len() < 2 {
            let none = || Expr::constant(Constant::Bool(!decisive));
            return Some(values.pop().unwrap_or_else(none));
        }
        let kind = if decisive { ExprKind::Or(values) } else { ExprKind::And(values) };
        Some(Expr { kind, ty: Type::BOOL })
    }

    fn comparison(
        &mut self,
        op: CompareOp,
        op_span: Span,
        left_node: &Node,
        right_node: &Node,
        span: Span,
    ) -> Option<Expr> {
        let (left, right) = (self.value(left_node), self.value(right_node));
        let (left, right) = (left?, right?);
        if left_node.kind.is_literal()
            && right_node.kind.is_literal()
            && let Some(left) = left.as_constant().and_then(Constant::value)
            && let Some(right) = right.as_constant().and_then(Constant::value)
        {
            return Some(Expr::constant(Constant::Bool(compared(op, left, right))));
        }
        // The reference compares lists and maps of literals when it starts, too.
        if left_node.kind.is_literal() && right_node.kind.is_literal() {
            self.check_types(op, op_span, &left, &right, span);
            let equal = left_node.kind.is_same_literal(&right_node.kind);
            let holds = match op {
                CompareOp::Eq => equal,
                CompareOp::Ne => !equal,
                _ => false,
            };
            return Some(Expr::constant(Constant::Bool(holds)));
        }
        self.check_types(op, op_span, &left, &right, span);
        let kind = ExprKind::Compare(op, Box::new(left), Box::new(right));
        Some(Expr { kind, ty: Type::BOOL })
    }

    fn check_types(&mut self, op: CompareOp, op_span: Span, left: &Expr, right: &Expr, span: Span) {
        if left.ty == Type::NOTHING || right.ty == Type::NOTHING {
            return;
        }
        // An integer and a double are comparable, and no bytes at all are nil.
        let widened = |ty: Type| {
            let ty = if ty.is_disjoint(Type::NUMBER) { ty } else { ty.or(Type::NUMBER) };
            if ty.is_disjoint(Type::BYTES) { ty } else { ty.or(Type::NIL) }
        };
        if widened(left.ty).is_disjoint(widened(right.ty)) {
            let outcome = if op == CompareOp::Ne { "true" } else { "false" };
            let note = hint(left.ty, right.ty).or_else(|| hint(right.ty, left.ty));
            self.warn(
                codes::COMPARE_TYPE,
                span,
                format!("the comparison is always {outcome}"),
                format!("{} and {} are never equal", left.ty, right.ty),
                note.unwrap_or_default(),
            );
            return;
        }
        let orders = !matches!(op, CompareOp::Eq | CompareOp::Ne);
        let unordered = [Kind::Map, Kind::List, Kind::TraceId, Kind::SpanId, Kind::ProfileId]
            .into_iter()
            .map(Type::of)
            .fold(Type::MESSAGE, Type::or);
        if orders && (left.ty.is_within(unordered) || right.ty.is_within(unordered)) {
            self.warn(
                codes::OPERATOR,
                op_span,
                format!("`{}` is always false for {}", op.as_str(), left.ty.and(right.ty)),
                "has no order",
                "use == or !=",
            );
        }
    }
}

/// What may have been meant by comparing these.
fn hint(one: Type, other: Type) -> Option<&'static str> {
    let id = Type::of(Kind::TraceId).or(Type::of(Kind::SpanId)).or(Type::of(Kind::ProfileId));
    if one.is_within(id) && !other.is_disjoint(Type::STRING) {
        return Some("compare the `.string` form of the id");
    }
    if one.is_within(Type::INT) && other.is_within(Type::STRING) {
        return Some("a field that holds a number of an enumeration is compared with its symbols");
    }
    if one.is_within(Type::TIME) && other.is_within(Type::NUMBER) {
        return Some("compare the `_unix_nano` form of the time");
    }
    None
}
