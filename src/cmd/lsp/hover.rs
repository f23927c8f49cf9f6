//! What the thing under the cursor is: the pages of `holt explain`.

use serde_json::{Value, json};

use super::document::Document;
use super::outline::outline;
use super::{findings, place};
use crate::cmd::explain::page;

/// What there is to say about a byte.
pub(super) fn hover(document: &Document, offset: usize) -> Option<Value> {
    let (mut pages, range) = match of_statement(document, offset) {
        Some((text, range)) => (vec![text], Some(range)),
        None => (of_configuration(document, offset).into_iter().collect(), None),
    };
    pages.extend(findings::codes_at(document, offset).into_iter().filter_map(page));
    if pages.is_empty() {
        return None;
    }
    let blocks: Vec<String> = pages.iter().map(|text| block(text)).collect();
    let contents = json!({ "kind": "markdown", "value": blocks.join("\n---\n") });
    Some(match range {
        Some(range) => json!({ "contents": contents, "range": document.range(range) }),
        None => json!({ "contents": contents }),
    })
}

/// A page as it is, whatever marks of Markdown it holds.
fn block(text: &str) -> String {
    format!("```text\n{}\n```", text.trim_end().replace("```", "'''"))
}

/// The page of a function, symbol or path, and its place.
fn of_statement(document: &Document, offset: usize) -> Option<(String, std::ops::Range<usize>)> {
    let place = place::at(document, offset)?;
    let name = place.name()?;
    let text = if name.is_path {
        page(&name.text).filter(|_| name.text.contains('.')).or_else(|| {
            // It leaves its context out, or is a context.
            let contexts = place.contexts();
            let owned =
                contexts.iter().find_map(|one| page(&format!("{}.{}", one.name, name.text)));
            owned.or_else(|| page(&name.text))
        })
    } else {
        page(&name.text)
    };
    let span = holt_grammar::span::Span::from(name.range);
    let place = place.written.text.locate(span)?.span.range();
    Some((text?, place))
}

/// The page of a component or key.
fn of_configuration(document: &Document, offset: usize) -> Option<String> {
    let outline = outline(document, offset)?;
    let keys: Vec<&str> = outline.keys.iter().map(String::as_str).collect();
    if let ["service", "pipelines" | "extensions", ..] = keys.as_slice()
        && (outline.in_value || outline.is_item)
    {
        let section = outline.key.as_deref().or(keys.last().copied())?;
        let id = word(document, offset);
        return page(&format!("{section}/{id}")).or_else(|| page(&format!("connectors/{id}")));
    }
    if outline.in_value {
        return None;
    }
    let key = outline.key.as_deref().filter(|key| *key == word(document, offset))?;
    let path: Vec<&str> = keys.into_iter().chain([key]).collect();
    page(&path.join("."))
}

/// The id around a byte.
pub(super) fn word(document: &Document, offset: usize) -> &str {
    let text = document.text.as_str();
    let is_part = |char: char| char.is_alphanumeric() || "_-/.".contains(char);
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.rfind(|char| !is_part(char)).map_or(0, |at| {
        at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
    });
    let end = offset + after.find(|char| !is_part(char)).unwrap_or(after.len());
    text.get(start..end).unwrap_or_default()
}
