//! OTTL text to syntax tree, and what every stage needs to speak about text: spans, sources and
//! diagnostics.
//!
//! Text enters through [`source::SourceMap`]; trees and [`diag::Diagnostic`]s leave. This package
//! does no I/O and depends on no other package of the workspace.

pub mod ast;
pub mod diag;
pub mod format;
pub mod layout;
pub mod parse;
pub mod source;
pub mod span;
mod suggest;
pub mod token;

pub use parse::{parse_condition, parse_statement, parse_value_expression};
pub use suggest::did_you_mean;
