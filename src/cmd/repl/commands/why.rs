//! `.why`: a condition part by part, with what each part yields for one record.
//!
//! The parts come from the syntax tree; each is compiled on its own and evaluated at the place of
//! the statement, so that it sees what the statements before it left behind.

use std::fmt::Write as _;

use holt_grammar::ast::{ArgumentValue, BoolExpr, BoolExprKind, Call, Key, Value, ValueKind};
use holt_grammar::span::Span;
use holt_runtime::program::Expression;

use super::wrong;
use crate::cmd::repl::evaluate::observe_one;
use crate::cmd::repl::moment::Moment;
use crate::cmd::repl::session::{Answer, Session};
use crate::cmd::repl::show::{Yielded, cut};

/// A part of an expression.
struct Part {
    span: Span,
    /// Where its last key begins, if it is a path with keys.
    last_key: Option<u32>,
    /// How it joins its parts, if they are conditions.
    joins: Joins,
    parts: Vec<Part>,
}

/// How conditions are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    /// All must hold.
    All,
    /// One must hold.
    Any,
    /// They are no conditions.
    No,
}

/// Shows the parts of the condition that was asked last.
pub(super) fn why(session: &mut Session, number: &str, _: usize) -> Answer {
    let number = match number {
        "" => session.current + 1,
        number => match number.parse::<usize>() {
            Ok(number @ 1..) => number,
            _ => return wrong(session, "the number of a record is wanted: .why 3"),
        },
    };
    let Some((text, tree, steps)) = subject(session) else {
        return wrong(session, "there is nothing to explain yet: type a condition, or a statement");
    };
    let buffer = session.buffer.first(steps);
    let (Some(program), _) = session.compiler.program(&buffer) else {
        return wrong(session, "the statements before it do not stand alone");
    };
    // Where nothing stands before it, the statement's own context is the one that counts.
    let context = session.current_context();
    let mut rows = Vec::new();
    flatten(&tree, 0, &mut rows);
    let mut known: Vec<(usize, Expression)> = Vec::new();
    let mut walked = None;
    for (index, (_, part)) in rows.iter().enumerate() {
        let part = part.span.slice(&text);
        if let (Some(expression), _) = session.compiler.expression(part, Some(context)) {
            // All parts see the records of the whole.
            let walked = *walked.get_or_insert(expression.context());
            let expression = match expression.context() == walked {
                true => Some(expression),
                false => session.compiler.expression(part, Some((walked, context.1))).0,
            };
            known.extend(expression.filter(|one| one.context() == walked).map(|one| (index, one)));
        }
    }
    let expressions: Vec<&Expression> = known.iter().map(|(_, expression)| expression).collect();
    let moment = Moment::now();
    let (records, at) = (session.records(), number - 1);
    let yielded = match observe_one(&program, records, &expressions, at, &moment) {
        Ok(yielded) => yielded,
        Err(error) => return wrong(session, &format!("the records are refused: {error}")),
    };
    if yielded.first().is_some_and(Option::is_none) {
        return wrong(session, &format!("there is no record {number}"));
    }
    let mut values: Vec<Option<Yielded>> = vec![None; rows.len()];
    for ((index, _), value) in known.iter().zip(yielded) {
        if let Some(slot) = values.get_mut(*index) {
            *slot = value;
        }
    }
    Answer::of(rendered(session, &text, &tree, values))
}

/// The text to explain, its parts, and how many statements stand before it.
fn subject(session: &Session) -> Option<(String, Part, usize)> {
    let all = session.buffer.steps().count();
    if let Some(asked) = &session.asked {
        return Some((asked.clone(), expression(asked)?, all));
    }
    let last = session.buffer.steps().last()?;
    let before = all - 1;
    match holt_grammar::parse_statement(last) {
        Ok(statement) => {
            let part = match &statement.condition {
                Some(condition) => of_condition(condition),
                None => of_call(&statement.editor, statement.editor.span),
            };
            Some((last.to_owned(), part, before))
        }
        Err(_) => Some((last.to_owned(), expression(last)?, before)),
    }
}

/// The paths with keys that a statement reads, each with the path before its last key.
pub(in crate::cmd::repl) fn keyed(statement: &str) -> Vec<(&str, &str)> {
    let Ok(tree) = holt_grammar::parse_statement(statement) else { return Vec::new() };
    // What the editor edits need not be there.
    let arguments = tree.editor.args.iter().skip(1);
    let values = arguments.filter_map(|argument| match &argument.value {
        ArgumentValue::Value(value) => Some(value),
        ArgumentValue::FunctionRef(_) => None,
    });
    let mut parts = telling(values);
    parts.extend(tree.condition.as_ref().map(of_condition));
    let mut rows = Vec::new();
    parts.iter().for_each(|part| flatten(part, 0, &mut rows));
    let keyed = rows.iter().filter_map(|(_, part)| {
        let whole = part.span.slice(statement);
        Some((whole, Span::new(part.span.start, part.last_key?).slice(statement)))
    });
    let mut keyed: Vec<_> = keyed.collect();
    keyed.dedup();
    keyed
}

fn expression(text: &str) -> Option<Part> {
    match holt_grammar::parse_value_expression(text) {
        Ok(value) => Some(of_value(&value.value)),
        Err(_) => Some(of_condition(&holt_grammar::parse_condition(text).ok()?.expr)),
    }
}

fn of_condition(condition: &BoolExpr) -> Part {
    let all = |parts: &[BoolExpr]| parts.iter().map(of_condition).collect();
    let (joins, parts) = match &condition.kind {
        BoolExprKind::Or(parts) => (Joins::Any, all(parts)),
        BoolExprKind::And(parts) => (Joins::All, all(parts)),
        BoolExprKind::Not(part) => (Joins::No, vec![of_condition(part)]),
        BoolExprKind::Group(part) => return of_condition(part),
        BoolExprKind::Comparison(comparison) => {
            (Joins::No, telling([&comparison.left, &comparison.right]))
        }
        BoolExprKind::Literal(_) => (Joins::No, Vec::new()),
        BoolExprKind::Converter(call) => return of_call(call, condition.span),
    };
    Part { span: condition.span, last_key: None, joins, parts }
}

fn of_value(value: &Value) -> Part {
    let parts = match &value.kind {
        ValueKind::Call(call) => return of_call(call, value.span),
        ValueKind::Path(path) => of_keys(path.segments.iter().flat_map(|segment| &segment.keys)),
        ValueKind::Unary(unary) => telling([&unary.operand]),
        ValueKind::Binary(binary) => telling([&binary.left, &binary.right]),
        ValueKind::Group(inner) => return of_value(inner),
        ValueKind::List(values) => telling(values),
        ValueKind::Map(entries) => telling(entries.iter().map(|entry| &entry.value)),
        _ => Vec::new(),
    };
    let last_key = match &value.kind {
        ValueKind::Path(path) => path.segments.last().and_then(|segment| segment.keys.last()),
        _ => None,
    };
    let last_key = last_key.map(|key| key.span.start);
    Part { span: value.span, last_key, joins: Joins::No, parts }
}

fn of_call(call: &Call, span: Span) -> Part {
    let values = call.args.iter().filter_map(|argument| match &argument.value {
        ArgumentValue::Value(value) => Some(value),
        ArgumentValue::FunctionRef(_) => None,
    });
    let mut parts = telling(values);
    parts.extend(of_keys(&call.keys));
    Part { span, last_key: None, joins: Joins::No, parts }
}

fn of_keys<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Vec<Part> {
    telling(keys.into_iter().map(|key| &key.value))
}

/// The parts whose values are not plain from their text. What a lambda yields depends on its
/// parameters, which only its caller knows.
fn telling<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<Part> {
    let is_plain = |value: &&Value| {
        matches!(
            value.kind,
            ValueKind::Nil
                | ValueKind::Int(_)
                | ValueKind::Float(_)
                | ValueKind::String(_)
                | ValueKind::Bytes(_)
                | ValueKind::Bool(_)
                | ValueKind::Lambda(_)
        )
    };
    values.into_iter().filter(|value| !is_plain(value)).map(of_value).collect()
}

/// All parts from the whole down, with their depths.
fn flatten<'p>(part: &'p Part, depth: usize, rows: &mut Vec<(usize, &'p Part)>) {
    rows.push((depth, part));
    part.parts.iter().for_each(|part| flatten(part, depth + 1, rows));
}

/// A line of the answer.
struct Row {
    /// The part, behind the branches of the tree.
    text: String,
    value: Option<Yielded>,
    reached: bool,
}

/// Longest text of a part.
const LONGEST: usize = 70;

fn rendered(session: &Session, text: &str, tree: &Part, values: Vec<Option<Yielded>>) -> String {
    let mut rows = Vec::new();
    let mut values = values.into_iter();
    branches(text, tree, "", "", true, &mut values, &mut rows);
    let width = rows.iter().map(|row| row.text.chars().count()).max().unwrap_or_default();
    let mut out = String::new();
    for Row { text, value, reached } in rows {
        let value = match value {
            Some(value) if reached => value.line(session.paint),
            Some(value) => session.paint.dim(&format!("{}  not reached", value.brief())),
            None => String::new(),
        };
        let line = format!("  {text:width$}  {value}");
        let _ = writeln!(out, "{}", line.trim_end());
    }
    out
}

/// The rows of a part and those below it; answers whether the part holds.
fn branches(
    text: &str,
    part: &Part,
    first: &str,
    others: &str,
    reached: bool,
    values: &mut dyn Iterator<Item = Option<Yielded>>,
    rows: &mut Vec<Row>,
) -> bool {
    let value = values.next().flatten();
    let holds = value.as_ref().is_some_and(Yielded::is_true);
    let one_line: Vec<&str> = part.span.slice(text).split_whitespace().collect();
    rows.push(Row {
        text: format!("{first}{}", cut(&one_line.join(" "), LONGEST)),
        value,
        reached,
    });
    let mut decided = false;
    for (index, inner) in part.parts.iter().enumerate() {
        let is_last = index + 1 == part.parts.len();
        let (branch, below) = if is_last { ("└ ", "  ") } else { ("├ ", "│ ") };
        let (first, below) = (format!("{others}{branch}"), format!("{others}{below}"));
        let here = branches(text, inner, &first, &below, reached && !decided, values, rows);
        decided |= match part.joins {
            Joins::All => !here,
            Joins::Any => here,
            Joins::No => false,
        };
    }
    holds
}
