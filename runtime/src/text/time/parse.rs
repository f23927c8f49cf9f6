//! Text to times, by a Go layout.

use super::civil::{Civil, days_in, is_leap};
use super::layout::{DAYS, MONTHS, Offset, Part, next, short};
use super::zone::Zone;
use crate::value::Time;

/// Why a text does not fit a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The part of the layout; empty when it is about the whole.
    pub part: String,
    /// The text from where it does not fit.
    pub text: String,
    /// What is wrong beyond that.
    pub why: &'static str,
}

/// The fault of one part.
enum Fault {
    Bad,
    Range(&'static str),
}

const BAD: Fault = Fault::Bad;

/// Reads a time. Where neither zone nor offset is given, it is one of `zone`.
///
/// # Errors
/// Where the text does not fit.
pub fn parse_time(layout: &str, text: &str, zone: Zone) -> Result<Time, Mismatch> {
    let mut parser = Parser { rest: text, ..Parser::default() };
    let mut layout_rest = layout;
    loop {
        let chunk = next(layout_rest);
        let mismatch = |part: &str, text: &str, why| {
            Err(Mismatch { part: part.to_owned(), text: text.to_owned(), why })
        };
        let before = parser.rest;
        match skip(before, chunk.prefix) {
            Ok(rest) => parser.rest = rest,
            Err(at) => return mismatch(chunk.prefix, at, ""),
        }
        let Some(part) = chunk.part else {
            if parser.rest.is_empty() {
                break;
            }
            return mismatch("", parser.rest, "there is more text than the format has");
        };
        let hold = parser.rest;
        match parser.part(part, chunk.rest) {
            Ok(()) => {}
            Err(Fault::Range(why)) => return mismatch(chunk.text, parser.rest, why),
            Err(Fault::Bad) => return mismatch(chunk.text, hold, ""),
        }
        layout_rest = chunk.rest;
    }
    parser.finish(zone).map_err(|why| Mismatch { part: String::new(), text: text.to_owned(), why })
}

/// Skips plain text; blanks in the layout stand for any number of them.
fn skip<'t>(mut text: &'t str, prefix: &str) -> Result<&'t str, &'t str> {
    let mut prefix = prefix;
    while let Some(letter) = prefix.chars().next() {
        if letter == ' ' {
            if !text.is_empty() && !text.starts_with(' ') {
                return Err(text);
            }
            prefix = prefix.trim_start_matches(' ');
            text = text.trim_start_matches(' ');
            continue;
        }
        text = text.strip_prefix(letter).ok_or(text)?;
        prefix = prefix.get(letter.len_utf8()..).unwrap_or_default();
    }
    Ok(text)
}

#[derive(Default)]
struct Parser<'t> {
    rest: &'t str,
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
    abbreviation: Option<&'t str>,
}

impl<'t> Parser<'t> {
    fn digit(&self, at: usize) -> bool {
        self.rest.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
    }

    fn take(&mut self, count: usize) -> Result<&'t str, Fault> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(BAD)?;
        self.rest = rest;
        Ok(taken)
    }

    /// One or two digits; two if `fixed`.
    fn number(&mut self, fixed: bool) -> Result<i64, Fault> {
        if !self.digit(0) || fixed && !self.digit(1) {
            return Err(BAD);
        }
        let count = if self.digit(1) { 2 } else { 1 };
        self.take(count)?.parse().map_err(|_| BAD)
    }

    fn word(&mut self, names: &[&str], length: impl Fn(&str) -> &str) -> Result<i64, Fault> {
        for (index, name) in names.iter().enumerate() {
            let name = length(name);
            let found = self.rest.get(..name.len());
            if found.is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.take(name.len())?;
                return Ok(index as i64);
            }
        }
        Err(BAD)
    }

    fn part(&mut self, part: Part, layout_rest: &str) -> Result<(), Fault> {
        let within = |value: i64, least: i64, most: i64, why| {
            if (least..=most).contains(&value) { Ok(value) } else { Err(Fault::Range(why)) }
        };
        match part {
            Part::Year => {
                let text = self.rest.get(..2).ok_or(BAD)?;
                let year: i64 = digits(text)?;
                self.take(2)?;
                self.year = if year >= 69 { year + 1900 } else { year + 2000 };
            }
            Part::LongYear => {
                if !self.digit(0) {
                    return Err(BAD);
                }
                let text = self.rest.get(..4).ok_or(BAD)?;
                self.year = digits(text)?;
                self.take(4)?;
            }
            Part::Month => self.month = Some(self.word(&MONTHS, short)? + 1),
            Part::LongMonth => self.month = Some(self.word(&MONTHS, |name| name)? + 1),
            Part::NumMonth | Part::ZeroMonth => {
                let month = self.number(part == Part::ZeroMonth)?;
                self.month = Some(within(month, 1, 12, "the month is out of range")?);
            }
            Part::WeekDay => {
                self.word(&DAYS, short)?;
            }
            Part::LongWeekDay => {
                self.word(&DAYS, |name| name)?;
            }
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                if part == Part::UnderDay && self.rest.starts_with(' ') {
                    self.take(1)?;
                }
                self.day = Some(self.number(part == Part::ZeroDay)?);
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                let mut blanks = 0;
                while part == Part::UnderYearDay && blanks < 2 && self.rest.starts_with(' ') {
                    self.take(1)?;
                    blanks += 1;
                }
                let count = (0..3).take_while(|at| self.digit(*at)).count();
                if count == 0 || part == Part::ZeroYearDay && count != 3 {
                    return Err(BAD);
                }
                self.day_of_year = Some(digits(self.take(count)?)?);
            }
            Part::Hour => {
                let hour = self.number(false)?;
                self.hour = within(hour, 0, 23, "the hour is out of range")?;
            }
            Part::Hour12 | Part::ZeroHour12 => {
                let hour = self.number(part == Part::ZeroHour12)?;
                self.hour = within(hour, 0, 12, "the hour is out of range")?;
            }
            Part::Minute | Part::ZeroMinute => {
                let minute = self.number(part == Part::ZeroMinute)?;
                self.minute = within(minute, 0, 59, "the minute is out of range")?;
            }
            Part::Second | Part::ZeroSecond => {
                let second = self.number(part == Part::ZeroSecond)?;
                self.second = within(second, 0, 59, "the second is out of range")?;
                // A fraction may follow even if the layout has none.
                let fraction = self.rest.starts_with(['.', ',']) && self.digit(1);
                let next_part = next(layout_rest).part;
                if fraction && !matches!(next_part, Some(Part::Fraction0(_) | Part::Fraction9(_))) {
                    self.fraction(None)?;
                }
            }
            Part::UpperPm => self.afternoon = Some(self.half("AM", "PM")?),
            Part::LowerPm => self.afternoon = Some(self.half("am", "pm")?),
            Part::Offset(form) => self.offset(form)?,
            Part::Abbreviation => {
                if self.rest.starts_with("UTC") {
                    self.take(3)?;
                    self.utc = true;
                } else {
                    let length = abbreviation(self.rest).ok_or(BAD)?;
                    self.abbreviation = Some(self.take(length)?);
                }
            }
            Part::Fraction0(digits) => self.fraction(Some(digits))?,
            Part::Fraction9(_) => {
                // It may be left out.
                if self.rest.starts_with(['.', ',']) && self.digit(1) {
                    self.fraction(None)?;
                }
            }
        }
        Ok(())
    }

    fn half(&mut self, before: &str, after: &str) -> Result<bool, Fault> {
        let text = self.take(2)?;
        if text == after {
            Ok(true)
        } else if text == before {
            Ok(false)
        } else {
            Err(BAD)
        }
    }

    /// A separator and digits: as many as there are, or just so many.
    fn fraction(&mut self, count: Option<usize>) -> Result<(), Fault> {
        let all = self.rest.bytes().skip(1).take_while(u8::is_ascii_digit).count();
        let count = count.unwrap_or(all);
        if !self.rest.starts_with(['.', ',']) || self.rest.len() <= count {
            return Err(BAD);
        }
        let text = self.take(count + 1)?.get(1..).unwrap_or_default();
        // More than nanoseconds is cut off.
        let text = text.get(..9).unwrap_or(text);
        let value: i64 = digits(text)?;
        self.nanos = (text.len()..9).fold(value, |value, _| value * 10);
        Ok(())
    }

    fn offset(&mut self, form: Offset) -> Result<(), Fault> {
        if form.z && self.rest.starts_with('Z') {
            self.take(1)?;
            self.utc = true;
            return Ok(());
        }
        let length = match (form.parts, form.colon) {
            (1, _) => 3,
            (2, false) => 5,
            (2, true) => 6,
            (_, false) => 7,
            (_, true) => 9,
        };
        let text = self.rest.get(..length).ok_or(BAD)?;
        let (sign, numbers) = text.split_at_checked(1).ok_or(BAD)?;
        let step = if form.colon { 3 } else { 2 };
        let mut values = [0; 3];
        for (index, value) in values.iter_mut().enumerate().take(usize::from(form.parts)) {
            let at = index * step;
            if form.colon && index > 0 && numbers.as_bytes().get(at - 1) != Some(&b':') {
                return Err(BAD);
            }
            let pair = numbers.get(at..at + 2).ok_or(BAD)?;
            if !pair.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(BAD);
            }
            *value = pair.parse::<i64>().map_err(|_| BAD)?;
        }
        self.take(length)?;
        let [hours, minutes, seconds] = values;
        if hours > 24 || minutes > 60 || seconds > 60 {
            return Err(Fault::Range("the offset from UTC is out of range"));
        }
        let offset = hours * 3600 + minutes * 60 + seconds;
        self.offset = Some(match sign {
            "+" => offset,
            "-" => -offset,
            _ => return Err(BAD),
        });
        Ok(())
    }

    fn finish(self, zone: Zone) -> Result<Time, &'static str> {
        const DAY: &str = "the day is out of range";
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let (mut month, mut day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        if let Some(day_of_year) = self.day_of_year {
            if day_of_year < 1 || day_of_year > 365 + i64::from(is_leap(self.year)) {
                return Err(DAY);
            }
            let first = Civil { year: self.year, month: 1, day: day_of_year, ..Civil::default() };
            let civil = Civil::of(first.seconds());
            let differs = |given: Option<i64>, value| given.is_some_and(|given| given != value);
            if differs(self.month, civil.month) || differs(self.day, civil.day) {
                return Err("the day of the year is another than month and day say");
            }
            (month, day) = (civil.month, civil.day);
        }
        if day < 1 || day > days_in(self.year, month) {
            return Err(DAY);
        }
        let civil = Civil {
            year: self.year,
            month,
            day,
            hour,
            minute: self.minute,
            second: self.second,
            ..Civil::default()
        };
        let local = civil.seconds();
        let time = |seconds: i64, zone| Time::new(seconds, self.nanos, zone);
        if self.utc {
            return Ok(time(local, Zone::UTC));
        }
        if let Some(offset) = self.offset {
            let seconds = local.wrapping_sub(offset);
            let (here, name) = zone.at(seconds);
            let fits = here == offset && self.abbreviation.is_none_or(|given| given == name);
            let fixed = || Zone::named(self.abbreviation.unwrap_or(""), offset as i32);
            return Ok(time(seconds, if fits { zone } else { fixed() }));
        }
        if let Some(abbreviation) = self.abbreviation {
            if let Some(offset) = zone.offset_of(abbreviation, local) {
                return Ok(time(local.wrapping_sub(offset), zone));
            }
            // A zone that nobody knows: the offset stays unknown, except behind GMT.
            let hours =
                abbreviation.strip_prefix("GMT").and_then(|hours| hours.parse::<i64>().ok());
            let offset = hours.unwrap_or(0) * 3600;
            let zone = Zone::named(abbreviation, offset as i32);
            // As in Go, the clock is taken for one of UTC all the same.
            return Ok(time(local, zone));
        }
        Ok(time(zone.to_utc(local), zone))
    }
}

fn digits(text: &str) -> Result<i64, Fault> {
    // As in Go, a sign is a number's as well.
    text.parse().map_err(|_| BAD)
}

/// The length of an abbreviation of a zone at the start of a text.
fn abbreviation(text: &str) -> Option<usize> {
    if text.len() < 3 {
        return None;
    }
    if text.starts_with("ChST") || text.starts_with("MeST") {
        return Some(4);
    }
    if let Some(rest) = text.strip_prefix("GMT") {
        return Some(3 + signed_hours(rest));
    }
    if text.starts_with(['+', '-']) {
        return Some(signed_hours(text)).filter(|length| *length > 0);
    }
    let capitals = text.bytes().take(6).take_while(u8::is_ascii_uppercase).count();
    match capitals {
        5 if text.as_bytes().get(4) == Some(&b'T') => Some(5),
        4 if text.as_bytes().get(3) == Some(&b'T') || text.starts_with("WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

fn signed_hours(text: &str) -> usize {
    let Some(digits) = text.strip_prefix(['+', '-']) else { return 0 };
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let hours = digits.get(..count).and_then(|digits| digits.parse::<u32>().ok());
    if hours.is_some_and(|hours| hours <= 23) { count + 1 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::format::push_time;
    use super::*;

    #[test]
    fn texts_fit_layouts() {
        let read = |layout, text| parse_time(layout, text, Zone::UTC).map(Time::unix_nanos);
        assert_eq!(read("2006-01-02", "1970-01-02"), Ok(86_400_000_000_000));
        assert_eq!(read("2006-01-02T15:04:05Z07:00", "1970-01-01T01:00:00+01:00"), Ok(0));
        assert_eq!(read("15:04 2006", "00:00 1970"), Ok(0));
        assert!(read("2006-01-02", "2023-02-29").is_err());
        assert!(read("2006", "1970x").is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(seconds in -60_000_000_000i64..200_000_000_000, nanos in 0i64..1_000_000_000, offset in -50_000i32..50_000) {
            let time = Time::new(seconds, nanos, Zone::fixed(offset / 60 * 60));
            let layout = "Monday 2006-01-02 15:04:05.000000000 -0700";
            let mut text = String::new();
            push_time(&mut text, time, layout);
            let read = parse_time(layout, &text, Zone::UTC);
            prop_assert!(read.is_ok(), "{}: {:?}", text, read);
            prop_assert_eq!(read.map(Time::unix_nanos), Ok(time.unix_nanos()));
        }

        #[test]
        fn nothing_panics(layout in "[ -~é]{0,20}|[20061543zZJanMPm:._-]{0,20}", text in ".{0,20}") {
            let _ = parse_time(&layout, &text, Zone::UTC);
            push_time(&mut String::new(), Time::new(1, 1, Zone::UTC), &layout);
        }
    }
}
