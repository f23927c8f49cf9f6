//! Matchers: whether a text matches as a whole, and where in a text a match begins and may end.
//!
//! Texts are bytes, since matchers that count characters where bytes are meant hand on parts of
//! characters. What is no whole character counts as one of a single byte.

use memchr::memmem;

/// What decides about a text.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    /// Nothing but the empty text.
    Nothing,
    /// Any text.
    Anything,
    /// One character.
    One(Set),
    /// This text of so many characters.
    Text { text: String, characters: usize },
    /// Matchers of known length one after the other, so many characters in all.
    Row { matchers: Vec<Self>, length: usize },
    /// So many characters or more.
    AtLeast(usize),
    /// So many characters or fewer.
    AtMost(usize),
    /// What has this text in it.
    With(String),
    /// What does not have this text in it.
    Without(String),
    /// What begins so.
    Begins(String),
    /// What ends so.
    Ends(String),
    /// What begins and ends so; both may be the same bytes.
    Both(String, String),
    /// What all of them match.
    All(Vec<Self>),
    /// What one of them matches.
    Either(Vec<Self>),
    /// A part, with what stands before and after it.
    Around(Box<Around>),
}

/// A part that is looked for, and the matchers of both sides.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) value: Matcher,
    pub(super) left: Option<Matcher>,
    pub(super) right: Option<Matcher>,
    left_length: Option<usize>,
    right_length: Option<usize>,
    length: Option<usize>,
}

/// A set of characters.
#[derive(Clone, Debug)]
pub(super) enum Set {
    Any,
    Listed { characters: String, not: bool },
    Range { low: char, high: char, not: bool },
}

impl Set {
    fn has(&self, character: char) -> bool {
        match self {
            Self::Any => true,
            Self::Listed { characters, not } => characters.contains(character) != *not,
            Self::Range { low, high, not } => (*low..=*high).contains(&character) != *not,
        }
    }
}

/// How many bytes may still be looked at.
pub(super) struct Budget(u64);

impl Budget {
    pub(super) const fn new(steps: u64) -> Self {
        Self(steps)
    }

    pub(super) const fn is_spent(&self) -> bool {
        self.0 == 0
    }

    /// Pays for looking at a text; false when there is nothing left.
    const fn pay(&mut self, text: &[u8]) -> bool {
        self.0 = self.0.saturating_sub(text.len() as u64 + 1);
        !self.is_spent()
    }
}

/// A place where a match begins, and the lengths that it may have.
type Found = Option<(usize, Vec<usize>)>;

impl Matcher {
    pub(super) fn text(text: &str) -> Self {
        Self::Text { text: text.to_owned(), characters: text.chars().count() }
    }

    pub(super) fn around(value: Self, left: Option<Self>, right: Option<Self>) -> Self {
        let side = |matcher: &Option<Self>| matcher.as_ref().map_or(Some(0), Self::length);
        let (left_length, right_length) = (side(&left), side(&right));
        let length = [left_length, value.length(), right_length].into_iter().sum();
        Self::Around(Box::new(Around { value, left, right, left_length, right_length, length }))
    }

    /// The number of characters, if all matches have the same.
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Nothing => Some(0),
            Self::One(_) => Some(1),
            Self::Text { characters, .. } => Some(*characters),
            Self::Row { length, .. } => Some(*length),
            Self::Around(around) => around.length,
            // An alternative without a known length before the others is not noticed.
            Self::Either(alternatives) => {
                let mut lengths = alternatives.iter().map(Self::length).skip_while(Option::is_none);
                let first = lengths.next()??;
                lengths.all(|length| length == Some(first)).then_some(first)
            }
            _ => None,
        }
    }

    /// For what matches characters but for some: these characters.
    pub(super) fn excluded(&self) -> Option<&str> {
        match self {
            Self::Anything | Self::One(Set::Any) => Some(""),
            Self::One(Set::Listed { characters, not: true }) => Some(characters),
            _ => None,
        }
    }

    /// Whether the whole of a text matches.
    pub(super) fn matches(&self, text: &[u8], budget: &mut Budget) -> bool {
        if !budget.pay(text) {
            return false;
        }
        match self {
            Self::Nothing => text.is_empty(),
            Self::Anything => true,
            // Of nothing at all, the library believes that it is an unreadable character.
            Self::One(set) => {
                let (character, width) = first(text);
                text.len() <= width && set.has(character)
            }
            Self::Text { text: wanted, .. } => text == wanted.as_bytes(),
            Self::Row { matchers, length } => {
                count(text) == *length && is_row(matchers, text, budget)
            }
            Self::AtLeast(least) => count(text) >= *least,
            Self::AtMost(most) => count(text) <= *most,
            Self::With(part) => memmem::find(text, part.as_bytes()).is_some(),
            Self::Without(part) => memmem::find(text, part.as_bytes()).is_none(),
            Self::Begins(start) => text.starts_with(start.as_bytes()),
            Self::Ends(end) => text.ends_with(end.as_bytes()),
            Self::Both(start, end) => {
                text.starts_with(start.as_bytes()) && text.ends_with(end.as_bytes())
            }
            Self::All(all) => all.iter().all(|matcher| matcher.matches(text, budget)),
            Self::Either(any) => any.iter().any(|matcher| matcher.matches(text, budget)),
            Self::Around(around) => around.matches(text, budget),
        }
    }

    /// The first place where a match begins, and the lengths of the matches there.
    fn find(&self, text: &[u8], budget: &mut Budget) -> Found {
        if !budget.pay(text) {
            return None;
        }
        match self {
            Self::Nothing => Some((0, vec![0])),
            Self::Anything => Some((0, ends(text).collect())),
            Self::One(set) => {
                let found = characters(text).find(|(_, character, _)| set.has(*character));
                found.map(|(at, character, _)| (at, vec![character.len_utf8()]))
            }
            Self::Text { text: wanted, .. } => {
                memmem::find(text, wanted.as_bytes()).map(|at| (at, vec![wanted.len()]))
            }
            Self::Row { matchers, length } => characters(text)
                .map(|(at, ..)| at)
                .take_while(|at| text.len() - at >= *length)
                .find(|at| is_row(matchers, text.get(*at..).unwrap_or_default(), budget))
                .map(|at| (at, vec![*length])),
            Self::AtLeast(least) => {
                let lengths = lengths(text).skip(least.saturating_sub(1));
                let lengths: Vec<usize> = lengths.collect();
                (text.len() >= *least && !lengths.is_empty()).then_some((0, lengths))
            }
            Self::AtMost(most) => {
                Some((0, std::iter::once(0).chain(lengths(text).take(*most)).collect()))
            }
            Self::With(part) => {
                let offset = memmem::find(text, part.as_bytes())? + part.len();
                let rest = text.get(offset..).unwrap_or_default();
                Some((0, ends(rest).map(|end| offset + end).collect()))
            }
            Self::Without(part) => {
                let end = memmem::find(text, part.as_bytes()).unwrap_or(text.len());
                Some((0, ends(text.get(..end).unwrap_or_default()).collect()))
            }
            Self::Begins(start) => {
                let at = memmem::find(text, start.as_bytes())?;
                let rest = text.get(at + start.len()..).unwrap_or_default();
                let more = lengths(rest).map(|length| start.len() + length);
                Some((at, std::iter::once(start.len()).chain(more).collect()))
            }
            Self::Ends(end) => {
                memmem::find(text, end.as_bytes()).map(|at| (0, vec![at + end.len()]))
            }
            Self::Both(start, end) => {
                let at = memmem::find(text, start.as_bytes())?;
                let rest = text.get(at..).unwrap_or_default();
                let mut lengths = Vec::new();
                let mut before = rest;
                // From the last to the first; they do not overlap.
                while let Some(place) = memmem::rfind(before, end.as_bytes()) {
                    lengths.push(place + end.len());
                    before = before.get(..place).unwrap_or_default();
                }
                (!lengths.is_empty()).then_some((at, lengths))
            }
            Self::All(all) => find_all(all, text, budget),
            Self::Either(any) => {
                let mut found: Found = None;
                for matcher in any {
                    let Some((at, lengths)) = matcher.find(text, budget) else { continue };
                    match &mut found {
                        Some((known, _)) if at > *known => {}
                        Some((known, merged)) if at == *known => merged.extend(lengths),
                        _ => found = Some((at, lengths)),
                    }
                }
                found
            }
            // The library does not look for what has sides inside something else.
            Self::Around(_) => None,
        }
    }
}

/// Where all of them begin and may end. Lengths are compared as if they were counted from one place.
fn find_all(all: &[Matcher], text: &[u8], budget: &mut Budget) -> Found {
    let (mut start, mut offset) = (0_usize, 0_usize);
    let mut known: Vec<usize> = Vec::new();
    let mut rest = text;
    for (index, matcher) in all.iter().enumerate() {
        let (at, lengths) = matcher.find(rest, budget)?;
        if index == 0 {
            known = lengths;
        } else {
            let (from, to) = (at + offset, start);
            known.retain_mut(|length| {
                *length = (*length + to).wrapping_sub(from);
                lengths.contains(length)
            });
            if known.is_empty() {
                return None;
            }
        }
        start = at + offset;
        rest = text.get(start..).unwrap_or_default();
        offset += at;
    }
    Some((start, known))
}

impl Around {
    /// Looks for the part from left to right, where the known lengths of the sides leave room for it.
    fn matches(&self, text: &[u8], budget: &mut Budget) -> bool {
        if self.length.is_some_and(|length| length > text.len()) {
            return false;
        }
        let mut offset = self.left_length.unwrap_or(0);
        let limit = text.len().saturating_sub(self.right_length.unwrap_or(0));
        while let Some(window) = text.get(offset..limit).filter(|window| !window.is_empty()) {
            let Some((at, lengths)) = self.value.find(window, budget) else { return false };
            let at = offset + at;
            let side = |matcher: &Option<Matcher>, text: &[u8], budget: &mut Budget| match matcher {
                Some(matcher) => matcher.matches(text, budget),
                None => text.is_empty(),
            };
            if side(&self.left, text.get(..at).unwrap_or_default(), budget) {
                let rest = text.get(at..).unwrap_or_default();
                let fits = lengths.iter().any(|length| {
                    side(&self.right, rest.get(*length..).unwrap_or_default(), budget)
                });
                if fits {
                    return true;
                }
            }
            let (_, width) = first(text.get(at..).unwrap_or_default());
            offset = at + width.max(1);
        }
        false
    }
}

/// Whether matchers of known length match a text one after the other. Of the last character of each
/// only the first byte is taken, as the library does.
fn is_row(matchers: &[Matcher], text: &[u8], budget: &mut Budget) -> bool {
    let mut from = 0;
    for matcher in matchers {
        let rest = text.get(from..).unwrap_or_default();
        let length = matcher.length().unwrap_or(0);
        // What has no length runs to the last character.
        let last = match length {
            0 => characters(rest).last(),
            _ => characters(rest).nth(length - 1),
        };
        let end = match last {
            Some((at, ..)) => at + 1,
            None if length == 0 => 0,
            None => return false,
        };
        if !matcher.matches(rest.get(..end).unwrap_or_default(), budget) {
            return false;
        }
        from += end;
    }
    true
}

/// The first character and its width. What is none counts as U+FFFD.
fn first(text: &[u8]) -> (char, usize) {
    let width = match text.first() {
        None => return (char::REPLACEMENT_CHARACTER, 0),
        Some(0..0x80) => 1,
        Some(0xC0..0xE0) => 2,
        Some(0xE0..0xF0) => 3,
        Some(_) => 4,
    };
    let read = text.get(..width).and_then(|bytes| std::str::from_utf8(bytes).ok());
    match read.and_then(|read| read.chars().next()) {
        Some(character) => (character, character.len_utf8()),
        None => (char::REPLACEMENT_CHARACTER, 1),
    }
}

/// The characters with their places and widths.
fn characters(text: &[u8]) -> impl Iterator<Item = (usize, char, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (character, width) = first(rest);
        let place = at;
        at += width;
        Some((place, character, width))
    })
}

fn count(text: &[u8]) -> usize {
    characters(text).count()
}

/// The places where characters begin, and the end.
fn ends(text: &[u8]) -> impl Iterator<Item = usize> {
    characters(text).map(|(at, ..)| at).chain(std::iter::once(text.len()))
}

/// The lengths of the texts that consist of the first characters; an unreadable one counts as long as
/// U+FFFD.
fn lengths(text: &[u8]) -> impl Iterator<Item = usize> {
    characters(text).map(|(at, character, _)| at + character.len_utf8())
}
