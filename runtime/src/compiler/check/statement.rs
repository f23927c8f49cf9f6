//! Statements: what an editor does to its target.

use holt_grammar::span::Span;

use super::Checker;
use crate::compiler::codes;
use crate::compiler::hir::{Action, Constant, Depends, Expr, Place, Statement as Typed};
use crate::compiler::resolve::{Call, Node, NodeKind, Statement};
use crate::functions::{Shim, Takes};
use crate::paths::{Keys, Slot};
use crate::types::{Kind, Type};

impl Checker<'_> {
    /// Checks a statement. Its text is filled in by the caller.
    pub(crate) fn statement(&mut self, statement: &Statement, text: &str) -> Option<Typed> {
        let action = self.action(&statement.editor);
        let condition = match &statement.condition {
            Some(condition) => Some(self.condition(condition)?),
            None => None,
        };
        let place = Some(self.source.locate(self.source.whole()));
        Some(Typed { text: text.into(), place, condition, action: action? })
    }

    fn action(&mut self, call: &Call) -> Option<Action> {
        let function = call.function;
        if matches!(function.run, Shim::ItemEditor(_)) {
            let args = self.arguments_from(call, 0)?;
            return Some(Action::EditItem { function, args });
        }
        let target = call.args.first().and_then(Option::as_ref);
        let Some((param, target_node)) = function.params.first().zip(target) else {
            self.refuse(codes::ARGUMENTS, call.span, "the target is missing", "", "");
            return None;
        };
        let NodeKind::Path(path) = &target_node.kind else {
            let message = format!("`{}` of `{}` must be a path", param.name, function.name);
            let note = "only what a path stands for can be changed";
            self.refuse(codes::ARGUMENT_TYPE, target_node.span, message, "not a path", note);
            // The other arguments have findings of their own.
            self.arguments_from(call, 1);
            return None;
        };
        let target = self.place(path);
        let mut args = self.arguments_from(call, 1)?;
        let target = target?;
        self.parent_write(&target, &args, target_node.span);
        if matches!(function.run, Shim::Set) {
            let value = args.pop()?;
            let value_node = call.args.get(1).and_then(Option::as_ref)?;
            self.store(&target, &value, target_node, value_node);
            return Some(Action::Store { target, value });
        }
        match param.takes {
            Takes::MapPath => self.edited(&target, Type::MAP, target_node.span, function.name),
            Takes::ListPath => self.edited(&target, Type::LIST, target_node.span, function.name),
            _ => {}
        }
        Some(Action::Edit { function, target, args })
    }

    fn edited(&mut self, target: &Place, edits: Type, span: Span, editor: &str) {
        let ty = element_type(target);
        if ty.is_disjoint(edits) {
            let message = format!("`{editor}` edits a {edits}, so it always fails here");
            self.warn(codes::ARGUMENT_TYPE, span, message, format!("this is {ty}"), "");
        }
    }

    fn store(&mut self, target: &Place, value: &Expr, target_node: &Node, value_node: &Node) {
        let decl = target.path.decl;
        if value.ty == Type::NOTHING {
            return;
        }
        let name = format!("`{}.{}`", target.path.context, decl.name);
        if decl.set == Type::ANY && target.keys.is_empty() {
            let message = format!("{name} ignores writes, so this does nothing");
            self.warn(codes::IGNORED_WRITE, target_node.span, message, "", "");
            return;
        }
        let takes = if target.keys.is_empty() {
            decl.set
        } else if decl.keys == Keys::Member {
            Type::STRING
        } else {
            Type::VALUE
        };
        if value.ty.is_disjoint(takes) {
            let (message, note) = if takes == Type::NOTHING {
                (format!("{name} can only be read, so this always fails"), "")
            } else if value.ty == Type::NIL {
                (format!("{name} cannot be set to nil, so this always fails"), "")
            } else {
                let note = "nothing is converted on the way: use String(), Int() or another \
                            converter";
                (format!("{name} takes {takes}, so this always fails"), note)
            };
            let label = format!("this is {}", value.ty);
            self.warn(codes::STORE_TYPE, value_node.span, message, label, note);
        } else if matches!(value.as_constant(), Some(Constant::Nil)) && !target.keys.is_empty() {
            let message = "nil leaves the key with an empty value";
            let note = "to remove the entry, use delete_key";
            self.warn(codes::SET_NIL, value_node.span, message, "", note);
        }
    }

    /// A parent that is written from its children, with something that differs between them.
    fn parent_write(&mut self, target: &Place, args: &[Expr], span: Span) {
        let own = self.context.prefixes.first().map(|prefix| prefix.slot);
        let slot = target.path.slot;
        if own.is_none_or(|own| slot >= own) {
            return;
        }
        let holds = match slot {
            Slot::Resource => Depends::Resource,
            Slot::Scope => Depends::Scope,
            Slot::Request | Slot::Record | Slot::Child | Slot::Grandchild => return,
        };
        let depends = args.iter().chain(&target.keys).map(Expr::depends).max();
        if depends.is_some_and(|depends| depends > holds) {
            let (parent, own) = (target.path.context, self.context.name);
            self.warn(
                codes::PARENT_WRITE,
                span,
                format!("the {parent} is shared, and keeps what its last {own} wrote"),
                format!("written from each {own}"),
                format!("run the statement in the {parent} context, or write to the {own}"),
            );
        }
    }
}

/// What a path with its keys holds.
fn element_type(place: &Place) -> Type {
    match (place.keys.is_empty(), place.path.decl.keys) {
        (true, _) => place.path.decl.get,
        (false, Keys::Member) => Type::of(Kind::String),
        (false, _) => Type::VALUE,
    }
}
