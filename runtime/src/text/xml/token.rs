//! Text to tokens, with everything checked that makes XML well-formed for the reference.
//!
//! quick-xml finds where tokens end; names, attributes, characters, references and the nesting of
//! tags are checked here, since the reference is stricter in some of this and more lenient in other.
//! Tokens borrow from the text where they can.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

pub use super::name::Name;
use super::name::{is_allowed, scan};
use super::{Fault, MAX_DEPTH};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token<'t> {
    /// The start of an element.
    Start {
        /// Its name.
        name: Name<'t>,
        /// Its attributes in order; names may stand more than once.
        attributes: Vec<RawAttribute<'t>>,
        /// Whether it ends at once: no [`Token::End`] follows.
        empty: bool,
    },
    /// The end of the element that was started last.
    End,
    /// Text, with its references replaced.
    Text(Cow<'t, str>),
    /// The text of a CDATA section.
    CData(Cow<'t, str>),
    /// A comment.
    Comment(&'t str),
    /// A processing instruction or the declaration.
    Instruction {
        /// The first word.
        target: &'t str,
        /// What follows it.
        data: &'t str,
    },
    /// A document type, without `<!` and `>`; comments in it are blanks.
    Directive(Cow<'t, str>),
}

/// An attribute as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawAttribute<'t> {
    /// Its name.
    pub name: Name<'t>,
    /// Its value, with references replaced.
    pub value: Cow<'t, str>,
}

/// What quick-xml found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Text,
    Reference,
    Start,
    Empty,
    End,
    CData,
    Comment,
    Instruction,
    Directive,
}

/// The tokens of a text.
pub struct Tokens<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    /// The length of the byte order mark, which the reader does not see.
    marked: usize,
    /// The bytes that were read.
    read: usize,
    /// A piece that was read and not used.
    held: Option<(Piece, usize, &'t str)>,
    /// The names of the open elements, as written.
    open: Vec<&'t str>,
    /// Where the last token ended.
    end: usize,
}

impl<'t> Tokens<'t> {
    /// The tokens of a text.
    pub fn new(text: &'t str) -> Self {
        // A byte order mark is text like any other.
        let marked = if text.starts_with(MARK) { MARK.len_utf8() } else { 0 };
        let mut reader = Reader::from_str(text.get(marked..).unwrap_or_default());
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self { text, reader, marked, read: marked, held: None, open: Vec::new(), end: marked }
    }

    /// The byte behind the last token.
    pub const fn position(&self) -> usize {
        self.end
    }

    /// How many elements are open.
    pub const fn depth(&self) -> usize {
        self.open.len()
    }

    /// The next piece as it is written, with its place.
    fn piece(&mut self) -> Result<Option<(Piece, usize, &'t str)>, Fault> {
        if let Some(held) = self.held.take() {
            return Ok(Some(held));
        }
        let start = self.read;
        let event = self.reader.read_event();
        let kind = match event {
            Ok(Event::Eof) => return Ok(None),
            Ok(Event::Text(_)) => Piece::Text,
            Ok(Event::GeneralRef(_)) => Piece::Reference,
            Ok(Event::Start(_)) => Piece::Start,
            Ok(Event::Empty(_)) => Piece::Empty,
            Ok(Event::End(_)) => Piece::End,
            Ok(Event::CData(_)) => Piece::CData,
            Ok(Event::Comment(_)) => Piece::Comment,
            Ok(Event::Decl(_) | Event::PI(_)) => Piece::Instruction,
            Ok(Event::DocType(_)) => Piece::Directive,
            Err(error) => return Err(Fault::new(start, error.to_string())),
        };
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.read = position.saturating_add(self.marked);
        let raw = self.text.get(start..self.read).unwrap_or_default();
        Ok(Some((kind, start, raw)))
    }

    /// The next token; `None` at the end.
    ///
    /// # Errors
    /// When the text is not well-formed. Nothing can be read after that.
    pub fn token(&mut self) -> Result<Option<Token<'t>>, Fault> {
        let Some((kind, start, raw)) = self.piece()? else {
            return match self.open.last() {
                None => Ok(None),
                Some(name) => Err(Fault::new(self.read, format!("<{name}> is not closed"))),
            };
        };
        let fault = |what: &str| Fault::new(start, what);
        self.end = start + raw.len();
        Ok(Some(match kind {
            Piece::Text | Piece::Reference => self.text_token(kind, start, raw)?,
            Piece::Start | Piece::Empty => {
                let empty = kind == Piece::Empty;
                let inside = raw.strip_prefix('<').unwrap_or(raw);
                let inside = inside.strip_suffix(if empty { "/>" } else { ">" }).unwrap_or(inside);
                let written = scan(inside).ok_or_else(|| fault("an element has no valid name"))?;
                let name = Name::split(written).ok_or_else(|| fault("a name has two colons"))?;
                let rest = inside.get(written.len()..).unwrap_or_default();
                let attributes = attributes(rest, start + 1 + written.len())?;
                if !empty {
                    if self.open.len() >= MAX_DEPTH {
                        return Err(fault("elements are nested too deeply"));
                    }
                    self.open.push(written);
                }
                Token::Start { name, attributes, empty }
            }
            Piece::End => {
                let name = raw.strip_prefix("</").and_then(|raw| raw.strip_suffix('>'));
                let name = name.unwrap_or_default().trim_end_matches(BLANKS);
                match self.open.pop() {
                    Some(open) if open == name => Token::End,
                    Some(open) => return Err(fault(&format!("<{open}> is closed by </{name}>"))),
                    None => return Err(fault(&format!("</{name}> closes nothing"))),
                }
            }
            Piece::CData => {
                let text = raw.strip_prefix("<![CDATA[").and_then(|raw| raw.strip_suffix("]]>"));
                let text = normalised(text.unwrap_or_default());
                Token::CData(allowed(text, start)?)
            }
            Piece::Comment => {
                let text = raw.strip_prefix("<!--").and_then(|raw| raw.strip_suffix("-->"));
                let text = text.ok_or_else(|| fault("a comment does not end"))?;
                if text.contains("--") || text.ends_with('-') {
                    return Err(fault("`--` stands in a comment"));
                }
                Token::Comment(text)
            }
            Piece::Instruction => {
                let inside = raw.strip_prefix("<?").and_then(|raw| raw.strip_suffix("?>"));
                let inside = inside.unwrap_or_default();
                let target = scan(inside).ok_or_else(|| fault("an instruction has no name"))?;
                let data = inside.get(target.len()..).unwrap_or_default();
                let data = data.trim_start_matches(BLANKS);
                let version = pseudo_attribute(data, "version").unwrap_or_default();
                if target == "xml" && !matches!(version, "" | "1.0") {
                    return Err(fault("only version 1.0 can be read"));
                }
                Token::Instruction { target, data }
            }
            Piece::Directive => {
                let inside = raw.strip_prefix("<!").and_then(|raw| raw.strip_suffix('>'));
                Token::Directive(without_comments(inside.unwrap_or_default()))
            }
        }))
    }

    /// Text and references up to the next markup.
    fn text_token(&mut self, kind: Piece, start: usize, raw: &'t str) -> Result<Token<'t>, Fault> {
        let mut text = Cow::Borrowed("");
        let mut next = Some((kind, start, raw));
        while let Some((kind, start, raw)) = next {
            let part = match kind {
                Piece::Text if raw.contains("]]>") => {
                    return Err(Fault::new(start, "`]]>` stands outside of a CDATA section"));
                }
                Piece::Text => normalised(raw),
                Piece::Reference => Cow::Owned(referred(raw, start)?.to_string()),
                _ => {
                    self.held = next;
                    break;
                }
            };
            self.end = start + raw.len();
            if text.is_empty() {
                text = part;
            } else {
                text.to_mut().push_str(&part);
            }
            next = self.piece()?;
        }
        Ok(Token::Text(allowed(text, start)?))
    }
}

/// The byte order mark.
const MARK: char = '\u{feff}';

/// What XML takes for a blank.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// The attributes of a start tag; `text` is what follows the name.
fn attributes(text: &str, offset: usize) -> Result<Vec<RawAttribute<'_>>, Fault> {
    let mut attributes = Vec::new();
    let mut rest = text.trim_start_matches(BLANKS);
    while !rest.is_empty() {
        let fault = |what: &str| Fault::new(offset + text.len() - rest.len(), what);
        let written = scan(rest).ok_or_else(|| fault("an attribute has no valid name"))?;
        let name = Name::split(written).ok_or_else(|| fault("a name has two colons"))?;
        let behind = rest.get(written.len()..).unwrap_or_default().trim_start_matches(BLANKS);
        let value = behind.strip_prefix('=').ok_or_else(|| fault("an attribute has no value"))?;
        let value = value.trim_start_matches(BLANKS);
        let quote = value.chars().next().filter(|char| matches!(char, '"' | '\''));
        let quote = quote.ok_or_else(|| fault("the value of an attribute is not quoted"))?;
        let value = value.get(1..).unwrap_or_default();
        let (value, behind) = value
            .split_once(quote)
            .ok_or_else(|| fault("the value of an attribute does not end"))?;
        let place = offset + text.len() - behind.len() - 1 - value.len();
        let value = allowed(replaced(value, place)?, place)?;
        attributes.push(RawAttribute { name, value });
        rest = behind.trim_start_matches(BLANKS);
    }
    Ok(attributes)
}

/// The value of an attribute, with references replaced.
fn replaced(value: &str, offset: usize) -> Result<Cow<'_, str>, Fault> {
    if let Some(at) = value.find('<') {
        return Err(Fault::new(offset + at, "`<` stands in the value of an attribute"));
    }
    if !value.contains('&') {
        return Ok(normalised(value));
    }
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((text, behind)) = rest.split_once('&') {
        out.push_str(&normalised(text));
        let place = offset + value.len() - behind.len() - 1;
        let end = behind.find(';').ok_or_else(|| Fault::new(place, "a reference does not end"))?;
        let reference = rest.get(text.len()..text.len() + end + 2).unwrap_or_default();
        out.push(referred(reference, place)?);
        rest = behind.get(end + 1..).unwrap_or_default();
    }
    out.push_str(&normalised(rest));
    Ok(Cow::Owned(out))
}

/// What a reference, from `&` to `;`, stands for.
fn referred(reference: &str, offset: usize) -> Result<char, Fault> {
    let name = reference.trim_start_matches('&').trim_end_matches(';');
    let number = match name.strip_prefix('#').map(|digits| (digits.strip_prefix('x'), digits)) {
        None => None,
        Some((Some(digits), _)) => Some((digits, 16)),
        Some((None, digits)) => Some((digits, 10)),
    };
    let found = match (number, name) {
        (Some((digits, radix)), _) => u64::from_str_radix(digits, radix)
            .ok()
            .filter(|code| *code <= 0x10_ffff && !digits.starts_with('+'))
            // Halves of surrogate pairs are no characters.
            .map(|code| u32::try_from(code).ok().and_then(char::from_u32).unwrap_or('\u{fffd}')),
        (None, "lt") => Some('<'),
        (None, "gt") => Some('>'),
        (None, "amp") => Some('&'),
        (None, "apos") => Some('\''),
        (None, "quot") => Some('"'),
        (None, _) => None,
    };
    found.ok_or_else(|| Fault::new(offset, format!("{reference} is not known")))
}

/// Text whose line breaks are line feeds.
fn normalised(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text, if it has only characters that XML allows.
fn allowed(text: Cow<'_, str>, offset: usize) -> Result<Cow<'_, str>, Fault> {
    match text.chars().find(|char| !is_allowed(*char)) {
        Some(char) => {
            let code = u32::from(char);
            Err(Fault::new(offset, format!("the character U+{code:04X} is not allowed")))
        }
        None => Ok(text),
    }
}

/// A directive whose comments are blanks.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("<!--") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote = None;
    while let Some(char) = rest.chars().next() {
        let comment = rest.strip_prefix("<!--").filter(|_| quote.is_none());
        if let Some((_, behind)) = comment.and_then(|comment| comment.split_once("-->")) {
            out.push(' ');
            rest = behind;
            continue;
        }
        match quote {
            Some(open) if open == char => quote = None,
            None if matches!(char, '"' | '\'') => quote = Some(char),
            _ => {}
        }
        out.push(char);
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(out)
}

/// The quoted value behind `name=` in a declaration.
pub(super) fn pseudo_attribute<'t>(declaration: &'t str, name: &str) -> Option<&'t str> {
    let parts = declaration.match_indices(name);
    let mut values = parts.filter_map(|(at, _)| {
        let value = declaration.get(at + name.len()..)?.strip_prefix('=')?;
        let quote = value.chars().next().filter(|char| matches!(char, '"' | '\''))?;
        Some(value.get(1..)?.split_once(quote).map(|(value, _)| value))
    });
    values.next()?
}
