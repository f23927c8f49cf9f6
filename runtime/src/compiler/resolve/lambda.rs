//! Lambdas and the names that their parameters give to values.

use holt_grammar::ast;
use holt_grammar::span::Span;

use super::lower::Resolver;
use super::{Lambda, LambdaBody, Node, NodeKind};
use crate::compiler::codes;
use crate::compiler::hir::LocalId;

/// The feature gate of lambdas.
const GATE: &str = "ottl.functions.enableLambda";

impl Resolver<'_> {
    /// Resolves a lambda. Its parameters hide paths of the same name inside its body.
    pub(super) fn lambda(&mut self, lambda: &ast::Lambda, span: Span) -> Option<Node> {
        if !self.dialect.lambdas {
            self.gated(span, "lambda expressions are experimental and off");
            return None;
        }
        let before = self.locals.len();
        let mut params = Vec::with_capacity(lambda.params.len());
        for param in &lambda.params {
            if param.text == "_" {
                params.push(None);
                continue;
            }
            let own = self.locals.get(before..).unwrap_or_default();
            if own.iter().any(|(name, _)| *name == param.text) {
                let message = format!("the parameter `{}` is declared twice", param.text);
                self.error(codes::ARGUMENTS, param.span, message, "the second time");
            }
            let local = LocalId(self.next_local);
            self.next_local += 1;
            self.locals.push((param.text.clone(), local));
            params.push(Some(local));
        }
        let body = match &lambda.body {
            ast::LambdaBody::Value(value) => self.value(value).map(LambdaBody::Value),
            ast::LambdaBody::Bool(condition) => {
                self.condition(condition).map(LambdaBody::Condition)
            }
        };
        self.locals.truncate(before);
        Some(Node { kind: NodeKind::Lambda(Box::new(Lambda { params, body: body? })), span })
    }

    /// The parameter of a surrounding lambda that a path names, innermost first. The outer option
    /// says whether it names one.
    pub(super) fn local(&mut self, path: &ast::Path) -> Option<Option<Node>> {
        let (first, rest) = path.segments.split_first()?;
        let found = self.locals.iter().rev().find(|(name, _)| *name == first.name);
        let (_, local) = *found?;
        if let Some(next) = rest.first() {
            let message = format!("`{}` is a parameter and has no fields", first.name);
            self.error(codes::UNKNOWN_PATH, next.name_span, message, "not a field")
                .notes
                .push(format!("elements are reached by keys: `{}[\"{}\"]`", first.name, next.name));
            return Some(None);
        }
        let keys = self.values(first.keys.iter().map(|key| &key.value));
        Some(keys.map(|keys| Node { kind: NodeKind::Local(local, keys), span: path.span }))
    }

    /// Reports what the feature gate of lambdas keeps off.
    pub(super) fn gated(&mut self, span: Span, message: impl Into<String>) {
        self.error(codes::GATE, span, message, "off")
            .notes
            .push(format!("start with `--feature-gates={GATE}` to use it"));
    }
}
