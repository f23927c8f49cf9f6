//! Times as text: layouts as Go's `time` package has them, the ctime directives that statements use,
//! durations, zones, the calendar, names in other languages.

pub mod civil;
pub mod ctime;
pub mod duration;
pub mod format;
pub mod layout;
pub mod locale;
pub mod parse;
pub mod zone;
