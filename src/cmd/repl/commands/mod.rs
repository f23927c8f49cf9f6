//! The commands: a table of them, and a file for each group.

pub(super) mod explain;
pub(super) mod files;
mod help;
mod history;
pub(super) mod show;
pub(super) mod why;

use std::fmt::Write as _;

use holt_grammar::did_you_mean;
use unicode_width::UnicodeWidthStr;

use super::session::{Answer, Session};

/// What stands behind a command, for completion and help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Takes {
    /// Nothing, or what nobody can complete.
    Other,
    /// An expression.
    Expression,
    /// A statement or an expression.
    Text,
    /// A file.
    File,
    /// A name that can be explained.
    Name,
    /// A command or a name that can be explained.
    Help,
    /// The name of a context.
    Context,
    /// One of these words.
    Word(&'static [&'static str]),
}

/// How a command is run: with the session, what stands behind it, and the column where that begins.
type Run = fn(&mut Session, &str, usize) -> Answer;

/// A command.
pub(super) struct Command {
    /// The name, with its dot.
    pub(super) name: &'static str,
    /// What stands behind it, as help shows it.
    pub(super) arguments: &'static str,
    /// What stands behind it.
    pub(super) takes: Takes,
    /// What it does; a sentence without a full stop.
    pub(super) doc: &'static str,
    run: Run,
}

/// All commands, as `.help` lists them.
pub(super) const COMMANDS: &[Command] = &[
    Command {
        name: ".help",
        arguments: "[NAME]",
        takes: Takes::Help,
        doc: "say what can be typed, or what a command, function, path, symbol or code is",
        run: help::help,
    },
    Command {
        name: ".why",
        arguments: "[N]",
        takes: Takes::Other,
        doc: "show the condition that was typed last part by part, for record N",
        run: why::why,
    },
    Command {
        name: ".type",
        arguments: "EXPR",
        takes: Takes::Expression,
        doc: "say which types an expression can have, without evaluating it",
        run: explain::type_of,
    },
    Command {
        name: ".explain",
        arguments: "[NAME|TEXT]",
        takes: Takes::Name,
        doc: "explain a name, a statement or expression, or the plan of all statements so far",
        run: explain::explain,
    },
    Command {
        name: ".paths",
        arguments: "[GLOB]",
        takes: Takes::Other,
        doc: "list the paths of the context at hand",
        run: explain::paths,
    },
    Command {
        name: ".functions",
        arguments: "[GLOB]",
        takes: Takes::Other,
        doc: "list the functions that can be called",
        run: explain::functions,
    },
    Command {
        name: ".show",
        arguments: "[N]",
        takes: Takes::Other,
        doc: "list the records, or show record N, on which expressions are evaluated from then on",
        run: show::show,
    },
    Command {
        name: ".where",
        arguments: "[COND]",
        takes: Takes::Expression,
        doc: "go on with the records for which a condition holds, or with all again",
        run: show::filter,
    },
    Command {
        name: ".mode",
        arguments: "[diff|json|yaml]",
        takes: Takes::Word(&["diff", "json", "yaml"]),
        doc: "show what a statement changes, or the records as JSON or YAML",
        run: show::mode,
    },
    Command {
        name: ".context",
        arguments: "[NAME|infer]",
        takes: Takes::Context,
        doc: "name the context of statements to come, which begins a group of its own",
        run: history::context,
    },
    Command {
        name: ".load",
        arguments: "FILE [ID]",
        takes: Takes::File,
        doc: "read telemetry, statements (.ottl), or those of processor ID (.yaml)",
        run: files::load,
    },
    Command {
        name: ".save",
        arguments: "FILE",
        takes: Takes::File,
        doc: "write the statements (.ottl, .yaml) or the records (.json, .jsonl)",
        run: files::save,
    },
    Command {
        name: ".yaml",
        arguments: "",
        takes: Takes::Other,
        doc: "show the statements as the configuration of a processor",
        run: files::configuration,
    },
    Command {
        name: ".test",
        arguments: "NAME",
        takes: Takes::Other,
        doc: "add the records before and after the statements to ottl_test.yaml",
        run: files::test,
    },
    Command {
        name: ".bench",
        arguments: "STATEMENT",
        takes: Takes::Text,
        doc: "measure a statement without keeping it",
        run: history::bench,
    },
    Command {
        name: ".edit",
        arguments: "",
        takes: Takes::Other,
        doc: "open the statements in $EDITOR",
        run: files::edit,
    },
    Command {
        name: ".undo",
        arguments: "",
        takes: Takes::Other,
        doc: "take the last change of the statements back",
        run: history::undo,
    },
    Command {
        name: ".redo",
        arguments: "",
        takes: Takes::Other,
        doc: "make it again",
        run: history::redo,
    },
    Command {
        name: ".step",
        arguments: "",
        takes: Takes::Other,
        doc: "show what the statements do, one at a time",
        run: history::step,
    },
    Command {
        name: ".reset",
        arguments: "",
        takes: Takes::Other,
        doc: "forget all statements",
        run: history::reset,
    },
    Command {
        name: ".quit",
        arguments: "",
        takes: Takes::Other,
        doc: "leave",
        run: |_, _, _| Answer { text: String::new(), quit: true },
    },
];

/// Runs a command. `indent` is the column where its text begins.
pub(super) fn run(session: &mut Session, text: &str, indent: usize) -> Answer {
    let text = text.trim_end();
    let name = text.split_whitespace().next().unwrap_or_default();
    let rest = text.get(name.len()..).unwrap_or_default();
    let arguments = rest.trim_start();
    let indent = indent + text.width().saturating_sub(arguments.width());
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return (command.run)(session, arguments, indent);
    }
    let mut out = format!("there is no command `{name}`");
    let _ = match did_you_mean(name, COMMANDS.iter().map(|command| command.name)) {
        Some(near) => write!(out, "; did you mean `{near}`?"),
        None => write!(out, "; .help lists them"),
    };
    Answer::of(session.paint.red(&out) + "\n")
}

/// An answer that says what is wrong.
fn wrong(session: &Session, message: &str) -> Answer {
    Answer::of(session.paint.red(message) + "\n")
}
