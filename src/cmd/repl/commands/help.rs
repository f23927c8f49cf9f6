//! `.help`: what can be typed.

use std::fmt::Write as _;

use super::{COMMANDS, wrong};
use crate::cmd::explain;
use crate::cmd::repl::session::{Answer, Session};

/// Lists the commands, or explains a name.
pub(super) fn help(session: &mut Session, name: &str, _: usize) -> Answer {
    if name.is_empty() {
        return Answer::of(overview(session));
    }
    let bare = name.trim_start_matches('.');
    match COMMANDS.iter().find(|command| command.name.trim_start_matches('.') == bare) {
        Some(command) if name.starts_with('.') || explain::explained(name).is_none() => {
            let call = format!("{} {}", command.name, command.arguments);
            Answer::of(format!("{}  {}\n", session.paint.bold(call.trim_end()), command.doc))
        }
        _ => explain(session, name),
    }
}

/// The page of a function, path, symbol, component or code.
pub(super) fn explain(session: &Session, name: &str) -> Answer {
    if let Some(page) = explain::explained(name) {
        return Answer::of(page);
    }
    let known = explain::names();
    let bare = explain::without_keys(name).0;
    let near = holt_grammar::did_you_mean(bare, known.iter().map(String::as_str));
    let mut out = format!("there is nothing called `{name}`");
    if let Some(near) = near {
        let _ = write!(out, "; did you mean `{near}`?");
    }
    wrong(session, &out)
}

fn overview(session: &Session) -> String {
    let mut out = String::from(
        "Type a statement to see what it changes, an expression to see its value, or a command:\n",
    );
    let call = |index: usize| -> String {
        COMMANDS.get(index).map_or_else(String::new, |command| {
            format!("{} {}", command.name, command.arguments).trim_end().to_owned()
        })
    };
    let width = (0..COMMANDS.len()).map(|index| call(index).len()).max().unwrap_or_default();
    for (index, command) in COMMANDS.iter().enumerate() {
        let call = format!("{:width$}", call(index));
        let _ = writeln!(out, "  {}  {}", session.paint.bold(&call), command.doc);
    }
    out
}
