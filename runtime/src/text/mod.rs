//! Text as the reference makes and reads it: numbers, JSON, times, regular expressions.

pub mod json;
pub mod number;
pub mod regex;
pub mod rfc3339;
pub mod trace_state;
