//! One line a finding, as compilers and editors know it: `file:line:col: severity[CODE] message`.

use super::{printable, severity_name};
use crate::diag::Diagnostic;
use crate::source::SourceMap;

/// Renders a finding as one line without a line break. Without a place, the line starts with the
/// severity.
pub fn concise(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    let severity = severity_name(diagnostic.severity);
    let message = printable(&diagnostic.message);
    let line = format!("{severity}[{}] {message}", diagnostic.code);
    let place = diagnostic.labels.first().and_then(|label| {
        let location = label.location;
        let source = sources.get(location.source)?;
        let (row, column) = sources.line_column(location.source, location.span.start)?;
        Some(format!("{}:{row}:{column}", printable(&source.name)))
    });
    match place {
        Some(place) => format!("{place}: {line}"),
        None => line,
    }
}
