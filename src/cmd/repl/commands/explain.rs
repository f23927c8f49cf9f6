//! `.type`, `.explain`, `.paths` and `.functions`: what the compiler knows.

use std::fmt::Write as _;

use holt_runtime::functions::FUNCTIONS;

use super::{help, wrong};
use crate::cmd::explain;
use crate::cmd::repl::glob::fits;
use crate::cmd::repl::session::{Answer, Session, is_statement};

/// Says which types an expression can have.
pub(super) fn type_of(session: &mut Session, text: &str, indent: usize) -> Answer {
    if text.is_empty() {
        return wrong(session, "an expression is wanted: .type log.attributes[\"a\"]");
    }
    let (expression, mut out) = session.compiled(text, indent);
    if let Some(expression) = expression {
        let ty = session.paint.cyan(&expression.ty().to_string());
        let context = expression.context().name;
        let _ = writeln!(out, "{ty}  in the context {context}");
    }
    Answer::of(out)
}

/// Explains a name, a statement or expression, or all statements so far.
pub(super) fn explain(session: &mut Session, text: &str, indent: usize) -> Answer {
    if !text.is_empty() && explain::explained(text).is_some() {
        return help::explain(session, text);
    }
    if is_statement(text) {
        let mut buffer = session.buffer.clone();
        buffer.push(session.context.as_deref(), text);
        return plan(session, &buffer, indent);
    }
    let is_name = |text: &str| {
        text.chars().all(|letter| letter.is_ascii_alphanumeric() || "._".contains(letter))
    };
    if text.is_empty() {
        if session.buffer.is_empty() {
            return wrong(session, "there are no statements yet; .explain NAME explains a name");
        }
        let buffer = session.buffer.clone();
        return plan(session, &buffer, indent);
    }
    if is_name(text) {
        return help::explain(session, text);
    }
    let (expression, mut out) = session.compiled(text, indent);
    if let Some(expression) = expression {
        let _ = writeln!(out, "context  {}", expression.context().name);
        let _ = writeln!(out, "type     {}", session.paint.cyan(&expression.ty().to_string()));
        let _ = writeln!(out, "tree     {}", expression.tree());
    }
    Answer::of(out)
}

/// The typed trees of statements, and the code that runs for each record.
fn plan(session: &Session, buffer: &crate::cmd::repl::buffer::Buffer, indent: usize) -> Answer {
    let (program, said) = session.compiler.program(buffer);
    let mut out = session.said(&said, indent);
    let Some(program) = program else { return Answer::of(out) };
    let heading = |text: &str| session.paint.bold(text);
    let _ = writeln!(out, "{}", heading("typed, with conversions in their places"));
    for tree in program.trees() {
        indented(&mut out, &tree.to_string());
    }
    for (index, code) in program.code().enumerate() {
        let _ = writeln!(out, "{}", heading(&format!("pass {} over the records", index + 1)));
        indented(&mut out, &code.to_string());
    }
    Answer::of(out)
}

fn indented(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = writeln!(out, "  {line}");
    }
}

/// Lists the paths of the context at hand.
pub(super) fn paths(session: &mut Session, pattern: &str, _: usize) -> Answer {
    let context = session.current_context().0;
    let mut rows = Vec::new();
    for prefix in context.prefixes.iter().filter(|prefix| prefix.name == prefix.context) {
        for path in prefix.paths {
            let name = format!("{}.{}", prefix.name, path.name);
            if fits(pattern, &name) {
                rows.push((name, path.get.to_string(), path.doc));
            }
        }
    }
    if rows.is_empty() {
        let message = format!("the context {} has no path like `{pattern}`", context.name);
        return wrong(session, &message);
    }
    let width = rows.iter().map(|(name, ..)| name.len()).max().unwrap_or_default();
    let types = rows.iter().map(|(_, ty, _)| ty.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (name, ty, doc) in rows {
        let ty = session.paint.cyan(&format!("{ty:types$}"));
        let _ = writeln!(out, "  {name:width$}  {ty}  {}", session.paint.dim(first_sentence(doc)));
    }
    Answer::of(out)
}

/// Lists the functions that statements of the context at hand may call.
pub(super) fn functions(session: &mut Session, pattern: &str, _: usize) -> Answer {
    let context = session.current_context().0;
    let known = FUNCTIONS.iter().filter(|one| {
        session.compiler.dialect.knows_in(one.offered, context) && fits(pattern, one.name)
    });
    let mut out = String::new();
    for function in known {
        let _ = writeln!(out, "  {}", session.paint.cyan(&function.signature()));
        let _ = writeln!(out, "    {}", session.paint.dim(first_sentence(function.doc)));
    }
    if out.is_empty() {
        let message = format!("the context {} has no function like `{pattern}`", context.name);
        return wrong(session, &message);
    }
    Answer::of(out)
}

/// The first sentence of a text.
pub(in crate::cmd::repl) fn first_sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| text.get(..=end).unwrap_or(text))
}
