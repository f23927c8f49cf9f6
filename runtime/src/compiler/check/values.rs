//! Values and their types.

use holt_grammar::ast::{MathOp, UnaryOp};
use holt_grammar::span::Span;

use super::Checker;
use crate::compiler::codes;
use crate::compiler::hir::{Constant, Expr, ExprKind, Place};
use crate::compiler::resolve::{Call, Node, NodeKind, Path};
use crate::error::EvalError;
use crate::functions::Shim;
use crate::ops::math_type;
use crate::paths::{Keys, PathRef};
use crate::types::{Kind, Type};

impl Checker<'_> {
    /// Checks a value.
    pub(crate) fn value(&mut self, node: &Node) -> Option<Expr> {
        let constant = match &node.kind {
            NodeKind::Nil => Constant::Nil,
            NodeKind::Bool(value) => Constant::Bool(*value),
            NodeKind::Int(value) | NodeKind::Symbol(value) => Constant::Int(*value),
            NodeKind::Float(value) => Constant::Float(*value),
            NodeKind::Str(text) => Constant::Str(text.as_str().into()),
            NodeKind::Bytes(bytes) => Constant::Bytes(bytes.as_slice().into()),
            NodeKind::Function(function) => Constant::Function(function),
            NodeKind::Path(path) => return self.load(path),
            NodeKind::Local(local, keys) => {
                let value = Expr { kind: ExprKind::Local(*local), ty: Type::ANY };
                return self.indexed(value, keys);
            }
            NodeKind::Lambda(_) => {
                let message = "a lambda is not a value, so this always fails";
                let note = "only functions that call lambdas take one";
                self.warn(codes::ARGUMENT_TYPE, node.span, message, "a lambda", note);
                let error = EvalError::Function("a lambda is not a value".into());
                return Some(Expr { kind: ExprKind::Raise(error), ty: Type::NOTHING });
            }
            NodeKind::Call(call) => return self.call(call),
            NodeKind::Unary(op, operand) => return self.unary(*op, operand, node.span),
            NodeKind::Binary(op, op_span, left, right) => {
                return self.math(*op, *op_span, left, right);
            }
            NodeKind::List(values) => {
                let kind = ExprKind::Items(self.values(values)?);
                return Some(Expr { kind, ty: Type::LIST });
            }
            NodeKind::Map(entries) => return self.map(entries),
        };
        Some(Expr::constant(constant))
    }

    /// Checks values; all of them are looked at.
    pub(super) fn values<'n>(
        &mut self,
        nodes: impl IntoIterator<Item = &'n Node>,
    ) -> Option<Vec<Expr>> {
        let values: Vec<_> = nodes.into_iter().map(|node| self.value(node)).collect();
        values.into_iter().collect()
    }

    fn load(&mut self, path: &Path) -> Option<Expr> {
        let ty = if path.keys.is_empty() {
            path.path.decl.get
        } else {
            match path.path.decl.keys {
                Keys::Member => Type::STRING.or(Type::NIL),
                Keys::Value | Keys::None => Type::VALUE,
            }
        };
        let kind = ExprKind::Load(self.place(path)?);
        Some(Expr { kind, ty })
    }

    /// Checks a path with its keys.
    pub(super) fn place(&mut self, path: &Path) -> Option<Place> {
        let mut keys = self.values(&path.keys)?;
        if path.path.decl.keys == Keys::Member {
            self.member_key(&path.keys, &mut keys);
        }
        // The first key of attributes must be text; deeper ones depend on what they meet.
        let is_map = path.path.decl.get.is_within(Type::MAP) || path.path.decl.keys == Keys::Member;
        for (index, (key, node)) in keys.iter().zip(&path.keys).enumerate() {
            let takes = if index == 0 && is_map {
                Type::STRING
            } else if index == 0 && path.path.decl.get.is_disjoint(Type::MAP) {
                Type::INT
            } else {
                Type::STRING.or(Type::INT)
            };
            self.key(key, takes, node.span);
        }
        Some(Place { path: path.path, keys })
    }

    /// The reference takes the key of a member as it is written and computes none.
    fn member_key(&mut self, nodes: &[Node], keys: &mut [Expr]) {
        let [node] = nodes else { return };
        if matches!(node.kind, NodeKind::Str(_)) {
            return;
        }
        let message = "a key that has to be computed never fits, so this always fails";
        self.warn(codes::INDEX_TYPE, node.span, message, "", "write the key out, in double quotes");
        keys.fill(Expr { kind: ExprKind::Constant(Constant::Nil), ty: Type::NOTHING });
    }

    fn key(&mut self, key: &Expr, takes: Type, span: Span) {
        if let Some(Constant::Int(index)) = key.as_constant()
            && *index < 0
            && takes.has(Kind::Int)
        {
            self.warn(
                codes::INDEX_TYPE,
                span,
                "a negative index is always out of bounds",
                format!("{index}"),
                "elements are counted from 0; there is no counting from the end",
            );
        } else if key.ty.is_disjoint(takes) && key.ty != Type::NOTHING {
            let (ty, message) = (key.ty, "the key never fits, so this always fails");
            self.warn(
                codes::INDEX_TYPE,
                span,
                message,
                format!("this is {ty}"),
                format!("expected {takes}"),
            );
        }
    }

    /// Checks a converter with its keys.
    pub(super) fn call(&mut self, call: &Call) -> Option<Expr> {
        let args = match call.function.run {
            Shim::OfField(name, _) => vec![self.field(name)?],
            _ => self.arguments(call)?,
        };
        let value = match (call.function.run, <[Expr; 3]>::try_from(args)) {
            (Shim::Choice, Ok([condition, yes, no])) => {
                let ty = yes.ty.or(no.ty);
                // Its condition is a lambda without parameters.
                let condition = match condition.kind {
                    ExprKind::Lambda(lambda) => lambda.body,
                    _ => condition,
                };
                Expr { kind: ExprKind::Choice(Box::new([condition, yes, no])), ty }
            }
            (Shim::Path(decl), args) => {
                let keys = args.map_or_else(|args| args, Vec::from);
                let own = self.context.prefixes.first()?;
                let path = PathRef { slot: own.slot, context: own.context, decl };
                Expr { kind: ExprKind::Load(Place { path, keys }), ty: call.function.returns }
            }
            (_, args) => {
                let args = args.map_or_else(|args| args, Vec::from);
                Expr { kind: ExprKind::Call(call.function, args), ty: call.function.returns }
            }
        };
        self.indexed(value, &call.keys)
    }

    /// What a field of the item holds.
    fn field(&self, name: &str) -> Option<Expr> {
        let own = self.context.prefixes.first()?;
        let decl = own.paths.iter().find(|decl| decl.name == name)?;
        let path = PathRef { slot: own.slot, context: own.name, decl };
        let kind = ExprKind::Load(Place { path, keys: Vec::new() });
        Some(Expr { kind, ty: decl.get })
    }

    /// Applies keys to what a converter or a parameter yields.
    fn indexed(&mut self, mut value: Expr, keys: &[Node]) -> Option<Expr> {
        for node in keys {
            let key = self.value(node)?;
            let indexable = Type::MAP.or(Type::LIST);
            if value.ty.is_disjoint(indexable) {
                self.warn(
                    codes::INDEX_TYPE,
                    node.span,
                    format!("{} cannot be indexed, so this always fails", value.ty),
                    "",
                    "only maps and lists have elements",
                );
            } else {
                let takes = match value.ty.and(indexable).single() {
                    Some(Kind::Map) => Type::STRING,
                    Some(Kind::List) => Type::INT,
                    _ => Type::STRING.or(Type::INT),
                };
                self.key(&key, takes, node.span);
            }
            let kind = ExprKind::Index(Box::new(value), Box::new(key));
            value = Expr { kind, ty: Type::VALUE };
        }
        Some(value)
    }

    fn unary(&mut self, op: UnaryOp, operand: &Node, span: Span) -> Option<Expr> {
        let value = self.value(operand)?;
        if op == UnaryOp::Plus {
            // The reference does not look at what a plus stands before.
            return Some(value);
        }
        let ty = value.ty.and(Type::NUMBER);
        if ty == Type::NOTHING && value.ty != Type::NOTHING {
            self.warn(
                codes::MATH_TYPE,
                span,
                format!("{} cannot be negated, so this always fails", value.ty),
                "",
                "a minus takes integers and doubles",
            );
        }
        Some(Expr { kind: ExprKind::Negate(Box::new(value)), ty })
    }

    fn math(&mut self, op: MathOp, span: Span, left: &Node, right: &Node) -> Option<Expr> {
        let (left_value, right_value) = (self.value(left), self.value(right));
        let (left_value, right_value) = (left_value?, right_value?);
        let ty = math_type(op, left_value.ty, right_value.ty);
        let failed = left_value.ty == Type::NOTHING || right_value.ty == Type::NOTHING;
        if ty == Type::NOTHING && !failed {
            let (sign, left, right) = (op.as_str(), left_value.ty, right_value.ty);
            self.warn(
                codes::MATH_TYPE,
                span,
                format!("`{sign}` is not defined for {left} and {right}, so this always fails"),
                "",
                "arithmetic takes numbers; times and durations can be added and subtracted; text is \
                 joined with Concat",
            );
        }
        let is_zero = match right_value.as_constant() {
            Some(Constant::Int(value)) => *value == 0,
            Some(Constant::Float(value)) => *value == 0.0,
            _ => false,
        };
        if op == MathOp::Div && is_zero && ty != Type::NOTHING {
            self.warn(
                codes::DIVISION,
                span.to(right.span),
                "a division by zero always fails",
                "",
                "",
            );
        }
        let kind = ExprKind::Math(op, Box::new(left_value), Box::new(right_value));
        Some(Expr { kind, ty })
    }

    fn map(&mut self, entries: &[(Node, Node)]) -> Option<Expr> {
        let mut parts = Vec::with_capacity(2 * entries.len());
        let mut complete = true;
        for (key_node, value_node) in entries {
            let (Some(key), Some(value)) = (self.value(key_node), self.value(value_node)) else {
                complete = false;
                continue;
            };
            if value.ty.is_disjoint(Type::VALUE) && value.ty != Type::NOTHING {
                self.warn(
                    codes::STORE_TYPE,
                    value_node.span,
                    format!("a map cannot hold {}, so this always fails", value.ty),
                    "",
                    "convert it, for instance with String()",
                );
            }
            parts.extend([key, value]);
        }
        complete.then_some(Expr { kind: ExprKind::Map(parts), ty: Type::MAP })
    }
}
