//! From the decoded text of a scalar back to the characters it was written with.
//!
//! A scalar as written enters with its style; its text and a [`SegmentMap`] leave. The parser
//! decodes scalars too and its text is the one that counts; the property tests hold the two
//! together.

use holt_grammar::span::Span;

use super::tree::Style;

/// A stretch of decoded text and what stands for it in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The range of the decoded text.
    pub decoded: Span,
    /// The range of the source.
    pub source: Span,
    /// Whether the two are equal byte by byte.
    pub verbatim: bool,
}

/// Segments in order, without gaps in the decoded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegmentMap {
    segments: Vec<Segment>,
}

/// A scalar's text with its map.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// Where its characters come from.
    pub map: SegmentMap,
}

impl SegmentMap {
    /// The segments.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The source of a range of the decoded text; what was replaced as a whole counts whole.
    pub fn locate(&self, span: Span) -> Span {
        let last = self.segments.last().map_or(0, |segment| segment.source.end);
        let start = match self.containing(span.start) {
            None => last,
            Some(segment) if segment.verbatim => {
                segment.source.start + (span.start - segment.decoded.start)
            }
            Some(segment) => segment.source.start,
        };
        if span.is_empty() {
            return Span::at(start);
        }
        let end = match self.containing(span.end - 1) {
            None => last,
            Some(segment) if segment.verbatim => {
                segment.source.start + (span.end - segment.decoded.start)
            }
            Some(segment) => segment.source.end,
        };
        Span::new(start, end.max(start))
    }

    /// Whether a range of the decoded text is one range of equal text in the source.
    pub fn is_verbatim(&self, span: Span) -> bool {
        let last = span.end.saturating_sub(1).max(span.start);
        match (self.containing(span.start), self.containing(last)) {
            (Some(first), Some(last)) => first.verbatim && first == last,
            _ => false,
        }
    }

    /// The segment that holds a decoded offset.
    fn containing(&self, offset: u32) -> Option<&Segment> {
        let at = self.segments.partition_point(|segment| segment.decoded.end <= offset);
        self.segments.get(at)
    }
}

impl Decoded {
    /// The length so far.
    fn end(&self) -> u32 {
        offset(self.text.len())
    }

    /// Appends text that stands in the source as it is.
    pub(in crate::config) fn verbatim(&mut self, text: &str, at: usize) {
        if text.is_empty() {
            return;
        }
        let start = self.end();
        self.text.push_str(text);
        let decoded = Span::new(start, self.end());
        let source = Span::from(at..at + text.len());
        if let Some(last) = self.map.segments.last_mut()
            && last.verbatim
            && last.source.end == source.start
        {
            last.decoded.end = decoded.end;
            last.source.end = source.end;
            return;
        }
        self.map.segments.push(Segment { decoded, source, verbatim: true });
    }

    /// Appends text that a range of the source stands for as a whole.
    pub(in crate::config) fn replaced(&mut self, text: &str, source: std::ops::Range<usize>) {
        if text.is_empty() {
            return;
        }
        let start = self.end();
        self.text.push_str(text);
        let decoded = Span::new(start, self.end());
        self.map.segments.push(Segment { decoded, source: source.into(), verbatim: false });
    }
}

/// An offset as spans have it.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Decodes the scalar at `raw` of `text`. Quoted scalars are given with their quotes, blocks from
/// the first character of their content.
pub(in crate::config) fn decode(text: &str, raw: Span, style: Style) -> Decoded {
    let mut cursor = Cursor { text, at: raw.start as usize, end: raw.end as usize };
    match style {
        Style::Literal | Style::Folded => block(cursor, style == Style::Folded),
        Style::Plain => flow(cursor, style),
        Style::SingleQuoted | Style::DoubleQuoted => {
            cursor.at += 1;
            cursor.end = cursor.end.saturating_sub(1);
            flow(cursor, style)
        }
    }
}

/// A place in a text and where to stop.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// Steps over the characters that `wanted` accepts and returns them.
    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|char| !wanted(char)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// Steps over a line break and returns its length, 0 when there is none.
    fn take_break(&mut self) -> usize {
        let length = match self.rest().as_bytes() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        };
        self.at += length;
        length
    }
}

fn is_blank(char: char) -> bool {
    char == ' ' || char == '\t'
}

fn is_break(char: char) -> bool {
    char == '\n' || char == '\r'
}

/// Decodes a plain or quoted scalar, whose lines are folded.
fn flow(mut cursor: Cursor<'_>, style: Style) -> Decoded {
    let mut decoded = Decoded::default();
    while !cursor.rest().is_empty() {
        let at = cursor.at;
        let words = cursor.take_while(|char| match (style, char) {
            (Style::SingleQuoted, '\'') | (Style::DoubleQuoted, '\\') => false,
            (_, char) => !is_blank(char) && !is_break(char),
        });
        decoded.verbatim(words, at);
        let at = cursor.at;
        let blanks = cursor.take_while(is_blank);
        match cursor.rest().chars().next() {
            Some(char) if is_break(char) => {
                let breaks = line_breaks(&mut cursor);
                fold(&mut decoded, breaks, at..cursor.at);
            }
            None if style == Style::Plain => {}
            None => decoded.verbatim(blanks, at),
            Some('\'') if style == Style::SingleQuoted => {
                decoded.verbatim(blanks, at);
                let at = cursor.at;
                cursor.at += "''".len();
                decoded.replaced("'", at..cursor.at);
            }
            Some('\\') if style == Style::DoubleQuoted => {
                decoded.verbatim(blanks, at);
                escape(&mut cursor, &mut decoded);
            }
            Some(_) => decoded.verbatim(blanks, at),
        }
    }
    decoded
}

/// Steps over line breaks and the blanks around them; answers how many breaks there were.
fn line_breaks(cursor: &mut Cursor<'_>) -> usize {
    let mut breaks = 0;
    while cursor.take_break() > 0 {
        breaks += 1;
        cursor.take_while(is_blank);
    }
    breaks
}

/// Appends what folded line breaks mean: one is a space, n are n - 1 line feeds.
fn fold(decoded: &mut Decoded, breaks: usize, source: std::ops::Range<usize>) {
    match breaks {
        0 => {}
        1 => decoded.replaced(" ", source),
        _ => decoded.replaced(&"\n".repeat(breaks - 1), source),
    }
}

/// Decodes an escape of a double-quoted scalar.
fn escape(cursor: &mut Cursor<'_>, decoded: &mut Decoded) {
    let at = cursor.at;
    cursor.at += 1;
    let Some(kind) = cursor.rest().chars().next() else { return };
    if is_break(kind) {
        // An escaped line break joins the lines; blank lines after it stay.
        cursor.take_break();
        cursor.take_while(is_blank);
        let blank_lines = cursor.at;
        let blanks = line_breaks(cursor);
        decoded.replaced(&"\n".repeat(blanks), blank_lines..cursor.at);
        return;
    }
    cursor.at += kind.len_utf8();
    let digits = match kind {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => 0,
    };
    let char = if digits > 0 { hexadecimal(cursor, digits) } else { named_escape(kind) };
    let mut buffer = [0; 4];
    decoded.replaced(char.encode_utf8(&mut buffer), at..cursor.at);
}

/// What a one-letter escape stands for.
fn named_escape(kind: char) -> char {
    match kind {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{b}',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        'N' => '\u{85}',
        '_' => '\u{a0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        other => other,
    }
}

/// Reads an escape of hexadecimal digits; two that form a surrogate pair are one character.
fn hexadecimal(cursor: &mut Cursor<'_>, digits: usize) -> char {
    let number = |cursor: &mut Cursor<'_>, digits: usize| {
        let value = cursor.rest().get(..digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        cursor.at += digits.min(cursor.rest().len());
        value.unwrap_or_default()
    };
    let mut value = number(cursor, digits);
    if (0xd800..0xdc00).contains(&value) && cursor.rest().starts_with("\\u") {
        cursor.at += "\\u".len();
        let low = number(cursor, 4);
        value = 0x1_0000 + ((value - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
    }
    char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Decodes a block scalar from the first character of its content. Line feeds at its end may be
/// more than the chomping of its header leaves.
fn block(mut cursor: Cursor<'_>, folded: bool) -> Decoded {
    let mut decoded = Decoded::default();
    let before = cursor.text.get(..cursor.at).unwrap_or_default();
    let line_start = before.rfind(is_break).map_or(0, |at| at + 1);
    let indent = cursor.at - line_start;
    leading_blank_lines(before, line_start, &mut decoded);
    // Breaks since the last content line, each with its place.
    let mut breaks: Vec<std::ops::Range<usize>> = Vec::new();
    let mut more_indented_before = false;
    while !cursor.rest().is_empty() {
        let more_indented = cursor.rest().starts_with(is_blank);
        if folded && !breaks.is_empty() && !more_indented_before && !more_indented {
            let source = breaks.first().map_or(cursor.at, |first| first.start)..cursor.at;
            fold(&mut decoded, breaks.len(), source);
        } else {
            for source in &breaks {
                line_feed(&mut decoded, cursor.text, source.clone());
            }
        }
        breaks.clear();
        more_indented_before = more_indented;
        let at = cursor.at;
        let line = cursor.take_while(|char| !is_break(char));
        decoded.verbatim(line, at);
        loop {
            let at = cursor.at;
            if cursor.take_break() == 0 {
                break;
            }
            breaks.push(at..cursor.at);
            let spaces = cursor.rest().bytes().take(indent).take_while(|byte| *byte == b' ');
            let spaces = spaces.count();
            cursor.at += spaces;
            if spaces < indent && !cursor.rest().starts_with(is_break) {
                // Less indented: the text after the block.
                cursor.end = cursor.at;
            }
        }
    }
    for source in breaks {
        line_feed(&mut decoded, cursor.text, source);
    }
    decoded
}

/// Appends the line feed of a line break.
fn line_feed(decoded: &mut Decoded, text: &str, source: std::ops::Range<usize>) {
    match text.get(source.clone()) {
        Some("\n") => decoded.verbatim("\n", source.start),
        _ => decoded.replaced("\n", source),
    }
}

/// Appends the blank lines between the header of a block and its first content line.
fn leading_blank_lines(before: &str, line_start: usize, decoded: &mut Decoded) {
    let mut breaks = Vec::new();
    let mut end = line_start;
    while let Some(head) = before.get(..end) {
        let stripped = head
            .strip_suffix("\r\n")
            .or_else(|| head.strip_suffix('\n'))
            .or_else(|| head.strip_suffix('\r'));
        let Some(stripped) = stripped else { break };
        let start = stripped.rfind(is_break).map_or(0, |at| at + 1);
        if !stripped.get(start..).unwrap_or_default().chars().all(|char| char == ' ') {
            break;
        }
        breaks.push(stripped.len()..head.len());
        end = start;
    }
    for source in breaks.into_iter().rev() {
        decoded.replaced("\n", source);
    }
}
