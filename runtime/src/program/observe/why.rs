//! Why a condition holds or not: its text and the record that it saw go in, the value of each of its
//! parts comes out.
//!
//! Each part is an [`Expression`] of its own, compiled again; the record stays as it is.

use std::fmt::Write as _;

use bumpalo::Bump;
use holt_grammar::ast::{self, ArgumentValue, BoolExpr, BoolExprKind, ValueKind};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_grammar::span::Span;
use holt_pdata::ValueView;

use super::expression::{Expression, Parsed};
use crate::error::EvalError;
use crate::frame::{Frame, Kept, State};
use crate::functions::Dialect;
use crate::paths::ContextDecl;
use crate::program::SourceText;
use crate::value::Value;

/// A part of a condition and what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many parts it is inside of.
    pub depth: usize,
    /// Its text.
    pub text: String,
    /// Its value, or why it has none.
    pub value: Result<String, String>,
}

/// Longest text shown of one value, in characters.
const LONGEST: usize = 120;

/// The parts of a condition of a group, or of the condition of a statement; of a statement without
/// one, its arguments. `text` is that of a [`Tally`](super::Tally), `frame` what it saw. A part that
/// makes no sense by itself is left out.
pub fn parts(
    context: &'static ContextDecl,
    text: &str,
    is_guard: bool,
    frame: &Frame<'_, '_>,
) -> Vec<Part> {
    let source = SourceMap::default().add("condition", text);
    let place = Verbatim { source, offset: 0 };
    let text = SourceText::new(text, place);
    let mut found = Found { context, text: &text, parts: Vec::new() };
    if is_guard {
        if let Ok(condition) = holt_grammar::parse_condition(&text.text) {
            found.condition(&condition.expr, 0);
        }
    } else if let Ok(statement) = holt_grammar::parse_statement(&text.text) {
        match &statement.condition {
            Some(condition) => found.condition(condition, 0),
            None => found.arguments(&statement.editor, 0),
        }
    }
    let Found { parts, .. } = found;
    let arena = Bump::new();
    let mut open = frame.open.clone();
    let host = frame.state.work.host;
    let mut state = State::new(&arena, host, &[], Kept::default(), frame.state.level);
    state.cache.entries.clone_from(&frame.state.cache.entries);
    let mut frame = Frame { open: &mut open, state: &mut state };
    parts
        .iter()
        .map(|(depth, span, part)| {
            let value = part.evaluate(&mut frame);
            let text = text.text.get(span.range()).unwrap_or_default().to_owned();
            Part { depth: *depth, text, value: shown(value) }
        })
        .collect()
}

/// The compiled parts found so far, with their depths and places.
struct Found<'t> {
    context: &'static ContextDecl,
    text: &'t SourceText,
    parts: Vec<(usize, Span, Expression)>,
}

/// What parts may use: whatever any component may.
const DIALECTS: [Dialect; 2] =
    [Dialect { lambdas: true, ..Dialect::FILTER }, Dialect { lambdas: true, ..Dialect::TRANSFORM }];

impl Found<'_> {
    fn part(&mut self, parsed: &Parsed, span: Span, depth: usize) {
        let within = (self.context, true);
        let part = DIALECTS.into_iter().find_map(|dialect| {
            Expression::of(within, parsed, self.text, dialect, Vec::new()).ok()
        });
        self.parts.extend(part.map(|part| (depth, span, part)));
    }

    fn condition(&mut self, expr: &BoolExpr, depth: usize) {
        match &expr.kind {
            BoolExprKind::Group(part) => return self.condition(part, depth),
            BoolExprKind::Literal(_) => return,
            _ => {}
        }
        self.part(&Parsed::Condition(expr.clone()), expr.span, depth);
        match &expr.kind {
            BoolExprKind::Or(parts) | BoolExprKind::And(parts) => {
                parts.iter().for_each(|part| self.condition(part, depth + 1));
            }
            BoolExprKind::Not(part) => self.condition(part, depth + 1),
            BoolExprKind::Comparison(comparison) => {
                self.value(&comparison.left, depth + 1);
                self.value(&comparison.right, depth + 1);
            }
            BoolExprKind::Converter(call) => self.arguments(call, depth + 1),
            BoolExprKind::Group(_) | BoolExprKind::Literal(_) => {}
        }
    }

    fn arguments(&mut self, call: &ast::Call, depth: usize) {
        for argument in &call.args {
            if let ArgumentValue::Value(value) = &argument.value {
                self.value(value, depth);
            }
        }
    }

    fn value(&mut self, value: &ast::Value, depth: usize) {
        match &value.kind {
            ValueKind::Group(part) => return self.value(part, depth),
            ValueKind::Path(_)
            | ValueKind::Call(_)
            | ValueKind::Unary(_)
            | ValueKind::Binary(_) => {}
            // The others show what they are.
            _ => return,
        }
        self.part(&Parsed::Value(value.clone()), value.span, depth);
        match &value.kind {
            ValueKind::Call(call) => self.arguments(call, depth + 1),
            ValueKind::Unary(unary) => self.value(&unary.operand, depth + 1),
            ValueKind::Binary(binary) => {
                self.value(&binary.left, depth + 1);
                self.value(&binary.right, depth + 1);
            }
            _ => {}
        }
    }
}

fn shown(value: Result<Value<'_>, EvalError>) -> Result<String, String> {
    let mut out = String::new();
    put(&mut out, value.map_err(|error| error.to_string())?);
    Ok(match out.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", out.get(..at).unwrap_or_default()),
        None => out,
    })
}

fn put(out: &mut String, value: Value<'_>) {
    let _ = match value {
        Value::Bool(value) => write!(out, "{value}"),
        Value::Int(value) => write!(out, "{value}"),
        Value::Float(value) => write!(out, "{value:?}"),
        Value::Str(text) => write!(out, "{text:?}"),
        Value::TraceId(id) => hexadecimal(out, &id),
        Value::SpanId(id) => hexadecimal(out, &id),
        Value::ProfileId(id) => hexadecimal(out, &id),
        Value::Bytes(bytes) => {
            put_view(out, ValueView::Bytes(bytes));
            Ok(())
        }
        Value::Map(map) => {
            put_view(out, ValueView::Map(map));
            Ok(())
        }
        Value::List(list) => {
            put_view(out, ValueView::Array(list));
            Ok(())
        }
        Value::Items(items) => {
            separated(out, items.iter().copied(), put);
            Ok(())
        }
        Value::Typed(list) => {
            separated(out, list.elements.iter(), put);
            Ok(())
        }
        Value::Time(time) => write!(out, "{} ns since 1970", time.unix_nanos()),
        Value::Duration(nanos) => write!(out, "{nanos} ns"),
        Value::Nil => write!(out, "nil"),
        other => write!(out, "{}", other.kind()),
    };
}

fn put_view(out: &mut String, view: ValueView<'_>) {
    let _ = match view {
        ValueView::Empty => write!(out, "nil"),
        ValueView::Str(text) => write!(out, "{text:?}"),
        ValueView::Bool(value) => write!(out, "{value}"),
        ValueView::Int(value) => write!(out, "{value}"),
        ValueView::Double(value) => write!(out, "{value:?}"),
        ValueView::Bytes(bytes) => {
            out.push_str("0x");
            hexadecimal(out, bytes)
        }
        ValueView::StrIndex(index) => write!(out, "text {index}"),
        ValueView::Array(list) => {
            separated(out, list.iter(), put_view);
            Ok(())
        }
        ValueView::Map(map) => {
            out.push('{');
            for (index, (key, value)) in map.iter().enumerate() {
                let comma = if index > 0 { ", " } else { "" };
                let _ = write!(out, "{comma}{key:?}: ");
                put_view(out, value);
            }
            out.push('}');
            Ok(())
        }
    };
}

fn separated<T>(out: &mut String, items: impl Iterator<Item = T>, put: fn(&mut String, T)) {
    out.push('[');
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        put(out, item);
    }
    out.push(']');
}

fn hexadecimal(out: &mut String, bytes: &[u8]) -> std::fmt::Result {
    bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use holt_pdata::{Open, Signal, json};

    use super::*;
    use crate::host::FixedHost;
    use crate::program::{Engine, Group, Program, Step, Trace, compile};

    /// Explains what does not match.
    struct Explain<'p>(&'p Program, Vec<Part>);

    impl Trace for Explain<'_> {
        fn step(&mut self, _: usize, _: Step<'_>, _: &Open<'_>) {}

        fn look(&mut self, statement: usize, step: Step<'_>, frame: &Frame<'_, '_>) {
            if matches!(step, Step::NotMatched) {
                let context = self.0.trees().next().unwrap().context;
                let tally = &self.0.tallies()[statement];
                self.1.extend(parts(context, &tally.text, tally.is_guard, frame));
            }
        }
    }

    #[test]
    fn every_part_has_its_value() {
        let request = br#"{"resourceLogs": [{"scopeLogs": [{"logRecords": [
            {"severityNumber": 9, "body": {"stringValue": "{\"n\": [1, true]}"}}]}]}]}"#;
        let batch = json::decode(Signal::Logs, request).unwrap();
        let text = |text: &str| {
            let source = SourceMap::default().add("test", text);
            SourceText::new(text, Verbatim { source, offset: 0 })
        };
        let statements = vec![
            text("set(log.cache, ParseJSON(log.body))"),
            text(
                r#"set(log.severity_text, "x") where log.severity_number > 8 and (not IsMatch(log.body, "n") or Len(log.cache["n"]) + 1 == 2) and ParseJSON(log.severity_text) == nil"#,
            ),
        ];
        for engine in Engine::ALL {
            let group = Group { statements: statements.clone(), ..Group::default() };
            let dialect = Dialect::TRANSFORM;
            let program = compile(Signal::Logs, &[group], dialect, engine).unwrap().program;
            let mut explain = Explain(&program, Vec::new());
            let host = FixedHost::default();
            program.run_traced(&batch, &host, &mut explain).unwrap();
            let lines: Vec<String> = explain
                .1
                .iter()
                .map(|part| {
                    let value = part.value.as_deref().unwrap_or("error");
                    format!("{}{} → {value}", "  ".repeat(part.depth), part.text)
                })
                .collect();
            assert!(lines[0].ends_with("→ false"), "{lines:?}");
            assert_eq!(
                lines[1..],
                [
                    "  log.severity_number > 8 → true",
                    "    log.severity_number → 9",
                    "  not IsMatch(log.body, \"n\") or Len(log.cache[\"n\"]) + 1 == 2 → false",
                    "    not IsMatch(log.body, \"n\") → false",
                    "      IsMatch(log.body, \"n\") → true",
                    "        log.body → \"{\\\"n\\\": [1, true]}\"",
                    "    Len(log.cache[\"n\"]) + 1 == 2 → false",
                    "      Len(log.cache[\"n\"]) + 1 → 3",
                    "        Len(log.cache[\"n\"]) → 2",
                    "          log.cache[\"n\"] → [1.0, true]",
                    "  ParseJSON(log.severity_text) == nil → error",
                    "    ParseJSON(log.severity_text) → error",
                    "      log.severity_text → \"\"",
                ]
            );
        }
    }
}
