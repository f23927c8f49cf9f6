//! All findings as JUnit's XML: a file is a suite, a finding a failed test, and a clean file a test
//! that passed.

use super::xml::escape;
use super::{Color, Report, full};
use crate::diag::Diagnostic;

/// The report.
pub(super) fn report(report: &Report<'_>) -> String {
    let mut files: Vec<&str> = report.files.iter().map(String::as_str).collect();
    for diagnostic in report.diagnostics {
        let file = file_of(diagnostic, report);
        if !files.contains(&file) {
            files.push(file);
        }
    }
    let failures = report.diagnostics.len();
    let mut suites = String::new();
    let mut tests = 0;
    for file in files {
        let found: Vec<_> =
            report.diagnostics.iter().filter(|one| file_of(one, report) == file).collect();
        let count = found.len().max(1);
        tests += count;
        let name = escape(file);
        suites.push_str(&format!(
            "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{}\">\n",
            found.len()
        ));
        for diagnostic in &found {
            suites.push_str(&failure(diagnostic, &name, report));
        }
        if found.is_empty() {
            suites.push_str(&format!("    <testcase classname=\"{name}\" name=\"check\"/>\n"));
        }
        suites.push_str("  </testsuite>\n");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"holt check\" tests=\"{tests}\" failures=\"{failures}\">\n\
         {suites}</testsuites>\n"
    )
}

fn file_of<'r>(diagnostic: &Diagnostic, report: &Report<'r>) -> &'r str {
    let source = diagnostic.labels.first().map(|label| label.location.source);
    source
        .and_then(|source| report.sources.get(source))
        .map_or("configuration", |source| source.name.as_str())
}

fn failure(diagnostic: &Diagnostic, file: &str, report: &Report<'_>) -> String {
    let line = diagnostic.labels.first().and_then(|label| {
        report.sources.line_column(label.location.source, label.location.span.start)
    });
    let place = line.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
    let text = full(diagnostic, report.sources, Color::Never);
    format!(
        "    <testcase classname=\"{file}\" name=\"{code}{place}\">\n      \
         <failure type=\"{severity}\" message=\"{message}\">{text}</failure>\n    </testcase>\n",
        code = diagnostic.code,
        severity = super::severity_name(diagnostic.severity),
        message = escape(&diagnostic.message),
        text = escape(&text).replace("&#10;", "\n"),
    )
}
