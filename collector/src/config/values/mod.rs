//! Types that settings of components are made of, beyond what Rust and serde have.

mod duration;
mod headers;
mod optional;
mod placed;
mod secret;
mod text;

pub(in crate::config) use duration::DURATION_MARK;
pub use duration::{Duration, DurationError};
pub use headers::{Headers, MapList};
pub use optional::Optional;
pub use placed::Spanned;
pub use secret::{REDACTED, Secret};
pub(in crate::config) use secret::{SECRET_MARK, with_exposed};
pub use text::{Condition, Statement, Text};
