//! Text of another language inside the configuration: OTTL statements and conditions.

use std::fmt;
use std::ops::Deref;

use holt_grammar::diag::{Diagnostic, Fix};
use holt_grammar::source::{Location, SourceId};
use holt_grammar::span::Span;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::config::de::{PLACED, take_handoff};
use crate::config::yaml::{Node, Origin, Style};

/// A string that knows where each of its characters stands in the configuration.
#[derive(Clone, Debug)]
pub struct Text {
    text: String,
    origin: Option<Origin>,
    location: Option<Location>,
}

impl Text {
    /// Text that stands in no source.
    pub fn unplaced(text: impl Into<String>) -> Self {
        Self { text: text.into(), origin: None, location: None }
    }

    /// The string that a node is, if it is one.
    pub fn of_node(node: &Node) -> Option<Self> {
        let scalar = node.as_text()?;
        Some(Self {
            text: scalar.text.clone(),
            origin: Some(scalar.origin.clone()),
            location: Some(node.location),
        })
    }

    /// How the scalar is written that the text comes from.
    pub fn style(&self) -> Option<Style> {
        self.origin.as_ref()?.style()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The place of the whole value, with its quotes.
    pub fn location(&self) -> Option<Location> {
        self.location
    }

    /// The place of a range of the text. A range that touches an escape or a replaced placeholder
    /// answers with the place of all of that.
    pub fn locate(&self, span: Span) -> Option<Location> {
        match &self.origin {
            Some(origin) => Some(origin.locate(span)),
            None => self.location,
        }
    }

    /// The edit of the configuration that puts another text in place of a range of this one; `None`
    /// where that takes more than a local edit.
    pub fn edit(&self, span: Span, text: &str) -> Option<(Location, String)> {
        let origin = self.origin.as_ref()?;
        let place = origin.editable(span)?;
        Some((place, escape(text, origin.style()?)?))
    }

    /// Moves a finding about this text, made with the text as source `from`, to the places in the
    /// configuration. Fixes that cannot be written into the configuration are dropped.
    #[must_use]
    pub fn relocate(&self, mut finding: Diagnostic, from: SourceId) -> Diagnostic {
        for label in &mut finding.labels {
            if label.location.source == from
                && let Some(location) = self.locate(label.location.span)
            {
                label.location = location;
            }
        }
        finding.fixes =
            finding.fixes.into_iter().filter_map(|fix| self.relocate_fix(fix, from)).collect();
        finding
    }

    fn relocate_fix(&self, fix: Fix, from: SourceId) -> Option<Fix> {
        let edits = fix
            .edits
            .into_iter()
            .map(|(location, text)| {
                if location.source != from {
                    return Some((location, text));
                }
                self.edit(location.span, &text)
            })
            .collect::<Option<Vec<_>>>()?;
        Some(Fix { edits, ..fix })
    }
}

/// How a text is written inside a scalar of a style; `None` when that needs more than a local edit.
fn escape(text: &str, style: Style) -> Option<String> {
    let text = text.replace('$', "$$");
    match style {
        _ if text.contains('\n') => None,
        Style::DoubleQuoted => Some(text.replace('\\', "\\\\").replace('"', "\\\"")),
        Style::SingleQuoted => Some(text.replace('\'', "''")),
        Style::Literal | Style::Folded => Some(text),
        Style::Plain => {
            let breaks = text.contains(": ") || text.contains(" #") || text.ends_with(':');
            (!breaks).then_some(text)
        }
    }
}

impl PartialEq for Text {
    /// Places do not count.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Text {}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(PLACED, TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a string")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Text, D::Error> {
        let handoff = take_handoff()?;
        Ok(Text {
            text: String::deserialize(inner)?,
            origin: handoff.origin,
            location: Some(handoff.location),
        })
    }
}

/// A [`Text`] of one language.
macro_rules! language {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Text);

        impl Deref for $name {
            type Target = Text;

            fn deref(&self) -> &Text {
                &self.0
            }
        }
    };
}

language! {
    /// An OTTL statement.
    Statement
}

language! {
    /// An OTTL condition.
    Condition
}
