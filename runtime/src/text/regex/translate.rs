//! Go's pattern syntax to that of the `regex` crate.
//!
//! The two differ in small things: what `\d`, `\w`, `\s` and `\b` cover, what may be escaped, when a
//! brace is a repetition, how classes nest, which names groups may have. The translation reads the
//! pattern once, refuses what Go refuses, and writes every literal in a form that has one meaning.

use super::PatternError;
use super::class;

/// A pattern for the `regex` crate.
pub(super) struct Translated {
    pub(super) text: String,
    pub(super) names: Vec<Option<String>>,
}

/// Go refuses repetition counts above this, also when they come about by nesting.
const MAX_REPEAT: u32 = 1000;

/// Groups may nest this deep, as in Go; the `regex` crate stops earlier and says so itself.
const MAX_DEPTH: usize = 1000;

pub(super) fn translate(pattern: &str) -> Result<Translated, PatternError> {
    let mut translator = Translator {
        input: Input { pattern, offset: 0 },
        out: String::with_capacity(pattern.len() + 16),
        names: vec![None],
        depths: Vec::new(),
        inner: 1,
        last: Last::Nothing,
    };
    translator.run()?;
    Ok(Translated { text: translator.out, names: translator.names })
}

/// What stands before the cursor.
#[derive(Clone, Copy)]
enum Last {
    /// Nothing that could be repeated.
    Nothing,
    /// Something repeatable, which repeats its content at most that often.
    Atom(u32),
    /// A repetition that began at that offset.
    Repeat(usize),
}

/// The pattern and the place of the reader in it.
pub(super) struct Input<'p> {
    pub(super) pattern: &'p str,
    pub(super) offset: usize,
}

impl<'p> Input<'p> {
    pub(super) fn rest(&self) -> &'p str {
        self.pattern.get(self.offset..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.offset += character.len_utf8();
        Some(character)
    }

    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.offset += prefix.len();
        }
        found
    }

    /// An error about what stands between `start` and the cursor.
    pub(super) fn error(&self, start: usize, message: &'static str) -> PatternError {
        let part = self.pattern.get(start..self.offset).unwrap_or_default().to_owned();
        PatternError { message, part, offset: start }
    }
}

struct Translator<'p> {
    input: Input<'p>,
    out: String,
    names: Vec<Option<String>>,
    /// For every open group, `inner` of the level around it and the group's offset.
    depths: Vec<(u32, usize)>,
    /// How often the most repeated content of this level repeats.
    inner: u32,
    last: Last,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), PatternError> {
        while let Some(character) = self.input.peek() {
            let start = self.input.offset;
            match character {
                '(' => self.open(start)?,
                ')' => self.close(start)?,
                '|' => self.copy(Last::Nothing),
                '.' | '^' | '$' => self.copy(Last::Atom(1)),
                '*' | '+' | '?' => {
                    self.input.next();
                    self.repeat(start, u32::from(character != '?'))?;
                    // The sign itself; `*` and `+` have no upper bound, which counts as none.
                    self.out.push(character);
                    self.greed();
                }
                '{' => self.brace(start)?,
                '[' => {
                    class::translate(&mut self.input, &mut self.out)?;
                    self.atom();
                }
                '\\' => self.escape(start)?,
                _ => {
                    self.input.next();
                    push_literal(&mut self.out, character);
                    self.atom();
                }
            }
        }
        match self.depths.last() {
            Some((_, start)) => Err(self.input.error(*start, "a group is not closed")),
            None => Ok(()),
        }
    }

    fn copy(&mut self, last: Last) {
        if let Some(character) = self.input.next() {
            self.out.push(character);
        }
        self.last = last;
    }

    fn atom(&mut self) {
        self.last = Last::Atom(1);
    }

    fn greed(&mut self) {
        if self.input.eat("?") {
            self.out.push('?');
        }
    }

    /// Notes a repetition of what stands before the cursor, at most `times` times.
    fn repeat(&mut self, start: usize, times: u32) -> Result<(), PatternError> {
        let inner = match self.last {
            Last::Nothing => {
                return Err(self.input.error(start, "there is nothing to repeat"));
            }
            Last::Repeat(first) => {
                return Err(self.input.error(first, "a repetition cannot be repeated"));
            }
            Last::Atom(inner) => inner,
        };
        let total = inner.saturating_mul(times.max(1));
        if total > MAX_REPEAT {
            return Err(self.input.error(start, "the repetition count is above 1000"));
        }
        self.inner = self.inner.max(total);
        self.last = Last::Repeat(start);
        Ok(())
    }

    /// `{n}`, `{n,}`, `{n,m}`; any other brace is a literal.
    fn brace(&mut self, start: usize) -> Result<(), PatternError> {
        let Some((length, min, max)) = counts(self.input.rest()) else {
            self.input.next();
            self.out.push_str("\\{");
            self.atom();
            return Ok(());
        };
        self.input.offset += length;
        let highest = max.unwrap_or(min);
        if min > MAX_REPEAT || highest > MAX_REPEAT || highest < min {
            return Err(self.input.error(start, "the repetition count is invalid"));
        }
        self.repeat(start, highest)?;
        match max {
            Some(max) => self.out.push_str(&format!("{{{min},{max}}}")),
            None => self.out.push_str(&format!("{{{min},}}")),
        }
        self.greed();
        Ok(())
    }

    fn open(&mut self, start: usize) -> Result<(), PatternError> {
        self.input.next();
        if self.depths.len() >= MAX_DEPTH {
            return Err(self.input.error(start, "groups are nested too deeply"));
        }
        if self.input.eat("?P<") || (!self.is_look_behind() && self.input.eat("?<")) {
            let name = self.name(start)?;
            self.out.push('(');
            self.names.push(Some(name));
        } else if self.input.eat("?") {
            return self.flags(start);
        } else {
            self.out.push('(');
            self.names.push(None);
        }
        self.enter(start);
        Ok(())
    }

    fn is_look_behind(&self) -> bool {
        self.input.rest().starts_with("?<=") || self.input.rest().starts_with("?<!")
    }

    fn enter(&mut self, start: usize) {
        self.depths.push((self.inner, start));
        self.inner = 1;
        self.last = Last::Nothing;
    }

    fn name(&mut self, start: usize) -> Result<String, PatternError> {
        let rest = self.input.rest();
        let Some(end) = rest.find('>') else {
            self.input.offset = self.input.pattern.len();
            return Err(self.input.error(start, "the name of a group is not closed"));
        };
        let name = rest.get(..end).unwrap_or_default().to_owned();
        self.input.offset += end + 1;
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_word) {
            return Err(self.input.error(
                start,
                "the name of a group has other characters than letters, digits and underscores",
            ));
        }
        Ok(name)
    }

    /// `(?flags)` and `(?flags:`, behind the question mark.
    fn flags(&mut self, start: usize) -> Result<(), PatternError> {
        let (mut on, mut off) = (String::new(), String::new());
        let mut negative = false;
        loop {
            match self.input.next() {
                Some(flag @ ('i' | 'm' | 's' | 'U')) => {
                    let (set, unset) =
                        if negative { (&mut off, &mut on) } else { (&mut on, &mut off) };
                    unset.retain(|known| known != flag);
                    if !set.contains(flag) {
                        set.push(flag);
                    }
                }
                Some('-') if !negative => negative = true,
                Some(end @ (':' | ')')) if !negative || !off.is_empty() => {
                    let minus = if off.is_empty() { "" } else { "-" };
                    if end == ':' {
                        self.out.push_str(&format!("(?{on}{minus}{off}:"));
                        self.enter(start);
                    } else if !on.is_empty() || !off.is_empty() {
                        self.out.push_str(&format!("(?{on}{minus}{off})"));
                        self.last = Last::Nothing;
                    }
                    return Ok(());
                }
                Some('=' | '!') | Some('<') => {
                    return Err(self.input.error(
                        start,
                        "look-ahead and look-behind are not supported: matching takes linear time",
                    ));
                }
                _ => return Err(self.input.error(start, "the group syntax is not supported")),
            }
        }
    }

    fn close(&mut self, start: usize) -> Result<(), PatternError> {
        self.input.next();
        let Some((outer, _)) = self.depths.pop() else {
            return Err(self.input.error(start, "a closing parenthesis has no opening one"));
        };
        self.out.push(')');
        self.last = Last::Atom(self.inner);
        self.inner = self.inner.max(outer);
        Ok(())
    }

    fn escape(&mut self, start: usize) -> Result<(), PatternError> {
        self.input.next();
        match self.input.peek() {
            Some('A') => self.assertion("\\A"),
            Some('z') => self.assertion("\\z"),
            Some('b') => self.assertion("(?-u:\\b)"),
            Some('B') => self.assertion("(?-u:\\B)"),
            Some('Q') => {
                self.input.next();
                let (quoted, length) = match self.input.rest().split_once("\\E") {
                    Some((quoted, _)) => (quoted, quoted.len() + 2),
                    None => (self.input.rest(), self.input.rest().len()),
                };
                self.input.offset += length;
                for character in quoted.chars() {
                    push_literal(&mut self.out, character);
                    self.atom();
                }
            }
            _ => {
                self.input.offset = start;
                if let Some(set) = class::escaped_set(&mut self.input)? {
                    self.out.push_str(&set);
                } else {
                    let character = class::escaped_character(&mut self.input)?;
                    push_literal(&mut self.out, character);
                }
                self.atom();
            }
        }
        Ok(())
    }

    fn assertion(&mut self, text: &str) {
        self.input.next();
        self.out.push_str(text);
        self.atom();
    }
}

/// Appends a character that stands for itself.
pub(super) fn push_literal(out: &mut String, character: char) {
    if character.is_ascii_alphanumeric() || !character.is_ascii() {
        out.push(character);
    } else {
        out.push_str(&format!("\\x{{{:x}}}", u32::from(character)));
    }
}

/// Length and numbers of `{n}`, `{n,}` or `{n,m}` at the start of the text. Numbers have no leading
/// zero; what is too large saturates.
fn counts(text: &str) -> Option<(usize, u32, Option<u32>)> {
    let end = text.find('}')?;
    let inside = text.get(1..end)?;
    let number = |digits: &str| -> Option<u32> {
        let valid = !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits.len() == 1 || !digits.starts_with('0'));
        valid.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (min, max) = match inside.split_once(',') {
        None => {
            let count = number(inside)?;
            (count, Some(count))
        }
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    Some((end + 1, min, max))
}
