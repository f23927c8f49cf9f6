//! Lines for people and scripts on standard output.

use std::io::{self, Write};

/// Writes one line and flushes it, so that a script reading a pipe sees it at once. A closed
/// pipe is no reason to fail: whoever read it has what they wanted.
pub fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
