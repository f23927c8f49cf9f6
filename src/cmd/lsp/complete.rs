//! What may be written at a place: functions, paths and symbols in statements, keys, words and ids in
//! the configuration around them.

use holt_collector::component::{Kind, registry};
use holt_collector::config::keys::{Key, Shape, find};
use holt_collector::config::model::service_keys;
use holt_grammar::layout::Language;
use holt_grammar::token::{TokenKind, lex};
use holt_runtime::functions::FUNCTIONS;
use serde_json::{Value, json};

use super::document::Document;
use super::hover::word;
use super::outline::{entries, outline, top_level};
use super::place::{self, Place};

/// Kinds of completions as the protocol numbers them.
#[derive(Clone, Copy)]
enum Sort {
    Function = 3,
    Field = 5,
    Module = 9,
    Property = 10,
    Value = 12,
    Keyword = 14,
    Reference = 18,
    Symbol = 20,
}

/// The completions at a byte.
pub(super) fn complete(document: &Document, offset: usize, snippets: bool) -> Value {
    let mut list = List { items: Vec::new(), document, start: offset, end: offset };
    match place::at(document, offset) {
        Some(place) => of_statement(&place, &mut list, snippets),
        None => of_configuration(&mut list, offset),
    }
    Value::Array(list.items)
}

/// Completions of one place.
struct List<'d> {
    items: Vec<Value>,
    document: &'d Document,
    /// What they replace.
    start: usize,
    end: usize,
}

impl List<'_> {
    fn add(&mut self, name: &str, sort: Sort, detail: &str, doc: &str) {
        self.insert(name, sort, detail, doc, name, false);
    }

    fn insert(
        &mut self,
        name: &str,
        sort: Sort,
        detail: &str,
        doc: &str,
        text: &str,
        is_snippet: bool,
    ) {
        let range = self.document.range(self.start..self.end);
        self.items.push(json!({
            "label": name,
            "kind": sort as u8,
            "detail": detail,
            "documentation": doc,
            "filterText": name,
            "insertTextFormat": if is_snippet { 2 } else { 1 },
            "textEdit": { "range": range, "newText": text },
        }));
    }
}

/// Words of the language that are no names.
const WORDS: [&str; 6] = ["and", "or", "not", "nil", "true", "false"];

fn of_statement(place: &Place, list: &mut List<'_>, snippets: bool) {
    let before = place.written.text.get(..place.offset).unwrap_or_default();
    let last = lex(before).last().map(|token| token.kind);
    // Inside a string nothing is known.
    if last == Some(TokenKind::UnterminatedString) {
        return;
    }
    let is_part = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '.';
    let head = before.trim_end_matches(is_part);
    let written = before.get(head.len()..).unwrap_or_default();
    let blank_behind = list.document.text.get(..list.end).unwrap_or_default().ends_with(' ');
    list.start = if blank_behind { list.end } else { list.end.saturating_sub(written.len()) };
    let (dialect, contexts) = (place.dialect(), place.contexts());
    let begins = place.written.language == Language::Statement && head.trim().is_empty();
    for function in FUNCTIONS.iter().filter(|function| function.is_editor() == begins) {
        if !contexts.iter().any(|context| dialect.knows_in(function.offered, context)) {
            continue;
        }
        let text = match snippets {
            true => format!("{}($0)", function.name),
            false => function.name.to_owned(),
        };
        let signature = function.signature();
        list.insert(function.name, Sort::Function, &signature, function.doc, &text, snippets);
    }
    if begins {
        return;
    }
    let mut paths: Vec<(String, String, &str)> = Vec::new();
    let mut symbols: Vec<(&str, i32, &str)> = Vec::new();
    for context in &contexts {
        for prefix in context.prefixes {
            paths.extend(prefix.paths.iter().map(|path| {
                let name = format!("{}.{}", prefix.name, path.name);
                (name, path.get.to_string(), path.doc)
            }));
        }
        for table in context.enums {
            symbols.extend(table.values.iter().map(|(name, value)| (*name, *value, table.name)));
        }
    }
    paths.sort();
    paths.dedup();
    for (name, ty, doc) in &paths {
        list.add(name, Sort::Field, ty, doc);
    }
    if written.contains('.') {
        return;
    }
    symbols.sort_unstable();
    symbols.dedup();
    for (name, value, table) in symbols {
        list.add(name, Sort::Symbol, &format!("{value}, of {table}"), "");
    }
    for word in WORDS {
        list.add(word, Sort::Keyword, "", "");
    }
    if place.written.language == Language::Statement {
        list.add("where", Sort::Keyword, "", "");
    }
}

fn of_configuration(list: &mut List<'_>, offset: usize) {
    let Some(outline) = outline(list.document, offset) else {
        return at_the_top(list, offset);
    };
    let document = list.document;
    let whole = word(document, offset);
    let before = document.text.get(..offset).unwrap_or_default();
    let common = (0..=whole.len())
        .rev()
        .find(|length| whole.get(..*length).is_some_and(|head| before.ends_with(head)));
    list.start = offset - common.unwrap_or_default();
    list.end = (list.start + whole.len()).max(offset);
    let keys: Vec<&str> = outline.keys.iter().map(String::as_str).collect();
    let own = outline.key.as_deref().filter(|_| outline.in_value);
    let steps: Vec<&str> = keys.iter().copied().chain(own).collect();
    match steps.as_slice() {
        [] => at_the_top(list, offset),
        ["service", "pipelines"] if own.is_none() => {
            for signal in ["traces", "metrics", "logs"] {
                list.add(signal, Sort::Property, "", "");
            }
        }
        ["service", "pipelines", _, section @ ("receivers" | "processors" | "exporters")]
        | ["service", section @ "extensions"] => ids(list, section),
        ["service", path @ ..] => below(list, &service_keys(), path, own.is_some()),
        [section] if own.is_none() => {
            if let Some(kind) = kind_of(section) {
                for descriptor in registry::all().descriptors(kind) {
                    let doc = format!("It {}.", descriptor.summary);
                    list.add(descriptor.type_name, Sort::Module, kind.as_str(), &doc);
                }
            }
        }
        [section, id, path @ ..] => {
            let Some(kind) = kind_of(section) else { return };
            let type_name = id.split('/').next().unwrap_or(id);
            let declared = registry::all().declared(kind);
            let found = declared.iter().find(|(descriptor, _)| {
                let mut aliases = descriptor.aliases.iter();
                descriptor.type_name == type_name || aliases.any(|alias| alias.name == type_name)
            });
            if let Some((_, keys)) = found {
                below(list, keys, path, own.is_some());
            }
        }
        _ => {}
    }
}

fn kind_of(section: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind.section() == section)
}

/// The keys at the top of a configuration, at the beginning of a line of one.
fn at_the_top(list: &mut List<'_>, offset: usize) {
    let text = &list.document.text;
    let start = text.get(..offset).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
    let typed = text.get(start..offset).unwrap_or_default();
    let has = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}:")));
    // Any YAML may be open; a configuration has one of its keys already.
    let is_configuration = text.trim() == typed.trim() || top_level().any(has);
    if !is_configuration || !typed.chars().all(|char| char.is_ascii_lowercase()) {
        return;
    }
    list.start = start;
    for key in top_level().filter(|key| !has(key)) {
        list.add(key, Sort::Property, "", "");
    }
}

/// Keys below a path of keys, or the words that its last one takes.
fn below(list: &mut List<'_>, keys: &[Key], path: &[&str], in_value: bool) {
    let found = if path.is_empty() { None } else { find(keys, path).ok() };
    let shape = found.map(|key| &key.shape);
    if in_value {
        match shape {
            Some(Shape::Choice { words, .. }) => {
                for word in words {
                    list.add(&word.name, Sort::Value, "", &word.doc);
                }
            }
            Some(Shape::Bool) => {
                list.add("true", Sort::Value, "", "");
                list.add("false", Sort::Value, "", "");
            }
            _ => {}
        }
        return;
    }
    let keys = match (path, shape) {
        ([], _) => keys,
        (_, Some(shape)) => shape.keys(),
        (_, None) => &[],
    };
    for key in keys {
        let default = key.shown_default().map(|value| format!(", {value} by default"));
        let detail = format!("{}{}", key.shape.describe(), default.unwrap_or_default());
        list.add(&key.name, Sort::Property, &detail, &key.doc);
    }
}

/// The ids that a section configures, and connectors, which are of both sides.
fn ids(list: &mut List<'_>, section: &str) {
    let sections: &[&str] = match section {
        "receivers" | "exporters" => &[section, "connectors"],
        _ => &[section],
    };
    for (section, id) in entries(list.document, sections) {
        list.add(&id, Sort::Reference, &section, "");
    }
}
