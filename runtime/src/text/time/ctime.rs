//! The directives that statements write times with: `%Y-%m-%d`.
//!
//! Writing replaces each by a part of a Go layout. Reading is more generous: numbers need no leading
//! zeros, may have blanks before them, and offsets come in several forms; the forms are tried from
//! left to right, going on to the next where the text does not fit.

use super::format::push_time;
use super::locale::Locale;
use super::parse::{Mismatch, parse_time};
use super::zone::Zone;
use crate::value::Time;

/// The directives and the parts of a layout that they are written with.
const DIRECTIVES: [(char, &str); 39] = [
    ('Y', "2006"),
    ('y', "06"),
    ('m', "01"),
    ('o', "_1"),
    ('q', "1"),
    ('b', "Jan"),
    ('h', "Jan"),
    ('B', "January"),
    ('d', "02"),
    ('e', "_2"),
    ('g', "2"),
    ('a', "Mon"),
    ('A', "Monday"),
    ('H', "15"),
    ('l', "3"),
    ('I', "03"),
    ('p', "PM"),
    ('P', "pm"),
    ('M', "04"),
    ('S', "05"),
    ('L', "999"),
    ('f', "999999"),
    ('s', "999999999"),
    ('Z', "MST"),
    ('z', "Z0700"),
    ('w', "-070000"),
    ('i', "-07"),
    ('j', "-07:00"),
    ('k', "-07:00:00"),
    ('D', "01/02/2006"),
    ('x', "01/02/2006"),
    ('F', "2006-01-02"),
    ('T', "15:04:05"),
    ('X', "15:04:05"),
    ('r', "03:04:05 pm"),
    ('R', "15:04"),
    ('n', "\n"),
    ('t', "\t"),
    ('c', "Mon Jan 02 15:04:05 2006"),
];

/// The forms in which a directive is read, where they differ from how it is written.
fn readings(directive: char) -> Option<&'static [&'static [&'static str]]> {
    Some(match directive {
        'm' | 'o' | 'q' => &[&["1"]],
        'd' | 'e' | 'g' => &[&["2"]],
        'I' => &[&["3"]],
        'M' => &[&["4"]],
        'S' => &[&["5"]],
        'D' | 'x' => &[&["1", "/", "2", "/", "2006"], &["1", "/", "2", "/", "06"]],
        'F' => &[&["2006", "-", "1", "-", "2"]],
        'T' | 'X' => &[&["15", ":", "4", ":", "5"]],
        'r' => &[&["3", ":", "4", ":", "5", " ", "pm"]],
        'R' => &[&["15", ":", "4"]],
        'c' => &[&["Mon", " ", "Jan", " ", "2", " ", "15", ":", "4", ":", "5", " ", "2006"]],
        'z' => &[&["Z0700"], &["Z07:00"], &["Z07"]],
        _ => return None,
    })
}

fn written(directive: char) -> Option<&'static str> {
    match directive {
        '%' => Some("%"),
        _ => DIRECTIVES.iter().find(|(known, _)| *known == directive).map(|(_, part)| *part),
    }
}

/// A format: plain text and directives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Format {
    parts: Vec<Part>,
    /// The Go layout to write with.
    layout: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Directive(char),
}

/// At most so many directives: reading tries combinations of their forms.
const MAX_DIRECTIVES: usize = 64;

/// At most so many tries to read one text.
const MAX_TRIES: usize = 512;

impl Format {
    /// Reads a format.
    ///
    /// # Errors
    /// What is wrong with it: a directive that does not exist, a digit, a fraction of a second
    /// without a separator before it.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err("has digits in its format; use directives".to_owned());
        }
        let mut parts = Vec::new();
        let mut layout = String::new();
        let mut plain = String::new();
        let mut letters = text.chars().peekable();
        let mut before = None;
        while let Some(letter) = letters.next() {
            // A percent sign at the end, or before the end of a line, is plain text.
            let directive = (letter == '%').then(|| letters.peek().copied()).flatten();
            let Some(directive) = directive.filter(|next| *next != '\n') else {
                plain.push(letter);
                layout.push(letter);
                before = Some(letter);
                continue;
            };
            letters.next();
            let Some(part) = written(directive) else {
                return Err(format!("has no directive `%{directive}`"));
            };
            let is_fraction = matches!(directive, 'L' | 'f' | 's');
            if is_fraction && before.is_some_and(|before| !matches!(before, '.' | ',')) {
                return Err(format!("needs a point or a comma before `%{directive}`"));
            }
            layout.push_str(part);
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Directive(directive));
            before = Some(directive);
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        if parts.len() > MAX_DIRECTIVES {
            return Err("is too long".to_owned());
        }
        Ok(Self { parts, layout })
    }

    /// Writes a time.
    pub fn write(&self, out: &mut String, time: Time) {
        push_time(out, time, &self.layout);
    }

    /// Reads a time; one without zone or offset is of `zone`. Names are those of the locale, English
    /// without one.
    ///
    /// # Errors
    /// Where the text does not fit.
    pub fn read(&self, text: &str, zone: Zone, locale: Option<&Locale>) -> Result<Time, Mismatch> {
        let mut reader = Reader { text, zone, locale, tries: 0 };
        reader.read("", &self.parts)
    }
}

struct Reader<'t> {
    text: &'t str,
    zone: Zone,
    locale: Option<&'t Locale>,
    tries: usize,
}

impl Reader<'_> {
    fn read(&mut self, layout: &str, parts: &[Part]) -> Result<Time, Mismatch> {
        let Some((part, rest)) = parts.split_first() else {
            self.tries += 1;
            return match self.locale {
                Some(locale) => parse(layout, &locale.translate(layout, self.text)?, self.zone),
                None => parse(layout, self.text, self.zone),
            };
        };
        let directive = match part {
            Part::Text(text) => return self.read(&[layout, text].concat(), rest),
            Part::Directive(directive) => *directive,
        };
        let single = [written(directive).unwrap_or_default()];
        let plain = [&single[..]];
        let readings = readings(directive).unwrap_or(&plain);
        let mut result = Err(Mismatch { part: String::new(), text: String::new(), why: "" });
        for elements in readings {
            let (outcome, at_own) = self.with_blanks(layout, elements, rest, directive);
            result = outcome;
            if !at_own {
                break;
            }
        }
        result
    }

    /// Tries a form; where a number or an offset meets blanks, once more with these before it. The
    /// second answer says whether the fault is one of this form.
    fn with_blanks(
        &mut self,
        layout: &str,
        elements: &[&str],
        rest: &[Part],
        directive: char,
    ) -> (Result<Time, Mismatch>, bool) {
        let mut elements: Vec<String> = elements.iter().map(|part| (*part).to_owned()).collect();
        loop {
            let joined = [layout, &elements.concat()].concat();
            let mut outcome = self.read(&joined, rest);
            let Err(mismatch) = &mut outcome else { return (outcome, false) };
            let own = elements.iter().position(|part| !part.is_empty() && *part == mismatch.part);
            let Some(own) = own.filter(|_| self.tries < MAX_TRIES) else { return (outcome, false) };
            mismatch.part = format!("%{directive}");
            let numeric = elements.get(own).is_some_and(|part| {
                part.starts_with(|first: char| first.is_ascii_digit() || first == 'Z')
            });
            let blanks: String = mismatch
                .text
                .chars()
                .take_while(|letter| matches!(letter, ' ' | '\t' | '\n' | '\r' | '\u{c}'))
                .collect();
            if !numeric || blanks.is_empty() {
                return (outcome, true);
            }
            elements.insert(own, blanks);
        }
    }
}

/// Reads by a layout; an abbreviation without an offset may be a zone of the database.
fn parse(layout: &str, text: &str, zone: Zone) -> Result<Time, Mismatch> {
    let time = parse_time(layout, text, zone)?;
    let (offset, name) = time.zone().at(time.seconds());
    let (_, own) = zone.at(time.seconds());
    if offset != 0 || name == "UTC" || name == own {
        return Ok(time);
    }
    let unknown =
        || Mismatch { part: String::new(), text: name.clone(), why: "there is no such time zone" };
    let found = if name.is_empty() { Some(Zone::UTC) } else { Zone::database(&name) };
    let found = found.ok_or_else(unknown)?;
    Ok(parse_time(layout, text, found).unwrap_or(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_checked() {
        assert!(Format::new("%Y-%m-%d").is_ok());
        assert!(Format::new("%Q").is_err());
        assert!(Format::new("%Y 1").is_err());
        assert!(Format::new("%S%L").is_err());
        assert!(Format::new("%S.%L").is_ok());
        assert!(Format::new("100%").is_err());
        assert!(Format::new("x%").is_ok());
    }

    #[test]
    fn reading_is_generous() {
        let read = |format, text| {
            Format::new(format).unwrap().read(text, Zone::UTC, None).map(Time::unix_nanos)
        };
        assert_eq!(read("%Y-%m-%d", "1970-1-2"), Ok(86_400_000_000_000));
        assert_eq!(read("%d %b %Y", " 2 Jan 1970"), Ok(86_400_000_000_000));
        assert_eq!(read("%F %T%z", "1970-01-01 1:00:00 +01:00"), Ok(0));
        assert_eq!(read("%D", "1/2/70"), Ok(86_400_000_000_000));
        assert!(read("%Y", "x").is_err());
    }
}
