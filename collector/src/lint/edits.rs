//! Edits of YAML text that keep its layout, for fixes.

use holt_grammar::diag::{Applicability, Fix};
use holt_grammar::source::{Location, SourceMap};
use holt_grammar::span::Span;

use crate::config::model::Reference;
use crate::config::yaml::{Kind, Node};

/// Replaces the text of a place.
pub(super) fn replace(
    location: Location,
    text: impl Into<String>,
    message: impl Into<String>,
    applicability: Applicability,
) -> Fix {
    Fix { message: message.into(), edits: vec![(location, text.into())], applicability }
}

/// Adds an entry, on one line, at the start of a map. `None` where the map's layout is not one that
/// can be kept: it came out of a placeholder, for instance.
pub(super) fn add_entry(
    node: &Node,
    entry: &str,
    sources: &SourceMap,
    message: impl Into<String>,
    applicability: Applicability,
) -> Option<Fix> {
    let Kind::Mapping(mapping) = &node.kind else { return None };
    let edit = match mapping.entries.first() {
        Some((_, first)) => {
            let start = first.key.span.start;
            let line = line_before(first.key, sources)?;
            let at = Location { source: first.key.source, span: Span::at(start) };
            if line.trim().is_empty() {
                (at, format!("{entry}\n{line}"))
            } else {
                (at, format!("{entry}, "))
            }
        }
        None => {
            let text = sources.get(node.location.source)?.text.get(node.location.span.range())?;
            if text != "{}" {
                return None;
            }
            (node.location, format!("{{{entry}}}"))
        }
    };
    Some(Fix { message: message.into(), edits: vec![edit], applicability })
}

/// Adds an item behind the last one of a list of ids.
pub(super) fn add_item(
    list: &[Reference],
    item: &str,
    sources: &SourceMap,
    message: impl Into<String>,
    applicability: Applicability,
) -> Option<Fix> {
    let last = list.last()?.location?;
    let line = line_before(last, sources)?;
    let at = Location { source: last.source, span: Span::at(last.span.end) };
    // `- id` on a line of its own, or `[a, b]`.
    let text = match line.trim_end().strip_suffix('-') {
        Some(indentation) if indentation.trim().is_empty() => format!("\n{line}{item}"),
        _ => format!(", {item}"),
    };
    Some(Fix { message: message.into(), edits: vec![(at, text)], applicability })
}

/// What stands before a place in its line.
fn line_before(location: Location, sources: &SourceMap) -> Option<&str> {
    let text = &sources.get(location.source)?.text;
    text.get(..location.span.start as usize)?.rsplit('\n').next()
}
