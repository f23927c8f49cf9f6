//! Which attributes processors read and write: the settings of a component go in, keys with their places
//! come out. Statements are parsed, not compiled, so this also works for configurations with mistakes.

use holt_grammar::ast::{
    Argument, ArgumentValue, BoolExpr, BoolExprKind, Call, LambdaBody, Path, Value, ValueKind,
};
use holt_grammar::source::Location;
use holt_grammar::{parse_condition, parse_statement};

use super::subject::{Use, text};
use crate::config::yaml::{Kind, Node, Scalar};

/// An attribute that a component reads or writes.
#[derive(Clone, Debug)]
pub(super) struct Access {
    /// Whose attribute: `resource`, `scope`, `datapoint` and so on; the context that a group names where
    /// the path does not, empty where neither does.
    pub owner: String,
    /// Its key.
    pub key: String,
    /// Where the key stands.
    pub place: Location,
    /// Whether it gets a value here.
    pub writes: bool,
}

/// What a processor reads and writes, in order. Empty for processors of other types than `transform`,
/// `filter`, `attributes` and `resource`.
pub(super) fn accesses(processor: &Use<'_>) -> Vec<Access> {
    let settings = &processor.component.settings;
    let mut found = Vec::new();
    match processor.type_name {
        "transform" | "filter" => {
            let Some(sections) = settings.as_mapping() else { return found };
            for (_, section) in &sections.entries {
                of_statements(&section.value, "", &mut found);
            }
        }
        "attributes" | "resource" => {
            let owner = if processor.type_name == "resource" { "resource" } else { "" };
            let list = settings.get("actions").or_else(|| settings.get("attributes"));
            for action in list.and_then(Node::as_sequence).unwrap_or_default() {
                let writes = text(action, &["action"])
                    .is_some_and(|(action, _)| matches!(action, "insert" | "update" | "upsert"));
                if let Some((key, place)) = text(action, &["key"]).filter(|_| writes) {
                    found.push(Access { owner: owner.into(), key: key.into(), place, writes });
                }
                if let Some((key, place)) = text(action, &["from_attribute"]) {
                    let (owner, key) = (owner.into(), key.into());
                    found.push(Access { owner, key, place, writes: false });
                }
            }
        }
        _ => {}
    }
    found
}

/// All texts of a section that are statements or conditions.
fn of_statements(node: &Node, context: &str, found: &mut Vec<Access>) {
    match &node.kind {
        Kind::Scalar(scalar) => of_text(scalar, context, found),
        Kind::Sequence(items) => {
            items.iter().for_each(|item| of_statements(item, context, found));
        }
        Kind::Mapping(mapping) => {
            let own = text(node, &["context"]).map(|(context, _)| context);
            // The keys of filter's oldest form are contexts.
            for (key, entry) in &mapping.entries {
                let named = matches!(
                    key.as_str(),
                    "resource" | "scope" | "span" | "spanevent" | "metric" | "datapoint"
                );
                let inner = own.unwrap_or(if named { key } else { context });
                if key != "context" && key != "error_mode" {
                    of_statements(&entry.value, inner, found);
                }
            }
        }
        _ => {}
    }
}

fn of_text(scalar: &Scalar, context: &str, found: &mut Vec<Access>) {
    let mut reader = Reader { scalar, context, found };
    if let Ok(statement) = parse_statement(&scalar.text) {
        reader.call(&statement.editor, statement.editor.name == "set");
        if let Some(condition) = &statement.condition {
            reader.condition(condition);
        }
    } else if let Ok(condition) = parse_condition(&scalar.text) {
        reader.condition(&condition.expr);
    }
}

struct Reader<'s> {
    scalar: &'s Scalar,
    context: &'s str,
    found: &'s mut Vec<Access>,
}

impl Reader<'_> {
    fn condition(&mut self, condition: &BoolExpr) {
        match &condition.kind {
            BoolExprKind::Or(parts) | BoolExprKind::And(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            BoolExprKind::Not(inner) | BoolExprKind::Group(inner) => self.condition(inner),
            BoolExprKind::Comparison(comparison) => {
                self.value(&comparison.left);
                self.value(&comparison.right);
            }
            BoolExprKind::Converter(call) => self.call(call, false),
            BoolExprKind::Literal(_) => {}
        }
    }

    /// `sets`: whether the first argument is a path that gets a value.
    fn call(&mut self, call: &Call, sets: bool) {
        for (index, Argument { value, .. }) in call.args.iter().enumerate() {
            match value {
                ArgumentValue::Value(Value { kind: ValueKind::Path(path), .. }) => {
                    self.path(path, sets && index == 0);
                }
                ArgumentValue::Value(value) => self.value(value),
                ArgumentValue::FunctionRef(_) => {}
            }
        }
        call.keys.iter().for_each(|key| self.value(&key.value));
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Path(path) => self.path(path, false),
            ValueKind::Call(call) => self.call(call, false),
            ValueKind::Unary(unary) => self.value(&unary.operand),
            ValueKind::Binary(binary) => {
                self.value(&binary.left);
                self.value(&binary.right);
            }
            ValueKind::Group(inner) => self.value(inner),
            ValueKind::List(items) => items.iter().for_each(|item| self.value(item)),
            ValueKind::Map(entries) => entries.iter().for_each(|entry| self.value(&entry.value)),
            ValueKind::Lambda(lambda) => match &lambda.body {
                LambdaBody::Value(value) => self.value(value),
                LambdaBody::Bool(condition) => self.condition(condition),
            },
            ValueKind::Nil
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::String(_)
            | ValueKind::Bytes(_)
            | ValueKind::Bool(_)
            | ValueKind::Symbol(_) => {}
        }
    }

    fn path(&mut self, path: &Path, writes: bool) {
        let Some((last, before)) = path.segments.split_last() else { return };
        if last.name == "attributes"
            && let [key, ..] = last.keys.as_slice()
            && let ValueKind::String(text) = &key.value.kind
        {
            let owner = before.last().map_or(self.context, |segment| &segment.name);
            self.found.push(Access {
                owner: owner.to_owned(),
                key: text.clone(),
                place: self.scalar.origin.locate(key.value.span),
                writes,
            });
        }
        for key in path.segments.iter().flat_map(|segment| &segment.keys) {
            self.value(&key.value);
        }
    }
}
