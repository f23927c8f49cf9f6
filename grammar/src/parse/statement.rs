//! Reads the entry points of the grammar.

use pest::iterators::Pair;

use super::Rule;
use super::error::SyntaxError;
use super::reader::Reader;
use crate::ast::{Call, Condition, Statement, ValueExpr};
use crate::diag::{Applicability, codes};
use crate::span::Span;

impl<'t> Reader<'t> {
    /// Reads a `statement`.
    pub(super) fn statement(&mut self, pair: Pair<'t, Rule>) -> Option<Statement> {
        let mut editor = None;
        let mut condition = None;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::call => editor = Some(self.call(part)?),
                Rule::bool_expr => condition = Some(self.bool_expr(part)?),
                _ => {}
            }
        }
        let editor = editor?;
        self.check_editor(&editor);
        let span = condition.as_ref().map_or(editor.span, |c| editor.span.to(c.span));
        Some(Statement { editor, condition, span })
    }

    /// Reads a `condition`.
    pub(super) fn condition(&mut self, pair: Pair<'t, Rule>) -> Option<Condition> {
        let part = pair.into_inner().find(|part| part.as_rule() == Rule::bool_expr)?;
        let expr = self.bool_expr(part)?;
        let span = expr.span;
        Some(Condition { expr, span })
    }

    /// Reads a `value_expression`.
    pub(super) fn value_expression(&mut self, pair: Pair<'t, Rule>) -> Option<ValueExpr> {
        let part = pair.into_inner().find(|part| part.as_rule() == Rule::value)?;
        let value = self.value(part)?;
        let span = value.span;
        Some(ValueExpr { value, span })
    }

    /// Refuses a converter, or keys, where the editor of a statement stands.
    fn check_editor(&mut self, call: &Call) {
        let Call { name, name_span, keys, .. } = call;
        if name.starts_with(|first: char| first.is_ascii_uppercase()) {
            self.errors.push(
                SyntaxError::new(
                    codes::FUNCTION_KIND,
                    *name_span,
                    format!("the converter `{name}` cannot be a statement"),
                )
                .label("expected an editor, whose name starts with a lower-case letter")
                .note(format!("to keep what it yields, write `set(target, {name}(…))`")),
            );
            return;
        }
        if let (Some(first), Some(last)) = (keys.first(), keys.last()) {
            let span = first.span.to(last.span);
            self.errors.push(
                SyntaxError::new(
                    codes::FUNCTION_KIND,
                    span,
                    format!("the editor `{name}` yields nothing that could be indexed"),
                )
                .label("only paths and converters have keys")
                .fix(Applicability::Unsafe, "remove the keys", span, ""),
            );
        }
    }

    /// Refuses an editor where a value stands.
    pub(super) fn check_converter(&mut self, call: &Call) {
        let Call { name, name_span, .. } = call;
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return;
        }
        self.errors.push(
            SyntaxError::new(
                codes::FUNCTION_KIND,
                *name_span,
                format!("the editor `{name}` cannot be used as a value"),
            )
            .label("expected a converter, whose name starts with an upper-case letter")
            .note("an editor changes telemetry and stands at the start of a statement of its own"),
        );
    }

    /// The text of a place.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }
}
