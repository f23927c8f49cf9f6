//! Syntax trees to resolved trees.

use holt_grammar::ast::{
    self, BoolExpr, BoolExprKind, Statement as StatementAst, UnaryOp, Value, ValueKind,
};
use holt_grammar::diag::{Diagnostic, codes as grammar_codes};
use holt_grammar::did_you_mean;
use holt_grammar::span::Span;

use super::{Condition, ConditionKind, Node, NodeKind, Statement};
use crate::compiler::codes;
use crate::compiler::hir::LocalId;
use crate::functions::Dialect;
use crate::paths::ContextDecl;
use crate::program::SourceText;

/// Resolves the names of one text in one context.
pub(crate) struct Resolver<'t> {
    /// The context.
    pub(super) context: &'static ContextDecl,
    /// Whether paths may leave the context out.
    pub(super) implicit: bool,
    /// Which functions there are.
    pub(super) dialect: Dialect,
    /// The text.
    pub(super) source: &'t SourceText,
    /// What was found.
    pub(super) findings: &'t mut Vec<Diagnostic>,
    /// The parameters of the lambdas around what is being resolved, innermost last.
    pub(super) locals: Vec<(String, LocalId)>,
    /// Numbers the parameters of lambdas through the text.
    pub(super) next_local: u32,
    /// Where the context's name belongs before a path.
    insertions: Vec<u32>,
}

impl<'t> Resolver<'t> {
    /// A resolver for a text of a group whose context is named (`implicit`) or inferred.
    pub(crate) fn new(
        context: &'static ContextDecl,
        implicit: bool,
        dialect: Dialect,
        source: &'t SourceText,
        findings: &'t mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            context,
            implicit,
            dialect,
            source,
            findings,
            locals: Vec::new(),
            next_local: 0,
            insertions: Vec::new(),
        }
    }

    /// The text with the context's name before every path that leaves it out, as the reference shows
    /// it in messages.
    pub(crate) fn rewritten(mut self) -> String {
        self.insertions.sort_unstable();
        self.insertions.dedup();
        let mut out = String::with_capacity(self.source.text.len() + 8 * self.insertions.len());
        let mut from = 0;
        for at in self.insertions {
            let at = at as usize;
            out.push_str(self.source.text.get(from..at).unwrap_or_default());
            out.push_str(self.context.name);
            out.push('.');
            from = at;
        }
        out.push_str(self.source.text.get(from..).unwrap_or_default());
        out
    }

    pub(super) fn insert_prefix(&mut self, at: u32) {
        self.insertions.push(at);
    }

    /// Notes an error with its place.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> &mut Diagnostic {
        let location = self.source.locate(span);
        self.findings.push(Diagnostic::error(code, message).label(location, label));
        let last = self.findings.len() - 1;
        #[allow(clippy::indexing_slicing)] // It was pushed the line before.
        &mut self.findings[last]
    }

    /// Resolves a statement; `None` when something in it has no meaning.
    pub(crate) fn statement(&mut self, statement: &StatementAst) -> Option<Statement> {
        let editor = self.call(&statement.editor);
        let condition = statement.condition.as_ref().map(|condition| self.condition(condition));
        let condition = match condition {
            Some(condition) => Some(condition?),
            None => None,
        };
        Some(Statement { editor: editor?, condition })
    }

    /// Resolves a condition.
    pub(crate) fn condition(&mut self, expr: &BoolExpr) -> Option<Condition> {
        let kind = match &expr.kind {
            BoolExprKind::Or(parts) => ConditionKind::Or(self.conditions(parts)?),
            BoolExprKind::And(parts) => ConditionKind::And(self.conditions(parts)?),
            BoolExprKind::Not(part) => ConditionKind::Not(Box::new(self.condition(part)?)),
            BoolExprKind::Group(part) => return self.condition(part),
            BoolExprKind::Literal(value) => ConditionKind::Literal(*value),
            BoolExprKind::Converter(call) => ConditionKind::Converter(Box::new(self.call(call)?)),
            BoolExprKind::Comparison(comparison) => {
                let left = self.value(&comparison.left);
                let right = self.value(&comparison.right);
                let (left, right) = (Box::new(left?), Box::new(right?));
                ConditionKind::Compare(comparison.op, comparison.op_span, left, right)
            }
        };
        Some(Condition { kind, span: expr.span })
    }

    fn conditions(&mut self, parts: &[BoolExpr]) -> Option<Vec<Condition>> {
        // All of them are looked at, so that all findings are reported.
        let parts: Vec<_> = parts.iter().map(|part| self.condition(part)).collect();
        parts.into_iter().collect()
    }

    /// Resolves values; all of them are looked at.
    pub(super) fn values<'v>(
        &mut self,
        values: impl Iterator<Item = &'v Value>,
    ) -> Option<Vec<Node>> {
        let values: Vec<_> = values.map(|value| self.value(value)).collect();
        values.into_iter().collect()
    }

    /// Resolves a value.
    pub(crate) fn value(&mut self, value: &Value) -> Option<Node> {
        let span = value.span;
        let kind = match &value.kind {
            ValueKind::Nil => NodeKind::Nil,
            ValueKind::Int(value) => NodeKind::Int(*value),
            ValueKind::Float(value) => NodeKind::Float(*value),
            ValueKind::String(text) => NodeKind::Str(text.clone()),
            ValueKind::Bytes(bytes) => NodeKind::Bytes(bytes.clone()),
            ValueKind::Bool(value) => NodeKind::Bool(*value),
            ValueKind::Symbol(symbol) => NodeKind::Symbol(self.symbol(symbol, span)?),
            ValueKind::Path(path) => match self.local(path) {
                Some(local) => return local,
                None => NodeKind::Path(self.path(path)?),
            },
            ValueKind::Call(call) => NodeKind::Call(Box::new(self.call(call)?)),
            ValueKind::Unary(unary) => return self.unary(unary, span),
            ValueKind::Binary(binary) => {
                let left = self.value(&binary.left);
                let right = self.value(&binary.right);
                let (left, right) = (Box::new(left?), Box::new(right?));
                NodeKind::Binary(binary.op, binary.op_span, left, right)
            }
            ValueKind::Group(inner) => return self.value(inner),
            ValueKind::List(values) => NodeKind::List(self.values(values.iter())?),
            ValueKind::Map(entries) => {
                let keys = self.values(entries.iter().map(|entry| &entry.key));
                let values = self.values(entries.iter().map(|entry| &entry.value));
                NodeKind::Map(keys?.into_iter().zip(values?).collect())
            }
            ValueKind::Lambda(lambda) => return self.lambda(lambda, span),
        };
        Some(Node { kind, span })
    }

    /// A sign before a literal number is part of it.
    fn unary(&mut self, unary: &ast::Unary, span: Span) -> Option<Node> {
        let operand = self.value(&unary.operand)?;
        let minus = unary.op == UnaryOp::Minus;
        let is_literal = matches!(unary.operand.kind, ValueKind::Int(_) | ValueKind::Float(_));
        let kind = match operand.kind {
            NodeKind::Int(value) if is_literal => {
                NodeKind::Int(if minus { value.wrapping_neg() } else { value })
            }
            NodeKind::Float(value) if is_literal => {
                NodeKind::Float(if minus { -value } else { value })
            }
            _ => NodeKind::Unary(unary.op, Box::new(operand)),
        };
        Some(Node { kind, span })
    }

    fn symbol(&mut self, symbol: &str, span: Span) -> Option<i64> {
        if let Some(value) = self.context.symbol(symbol) {
            return Some(value);
        }
        let known = self.context.enums.iter().flat_map(|table| table.values);
        let nearest = did_you_mean(symbol, known.map(|(name, _)| *name));
        let context = self.context.name;
        let message = format!("the {context} context has no symbol `{symbol}`");
        let finding = self.error(codes::UNKNOWN_SYMBOL, span, message, "unknown symbol");
        match nearest {
            Some(nearest) => finding.notes.push(format!("did you mean `{nearest}`?")),
            None => finding.notes.push(
                "a bare word stands for a number of an enumeration; text needs double quotes"
                    .to_owned(),
            ),
        }
        None
    }

    /// Reports a function name where a value is wanted.
    pub(super) fn misplaced_function(&mut self, name: &ast::Name) {
        let message = format!("`{}` is neither a value nor a symbol", name.text);
        self.error(grammar_codes::SYNTAX, name.span, message, "expected a value")
            .notes
            .push(format!("a converter is called as `{}(…)`; text needs double quotes", name.text));
    }
}
