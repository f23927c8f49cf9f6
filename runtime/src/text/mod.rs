//! Text as the reference makes and reads it: numbers, JSON, times, regular expressions.

pub mod case;
pub mod charset;
pub mod csv;
pub mod glob;
pub mod go_format;
pub mod grok;
pub mod json;
pub mod key_value;
pub mod number;
pub mod parse_json;
pub mod regex;
pub mod rfc3339;
pub mod time;
pub mod trace_state;
pub mod unicode;
pub mod url;
pub mod user_agent;
pub mod xml;
