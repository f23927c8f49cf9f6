//! `.load`, `.save`, `.yaml`, `.test` and `.edit`: what is read and written.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use holt_pdata::{Batch, json};
use holt_runtime::Host as _;

use super::{show, wrong};
use crate::cmd::eval;
use crate::cmd::repl::buffer::Buffer;
use crate::cmd::repl::moment::Moment;
use crate::cmd::repl::session::{Answer, Mode, Session};
use crate::cmd::repl::{export, read, requests};

/// Reads telemetry or statements.
pub(super) fn load(session: &mut Session, arguments: &str, _: usize) -> Answer {
    let (path, id) = match arguments.split_once(char::is_whitespace) {
        Some((path, id)) => (path, id.trim()),
        None => (arguments, ""),
    };
    match extension(path).as_str() {
        "" if path.is_empty() => wrong(session, "a file is wanted: .load spans.json"),
        "yaml" | "yml" => processor(session, path, id),
        "ottl" => match fs::read_to_string(path) {
            Ok(text) => statements(session, &text),
            Err(error) => wrong(session, &format!("cannot read {path}: {error}")),
        },
        _ => telemetry(session, path),
    }
}

fn extension(path: &str) -> String {
    let extension = Path::new(path).extension().unwrap_or_default();
    extension.to_string_lossy().to_lowercase()
}

/// Puts the records of a file in the place of those at hand.
fn telemetry(session: &mut Session, path: &str) -> Answer {
    match read(path, None) {
        Ok(batches) => put(session, batches, path),
        Err(message) => wrong(session, &message),
    }
}

/// Puts the records of a pasted text in the place of those at hand.
pub(in crate::cmd::repl) fn pasted(session: &mut Session, text: &str) -> Answer {
    const NAME: &str = "pasted text";
    match requests(text.as_bytes(), None, NAME) {
        Ok(batches) => put(session, batches, NAME),
        Err(message) => wrong(session, &message),
    }
}

/// Puts other records in the place of those at hand.
fn put(session: &mut Session, batches: Vec<Batch>, name: &str) -> Answer {
    let signal = batches.first().map_or(session.compiler.signal, Batch::signal);
    let before = session.compiler.signal;
    session.compiler.signal = signal;
    session.input = batches;
    session.name = name.to_owned();
    session.view = None;
    session.current = 0;
    session.asked = None;
    let mut out = String::new();
    if signal != before {
        session.context = None;
        let (Some(program), _) = session.compiler.program(&Buffer::default()) else {
            return wrong(session, "the statements cannot be removed");
        };
        if !session.buffer.is_empty() {
            out.push_str("the statements were for another signal and are gone\n");
        }
        session.buffer = Buffer::default();
        session.program = program;
        session.done.clear();
        session.undone.clear();
    }
    out.push_str(&session.greeting());
    Answer::of(out)
}

/// Puts other statements in the place of those there are.
fn statements(session: &mut Session, text: &str) -> Answer {
    match export::from_lines(text) {
        Ok(buffer) => exchange(session, buffer),
        Err(message) => wrong(session, &message),
    }
}

fn exchange(session: &mut Session, buffer: Buffer) -> Answer {
    let (program, said) = session.compiler.program(&buffer);
    // There is no line above that carets could point at.
    let everything = crate::cmd::repl::evaluate::Said { entry: None, ..said };
    let mut out = session.said(&everything, 0);
    let Some(program) = program else {
        return Answer::of(out + &session.paint.red("the statements stay as they were") + "\n");
    };
    let before = session.compiler.program(&Buffer::default()).0;
    let count = buffer.steps().count();
    session.replace(buffer, program);
    session.asked = None;
    let s = if count == 1 { "" } else { "s" };
    out.push_str(&format!("{count} statement{s}\n"));
    if let Some(before) = before
        && count > 0
    {
        match session.effect(&before, &session.program) {
            // The counts are those of the last statement, which says little about all of them.
            Ok(shown) => out.push_str(shown.split_once('\n').map_or("", |(_, rest)| rest)),
            Err(refused) => out.push_str(&refused),
        }
    }
    Answer::of(out)
}

/// Takes the statements of a processor of a configuration.
fn processor(session: &mut Session, path: &str, id: &str) -> Answer {
    if id.is_empty() {
        let message = format!("which processor? .load {path} transform/x");
        return wrong(session, &message);
    }
    // What is wrong with the file was said when this fails.
    let Ok(programs) = eval::component(&[path.to_owned()], &[], id) else {
        return wrong(session, "the statements stay as they were");
    };
    let signal = session.compiler.signal;
    match programs.iter().find(|program| program.signal() == signal) {
        Some(program) => exchange(session, Buffer::of(program)),
        None => {
            let message = format!("`{id}` has no statements for {}", signal.name());
            wrong(session, &message)
        }
    }
}

/// Writes the statements or the records, as the name of the file says.
pub(super) fn save(session: &mut Session, path: &str, _: usize) -> Answer {
    let records = |session: &Session| session.outcome(&Moment::now());
    let text = match extension(path).as_str() {
        "yaml" | "yml" => Ok(export::configuration(&session.buffer, session.compiler.signal)),
        "ottl" => export::lines(&session.buffer),
        "json" => records(session).and_then(|batches| match batches.as_slice() {
            [batch] => Ok(show::whole(std::slice::from_ref(batch), Mode::Json)),
            _ => Err("there are several requests: save them to a .jsonl file".to_owned()),
        }),
        "jsonl" => records(session).map(|batches| {
            let lines = batches.iter().map(|batch| {
                let line = json::encode(batch);
                String::from_utf8_lossy(&line).into_owned() + "\n"
            });
            lines.collect()
        }),
        _ => Err("a file is wanted that says what it holds: statements as .ottl or .yaml, \
                  records as .json or .jsonl"
            .to_owned()),
    };
    let written = text.and_then(|text| {
        fs::write(path, text).map_err(|error| format!("cannot write {path}: {error}"))
    });
    match written {
        Ok(()) => Answer::of(format!("wrote {path}\n")),
        Err(message) => wrong(session, &message),
    }
}

/// Shows the statements as the configuration of a processor.
pub(super) fn configuration(session: &mut Session, _: &str, _: usize) -> Answer {
    if session.buffer.is_empty() {
        return wrong(session, "there are no statements yet");
    }
    Answer::of(export::configuration(&session.buffer, session.compiler.signal))
}

/// Where tests are collected.
const TESTS: &str = "ottl_test.yaml";

/// Adds the records before and after the statements to a file of tests.
pub(super) fn test(session: &mut Session, name: &str, _: usize) -> Answer {
    let name = name.trim_matches('"');
    if name.is_empty() {
        return wrong(session, "a name is wanted: .test \"users are lifted\"");
    }
    if session.buffer.is_empty() {
        return wrong(session, "there are no statements to test yet");
    }
    let moment = Moment::now();
    let after = match session.outcome(&moment) {
        Ok(after) => after,
        Err(refused) => return wrong(session, &refused),
    };
    let before = session.records();
    let mut text = match export::test(name, &session.buffer, before, &after, moment.now()) {
        Ok(text) => text,
        Err(message) => return wrong(session, &message),
    };
    let known = match fs::read_to_string(TESTS) {
        Ok(known) => known,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return wrong(session, &format!("cannot read {TESTS}: {error}")),
    };
    if !known.trim().is_empty() {
        // Only a file whose last key is the list of tests can be added to at its end.
        let last_key =
            known.lines().rfind(|line| line.starts_with(|first: char| first.is_alphabetic()));
        if last_key.map(str::trim_end) != Some("tests:") {
            let message = format!("{TESTS} does not end in its list of tests");
            return wrong(session, &message);
        }
        if !known.ends_with('\n') {
            text.insert(0, '\n');
        }
    } else {
        text.insert_str(0, "tests:\n");
    }
    let file = fs::OpenOptions::new().create(true).append(true).open(TESTS);
    match file.and_then(|mut file| file.write_all(text.as_bytes())) {
        Ok(()) => {
            let count = |batches: &[Batch]| batches.iter().map(Batch::items).sum::<usize>();
            let (before, after) = (count(before), count(&after));
            Answer::of(format!("wrote the test to {TESTS}: {before} in, {after} out\n"))
        }
        Err(error) => wrong(session, &format!("cannot write {TESTS}: {error}")),
    }
}

/// Opens the statements in the editor of the user, and takes what it leaves.
pub(super) fn edit(session: &mut Session, _: &str, _: usize) -> Answer {
    let text = match export::lines(&session.buffer) {
        Ok(text) => text,
        Err(message) => return wrong(session, &message),
    };
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()));
    let Some(editor) = editor else {
        return wrong(session, "there is no editor: set EDITOR");
    };
    let path = std::env::temp_dir().join(format!("holt-{}.ottl", std::process::id()));
    let edited = edited(&editor, &path, &text);
    let _ = fs::remove_file(&path);
    match edited {
        Ok(edited) if edited == text => Answer::of("nothing was changed\n"),
        Ok(edited) => statements(session, &edited),
        Err(message) => wrong(session, &message),
    }
}

/// What an editor makes of a text.
fn edited(editor: &str, path: &PathBuf, text: &str) -> Result<String, String> {
    let file = |error: std::io::Error| format!("{}: {error}", path.display());
    // Nobody else's file is written to.
    let mut new = fs::OpenOptions::new().write(true).create_new(true).open(path).map_err(file)?;
    new.write_all(text.as_bytes()).map_err(file)?;
    drop(new);
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Process::new(program).args(words).arg(path).status();
    match status {
        Ok(status) if status.success() => fs::read_to_string(path).map_err(file),
        Ok(status) => {
            Err(format!("the editor failed ({status}); the statements stay as they were"))
        }
        Err(error) => Err(format!("cannot start `{program}`: {error}")),
    }
}
