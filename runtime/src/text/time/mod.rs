//! Times as text: layouts as Go's `time` package has them, the ctime directives that statements use,
//! durations, zones, the calendar.

pub mod civil;
pub mod ctime;
pub mod duration;
pub mod format;
pub mod layout;
pub mod parse;
pub mod zone;
