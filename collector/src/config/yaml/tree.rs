//! The spanned YAML tree: what every later stage of the configuration reads.
//!
//! Text becomes nodes in [`super::parse`]; merging, expansion and decoding take nodes apart. Every
//! node knows the place it was written at and, for scalars, how its decoded characters lie in the
//! source.

use std::sync::{Arc, OnceLock};

use holt_grammar::source::{Location, SourceId};
use holt_grammar::span::Span;
use indexmap::IndexMap;

use super::scalar_map::{self, SegmentMap};

/// A value of the tree.
#[derive(Clone, Debug)]
pub struct Node {
    /// What the value is.
    pub kind: Kind,
    /// The text it was read from. For a whole-value placeholder this is the placeholder.
    pub location: Location,
    /// Where earlier sources gave the same key another value, oldest first.
    pub overridden: Vec<Location>,
    /// The text a `${...}` placeholder stood for, when the whole value was one. A string setting
    /// takes this text instead of the value that the text means as YAML.
    pub original: Option<Arc<Scalar>>,
    /// A default that stays switched off until the user names its key.
    pub dormant: bool,
    /// Never shown: printed as `[REDACTED]`.
    pub secret: bool,
}

/// The kinds of YAML values.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Nothing, `~` or `null`.
    Null,
    /// A single value.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// A map.
    Mapping(Mapping),
}

/// A map with its keys in the order they were written.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Entries by key text.
    pub entries: IndexMap<String, Entry>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The text of the key.
    pub key: Location,
    /// What the key is set to.
    pub value: Node,
    /// Whether this is a default that no source names.
    pub is_default: bool,
}

impl Entry {
    /// An entry that a source names.
    pub fn new(key: Location, value: Node) -> Self {
        Self { key, value, is_default: false }
    }
}

/// A single value: its text and what the YAML rules make of it.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The decoded text, without quotes, escapes and indentation.
    pub text: String,
    /// What the text means.
    pub value: ScalarValue,
    /// Where the characters of `text` come from.
    pub origin: Origin,
}

/// What a scalar's text means under the rules of the reference's YAML library.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScalarValue {
    /// `true` or `false`; `yes`, `on` and the like are text.
    Bool(bool),
    /// A whole number that fits 64 bits with sign.
    Integer(i64),
    /// A whole number beyond `i64::MAX`.
    Unsigned(u64),
    /// A number with a fraction or exponent, infinity or not-a-number.
    Float(f64),
    /// A date or a moment, written without quotes. Settings never take one.
    Timestamp,
    /// A length of time in nanoseconds. Never read from text; only made of typed settings, for
    /// which YAML and JSON have different forms.
    Duration(i64),
    /// Anything else.
    Text,
}

/// How a scalar or collection was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In `'...'`.
    SingleQuoted,
    /// In `"..."`.
    DoubleQuoted,
    /// A `|` block.
    Literal,
    /// A `>` block.
    Folded,
}

/// A text that YAML is read from: a source, or a scalar that holds YAML in its turn (the `config`
/// of a v1alpha1 manifest).
#[derive(Clone, Debug)]
pub struct YamlText {
    /// The text.
    pub text: Arc<str>,
    /// Where the text comes from.
    pub place: Place,
}

/// Where a [`YamlText`] comes from.
#[derive(Clone, Debug)]
pub enum Place {
    /// A source of its own.
    Source(SourceId),
    /// The decoded text of a scalar.
    Scalar(Arc<Origin>),
}

impl YamlText {
    /// The place of a range of this text.
    pub fn locate(&self, span: Span) -> Location {
        match &self.place {
            Place::Source(source) => Location { source: *source, span },
            Place::Scalar(origin) => origin.locate(span),
        }
    }
}

/// Where the characters of a decoded scalar come from.
#[derive(Clone, Debug)]
pub enum Origin {
    /// All of them from one place that has no finer structure.
    Whole(Location),
    /// From a scalar as written; the map is worked out when it is asked for.
    Written {
        /// The YAML around the scalar.
        text: Arc<YamlText>,
        /// The scalar with its quotes or block header.
        raw: Span,
        /// How it is written.
        style: Style,
        /// Its map, once it was asked for.
        map: Arc<OnceLock<SegmentMap>>,
    },
    /// From another scalar in which placeholders were replaced.
    Expanded {
        /// The scalar with its placeholders.
        base: Arc<Origin>,
        /// Expanded offsets to offsets of the text of `base`.
        map: Arc<SegmentMap>,
    },
}

impl Origin {
    /// The place of a range of the decoded text. Ranges that were replaced as a whole (escapes,
    /// placeholders) answer with the place of the whole replacement.
    pub fn locate(&self, span: Span) -> Location {
        match self {
            Self::Whole(location) => *location,
            Self::Written { text, .. } => match self.map() {
                Some(map) => text.locate(map.locate(span)),
                None => text.locate(span),
            },
            Self::Expanded { base, map } => base.locate(map.locate(span)),
        }
    }

    /// Whether a range of the decoded text stands in the source character for character, so that
    /// an edit of the one is an edit of the other.
    pub fn is_verbatim(&self, span: Span) -> bool {
        match self {
            Self::Whole(_) => false,
            Self::Written { text, .. } => self.map().is_some_and(|map| {
                map.is_verbatim(span)
                    && match &text.place {
                        Place::Source(_) => true,
                        Place::Scalar(outer) => outer.is_verbatim(map.locate(span)),
                    }
            }),
            Self::Expanded { base, map } => {
                map.is_verbatim(span) && base.is_verbatim(map.locate(span))
            }
        }
    }

    /// The place at which an edit changes exactly a range of the decoded text: one that stands in
    /// the source as it is, or a place between two characters that are neighbours there too.
    pub fn editable(&self, span: Span) -> Option<Location> {
        if matches!(self, Self::Whole(_)) {
            return None;
        }
        if !span.is_empty() {
            return self.is_verbatim(span).then(|| self.locate(span));
        }
        let at = self.locate(span);
        let is_joined = span.start == 0 || {
            let before = self.locate(Span::new(span.start - 1, span.start));
            before.source == at.source && before.span.end == at.span.start
        };
        is_joined.then_some(at)
    }

    /// The map of a scalar as written.
    fn map(&self) -> Option<&SegmentMap> {
        let Self::Written { text, raw, style, map } = self else { return None };
        let map = map.get_or_init(|| scalar_map::decode(text.text.as_ref(), *raw, *style).map);
        Some(map)
    }

    /// The style of the scalar that the characters were written in, if there is one.
    pub fn style(&self) -> Option<Style> {
        match self {
            Self::Whole(_) => None,
            Self::Written { style, .. } => Some(*style),
            Self::Expanded { base, .. } => base.style(),
        }
    }
}

impl Node {
    /// A node with a place and nothing else known about it.
    pub fn new(kind: Kind, location: Location) -> Self {
        Self {
            kind,
            location,
            overridden: Vec::new(),
            original: None,
            dormant: false,
            secret: false,
        }
    }

    /// An empty map at a place.
    pub fn empty_mapping(location: Location) -> Self {
        Self::new(Kind::Mapping(Mapping::default()), location)
    }

    /// Whether the value is nothing, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The entries, when this is a map.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match &self.kind {
            Kind::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The items, when this is a list.
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The scalar, when this is one.
    pub fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            Kind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The scalar, when a string setting would take this value.
    pub fn as_text(&self) -> Option<&Scalar> {
        match (&self.original, &self.kind) {
            (Some(original), _) => Some(original),
            (None, Kind::Scalar(scalar)) if scalar.value == ScalarValue::Text => Some(scalar),
            _ => None,
        }
    }

    /// The value under a key, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_mapping()?.entries.get(key).map(|entry| &entry.value)
    }

    /// The value at a path of keys; list items are named by their zero-based number.
    pub fn at<K: AsRef<str>>(&self, path: &[K]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| match &node.kind {
            Kind::Mapping(mapping) => mapping.entries.get(key.as_ref()).map(|entry| &entry.value),
            Kind::Sequence(items) => items.get(key.as_ref().parse::<usize>().ok()?),
            _ => None,
        })
    }

    /// The place of a key in a map, the value's own place otherwise.
    pub fn key_location(&self, key: &str) -> Location {
        self.as_mapping()
            .and_then(|mapping| mapping.entries.get(key))
            .map_or(self.location, |entry| entry.key)
    }

    /// What the value is, in the words of a message: `the number 5`, `a map`.
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Sequence(_) => "a list".to_owned(),
            Kind::Mapping(_) => "a map".to_owned(),
            Kind::Scalar(_) if self.secret => "a hidden value".to_owned(),
            Kind::Scalar(scalar) => match scalar.value {
                ScalarValue::Bool(value) => format!("the boolean `{value}`"),
                ScalarValue::Integer(_) | ScalarValue::Unsigned(_) | ScalarValue::Float(_) => {
                    format!("the number `{}`", scalar.text)
                }
                ScalarValue::Timestamp => format!("the date `{}`", scalar.text),
                ScalarValue::Duration(_) => format!("the duration `{}`", scalar.text),
                ScalarValue::Text => "a string".to_owned(),
            },
        }
    }

    /// The name the reference has for the type of this value.
    pub fn reference_type(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "nil",
            Kind::Sequence(_) => "[]interface {}",
            Kind::Mapping(_) => "map[string]interface {}",
            Kind::Scalar(scalar) => match scalar.value {
                ScalarValue::Bool(_) => "bool",
                ScalarValue::Integer(_) => "int",
                ScalarValue::Unsigned(_) => "uint64",
                ScalarValue::Float(_) => "float64",
                ScalarValue::Timestamp => "time.Time",
                ScalarValue::Duration(_) => "time.Duration",
                ScalarValue::Text => "string",
            },
        }
    }
}
