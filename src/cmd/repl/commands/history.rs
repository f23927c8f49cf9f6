//! `.undo`, `.redo`, `.reset`, `.step`, `.context` and `.bench`: the list of statements itself.

use std::fmt::Write as _;
use std::time::Duration;

use holt_grammar::did_you_mean;
use holt_runtime::paths::CONTEXTS;

use super::wrong;
use crate::cmd::repl::buffer::Buffer;
use crate::cmd::repl::evaluate::{per_record, run_watched, timed};
use crate::cmd::repl::moment::Moment;
use crate::cmd::repl::session::{Answer, Session};

/// Takes the last change back.
pub(super) fn undo(session: &mut Session, _: &str, _: usize) -> Answer {
    let Some(buffer) = session.done.pop() else {
        return wrong(session, "there is nothing to undo");
    };
    let now = session.buffer.clone();
    if !set(session, buffer) {
        return wrong(session, "what was there before does not fit these records");
    }
    session.undone.push(now);
    Answer::of(standing(session))
}

/// Makes the last change that was taken back again.
pub(super) fn redo(session: &mut Session, _: &str, _: usize) -> Answer {
    let Some(buffer) = session.undone.pop() else {
        return wrong(session, "there is nothing to redo");
    };
    let now = session.buffer.clone();
    if !set(session, buffer) {
        return wrong(session, "what was there before does not fit these records");
    }
    session.done.push(now);
    Answer::of(standing(session))
}

/// Forgets all statements.
pub(super) fn reset(session: &mut Session, _: &str, _: usize) -> Answer {
    if session.buffer.is_empty() {
        return Answer::of("there are no statements\n");
    }
    let (Some(program), _) = session.compiler.program(&Buffer::default()) else {
        return wrong(session, "the statements cannot be removed");
    };
    session.replace(Buffer::default(), program);
    session.asked = None;
    Answer::of("the records are as they came; .undo brings the statements back\n")
}

/// Puts other statements in the place of those there are.
fn set(session: &mut Session, buffer: Buffer) -> bool {
    let (Some(program), _) = session.compiler.program(&buffer) else { return false };
    session.buffer = buffer;
    session.program = program;
    session.stepped = 0;
    session.asked = None;
    true
}

/// How many statements there are, and the last one.
fn standing(session: &Session) -> String {
    let count = session.buffer.steps().count();
    match session.buffer.steps().last() {
        None => "no statements\n".to_owned(),
        Some(last) => {
            let s = if count == 1 { "" } else { "s" };
            format!("{count} statement{s}, the last one: {last}\n")
        }
    }
}

/// Shows what the next statement does.
pub(super) fn step(session: &mut Session, _: &str, _: usize) -> Answer {
    let total = session.buffer.steps().count();
    if total == 0 {
        return wrong(session, "there are no statements to step through");
    }
    if session.stepped >= total {
        session.stepped = 0;
        return Answer::of("that was the last statement; .step begins anew\n");
    }
    let before = session.compiler.program(&session.buffer.first(session.stepped)).0;
    session.stepped += 1;
    let after = session.compiler.program(&session.buffer.first(session.stepped)).0;
    let text = session.buffer.steps().nth(session.stepped - 1).unwrap_or_default();
    let mut out = format!("{}/{total}  {}\n", session.stepped, session.paint.bold(text));
    let (Some(before), Some(after)) = (before, after) else {
        return wrong(session, "the statements up to here do not stand alone");
    };
    match session.effect(&before, &after) {
        Ok(shown) | Err(shown) => out.push_str(&shown),
    }
    Answer::of(out)
}

/// Names the context of statements to come, or leaves it to their paths.
pub(super) fn context(session: &mut Session, name: &str, _: usize) -> Answer {
    let serving = || {
        CONTEXTS
            .iter()
            .filter(|one| one.serves_in(session.compiler.signal, session.compiler.dialect))
    };
    if name.is_empty() {
        let names: Vec<&str> = serving().map(|one| one.name).collect();
        let now = session.context.as_deref().unwrap_or("inferred from the paths");
        return Answer::of(format!("{now}; there are {}, and `infer`\n", names.join(", ")));
    }
    if name == "infer" {
        session.context = None;
        return Answer::of("contexts are inferred from the paths\n");
    }
    match serving().find(|one| one.name == name.to_lowercase()) {
        Some(found) => {
            let found = found.name;
            session.context = Some(found.to_owned());
            Answer::of(format!(
                "statements to come see one {found} at a time; `.context infer` undoes it\n"
            ))
        }
        None => {
            let mut out = format!("{} have no context `{name}`", session.compiler.signal.name());
            if let Some(near) = did_you_mean(name, serving().map(|one| one.name)) {
                let _ = write!(out, "; did you mean `{near}`?");
            }
            wrong(session, &out)
        }
    }
}

/// How long a measurement takes.
const BUDGET: Duration = Duration::from_millis(300);

/// Measures a statement behind the others, without keeping it.
pub(super) fn bench(session: &mut Session, statement: &str, indent: usize) -> Answer {
    if statement.is_empty() {
        return wrong(session, "a statement is wanted: .bench set(log.body, \"x\")");
    }
    let mut buffer = session.buffer.clone();
    buffer.push(session.context.as_deref(), statement);
    let (program, said) = session.compiler.program(&buffer);
    let mut out = session.said(&said, indent);
    let Some(program) = program else { return Answer::of(out) };
    let moment = Moment::now();
    let steps = match run_watched(&program, session.records(), &moment) {
        Ok((_, steps)) => steps,
        Err(error) => return wrong(session, &format!("the records are refused: {error}")),
    };
    let programs = [&session.program, &program];
    let (times, rounds) = timed(&programs, session.records(), &moment, BUDGET);
    let &[without, with] = times.as_slice() else { return Answer::of(out) };
    let own = with.saturating_sub(without);
    let total = steps.total();
    let _ = writeln!(
        out,
        "{} of {} for all statements; the least of {rounds} runs over {total} records, {} matched",
        session.paint.bold(&per_record(own, total)),
        per_record(with, total),
        steps.matched,
    );
    Answer::of(out)
}
