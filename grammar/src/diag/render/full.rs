//! A finding with the lines it is about, in the manner of rustc: the place, labels, notes, and for
//! each fix the line as it would read.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Patch, Renderer, Snippet};

use super::printable;
use crate::diag::{Diagnostic, Fix, Label, Severity};
use crate::source::{Location, SourceId, SourceMap};

/// Whether to use the colours of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// Plain text.
    Never,
    /// ANSI escape sequences.
    Always,
}

/// Renders a finding on several lines, without a line break at the end. Labels whose source is not in
/// `sources` are left out.
pub fn full(diagnostic: &Diagnostic, sources: &SourceMap, color: Color) -> String {
    let level = match diagnostic.severity {
        Severity::Info => Level::INFO,
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let mut main =
        Group::with_title(level.primary_title(printable(&diagnostic.message)).id(diagnostic.code));
    for (source, labels) in by_source(&diagnostic.labels, |label| label.location.source) {
        let Some(text) = sources.get(source) else { continue };
        let annotations = labels.into_iter().map(|label| {
            let primary = diagnostic.labels.first().is_some_and(|first| std::ptr::eq(first, label));
            annotation(label, primary, &text.text)
        });
        main = main.element(
            Snippet::source(text.text.as_str())
                .path(printable(&text.name))
                .annotations(annotations),
        );
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(printable(note)));
    }
    let mut report = vec![main];
    report.extend(diagnostic.fixes.iter().map(|fix| suggestion(fix, sources)));
    let renderer = match color {
        Color::Never => Renderer::plain(),
        Color::Always => Renderer::styled(),
    };
    renderer.render(&report)
}

/// Marks the place of a label.
fn annotation<'a>(label: &'a Label, primary: bool, text: &str) -> Annotation<'a> {
    let kind = if primary { AnnotationKind::Primary } else { AnnotationKind::Context };
    let annotation = kind.span(fitting(label.location, text));
    if label.message.is_empty() { annotation } else { annotation.label(printable(&label.message)) }
}

/// Shows what the text would be with a fix.
fn suggestion<'a>(fix: &'a Fix, sources: &'a SourceMap) -> Group<'a> {
    let mut group = Group::with_title(Level::HELP.secondary_title(printable(&fix.message)));
    for (source, edits) in by_source(&fix.edits, |(location, _)| location.source) {
        let Some(text) = sources.get(source) else { continue };
        let patches = edits.into_iter().map(|(location, replacement)| {
            Patch::new(fitting(*location, &text.text), replacement.as_str())
        });
        group = group.element(
            Snippet::source(text.text.as_str()).path(printable(&text.name)).patches(patches),
        );
    }
    group
}

/// Items in groups of one source, both in the order of first appearance.
fn by_source<T>(items: &[T], source_of: impl Fn(&T) -> SourceId) -> Vec<(SourceId, Vec<&T>)> {
    let mut groups: Vec<(SourceId, Vec<&T>)> = Vec::new();
    for item in items {
        let source = source_of(item);
        match groups.iter_mut().find(|(known, _)| *known == source) {
            Some((_, group)) => group.push(item),
            None => groups.push((source, vec![item])),
        }
    }
    groups
}

/// The range of a location, cut to what the text has.
fn fitting(location: Location, text: &str) -> Range<usize> {
    let range = location.span.range();
    let start = text.floor_char_boundary(range.start);
    let end = text.ceil_char_boundary(range.end).max(start);
    start..end
}
