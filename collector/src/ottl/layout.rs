//! Formatting OTTL where it stands: a text of the configuration enters, edits of the source leave
//! that make its blanks canonical.
//!
//! Only blanks change that stand in the source as they are: no quotes, no escapes, no line breaks and
//! nothing around the text. Texts with placeholders stay as they are, for what they mean is not
//! known before they are replaced.

use holt_grammar::diag::{Applicability, Diagnostic, Fix, Severity};
use holt_grammar::layout::{Gap, Language, gaps};
use holt_grammar::parse::Locate;
use holt_grammar::source::{Location, SourceMap};
use holt_grammar::span::Span;
use holt_grammar::token::lex;

use super::places::Written;
use crate::config::expand::has_placeholder;
use crate::config::values::Text;
use crate::config::yaml::{Kind, Node, Style};

/// The code of what is not formatted.
pub const NOT_FORMATTED: &str = "T505";

/// What there is to say about the layout of a text.
#[derive(Clone, Debug)]
pub enum Layout {
    /// Nothing.
    Good,
    /// It can be better; the finding has the fix.
    Bad(Diagnostic),
    /// The text is no OTTL.
    Unreadable(Vec<Diagnostic>),
}

/// Looks at the layout of a text.
pub fn layout(written: &Written, sources: &SourceMap) -> Layout {
    let Written { text, language, .. } = written;
    let Some(place) = text.location().filter(|_| !is_variable(text, sources)) else {
        return Layout::Good;
    };
    let gaps = match gaps(*language, text) {
        Ok(gaps) => gaps,
        Err(errors) => {
            let at = Place { text, whole: place };
            let errors = errors.into_iter().map(|error| error.into_diagnostic(&at));
            return Layout::Unreadable(errors.collect());
        }
    };
    let edits: Vec<_> = gaps.into_iter().filter_map(|gap| edit(text, gap)).collect();
    if edits.is_empty() {
        return Layout::Good;
    }
    let what = match language {
        Language::Statement => "statement",
        Language::Condition => "condition",
        Language::Value => "expression",
    };
    let fix = Fix { message: "format it".to_owned(), edits, applicability: Applicability::Safe };
    let message = format!("the {what} is not formatted");
    let finding = Diagnostic::new(NOT_FORMATTED, Severity::Info, message).label(place, "");
    Layout::Bad(finding.fix(fix))
}

/// Whether a text has placeholders, or comes out of one.
pub fn is_variable(text: &Text, sources: &SourceMap) -> bool {
    let written = text.location().and_then(|place| {
        let source = sources.get(place.source)?;
        source.text.get(place.span.range())
    });
    written.is_none_or(has_placeholder)
}

/// Where a text stands.
struct Place<'t> {
    text: &'t Text,
    whole: Location,
}

impl Locate for Place<'_> {
    fn locate(&self, span: Span) -> Location {
        self.text.locate(span).unwrap_or(self.whole)
    }

    fn edit(&self, span: Span, text: &str) -> Option<(Location, String)> {
        self.text.edit(span, text)
    }
}

/// The edit of the source that changes a gap; `None` where it would change more than that.
fn edit(text: &Text, gap: Gap) -> Option<(Location, String)> {
    let style = text.style()?;
    let in_quotes = matches!(style, Style::SingleQuoted | Style::DoubleQuoted);
    // Blanks around an unquoted text are none of it, and those in a block decide its indentation.
    if gap.outside && !in_quotes {
        return None;
    }
    // A colon with a blank behind it makes a map of a text without quotes.
    if gap.behind_colon && !gap.blank.is_empty() && style == Style::Plain {
        return None;
    }
    text.edit(gap.span, gap.blank)
}

/// Whether two trees are equal but for blanks between the tokens of their texts.
pub fn same_but_blanks(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Scalar(one), Kind::Scalar(other)) => {
            one.value == other.value
                && (one.text == other.text || words(&one.text).eq(words(&other.text)))
        }
        (Kind::Sequence(one), Kind::Sequence(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len() && pairs.all(|(one, other)| same_but_blanks(one, other))
        }
        (Kind::Mapping(one), Kind::Mapping(other)) => {
            let mut pairs = one.entries.iter().zip(&other.entries);
            one.entries.len() == other.entries.len()
                && pairs.all(|((key, one), (other_key, other))| {
                    key == other_key && same_but_blanks(&one.value, &other.value)
                })
        }
        _ => false,
    }
}

/// The tokens of a text, as written.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let tokens = lex(text).into_iter().filter(|token| !token.kind.is_trivia());
    tokens.map(|token| token.span.slice(text))
}
