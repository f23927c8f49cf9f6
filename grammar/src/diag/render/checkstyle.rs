//! All findings as Checkstyle's XML.

use super::place::Place;
use super::xml::escape;
use super::{Report, severity_name};

/// The report: findings by file, in order of first appearance. Those without a place stand in a
/// file without a name.
pub(super) fn report(report: &Report<'_>) -> String {
    let mut files: Vec<(String, String)> = Vec::new();
    for diagnostic in report.diagnostics {
        let primary = diagnostic.labels.first();
        let place = primary.and_then(|label| Place::of(label.location, report.sources));
        let at = place.as_ref().map_or_else(String::new, |place| {
            format!(" line=\"{}\" column=\"{}\"", place.start.line, place.start.column)
        });
        let error = format!(
            "    <error{at} severity=\"{}\" message=\"{}\" source=\"holt.{}\"/>\n",
            severity_name(diagnostic.severity),
            escape(&diagnostic.message),
            diagnostic.code
        );
        let file = place.map_or_else(String::new, |place| place.file);
        match files.iter_mut().find(|(known, _)| *known == file) {
            Some((_, errors)) => errors.push_str(&error),
            None => files.push((file, error)),
        }
    }
    let mut text =
        String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"4.3\">\n");
    for (file, errors) in files {
        text.push_str(&format!("  <file name=\"{}\">\n{errors}  </file>\n", escape(&file)));
    }
    text.push_str("</checkstyle>\n");
    text
}
