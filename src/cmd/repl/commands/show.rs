//! `.show`, `.where` and `.mode`: which records are at hand, and how they look.

use std::fmt::Write as _;

use holt_pdata::{Batch, json};
use holt_runtime::paths::ContextDecl;
use holt_runtime::program::Expression;
use holt_runtime::types::Kind;

use super::wrong;
use crate::cmd::eval::{indented, show::quoted};
use crate::cmd::repl::evaluate::{headings, observe_one};
use crate::cmd::repl::moment::Moment;
use crate::cmd::repl::records;
use crate::cmd::repl::session::{Answer, Mode, Session};
use crate::cmd::repl::show::Yielded;
use crate::cmd::repl::{entry, yaml};

/// Records that are listed.
const MOST: usize = 100;

/// Lists the records, or shows one.
pub(super) fn show(session: &mut Session, number: &str, _: usize) -> Answer {
    let moment = Moment::now();
    if number.is_empty() && session.mode != Mode::Diff {
        return match session.outcome(&moment) {
            Ok(batches) => Answer::of(whole(&batches, session.mode)),
            Err(refused) => wrong(session, &refused),
        };
    }
    let context = session.current_context().0;
    let (Some(any), _) = session.compiler.expression("nil", Some((context, false))) else {
        return wrong(session, "the records cannot be listed");
    };
    let names = match headings(&session.program, session.records(), &any, &moment) {
        Ok(names) => names,
        Err(error) => return wrong(session, &format!("the records are refused: {error}")),
    };
    if number.is_empty() {
        return Answer::of(list(session, &names));
    }
    match number.parse::<usize>() {
        Ok(number @ 1..) if number <= names.len() => {
            session.current = number - 1;
            one(session, &names)
        }
        _ => {
            let message =
                format!("there is no record `{number}`: they are numbered 1 to {}", names.len());
            wrong(session, &message)
        }
    }
}

fn list(session: &Session, names: &[String]) -> String {
    let mut out = String::new();
    if let Some((condition, _)) = &session.view {
        let _ = writeln!(out, "{}", session.paint.dim(&format!("where {condition}")));
    }
    for (index, name) in names.iter().enumerate().take(MOST) {
        let mark = if index == session.current { "*" } else { " " };
        let _ = writeln!(out, "{mark}{:>3}  {name}", index + 1);
    }
    match names.len() {
        0 => out.push_str("there are no records\n"),
        total if total > MOST => {
            let _ = writeln!(out, "{}", session.paint.dim(&format!("… {} more", total - MOST)));
        }
        _ => {}
    }
    out
}

/// The record at hand.
fn one(session: &Session, names: &[String]) -> Answer {
    let context = session.current_context().0;
    let mut out = String::new();
    if let Some(name) = names.get(session.current) {
        let _ = writeln!(out, "{}", session.paint.bold(name));
    }
    match session.mode {
        Mode::Diff => match paths(session, context) {
            Ok(paths) => Answer::of(out + &paths),
            Err(refused) => wrong(session, &refused),
        },
        mode => {
            let outcome = match session.outcome(&Moment::now()) {
                Ok(outcome) => outcome,
                Err(refused) => return wrong(session, &refused),
            };
            let flags: Vec<bool> = (0..names.len()).map(|at| at == session.current).collect();
            let alone = records::chosen(&outcome, context.level, &flags);
            Answer::of(whole(&alone, mode))
        }
    }
}

/// The paths of the record at hand that hold something, with their values.
fn paths(session: &Session, context: &'static ContextDecl) -> Result<String, String> {
    let mut shown: Vec<(String, Expression)> = Vec::new();
    for prefix in context.prefixes.iter().filter(|prefix| prefix.name == prefix.context) {
        for path in prefix.paths.iter().filter(|path| is_own_form(path.name)) {
            let name = format!("{}.{}", prefix.name, path.name);
            // Keys of the request are no field of a record.
            if prefix.name == "otelcol" {
                continue;
            }
            if let (Some(expression), _) =
                session.compiler.expression(&name, Some((context, false)))
                && expression.context() == context
            {
                shown.push((name, expression));
            }
        }
    }
    let expressions: Vec<&Expression> = shown.iter().map(|(_, expression)| expression).collect();
    let yielded = at_hand(session, &expressions)?;
    let mut rows: Vec<(String, Yielded)> = Vec::new();
    for ((name, _), value) in shown.iter().zip(yielded) {
        match value {
            Some(Yielded::Value(text, kind)) if says_something(&text, kind) => {
                rows.push((name.clone(), Yielded::Value(text, kind)));
            }
            _ => {}
        }
    }
    let rows = with_entries(session, context, rows)?;
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default().min(60);
    let mut out = String::new();
    for (name, value) in rows {
        let _ = writeln!(out, "  {name:width$}  {}", value.line(session.paint));
    }
    Ok(out)
}

/// What expressions yield for the record at hand.
fn at_hand(session: &Session, expressions: &[&Expression]) -> Result<Vec<Option<Yielded>>, String> {
    let (program, records) = (&session.program, session.records());
    observe_one(program, records, expressions, session.current, &Moment::now())
        .map_err(|error| format!("the records are refused: {error}"))
}

/// Whether a path is not another form of a path beside it.
fn is_own_form(name: &str) -> bool {
    !(name.ends_with("_unix_nano") || name.ends_with(".string") || name.ends_with("_string"))
}

/// Whether a value is not what an absent field reads as.
fn says_something(text: &str, kind: Kind) -> bool {
    let is_zero = || text.trim_start_matches("0x").chars().all(|digit| digit == '0');
    match kind {
        Kind::Nil => false,
        Kind::Int | Kind::TraceId | Kind::SpanId | Kind::ProfileId | Kind::Bytes => !is_zero(),
        Kind::Float => text != "0.0",
        Kind::Bool => text == "true",
        Kind::Time => !text.starts_with("1970-01-01T00:00:00Z"),
        _ => !matches!(text, "\"\"" | "{}" | "[]") && !text.starts_with("0 × "),
    }
}

/// Attributes and other maps entry by entry.
fn with_entries(
    session: &Session,
    context: &'static ContextDecl,
    rows: Vec<(String, Yielded)>,
) -> Result<Vec<(String, Yielded)>, String> {
    let mut all = Vec::new();
    for (name, value) in rows {
        let Yielded::Value(_, Kind::Map) = value else {
            all.push((name, value));
            continue;
        };
        let keys = crate::cmd::repl::keys::of(session, context, &name, Some(session.current))?;
        let texts: Vec<String> =
            keys.iter().map(|key| format!("{name}[{}]", quoted(&key.name))).collect();
        let compiled: Vec<(String, Expression)> = texts
            .into_iter()
            .filter_map(|text| {
                let within = Some((context, false));
                Some((text.clone(), session.compiler.expression(&text, within).0?))
            })
            .collect();
        let expressions: Vec<&Expression> = compiled.iter().map(|(_, one)| one).collect();
        let yielded = at_hand(session, &expressions)?;
        for ((text, _), value) in compiled.iter().zip(yielded) {
            all.extend(value.map(|value| (text.clone(), value)));
        }
    }
    Ok(all)
}

/// Batches as a whole.
pub(in crate::cmd::repl) fn whole(batches: &[Batch], mode: Mode) -> String {
    let mut out = String::new();
    for batch in batches {
        let text = json::encode(batch);
        match mode {
            Mode::Yaml => {
                let tree = serde_json::from_slice(&text).unwrap_or_default();
                out.push_str(&yaml::text(&tree));
            }
            Mode::Json | Mode::Diff => {
                out.push_str(&indented(&String::from_utf8_lossy(&text)));
                out.push('\n');
            }
        }
    }
    out
}

/// Goes on with the records for which a condition holds, or with all.
pub(super) fn filter(session: &mut Session, condition: &str, indent: usize) -> Answer {
    if condition.is_empty() {
        let was = session.view.take();
        session.current = 0;
        return Answer::of(match was {
            Some(_) => "all records are at hand again\n",
            None => "all records are at hand; .where COND chooses some\n",
        });
    }
    if entry::is_command(condition) {
        return wrong(session, "a condition is wanted, such as log.severity_number >= 17");
    }
    let (expression, mut out) = session.compiled(condition, indent);
    let Some(expression) = expression else { return Answer::of(out) };
    let level = expression.context().level;
    let yielded = match session.observe(&[&expression]) {
        Ok(yielded) => yielded.into_iter().next().unwrap_or_default(),
        Err(refused) => return Answer::of(out + &refused),
    };
    if yielded.len() != records::count(session.records(), level) {
        return wrong(
            session,
            "the statements drop or add records, so a choice of those before them cannot be made",
        );
    }
    let flags: Vec<bool> = yielded.iter().map(Yielded::is_true).collect();
    let chosen = flags.iter().filter(|flag| **flag).count();
    let total = flags.len();
    let name = expression.context().name;
    if chosen == 0 {
        let _ = writeln!(out, "{}", session.paint.yellow("it holds for no record; all stay"));
        return Answer::of(out);
    }
    let kept = records::chosen(session.records(), level, &flags);
    session.view = Some((condition.to_owned(), kept));
    session.current = 0;
    let _ = writeln!(
        out,
        "{chosen} of {total} are at hand, each a {name}; .where alone takes all again"
    );
    Answer::of(out)
}

/// Chooses how records are shown.
pub(super) fn mode(session: &mut Session, name: &str, _: usize) -> Answer {
    session.mode = match name {
        "diff" => Mode::Diff,
        "json" => Mode::Json,
        "yaml" => Mode::Yaml,
        "" => {
            let name = match session.mode {
                Mode::Diff => "diff",
                Mode::Json => "json",
                Mode::Yaml => "yaml",
            };
            return Answer::of(format!("{name}\n"));
        }
        _ => {
            let message = format!("there is no mode `{name}`: they are diff, json and yaml");
            return wrong(session, &message);
        }
    };
    Answer::default()
}
