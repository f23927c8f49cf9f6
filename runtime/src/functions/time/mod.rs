//! Times and durations.

pub(super) mod day;
pub(super) mod duration;
pub(super) mod format_time;
pub(super) mod hour;
pub(super) mod hours;
pub(super) mod microseconds;
pub(super) mod milliseconds;
pub(super) mod minute;
pub(super) mod minutes;
pub(super) mod month;
pub(super) mod nanosecond;
pub(super) mod nanoseconds;
pub(super) mod now;
pub(super) mod parse_time;
pub(super) mod second;
pub(super) mod seconds;
pub(super) mod truncate_time;
pub(super) mod unix;
pub(super) mod unix_micro;
pub(super) mod unix_milli;
pub(super) mod unix_nano;
pub(super) mod unix_seconds;
pub(super) mod weekday;
pub(super) mod year;

use std::sync::Arc;

use super::{ArgumentFault, Arguments};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::time::civil::Civil;
use crate::text::time::ctime::Format;
use crate::value::Time;

/// What clock and calendar of its zone show at a time.
fn shown(time: Time) -> Civil {
    let (offset, _) = time.zone().at(time.seconds());
    Civil::of(time.seconds().wrapping_add(offset))
}

/// A duration in units of so many nanoseconds: whole units first, so that long durations keep their
/// precision, as in Go.
fn in_units(nanos: i64, unit: i64) -> f64 {
    (nanos / unit) as f64 + (nanos % unit) as f64 / unit as f64
}

/// The compiled form of a format.
fn prepared(work: &mut Workspace<'_>, format: &str) -> Result<Arc<Format>, EvalError> {
    work.prepared(format, |text| {
        Format::new(text).map_err(|why| EvalError::Function(format!("the format {why}").into()))
    })
}

/// The rules for a format that is the parameter with that index.
fn check_format(args: &Arguments<'_>, param: usize) -> Result<(), ArgumentFault> {
    let help = "directives are written as in `%Y-%m-%dT%H:%M:%S.%L%z`";
    match args.text(param) {
        Some("") => Err(ArgumentFault::new(param, "needs a format", help)),
        Some(format) => match Format::new(format) {
            Ok(_) => Ok(()),
            Err(why) => Err(ArgumentFault::new(param, why, help)),
        },
        None => Ok(()),
    }
}
