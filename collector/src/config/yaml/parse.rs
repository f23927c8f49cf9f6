//! From text to documents: the events of the YAML parser become nodes.
//!
//! Anchors and merge keys are resolved here. Syntax errors end a text; duplicate keys and the like
//! are collected.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use granit_parser::{Event, Parser, ScalarStyle, ScanError, Tag};
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_grammar::span::Span;

use super::resolve;
use super::tree::{Entry, Kind, Mapping, Node, Origin, Scalar, ScalarValue, Style, YamlText};
use crate::config::codes::NOT_YAML;

/// Nodes that aliases may add to a text before it is refused.
const MAX_ALIASED: usize = 100_000;
/// Deepest nesting after aliases are resolved.
const MAX_DEPTH: usize = 300;
/// The key that merges other maps into its own.
const MERGE: &str = "<<";

/// The documents of a text, in order. A text without any has none.
///
/// # Errors
/// The first syntax error, or all duplicate keys.
pub fn parse(text: &Arc<YamlText>) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let source = text.text.as_ref();
    let options = granit_parser::options! {
        emit_comments: false,
        block_scalar_eof_without_line_feed: true,
    };
    let mut builder = Builder {
        text,
        parser: Parser::new_from_str_with_options(source, options),
        anchors: HashMap::new(),
        aliased: 0,
        findings: Vec::new(),
    };
    let mut documents = Vec::new();
    match builder.documents(&mut documents) {
        Err(stop) => {
            builder.findings.push(*stop);
            Err(builder.findings)
        }
        Ok(()) if builder.findings.is_empty() => Ok(documents),
        Ok(()) => Err(builder.findings),
    }
}

/// An anchored node, or nothing while it is still being read.
type Anchor = Option<(Node, usize, usize)>;

struct Builder<'t> {
    text: &'t Arc<YamlText>,
    parser: Parser<'t, granit_parser::StrInput<'t>>,
    anchors: HashMap<usize, Anchor>,
    aliased: usize,
    findings: Vec<Diagnostic>,
}

/// What ends the reading of a text.
type Stop = Box<Diagnostic>;

/// An event with the bytes that it covers.
type Spanned<'t> = (Event<'t>, Span);

impl<'t> Builder<'t> {
    fn locate(&self, span: Span) -> Location {
        self.text.locate(span)
    }

    fn stop(&self, span: Span, message: impl Into<String>) -> Stop {
        Box::new(Diagnostic::error(NOT_YAML, message).label(self.locate(span), ""))
    }

    fn next(&mut self) -> Result<Spanned<'t>, Stop> {
        match self.parser.next() {
            None => Ok((Event::StreamEnd, Span::at(0))),
            Some(Ok((event, span))) => {
                Ok((event, span.byte_range().map_or(Span::at(0), Span::from)))
            }
            Some(Err(error)) => Err(self.syntax_error(&error)),
        }
    }

    fn syntax_error(&self, error: &ScanError) -> Stop {
        let text = self.text.text.as_ref();
        let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
        let rest = text.get(at..).unwrap_or_default();
        let width = rest.chars().next().filter(|char| !char.is_control()).map_or(0, char::len_utf8);
        let mut stop = self.stop(
            Span::from(at..at + width),
            format!("the text is not valid YAML: {}", error.kind()),
        );
        let line_start = text.get(..at).and_then(|head| head.rfind('\n')).map_or(0, |at| at + 1);
        let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        if line.get(..indent).is_some_and(|indent| indent.contains('\t')) {
            stop.notes.push("YAML does not allow tabs in indentation: use spaces".to_owned());
        }
        stop
    }

    fn documents(&mut self, documents: &mut Vec<Node>) -> Result<(), Stop> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentStart(..), _) => {
                    self.anchors.clear();
                    let first = self.next()?;
                    let (node, _, _) = self.node(first)?;
                    documents.push(node);
                }
                _ => {}
            }
        }
    }

    /// Reads the node that starts with an event; answers it with its size and depth.
    fn node(&mut self, (event, span): Spanned<'t>) -> Result<(Node, usize, usize), Stop> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = self.scalar(&text, style, tag.as_deref(), span)?;
                self.anchored(anchor, (node, 1, 1))
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open(anchor);
                let made = self.sequence(span)?;
                self.anchored(anchor, made)
            }
            Event::MappingStart(_, anchor, _) => {
                self.open(anchor);
                let made = self.mapping(span)?;
                self.anchored(anchor, made)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(Some((node, size, depth))) => {
                    self.aliased += size;
                    if self.aliased > MAX_ALIASED {
                        return Err(self.stop(span, "aliases make this text far too large"));
                    }
                    Ok((node.clone(), *size, *depth))
                }
                _ => {
                    let name = span.slice(&self.text.text).trim_start_matches('*');
                    let message = format!("the anchor `{name}` contains itself");
                    Err(self.stop(span, message))
                }
            },
            _ => Err(self.stop(span, "a value is missing")),
        }
    }

    fn open(&mut self, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, None);
        }
    }

    fn anchored(
        &mut self,
        anchor: usize,
        made: (Node, usize, usize),
    ) -> Result<(Node, usize, usize), Stop> {
        if made.2 > MAX_DEPTH {
            let message = "values are nested too deeply".to_owned();
            return Err(Box::new(Diagnostic::error(NOT_YAML, message).label(made.0.location, "")));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, Some(made.clone()));
        }
        Ok(made)
    }

    fn sequence(&mut self, start: Span) -> Result<(Node, usize, usize), Stop> {
        let (mut items, mut size, mut depth) = (Vec::new(), 1, 0);
        let end = loop {
            match self.next()? {
                (Event::SequenceEnd, span) => break span,
                event => {
                    let (item, item_size, item_depth) = self.node(event)?;
                    items.push(item);
                    size += item_size;
                    depth = depth.max(item_depth);
                }
            }
        };
        let location = self.collection(start, end, items.first().map(|item| item.location));
        Ok((Node::new(Kind::Sequence(items), location), size, depth + 1))
    }

    fn mapping(&mut self, start: Span) -> Result<(Node, usize, usize), Stop> {
        let mut mapping = Mapping::default();
        let mut merged: Vec<Node> = Vec::new();
        let (mut size, mut depth) = (1, 0);
        let end = loop {
            let key_event = match self.next()? {
                (Event::MappingEnd, span) => break span,
                event => event,
            };
            let merges = matches!(
                &key_event.0,
                Event::Scalar(text, ScalarStyle::Plain, _, None) if text == MERGE
            );
            let key_span = key_event.1;
            let (key, _, _) = self.node(key_event)?;
            let value_event = self.next()?;
            let (value, value_size, value_depth) = self.node(value_event)?;
            size += value_size + 1;
            depth = depth.max(value_depth);
            if merges {
                self.merge_values(value, &mut merged);
            } else if let Some(text) = self.key_text(&key) {
                let key = self.locate(key_span);
                match mapping.entries.get(&text) {
                    Some(first) => self.duplicate_key(&text, first.key, key),
                    None => {
                        mapping.entries.insert(text, Entry::new(key, value));
                    }
                }
            }
        };
        let location =
            self.collection(start, end, mapping.entries.first().map(|(_, entry)| entry.key));
        for node in merged {
            if let Kind::Mapping(more) = node.kind {
                for (key, entry) in more.entries {
                    mapping.entries.entry(key).or_insert(entry);
                }
            }
        }
        Ok((Node::new(Kind::Mapping(mapping), location), size, depth + 1))
    }

    /// The place of a collection: all of one in brackets, the beginning of one in lines.
    fn collection(&self, start: Span, end: Span, first: Option<Location>) -> Location {
        let whole = start.to(end);
        let in_brackets = whole.slice(&self.text.text).starts_with(['[', '{']);
        match first {
            Some(first) if !in_brackets => first,
            _ => self.locate(whole),
        }
    }

    /// The maps that a merge key names.
    fn merge_values(&mut self, value: Node, merged: &mut Vec<Node>) {
        match value.kind {
            Kind::Mapping(_) => merged.push(value),
            Kind::Sequence(items) if items.iter().all(|item| item.as_mapping().is_some()) => {
                merged.extend(items);
            }
            _ => self.findings.push(
                Diagnostic::error(
                    NOT_YAML,
                    format!("`<<` needs a map or a list of maps, found {}", value.describe()),
                )
                .label(value.location, "")
                .note("the Go collector says: map merge requires map or sequence of maps as the value"),
            ),
        }
    }

    /// The text of a key, as the reference writes keys that are no strings.
    fn key_text(&mut self, key: &Node) -> Option<String> {
        match &key.kind {
            Kind::Scalar(scalar) => Some(match scalar.value {
                ScalarValue::Bool(value) => value.to_string(),
                ScalarValue::Integer(value) => value.to_string(),
                ScalarValue::Unsigned(value) => value.to_string(),
                _ => scalar.text.clone(),
            }),
            Kind::Null => Some(String::new()),
            Kind::Sequence(_) | Kind::Mapping(_) => {
                self.findings.push(
                    Diagnostic::error(NOT_YAML, format!("a key cannot be {}", key.describe()))
                        .label(key.location, ""),
                );
                None
            }
        }
    }

    fn duplicate_key(&mut self, key: &str, first: Location, second: Location) {
        let Span { start, .. } = first.span;
        let text = self.text.text.as_ref();
        let line = text
            .get(..(start as usize).min(text.len()))
            .map_or(1, |head| head.matches('\n').count() + 1);
        self.findings.push(
            Diagnostic::error(NOT_YAML, format!("the key `{key}` is given twice"))
                .label(second, "again here")
                .label(first, "first here")
                .note("keep one of them, or put the keys below both under one")
                .note(format!(
                    "the Go collector says: mapping key {key:?} already defined at line {line}"
                )),
        );
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Node, Stop> {
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::SingleQuoted,
            ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
            ScalarStyle::Literal => Style::Literal,
            ScalarStyle::Folded => Style::Folded,
        };
        // A block reaches to the next token; its place ends with its last character.
        let shown = span.slice(&self.text.text).trim_end().len();
        let end = span.start + u32::try_from(shown).unwrap_or(span.len());
        let location = self.locate(Span::new(span.start, end));
        let is_known = |tag: &&Tag| tag.is_yaml_core_schema() || is_binary(tag);
        let tag = tag.filter(is_known).map(Tag::suffix);
        let meaning = match (tag, style) {
            (Some("str"), _) => Some(ScalarValue::Text),
            (Some("binary"), _) => Some(ScalarValue::Text),
            (Some(_), _) | (None, Style::Plain) => resolve::plain(text),
            (None, _) => Some(ScalarValue::Text),
        };
        let fits = match (tag, meaning) {
            (Some("null"), meaning) => meaning.is_none(),
            (Some("bool"), meaning) => matches!(meaning, Some(ScalarValue::Bool(_))),
            (Some("int"), meaning) => {
                matches!(meaning, Some(ScalarValue::Integer(_) | ScalarValue::Unsigned(_)))
            }
            (Some("float"), meaning) => matches!(
                meaning,
                Some(ScalarValue::Float(_) | ScalarValue::Integer(_) | ScalarValue::Unsigned(_))
            ),
            _ => true,
        };
        if !fits {
            let tag = tag.unwrap_or_default();
            let message = format!("`{text}` is no value of the type `!!{tag}`");
            return Err(self.stop(Span::new(span.start, end), message));
        }
        let Some(value) = meaning else { return Ok(Node::new(Kind::Null, location)) };
        let scalar = if tag == Some("binary") {
            let Some(text) = from_base64(text) else {
                let message = "`!!binary` stands before something that is no text in base64";
                return Err(self.stop(Span::new(span.start, end), message));
            };
            Scalar { text, value, origin: Origin::Whole(location) }
        } else {
            let source = Arc::clone(self.text);
            let origin = Origin::Written { text: source, raw: span, style, map: Arc::default() };
            Scalar { text: text.to_owned(), value, origin }
        };
        Ok(Node::new(Kind::Scalar(scalar), location))
    }
}

/// Whether a tag is that of YAML for bytes, which the core schema does not have.
fn is_binary(tag: &Tag) -> bool {
    tag.suffix_in_namespace("tag:yaml.org,2002:").is_some_and(|suffix| suffix == "binary")
}

/// The text that base64 stands for; lines may be broken anywhere.
fn from_base64(text: &str) -> Option<String> {
    let joined: String = text.chars().filter(|letter| !matches!(letter, '\n' | '\r')).collect();
    String::from_utf8(BASE64_STANDARD.decode(joined).ok()?).ok()
}
