//! Diagnostics to text: one file for each form. Renderers read, and never change or filter what they
//! are given; the caller decides where the text goes and whether it is coloured.

mod checkstyle;
mod concise;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod place;
mod rdjson;
mod report;
mod sarif;
mod xml;

pub use concise::concise;
pub use full::{Color, full};
pub use report::{Format, Report};
pub use xml::escape as escape_xml;

use crate::diag::Severity;

/// The severity as it is written in front of a message.
fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// Text without characters that would move a terminal's cursor or change its colours.
fn printable(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            clean.extend(character.escape_default());
        } else {
            clean.push(character);
        }
    }
    clean
}
