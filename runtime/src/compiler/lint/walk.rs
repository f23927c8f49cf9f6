//! Walks over resolved trees.

use crate::compiler::resolve::{
    Call, Condition, ConditionKind, LambdaBody, Node, NodeKind, Path, Statement,
};

/// What a visitor may look at.
pub(super) trait Visitor {
    /// A path that is read, with its place.
    fn path(&mut self, _path: &Path, _node: &Node) {}

    /// A call, before its arguments.
    fn call(&mut self, _call: &Call) {}
}

/// Walks the arguments of an editor, its target's keys and the condition; not the target itself.
pub(super) fn statement(statement: &Statement, visitor: &mut impl Visitor) {
    visitor.call(&statement.editor);
    for (index, arg) in statement.editor.args.iter().enumerate() {
        let Some(arg) = arg else { continue };
        match (&arg.kind, takes_target(&statement.editor) && index == 0) {
            (NodeKind::Path(path), true) => {
                path.keys.iter().for_each(|key| node(key, visitor));
            }
            _ => node(arg, visitor),
        }
    }
    if let Some(part) = &statement.condition {
        condition(part, visitor);
    }
}

/// Whether the first argument of an editor is its target.
pub(super) fn takes_target(call: &Call) -> bool {
    use crate::functions::Takes;
    let takes = call.function.params.first().map(|param| param.takes);
    call.function.is_editor()
        && matches!(takes, Some(Takes::Path | Takes::MapPath | Takes::ListPath))
}

/// Walks a condition.
pub(super) fn condition(part: &Condition, visitor: &mut impl Visitor) {
    match &part.kind {
        ConditionKind::Or(parts) | ConditionKind::And(parts) => {
            parts.iter().for_each(|part| condition(part, visitor));
        }
        ConditionKind::Not(part) => condition(part, visitor),
        ConditionKind::Compare(_, _, left, right) => {
            node(left, visitor);
            node(right, visitor);
        }
        ConditionKind::Converter(converter) => call(converter, visitor),
        ConditionKind::Literal(_) => {}
    }
}

/// Walks a value.
pub(super) fn node(value: &Node, visitor: &mut impl Visitor) {
    match &value.kind {
        NodeKind::Path(path) => {
            visitor.path(path, value);
            path.keys.iter().for_each(|key| node(key, visitor));
        }
        NodeKind::Call(converter) => call(converter, visitor),
        NodeKind::Unary(_, part) => node(part, visitor),
        NodeKind::Binary(_, _, left, right) => {
            node(left, visitor);
            node(right, visitor);
        }
        NodeKind::List(parts) | NodeKind::Local(_, parts) => {
            parts.iter().for_each(|part| node(part, visitor));
        }
        NodeKind::Map(entries) => entries.iter().for_each(|(key, entry)| {
            node(key, visitor);
            node(entry, visitor);
        }),
        NodeKind::Lambda(lambda) => match &lambda.body {
            LambdaBody::Value(body) => node(body, visitor),
            LambdaBody::Condition(body) => condition(body, visitor),
        },
        NodeKind::Nil
        | NodeKind::Bool(_)
        | NodeKind::Int(_)
        | NodeKind::Symbol(_)
        | NodeKind::Float(_)
        | NodeKind::Str(_)
        | NodeKind::Bytes(_)
        | NodeKind::Function(_) => {}
    }
}

fn call(converter: &Call, visitor: &mut impl Visitor) {
    visitor.call(converter);
    converter.args.iter().flatten().for_each(|arg| node(arg, visitor));
    converter.keys.iter().for_each(|key| node(key, visitor));
}

/// Every call of a group, with the text that it stands in.
pub(super) fn calls<'g>(
    group: &super::Linted<'g>,
    visit: &mut dyn FnMut(&'g crate::program::SourceText, &Call),
) {
    struct Calls<'v, 'g> {
        source: &'g crate::program::SourceText,
        visit: &'v mut dyn FnMut(&'g crate::program::SourceText, &Call),
    }
    impl Visitor for Calls<'_, '_> {
        fn call(&mut self, call: &Call) {
            (self.visit)(self.source, call);
        }
    }
    for (source, guard) in &group.guards {
        condition(guard, &mut Calls { source, visit });
    }
    for (source, one) in &group.statements {
        statement(one, &mut Calls { source, visit });
    }
}
