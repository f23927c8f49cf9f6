//! What may stand at the cursor: commands, functions, paths, symbols, and the keys of maps that occur
//! in the records.
//!
//! Text and cursor enter, candidates leave; the line editor shows them.

use std::path::Path;

use holt_grammar::token::{self, Token, TokenKind};
use holt_runtime::functions::FUNCTIONS;
use holt_runtime::paths::CONTEXTS;

use super::commands::explain::first_sentence;
use super::commands::{COMMANDS, Takes};
use super::entry::is_command;
use super::keys;
use super::session::Session;
use crate::cmd::eval::show::quoted;
use crate::cmd::explain;

/// A text that may stand at the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    /// The text.
    pub(super) text: String,
    /// What it is, on a line.
    pub(super) about: String,
    /// Where what it replaces begins; the cursor is where that ends.
    pub(super) start: usize,
    /// Whether a space belongs behind it.
    pub(super) space: bool,
}

impl Candidate {
    fn new(text: impl Into<String>, about: impl Into<String>, start: usize) -> Self {
        Self { text: text.into(), about: about.into(), start, space: false }
    }

    fn spaced(mut self) -> Self {
        self.space = true;
        self
    }
}

/// What may stand at a place of a text.
pub(super) fn complete(session: &Session, text: &str, at: usize) -> Vec<Candidate> {
    let Some(before) = text.get(..at) else { return Vec::new() };
    let after = text.get(at..).unwrap_or_default();
    if !is_command(before) {
        return language(session, before, after, 0);
    }
    let start = before.len() - before.trim_start().len();
    let line = before.get(start..).unwrap_or_default();
    let Some((name, rest)) = line.split_once(char::is_whitespace) else {
        let known = COMMANDS.iter().map(|command| {
            let candidate = Candidate::new(command.name, command.doc, start);
            if command.arguments.is_empty() { candidate } else { candidate.spaced() }
        });
        return fitting(known.collect(), line);
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Vec::new();
    };
    let rest = rest.trim_start();
    let start = before.len() - rest.len();
    let named = |names: Vec<String>| {
        let candidates = names.into_iter().map(|name| Candidate::new(name, "", start));
        fitting(candidates.collect(), rest)
    };
    match command.takes {
        Takes::Other => Vec::new(),
        Takes::Expression | Takes::Text => language(session, rest, after, start),
        Takes::File => files(rest, start),
        Takes::Name => named(explain::names()),
        Takes::Help => {
            let commands = COMMANDS.iter().map(|command| command.name.to_owned());
            named(commands.chain(explain::names()).collect())
        }
        Takes::Context => {
            let signal = session.compiler.signal;
            let serving =
                CONTEXTS.iter().filter(|one| one.serves_in(signal, session.compiler.dialect));
            let names = serving.map(|one| one.name.to_owned());
            named(names.chain(["infer".to_owned()]).collect())
        }
        Takes::Word(words) => named(words.iter().map(|word| (*word).to_owned()).collect()),
    }
}

/// The candidates that begin with a word, or contain it if none does; letter case does not matter.
fn fitting(candidates: Vec<Candidate>, word: &str) -> Vec<Candidate> {
    let word = word.to_lowercase();
    let (first, others): (Vec<_>, Vec<_>) =
        candidates.into_iter().partition(|one| one.text.to_lowercase().starts_with(&word));
    match first.is_empty() && word.len() > 1 {
        true => others.into_iter().filter(|one| one.text.to_lowercase().contains(&word)).collect(),
        false => first,
    }
}

/// What may stand behind a part of a statement or expression that begins at `offset`.
fn language(session: &Session, before: &str, after: &str, offset: usize) -> Vec<Candidate> {
    let tokens: Vec<Token> =
        token::lex(before).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    let text_of = |token: &Token| token.span.slice(before);
    match tokens.as_slice() {
        [path @ .., bracket, last]
            if bracket.kind == TokenKind::OpenBracket
                && last.kind == TokenKind::UnterminatedString =>
        {
            let typed = text_of(last).get(1..).unwrap_or_default();
            let start = offset + last.span.start as usize;
            return keys_of(session, before, path, typed, after, start);
        }
        [path @ .., last] if last.kind == TokenKind::OpenBracket && !path.is_empty() => {
            let start = offset + before.len();
            let found = keys_of(session, before, path, "", after, start);
            // Otherwise it is a list.
            if !found.is_empty() {
                return found;
            }
        }
        [.., last] if last.kind == TokenKind::UnterminatedString => return Vec::new(),
        _ => {}
    }
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.');
    let start = before.trim_end_matches(is_of_word).len();
    let word = before.get(start..).unwrap_or_default();
    let previous = tokens.iter().rfind(|token| (token.span.start as usize) < start);
    let start = offset + start;
    match previous {
        Some(previous) if is_operand(previous.kind) => {
            let words =
                [("where", "when the statement runs"), ("and", "both hold"), ("or", "one holds")];
            let words = words.map(|(word, about)| Candidate::new(word, about, start).spaced());
            fitting(words.into(), word)
        }
        previous => fitting(operands(session, previous.is_none(), start), word),
    }
}

/// Whether a value ends with the token.
const fn is_operand(kind: TokenKind) -> bool {
    kind.is_close()
        || matches!(
            kind,
            TokenKind::String
                | TokenKind::Int
                | TokenKind::Float
                | TokenKind::Bytes
                | TokenKind::Nil
                | TokenKind::True
                | TokenKind::False
                | TokenKind::LowerWord
                | TokenKind::UpperWord
        )
}

/// Everything that a value can begin with; editors too where a statement begins.
fn operands(session: &Session, begins: bool, start: usize) -> Vec<Candidate> {
    let context = session.current_context().0;
    let mut all = Vec::new();
    for prefix in context.prefixes.iter().filter(|prefix| prefix.name == prefix.context) {
        for path in prefix.paths {
            let about = format!("{} · {}", path.get, first_sentence(path.doc));
            all.push(Candidate::new(format!("{}.{}", prefix.name, path.name), about, start));
        }
    }
    // Paths of other contexts of the signal lead to these.
    let signal = session.compiler.signal;
    let others = CONTEXTS.iter().filter(|one| {
        one.serves_in(signal, session.compiler.dialect) && context.prefix(one.name).is_none()
    });
    for other in others {
        let own = other.prefixes.first();
        for path in own.into_iter().flat_map(|prefix| prefix.paths) {
            let about = format!("{} · {}", path.get, first_sentence(path.doc));
            all.push(Candidate::new(format!("{}.{}", other.name, path.name), about, start));
        }
    }
    for function in FUNCTIONS {
        let known = session.compiler.dialect.knows_in(function.offered, context);
        if known && (begins || !function.is_editor()) {
            let close = if function.params.is_empty() { ")" } else { "" };
            let text = format!("{}({close}", function.name);
            all.push(Candidate::new(text, function.signature(), start));
        }
    }
    for (symbol, number) in context.enums.iter().flat_map(|table| table.values) {
        all.push(Candidate::new(*symbol, format!("= {number}"), start));
    }
    for (word, about) in [("nil", "no value"), ("true", ""), ("false", "")] {
        all.push(Candidate::new(word, about, start));
    }
    all.push(Candidate::new("not", "the opposite holds", start).spaced());
    all
}

/// The keys of the map that stands before the bracket.
fn keys_of(
    session: &Session,
    text: &str,
    before: &[Token],
    typed: &str,
    after: &str,
    start: usize,
) -> Vec<Candidate> {
    let Some(begin) = value_begin(before) else { return Vec::new() };
    let end = before.last().map_or(0, |token| token.span.end as usize);
    let expression = text.get(begin..end).unwrap_or_default();
    let context = session.current_context().0;
    let found = keys::of(session, context, expression, None).unwrap_or_default();
    let close = if after.starts_with("\"]") || after.starts_with(']') { "" } else { "]" };
    let mut found: Vec<_> = found
        .into_iter()
        .filter(|key| key.name.to_lowercase().contains(&typed.to_lowercase()))
        .collect();
    // Those that begin as typed come first, then the frequent ones.
    found.sort_by_key(|key| (!key.name.starts_with(typed), std::cmp::Reverse(key.records)));
    found
        .into_iter()
        .map(|key| {
            let mut text = quoted(&key.name);
            if after.starts_with("\"]") {
                text.pop();
            }
            Candidate::new(text + close, key.describe(), start)
        })
        .collect()
}

/// Where the path or call begins that ends with the last token.
fn value_begin(tokens: &[Token]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut begin = None;
    let mut next: Option<Token> = None;
    for token in tokens.iter().rev() {
        if token.kind.is_close() {
            // Two values side by side are not one.
            if depth == 0 && next.is_some_and(|next| !continues(token, &next)) {
                break;
            }
            depth += 1;
        } else if token.kind.is_open() {
            let Some(outer) = depth.checked_sub(1) else { break };
            depth = outer;
        } else if depth == 0 {
            let is_part = token.kind.is_word() || token.kind == TokenKind::Dot;
            if !is_part || next.is_some_and(|next| !continues(token, &next)) {
                break;
            }
        }
        if depth == 0 {
            begin = Some(token.span.start as usize);
        }
        next = Some(*token);
    }
    begin
}

/// Whether the next token belongs to the value that the token is of.
const fn continues(token: &Token, next: &Token) -> bool {
    let word_behind_word = token.kind.is_word() && next.kind.is_word();
    token.span.end == next.span.start && !word_behind_word
}

/// Files whose names begin as typed.
fn files(typed: &str, start: usize) -> Vec<Candidate> {
    let (folder, name) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let place = if folder.is_empty() { Path::new(".") } else { Path::new(folder) };
    let Ok(entries) = std::fs::read_dir(place) else { return Vec::new() };
    let mut found: Vec<Candidate> = entries
        .flatten()
        .filter_map(|entry| {
            let known = entry.file_name().into_string().ok()?;
            let hidden = known.starts_with('.') && !name.starts_with('.');
            if hidden || !known.starts_with(name) {
                return None;
            }
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            let slash = if is_folder { "/" } else { "" };
            Some(Candidate::new(format!("{folder}{known}{slash}"), "", start))
        })
        .collect();
    found.sort_by(|one, other| one.text.cmp(&other.text));
    found.truncate(200);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cmd::repl::session::tests::logs;

    /// Candidates at the end of a text.
    fn at_end(text: &str) -> Vec<String> {
        let found = complete(&logs(), text, text.len());
        found.into_iter().map(|one| one.text).collect()
    }

    fn first(text: &str) -> Candidate {
        complete(&logs(), text, text.len()).into_iter().next().unwrap()
    }

    #[test]
    fn keys_come_from_the_records_with_type_and_share() {
        for text in [
            "log.attributes[\"",
            "set(log.body, log.attributes[\"",
            "log.body == \"a\" and log.attributes[",
        ] {
            let found = first(text);
            assert_eq!(found.text, "\"log.file.path\"]", "{text}");
            assert_eq!(found.about, "string · 100 %");
        }
        assert_eq!(at_end("log.attributes[\"http.resp"), ["\"http.response.status_code\"]"]);
        assert_eq!(first("log.attributes[\"http.resp").about, "int · 40 %");
        // What a converter returns has keys as well, and failures have none.
        assert_eq!(first("ParseJSON(log.body)[\"us").text, "\"user\"]");
        assert_eq!(at_end("log.body[\""), Vec::<String>::new());
        // Brackets that are there already are not written twice.
        let text = "log.attributes[\"str\"]";
        let found = complete(&logs(), text, text.len() - 2);
        assert_eq!(found.first().unwrap().text, "\"stream");
    }

    #[test]
    fn keys_of_the_scratch_map_are_those_that_statements_left() {
        let mut session = logs();
        session.answer(r#"set(log.cache, ParseJSON(log.body)) where IsMatch(log.body, "^\\{")"#);
        let text = "log.cache[\"";
        let found = complete(&session, text, text.len());
        let names: Vec<&str> = found.iter().map(|one| one.text.as_str()).collect();
        assert!(names.contains(&"\"user\"]") && names.contains(&"\"took_ms\"]"), "{names:?}");
    }

    #[test]
    fn values_begin_with_paths_functions_and_symbols() {
        assert_eq!(at_end("log.sever"), ["log.severity_number", "log.severity_text"]);
        assert_eq!(at_end("set(log.body, ParseJ"), ["ParseJSON("]);
        assert!(first("set(log.body, ParseJ").about.starts_with("ParseJSON(target"));
        assert_eq!(
            at_end("log.severity_number == SEVERITY_NUMBER_FATAL2"),
            ["SEVERITY_NUMBER_FATAL2"]
        );
        assert!(at_end("delete_").contains(&"delete_key(".to_owned()));
        // Editors stand at the beginning only.
        assert!(at_end("log.body == delete_").is_empty());
        assert_eq!(
            at_end("set(log.body, No"),
            ["not", "Now()"].map(str::to_owned).into_iter().rev().collect::<Vec<_>>()
        );
    }

    #[test]
    fn behind_a_value_stands_an_operator() {
        assert_eq!(at_end("set(log.body, 1) wh"), ["where"]);
        assert_eq!(at_end("log.body == \"a\" "), ["where", "and", "or"]);
        assert!(at_end("set(log.body, \"log.").is_empty());
    }

    #[test]
    fn commands_and_what_they_take() {
        assert_eq!(at_end(".und"), [".undo"]);
        assert_eq!(at_end(".mode y"), ["yaml"]);
        assert_eq!(at_end(".context re"), ["resource"]);
        assert_eq!(at_end(".explain T20").first().unwrap(), "T201");
        assert_eq!(at_end(".type log.flag"), ["log.flags"]);
        assert!(at_end(".load src/cmd/repl/sam").contains(&"src/cmd/repl/samples/".to_owned()));
        assert!(at_end(".nothing x").is_empty());
    }

    #[test]
    fn any_text_can_be_completed_anywhere() {
        let session = logs();
        for text in ["서울[\"", "]]]", "a.b[c[\"", "((", "\"", ".", "log.attributes[\"a\"][\"", ""]
        {
            for at in 0..=text.len() {
                complete(&session, text, at);
            }
        }
    }
}
