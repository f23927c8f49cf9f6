//! Times to text, by a Go layout.

use super::civil::Civil;
use super::layout::{DAYS, MONTHS, Offset, Part, next, short};
use crate::value::Time;

/// Appends a time in its zone, written as the layout says.
pub fn push_time(out: &mut String, time: Time, layout: &str) {
    let (offset, abbreviation) = time.zone().at(time.seconds());
    let civil = Civil::of(time.seconds().wrapping_add(offset));
    let mut rest = layout;
    loop {
        let chunk = next(rest);
        out.push_str(chunk.prefix);
        let Some(part) = chunk.part else { return };
        rest = chunk.rest;
        match part {
            Part::Year => pad(out, civil.year.max(0) % 100, 2, '0'),
            Part::LongYear => pad(out, civil.year, 4, '0'),
            Part::Month => out.push_str(short(name(&MONTHS, civil.month - 1))),
            Part::LongMonth => out.push_str(name(&MONTHS, civil.month - 1)),
            Part::NumMonth => pad(out, civil.month, 0, '0'),
            Part::ZeroMonth => pad(out, civil.month, 2, '0'),
            Part::WeekDay => out.push_str(short(name(&DAYS, civil.weekday))),
            Part::LongWeekDay => out.push_str(name(&DAYS, civil.weekday)),
            Part::Day => pad(out, civil.day, 0, '0'),
            Part::UnderDay => pad(out, civil.day, 2, ' '),
            Part::ZeroDay => pad(out, civil.day, 2, '0'),
            Part::UnderYearDay => pad(out, civil.day_of_year, 3, ' '),
            Part::ZeroYearDay => pad(out, civil.day_of_year, 3, '0'),
            Part::Hour => pad(out, civil.hour, 2, '0'),
            Part::Hour12 => pad(out, (civil.hour + 11) % 12 + 1, 0, '0'),
            Part::ZeroHour12 => pad(out, (civil.hour + 11) % 12 + 1, 2, '0'),
            Part::Minute => pad(out, civil.minute, 0, '0'),
            Part::ZeroMinute => pad(out, civil.minute, 2, '0'),
            Part::Second => pad(out, civil.second, 0, '0'),
            Part::ZeroSecond => pad(out, civil.second, 2, '0'),
            Part::UpperPm => out.push_str(if civil.hour >= 12 { "PM" } else { "AM" }),
            Part::LowerPm => out.push_str(if civil.hour >= 12 { "pm" } else { "am" }),
            Part::Abbreviation if abbreviation.is_empty() => {
                push_offset(out, offset, Offset { z: false, colon: false, parts: 2 });
            }
            Part::Abbreviation => out.push_str(&abbreviation),
            Part::Offset(form) => push_offset(out, offset, form),
            Part::Fraction0(digits) => {
                push_fraction(out, chunk.text, time.subsecond_nanos(), digits, false);
            }
            Part::Fraction9(digits) => {
                push_fraction(out, chunk.text, time.subsecond_nanos(), digits, true);
            }
        }
    }
}

fn name(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
}

fn pad(out: &mut String, value: i64, width: usize, with: char) {
    if value < 0 {
        out.push('-');
    }
    let digits = value.unsigned_abs().to_string();
    out.extend(std::iter::repeat_n(with, width.saturating_sub(digits.len())));
    out.push_str(&digits);
}

fn push_offset(out: &mut String, offset: i64, form: Offset) {
    if form.z && offset == 0 {
        out.push('Z');
        return;
    }
    // As in Go, the sign is that of the whole minutes.
    out.push(if offset / 60 < 0 { '-' } else { '+' });
    let offset_abs = offset.abs();
    pad(out, offset_abs / 3600, 2, '0');
    let more = [(2, offset_abs / 60 % 60), (3, offset_abs % 60)];
    for (_, value) in more.into_iter().filter(|(part, _)| *part <= form.parts) {
        if form.colon {
            out.push(':');
        }
        pad(out, value, 2, '0');
    }
}

fn push_fraction(out: &mut String, text: &str, nanos: u32, digits: usize, trim: bool) {
    if trim && (digits == 0 || nanos == 0) {
        return;
    }
    let all = format!("{nanos:09}");
    let shown = all.get(..digits.min(9)).unwrap_or(&all);
    let shown = if trim { shown.trim_end_matches('0') } else { shown };
    let separator = text.get(..1).unwrap_or(".");
    if !(trim && shown.is_empty()) {
        out.push_str(separator);
    }
    out.push_str(shown);
}
