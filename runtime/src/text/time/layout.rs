//! Go's time layouts: text in which parts of a certain date stand for the parts of any.

/// A part of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `January`
    LongMonth,
    /// `Jan`
    Month,
    /// `1`
    NumMonth,
    /// `01`
    ZeroMonth,
    /// `Monday`
    LongWeekDay,
    /// `Mon`
    WeekDay,
    /// `2`
    Day,
    /// `_2`
    UnderDay,
    /// `02`
    ZeroDay,
    /// `__2`
    UnderYearDay,
    /// `002`
    ZeroYearDay,
    /// `15`
    Hour,
    /// `3`
    Hour12,
    /// `03`
    ZeroHour12,
    /// `4`
    Minute,
    /// `04`
    ZeroMinute,
    /// `5`
    Second,
    /// `05`
    ZeroSecond,
    /// `2006`
    LongYear,
    /// `06`
    Year,
    /// `PM`
    UpperPm,
    /// `pm`
    LowerPm,
    /// `MST`
    Abbreviation,
    /// An offset from UTC.
    Offset(Offset),
    /// So many digits of the second's fraction, zeros at the end kept.
    Fraction0(usize),
    /// So many digits of the second's fraction, zeros at the end left out.
    Fraction9(usize),
}

/// How an offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    /// `Z` stands for none.
    pub z: bool,
    /// With colons between its parts.
    pub colon: bool,
    /// 1 for hours, 2 with minutes, 3 with seconds.
    pub parts: u8,
}

/// A layout's first part with the text before and behind it.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'l> {
    /// Plain text.
    pub prefix: &'l str,
    /// The part; none when all of it is plain.
    pub part: Option<Part>,
    /// The part as it stands in the layout.
    pub text: &'l str,
    /// What follows.
    pub rest: &'l str,
}

const OFFSETS: [(&str, Offset); 10] = [
    ("-070000", Offset { z: false, colon: false, parts: 3 }),
    ("-07:00:00", Offset { z: false, colon: true, parts: 3 }),
    ("-0700", Offset { z: false, colon: false, parts: 2 }),
    ("-07:00", Offset { z: false, colon: true, parts: 2 }),
    ("-07", Offset { z: false, colon: false, parts: 1 }),
    ("Z070000", Offset { z: true, colon: false, parts: 3 }),
    ("Z07:00:00", Offset { z: true, colon: true, parts: 3 }),
    ("Z0700", Offset { z: true, colon: false, parts: 2 }),
    ("Z07:00", Offset { z: true, colon: true, parts: 2 }),
    ("Z07", Offset { z: true, colon: false, parts: 1 }),
];

/// Parts that stand for themselves wherever they occur, longer ones first.
const PLAIN: [(&str, Part); 24] = [
    ("January", Part::LongMonth),
    ("Monday", Part::LongWeekDay),
    ("MST", Part::Abbreviation),
    ("002", Part::ZeroYearDay),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("15", Part::Hour),
    ("1", Part::NumMonth),
    ("2006", Part::LongYear),
    ("2", Part::Day),
    ("__2", Part::UnderYearDay),
    ("_2", Part::UnderDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::UpperPm),
    ("pm", Part::LowerPm),
    // These two only where no small letter follows.
    ("Jan", Part::Month),
    ("Mon", Part::WeekDay),
    // An underscore before a year is plain text.
    ("_2006", Part::LongYear),
];

/// The first part of a layout.
pub fn next(layout: &str) -> Chunk<'_> {
    for (at, _) in layout.char_indices() {
        let (before, here) =
            (layout.get(..at).unwrap_or_default(), layout.get(at..).unwrap_or_default());
        let Some((part, skip, length)) = starts(here) else { continue };
        let prefix = layout.get(..at + skip).unwrap_or(before);
        let (text, rest) = here.get(skip..).unwrap_or_default().split_at(length);
        return Chunk { prefix, part: Some(part), text, rest };
    }
    Chunk { prefix: layout, part: None, text: "", rest: "" }
}

/// The part that a layout starts with: what it is, plain text before it, and its length.
fn starts(layout: &str) -> Option<(Part, usize, usize)> {
    if let Some((text, offset)) = OFFSETS.iter().find(|(text, _)| layout.starts_with(text)) {
        return Some((Part::Offset(*offset), 0, text.len()));
    }
    if layout.starts_with("_2006") {
        return Some((Part::LongYear, 1, 4));
    }
    for (text, part) in PLAIN {
        let Some(rest) = layout.strip_prefix(text) else { continue };
        let only_alone = matches!(part, Part::Month | Part::WeekDay);
        if only_alone && rest.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            continue;
        }
        return Some((part, 0, text.len()));
    }
    let digits = layout.strip_prefix(['.', ','])?;
    let digit = digits.chars().next().filter(|digit| matches!(digit, '0' | '9'))?;
    let count = digits.chars().take_while(|other| *other == digit).count();
    let ends = !digits.get(count..)?.starts_with(|next: char| next.is_ascii_digit());
    let part = if digit == '0' { Part::Fraction0(count) } else { Part::Fraction9(count) };
    ends.then_some((part, 0, count + 1))
}

/// The months, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The days of the week, Sunday first.
pub const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// The first three letters of a name.
pub fn short(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(layout: &str) -> Vec<Part> {
        let mut rest = layout;
        let mut parts = Vec::new();
        loop {
            let chunk = next(rest);
            match chunk.part {
                Some(part) => parts.push(part),
                None => return parts,
            }
            rest = chunk.rest;
        }
    }

    #[test]
    fn parts_are_found() {
        use Part::*;
        assert_eq!(parts("2006-01-02"), [LongYear, ZeroMonth, ZeroDay]);
        assert_eq!(parts("15:04:05.999"), [Hour, ZeroMinute, ZeroSecond, Fraction9(3)]);
        assert_eq!(parts("Mon Jan _2 2006"), [WeekDay, Month, UnderDay, LongYear]);
        assert_eq!(parts("Month"), []);
        assert_eq!(parts("_2006"), [LongYear]);
        assert_eq!(parts("é 3 PM MST"), [Hour12, UpperPm, Abbreviation]);
        assert_eq!(parts(".00a"), [Fraction0(2)]);
    }
}
