//! Sessions line by line.

use holt_runtime::functions::Dialect;
use holt_runtime::program::Engine;

use super::*;
use crate::cmd::repl::samples::Sample;

/// A session on the built-in log records.
pub(in crate::cmd::repl) fn logs() -> Session {
    on(Sample::Logs)
}

fn on(sample: Sample) -> Session {
    let batch = sample.batch().unwrap();
    Session::new(Start {
        signal: batch.signal(),
        engine: Engine::Auto,
        dialect: Dialect::TRANSFORM,
        context: None,
        color: false,
        name: sample.title().to_owned(),
        batches: vec![batch],
    })
}

/// The answers to lines.
fn answers(session: &mut Session, lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| session.answer(line).text).collect()
}

#[test]
fn the_records_stay_as_they_came() {
    let mut session = logs();
    let before = session.input.clone();
    let set = session.answer("set(log.body, \"x\")").text;
    assert!(set.starts_with("matched 5/5 · 0 skipped · 0 errors · "), "{set}");
    assert_eq!(session.input.first().unwrap().bytes(), before.first().unwrap().bytes());
    assert!(session.answer("log.body").text.contains("all 5: \"x\"×5"));
    session.answer(".undo");
    assert!(!session.answer("log.body").text.contains("\"x\""));
    session.answer(".redo");
    assert!(session.answer("log.body").text.contains("all 5: \"x\"×5"));
}

#[test]
fn what_does_not_compile_is_not_kept() {
    let mut session = logs();
    for line in ["set(log.bdy, 1)", "set(log.body", "log.", "Nope(1)", "set(log.body, )", "서울"]
    {
        let answer = session.answer(line).text;
        assert!(!answer.is_empty(), "{line}");
    }
    assert!(session.buffer.is_empty());
}

#[test]
fn every_command_survives_any_argument() {
    let mut session = logs();
    session.answer("set(log.attributes[\"a\"], 1) where log.severity_number > 9");
    for command in commands::COMMANDS.iter().filter(|one| {
        // These write files, or start a program.
        !matches!(one.name, ".test" | ".edit" | ".save" | ".bench")
    }) {
        for argument in
            ["", "0", "1", "99999999999999999999", "서울", "log.body", "\"", "((", "nil"]
        {
            session.answer(&format!("{} {argument}", command.name));
        }
    }
}

#[test]
fn expressions_of_other_contexts_see_their_own_records() {
    let mut session = on(Sample::Metrics);
    assert_eq!(session.prompt(), "metric[1]> ");
    let answer = session.answer("datapoint.attributes[\"http.route\"]").text;
    assert!(answer.contains("all 6:") && answer.contains("each a datapoint"), "{answer}");
    session.answer("set(datapoint.attributes[\"a\"], 1)");
    assert_eq!(session.prompt(), "datapoint[1]> ");
}

#[test]
fn statements_of_one_entry_see_one_moment() {
    let mut session = logs();
    session.answer("set(log.attributes[\"id\"], UUID())");
    session.answer("set(log.attributes[\"now\"], UnixNano(Now()))");
    let third = session.answer("set(log.attributes[\"b\"], 1)").text;
    // Only what the third one adds is different.
    assert_eq!(third.matches("+ log.attributes").count(), 5, "{third}");
    assert!(!third.contains('~'), "{third}");
}

#[test]
fn pasted_lists_are_answered_item_by_item() {
    let mut session = logs();
    let text =
        "- set(log.attributes[\"a\"], 1)\n  - 'replace_pattern(log.body, \"(tok)_\", \"$$1-\")'";
    let answer = session.answer(text).text;
    assert_eq!(answer.matches("matched 5/5").count(), 2, "{answer}");
    assert!(answer.contains("`$$` is read as `$`"), "{answer}");
    assert_eq!(
        session.buffer.steps().last(),
        Some("replace_pattern(log.body, \"(tok)_\", \"$1-\")")
    );
}

#[test]
fn telemetry_cannot_move_the_cursor() {
    let mut session = logs();
    session.answer("set(log.body, \"a\u{9b}2J\u{7f}\u{1b}[2J\")");
    for line in ["log.body", ".show", ".show 1", ".mode json", ".show 1", ".mode yaml", ".show"] {
        let answer = session.answer(line).text;
        let is_odd = |letter: char| letter.is_control() && letter != '\n';
        assert!(!answer.contains(is_odd), "{line}: {answer:?}");
    }
}

#[test]
fn answers_are_empty_only_where_nothing_is_to_say() {
    let mut session = logs();
    let said = answers(&mut session, &["", "   ", ".mode yaml", ".mode"]);
    assert_eq!(said, ["", "", "", "yaml\n"]);
    assert!(session.answer(".quit").quit);
}
