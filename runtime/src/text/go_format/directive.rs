//! Formats read into pieces: text as it stands, and directives.

/// A piece of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text.
    Text(Box<str>),
    /// What begins with `%`.
    Directive(Directive),
}

/// What begins with `%`. Its parts stand in the order of the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) flags: Flags,
    pub(super) before_width: Number,
    pub(super) width: Count,
    pub(super) before_precision: Number,
    pub(super) precision: Count,
    pub(super) before_verb: Number,
    /// Missing at the end of a format.
    pub(super) verb: Option<char>,
    /// Whether the numbers of arguments stand where they may.
    pub(super) sound: bool,
}

/// How values are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    /// `-`: fill on the right.
    pub(super) minus: bool,
    /// `+`: a sign in any case; ASCII only for quoted text.
    pub(super) plus: bool,
    /// `#`: the other form.
    pub(super) sharp: bool,
    /// ` `: a blank for the sign; blanks between bytes.
    pub(super) space: bool,
    /// `0`: fill with zeros.
    pub(super) zero: bool,
    /// `%#v`: as Go source.
    pub(super) go_syntax: bool,
    /// `%+v`: with the names of fields.
    pub(super) field_names: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

/// The number of an argument in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    /// There is none.
    None,
    /// What stands in brackets is none.
    Wrong,
    /// Counted from 1.
    Of(usize),
}

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// There is none.
    None,
    /// Written out.
    Fixed(usize),
    /// `*`: an argument gives it.
    Argument,
}

impl Piece {
    /// Whether it names arguments by their number.
    pub(super) fn is_numbered(&self) -> bool {
        let Self::Directive(directive) = self else { return false };
        [directive.before_width, directive.before_precision, directive.before_verb]
            .iter()
            .any(|number| *number != Number::None)
    }
}

impl Number {
    /// Makes the argument of that number the next one. Answers whether there is such an argument, or
    /// none was asked for.
    pub(super) fn go_to(self, next: &mut usize, count: usize) -> bool {
        match self {
            Self::None => true,
            Self::Wrong => false,
            Self::Of(number) => match number.checked_sub(1) {
                Some(index) if index < count => {
                    *next = index;
                    true
                }
                _ => false,
            },
        }
    }
}

/// Reads a format.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.into()));
        }
        let mut input = Input(after);
        pieces.push(Piece::Directive(input.directive()));
        rest = input.0;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.into()));
    }
    pieces
}

/// What is still to be read.
struct Input<'t>(&'t str);

/// Beyond this, a further digit makes a number too large.
const LARGE: usize = 1_000_000;

impl Input<'_> {
    fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    fn eat(&mut self, character: char) -> bool {
        let found = self.0.starts_with(character);
        if found {
            self.skip(character.len_utf8());
        }
        found
    }

    fn directive(&mut self) -> Directive {
        let flags = self.flags();
        let mut sound = true;
        let before_width = self.number();
        // Whether a number stands right before what comes next.
        let mut after_number = matches!(before_width, Number::Of(_));
        let width = if self.eat('*') {
            after_number = false;
            Count::Argument
        } else {
            let width = self.count().map_or(Count::None, Count::Fixed);
            sound &= !after_number || width == Count::None;
            width
        };
        let (mut before_precision, mut precision) = (Number::None, Count::None);
        // At the end of the format, the dot is a verb.
        if self.0.len() > 1 && self.eat('.') {
            sound &= !after_number;
            before_precision = self.number();
            after_number = matches!(before_precision, Number::Of(_));
            precision = if self.eat('*') {
                after_number = false;
                Count::Argument
            } else {
                Count::Fixed(self.count().unwrap_or(0))
            };
        }
        let before_verb = if after_number { Number::None } else { self.number() };
        let verb = self.0.chars().next();
        self.skip(verb.map_or(0, char::len_utf8));
        Directive {
            flags,
            before_width,
            width,
            before_precision,
            precision,
            before_verb,
            verb,
            sound,
        }
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        loop {
            match self.0.as_bytes().first() {
                Some(b'-') => flags.minus = true,
                Some(b'+') => flags.plus = true,
                Some(b'#') => flags.sharp = true,
                Some(b' ') => flags.space = true,
                Some(b'0') => flags.zero = true,
                _ => return flags,
            }
            self.skip(1);
        }
    }

    /// The number of an argument in brackets, if a bracket comes next.
    fn number(&mut self) -> Number {
        if !self.0.starts_with('[') {
            return Number::None;
        }
        let Some(end) = self.0.find(']').filter(|_| self.0.len() > 2) else {
            self.skip(1);
            return Number::Wrong;
        };
        let mut inside = Input(self.0.get(1..end).unwrap_or_default());
        self.skip(end + 1);
        match inside.count() {
            Some(number) if inside.0.is_empty() => Number::Of(number),
            _ => Number::Wrong,
        }
    }

    /// The decimal number that comes next. One that is too large takes all that follows with it.
    fn count(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit) = self.0.chars().next().and_then(|digit| digit.to_digit(10)) {
            let before = number.unwrap_or(0);
            if before > LARGE {
                self.0 = "";
                return None;
            }
            number = Some(before * 10 + digit as usize);
            self.skip(1);
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(text: &str) -> Directive {
        match pieces(text).as_slice() {
            [Piece::Directive(directive)] => *directive,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parts_are_told_apart() {
        let found = directive("%+-08.3f");
        assert!(found.flags.plus && found.flags.minus && found.flags.zero && !found.flags.sharp);
        assert_eq!((found.width, found.precision), (Count::Fixed(8), Count::Fixed(3)));
        assert_eq!((found.verb, found.sound), (Some('f'), true));
        let found = directive("%[3]*.[2]*[1]f");
        assert_eq!((found.before_width, found.width), (Number::Of(3), Count::Argument));
        assert_eq!((found.before_precision, found.precision), (Number::Of(2), Count::Argument));
        assert_eq!((found.before_verb, found.verb), (Number::Of(1), Some('f')));
    }

    #[test]
    fn faults_are_kept_for_later() {
        assert!(!directive("%[1]5d").sound);
        assert!(!directive("%[1].5d").sound);
        assert_eq!(directive("%[x]d").before_width, Number::Wrong);
        assert_eq!((directive("%[1").width, directive("%[1").verb), (Count::Fixed(1), None));
        assert_eq!(directive("%.").verb, Some('.'));
        assert_eq!(directive("%12345678901d").verb, None);
        assert_eq!(directive("%é").verb, Some('é'));
        assert_eq!(directive("%").verb, None);
    }
}
