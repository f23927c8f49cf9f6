//! Which context a group runs in.
//!
//! Of the prefixes of all its paths, the one that [`CONTEXTS`] lists first is the candidate. If it
//! does not know all functions and symbols of the group, the contexts below it are tried in the same
//! order.

use std::collections::BTreeSet;

use holt_grammar::ast::{
    ArgumentValue, BoolExpr, BoolExprKind, Call, LambdaBody, Path, Statement, Value, ValueKind,
};
use holt_grammar::diag::Diagnostic;
use holt_grammar::did_you_mean;
use holt_pdata::Signal;

use crate::compiler::codes;
use crate::functions::{Dialect, function};
use crate::paths::{CONTEXTS, ContextDecl};
use crate::program::{Group, SourceText};

/// The context of a group, with whether it was named. `None` when there is none, with the reason in
/// `findings`, and for a group without statements and conditions.
pub(crate) fn choose_context(
    signal: Signal,
    dialect: Dialect,
    group: &Group,
    statements: &[Statement],
    conditions: &[BoolExpr],
    findings: &mut Vec<Diagnostic>,
) -> Option<(&'static ContextDecl, bool)> {
    if let Some(name) = &group.context {
        return named(signal, dialect, name, findings).map(|context| (context, true));
    }
    let mut used = Used::default();
    statements.iter().for_each(|statement| used.statement(statement));
    conditions.iter().for_each(|condition| used.condition(condition));
    let texts = || group.statements.iter().chain(&group.conditions);
    let first = texts().next()?;
    match inferred(signal, dialect, &used) {
        Ok(context) => Some((context, false)),
        Err(reason) => {
            let label = reason.blamed.and_then(|word| {
                texts().find_map(|text| Some((text, text.text.find(&word)?, word.len())))
            });
            let location = match label {
                Some((text, start, length)) => text.locate((start..start + length).into()),
                None => first.locate(first.whole()),
            };
            let mut finding = Diagnostic::error(reason.code, reason.message).label(location, "");
            finding.notes.push(reason.note);
            findings.push(finding);
            None
        }
    }
}

fn named(
    signal: Signal,
    dialect: Dialect,
    name: &SourceText,
    findings: &mut Vec<Diagnostic>,
) -> Option<&'static ContextDecl> {
    let lower = name.text.to_ascii_lowercase();
    let serving = || CONTEXTS.iter().filter(|context| context.serves_in(signal, dialect));
    if let Some(found) = serving().find(|context| context.name == lower) {
        return Some(found);
    }
    let exists = CONTEXTS.iter().any(|context| context.name == lower);
    let (code, message) = if exists {
        let signal = signal.name();
        (codes::OTHER_SIGNAL, format!("{signal} have no context `{lower}`"))
    } else {
        (codes::UNKNOWN_CONTEXT, format!("there is no context `{}`", name.text))
    };
    let nearest = did_you_mean(&lower, serving().map(|context| context.name));
    let note = match nearest {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => one_of(signal, dialect),
    };
    let location = name.locate(name.whole());
    findings.push(Diagnostic::error(code, message).label(location, "unknown").note(note));
    None
}

fn one_of(signal: Signal, dialect: Dialect) -> String {
    let names: Vec<_> = CONTEXTS
        .iter()
        .filter(|context| context.serves_in(signal, dialect))
        .map(|context| format!("`{}`", context.name))
        .collect();
    format!("statements for {} can use the contexts {}", signal.name(), names.join(", "))
}

struct Reason {
    code: &'static str,
    message: String,
    note: String,
    /// A word of the text to point at.
    blamed: Option<String>,
}

fn inferred(signal: Signal, dialect: Dialect, used: &Used) -> Result<&'static ContextDecl, Reason> {
    let split = "split the list into groups, each with a context that supports all it uses";
    let best = used.prefixes.iter().min_by_key(|(_, prefix)| rank(prefix));
    let Some((_, candidate)) = best else {
        return Err(Reason {
            code: codes::NO_CONTEXT,
            message: "the context cannot be inferred: no path begins with one".to_owned(),
            note: one_of(signal, dialect),
            blamed: None,
        });
    };
    let serving = |context: &&ContextDecl| context.serves_in(signal, dialect);
    let Some(candidate) = CONTEXTS.iter().find(|c| c.name == candidate).filter(serving) else {
        let exists = CONTEXTS.iter().any(|context| context.name == candidate);
        let (code, message) = if exists {
            let signal = signal.name();
            (codes::OTHER_SIGNAL, format!("{signal} have no context `{candidate}`"))
        } else {
            (codes::UNKNOWN_PATH, format!("`{candidate}` is not a context to infer"))
        };
        let blamed = Some(format!("{candidate}."));
        return Err(Reason { code, message, note: one_of(signal, dialect), blamed });
    };
    // A context that accepts the candidate's prefix lies below it.
    let below = CONTEXTS
        .iter()
        .filter(serving)
        .filter(|context| *context != candidate && context.prefix(candidate.name).is_some());
    let knows_function = |context: &ContextDecl, name: &str| {
        function(name).is_some_and(|found| dialect.knows_in(found.offered, context))
    };
    let mut lacks = None;
    for context in std::iter::once(candidate).chain(below) {
        let function = used.functions.iter().find(|name| !knows_function(context, name));
        let symbol = used.symbols.iter().find(|symbol| context.symbol(symbol).is_none());
        let (what, name) = match (function, symbol) {
            (None, None) => return Ok(context),
            (Some(name), _) => ("function", name),
            (None, Some(name)) => ("symbol", name),
        };
        // A name that no context knows is reported where it stands.
        let is_known = |known: &ContextDecl| match what {
            "function" => knows_function(known, name),
            _ => known.symbol(name).is_some(),
        };
        if !CONTEXTS.iter().any(is_known) {
            return Ok(candidate);
        }
        lacks.get_or_insert((what, name));
    }
    let (what, name) = lacks.map_or(("symbol", ""), |(what, name)| (what, name.as_str()));
    Err(Reason {
        code: codes::NO_CONTEXT,
        message: format!(
            "the context `{}`, which the paths ask for, has no {what} `{name}`",
            candidate.name
        ),
        note: split.to_owned(),
        blamed: Some(name.to_owned()),
    })
}

/// The place of a prefix in the order of preference. The old name of the scope comes right behind the
/// new one, and is no context itself.
fn rank(prefix: &str) -> (usize, bool) {
    let place = |name: &str| CONTEXTS.iter().position(|context| context.name == name);
    match prefix {
        "instrumentation_scope" => (place("scope").unwrap_or(usize::MAX), true),
        _ => (place(prefix).unwrap_or(usize::MAX), false),
    }
}

/// What a group uses.
#[derive(Default)]
struct Used {
    /// Prefixes in the order in which they occur.
    prefixes: BTreeSet<(usize, String)>,
    symbols: BTreeSet<String>,
    /// The parameters of the lambdas around what is being looked at.
    locals: Vec<String>,
    /// Names of editors and converters.
    functions: BTreeSet<String>,
}

impl Used {
    fn statement(&mut self, statement: &Statement) {
        self.call(&statement.editor);
        if let Some(condition) = &statement.condition {
            self.condition(condition);
        }
    }

    fn condition(&mut self, expr: &BoolExpr) {
        match &expr.kind {
            BoolExprKind::Or(parts) | BoolExprKind::And(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            BoolExprKind::Not(part) | BoolExprKind::Group(part) => self.condition(part),
            BoolExprKind::Comparison(comparison) => {
                self.value(&comparison.left);
                self.value(&comparison.right);
            }
            BoolExprKind::Literal(_) => {}
            BoolExprKind::Converter(call) => self.call(call),
        }
    }

    fn call(&mut self, call: &Call) {
        self.functions.insert(call.name.clone());
        for argument in &call.args {
            if let ArgumentValue::Value(value) = &argument.value {
                self.value(value);
            }
        }
        call.keys.iter().for_each(|key| self.value(&key.value));
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Symbol(symbol) => {
                // In an argument it may be the name of a function.
                if function(symbol).is_none() {
                    self.symbols.insert(symbol.clone());
                }
            }
            ValueKind::Path(path) => self.path(path),
            ValueKind::Call(call) => self.call(call),
            ValueKind::Unary(unary) => self.value(&unary.operand),
            ValueKind::Binary(binary) => {
                self.value(&binary.left);
                self.value(&binary.right);
            }
            ValueKind::Group(inner) => self.value(inner),
            ValueKind::List(values) => values.iter().for_each(|value| self.value(value)),
            ValueKind::Map(entries) => entries.iter().for_each(|entry| {
                self.value(&entry.key);
                self.value(&entry.value);
            }),
            ValueKind::Lambda(lambda) => {
                let before = self.locals.len();
                self.locals.extend(lambda.params.iter().map(|param| param.text.clone()));
                match &lambda.body {
                    LambdaBody::Value(value) => self.value(value),
                    LambdaBody::Bool(condition) => self.condition(condition),
                }
                self.locals.truncate(before);
            }
            ValueKind::Nil
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::String(_)
            | ValueKind::Bytes(_)
            | ValueKind::Bool(_) => {}
        }
    }

    fn path(&mut self, path: &Path) {
        if let [first, _, ..] = path.segments.as_slice()
            && first.keys.is_empty()
            && !self.locals.contains(&first.name)
            && !self.prefixes.iter().any(|(_, known)| *known == first.name)
        {
            self.prefixes.insert((self.prefixes.len(), first.name.clone()));
        }
        let keys = path.segments.iter().flat_map(|segment| &segment.keys);
        keys.for_each(|key| self.value(&key.value));
    }
}
