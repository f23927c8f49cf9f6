//! The only place that writes to the standard streams.

#![allow(clippy::print_stdout, clippy::print_stderr)] // This is where it belongs.

use std::io::{IsTerminal, Write};

use holt_grammar::diag::render::{Color, full};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::SourceMap;

/// Writes a line to standard output. A closed pipe ends the output quietly.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Writes text to standard output as it is.
pub(crate) fn text(text: &str) {
    let _ = write!(std::io::stdout(), "{text}");
    let _ = std::io::stdout().flush();
}

/// Writes an error without a place to standard error.
pub(crate) fn error(message: &str) {
    eprintln!("Error: {message}");
}

/// Writes a remark to standard error.
pub(crate) fn note(message: &str) {
    eprintln!("{message}");
}

/// Whether standard output shows colours.
pub(crate) fn colors() -> bool {
    shows_colors(&std::io::stdout())
}

/// Whether standard error shows colours.
pub(crate) fn colors_errors() -> bool {
    shows_colors(&std::io::stderr())
}

fn shows_colors(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Writes diagnostics to standard error, those of at least `threshold`, with the text they are
/// about.
pub(crate) fn diagnostics(found: &[Diagnostic], sources: &SourceMap, threshold: Severity) {
    let color = match colors_errors() {
        true => Color::Always,
        false => Color::Never,
    };
    for diagnostic in found.iter().filter(|diagnostic| diagnostic.severity >= threshold) {
        eprintln!("{}", full(diagnostic, sources, color).trim_end());
        eprintln!();
    }
}
