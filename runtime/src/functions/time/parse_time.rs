//! `Time`

use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{check_format, prepared, shown};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::time::civil::Civil;
use crate::text::time::locale::Locale;
use crate::text::time::parse::Mismatch;
use crate::text::time::zone::Zone;
use crate::types::Type;
use crate::value::Value;
use crate::value::{NANOS, Time};

pub(in super::super) const TIME: FunctionDecl = FunctionDecl {
    name: "Time",
    doc: "The time that a text holds, by a format with directives such as `%Y-%m-%d`. Without an offset \
          in the text, it is one of the given location, else of the collector. Names of days, months and \
          halves of the day are those of the locale, such as `de` or `pt-BR`; English without one.",
    params: &[
        Param::required("time", Takes::Exactly(Type::STRING)),
        Param::required("format", Takes::Literal(Type::STRING)),
        Param::optional("location", Takes::Literal(Type::STRING)),
        Param::optional("locale", Takes::Literal(Type::STRING)),
    ],
    returns: Type::TIME,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{}"#,
            statement: r#"set(log.attributes["out"], UnixSeconds(Time("1970-01-02", "%Y-%m-%d")))"#,
            expect: r#"{"out": 86400}"#,
        },
        Example {
            given: r#"{"t": "no time"}"#,
            statement: r#"set(log.attributes["out"], UnixSeconds(Time(log.attributes["t"], "%Y")))"#,
            expect: "error",
        },
        Example {
            given: r#"{"t": "3. März 2024"}"#,
            statement: r#"set(log.attributes["out"], UnixSeconds(Time(log.attributes["t"], "%e. %B %Y", "UTC", "de")))"#,
            expect: r#"{"t": "3. März 2024", "out": 1709424000}"#,
        },
    ],
    run: Shim::Converter(parse_time),
};

fn parse_time<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(text), Value::Str(format), location, locale] = *args else {
        return Err(EvalError::Internal("Time"));
    };
    if text.is_empty() {
        return Err(EvalError::Function("the time is empty".into()));
    }
    let zone = match location {
        Value::Str("Local") => work.host.local_zone(),
        Value::Str(name) if !name.is_empty() => Zone::database(name).unwrap_or(Zone::UTC),
        _ if format.ends_with('Z') => Zone::UTC,
        _ => work.host.local_zone(),
    };
    let locale = match locale {
        Value::Str(tag) => {
            Some(work.prepared(tag, |tag| Locale::find(tag).ok_or_else(|| unknown(tag)))?)
        }
        _ => None,
    };
    let read = prepared(work, format)?.read(text, zone, locale.as_deref());
    let time = read.map_err(|mismatch| {
        let Mismatch { part, text: at, why } = mismatch;
        let why = match (part.as_str(), why) {
            ("", why) => format!("{why}: {at:?}"),
            (part, "") => format!("{at:?} does not fit {part:?}"),
            (part, why) => format!("{why} at {part:?}"),
        };
        EvalError::Function(format!("{text:?} is no time of this format: {why}").into())
    })?;
    Ok(Value::Time(with_year(time, work.host.now())))
}

/// A time without a year is of this year, or of the last one if that would be more than a week ahead.
fn with_year(time: Time, now: Time) -> Time {
    let shown_time = shown(time);
    if shown_time.year > 0 {
        return time;
    }
    let of_year = |year| {
        let local = Civil { year, ..shown_time }.seconds();
        Time::new(time.zone().to_utc(local), i64::from(time.subsecond_nanos()), time.zone())
    };
    let year = shown(now).year;
    let this_year = of_year(year);
    let week = 7 * 86_400 * NANOS;
    if this_year > now.plus(week) { of_year(year - 1) } else { this_year }
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    check_format(args, 1)?;
    if let Some(name) = args.text(2).filter(|name| !matches!(*name, "" | "Local"))
        && Zone::database(name).is_none()
    {
        let help = "locations are named as in the time zone database, such as `Europe/Berlin`";
        return Err(ArgumentFault::new(2, format!("has no location {name:?}"), help));
    }
    match args.text(3).filter(|tag| Locale::find(tag).is_none()) {
        Some(tag) => {
            let help = match close(tag) {
                Some(known) => format!("did you mean `{known}`?"),
                None => "locales are written as `de`, `pt-BR` or `zh-Hans-CN`".to_owned(),
            };
            Err(ArgumentFault::new(3, format!("has no locale {tag:?}"), help))
        }
        None => Ok(()),
    }
}

fn unknown(tag: &str) -> EvalError {
    EvalError::Function(format!("there is no locale {tag:?}").into())
}

/// The locale whose tag is the given one but for case and separators.
fn close(tag: &str) -> Option<&'static str> {
    let tag = tag.replace('_', "-");
    let tag = tag.split_once('.').map_or(tag.as_str(), |(tag, _)| tag);
    Locale::tags().find(|known| known.eq_ignore_ascii_case(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_without_a_year_are_of_this_one_or_the_last() {
        // 2026-01-05.
        let now = Time::new(1_767_571_200, 0, Zone::UTC);
        let year_of = |month, day| {
            let civil = Civil { year: 0, month, day, ..Civil::default() };
            shown(with_year(Time::new(civil.seconds(), 0, Zone::UTC), now)).year
        };
        assert_eq!(year_of(1, 4), 2026);
        assert_eq!(year_of(1, 12), 2026);
        assert_eq!(year_of(1, 13), 2025);
        assert_eq!(year_of(12, 31), 2025);
        assert_eq!(with_year(now, now), now);
    }
}
