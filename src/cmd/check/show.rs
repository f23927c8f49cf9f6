//! What `holt check` prints.

use std::collections::BTreeMap;

use holt_grammar::diag::render::{Color, Format, Report};
use holt_grammar::diag::{Diagnostic, Severity};

use super::examine::Examined;
use crate::{codes, output};

/// The report, with a summary where people read it.
pub(super) fn report(
    format: Format,
    findings: &[Diagnostic],
    examined: &Examined,
    to_terminal: bool,
) -> String {
    let report = Report {
        diagnostics: findings,
        sources: &examined.sources,
        files: &examined.names,
        version: env!("CARGO_PKG_VERSION"),
        explain: &codes::lookup,
    };
    let color = if to_terminal && output::colors() { Color::Always } else { Color::Never };
    let mut text = report.render(format, color);
    if format.is_for_people() {
        text.push_str(&summary(findings, examined.names.len()));
    }
    text
}

/// `2 errors, 1 warning in 3 files, 1 can be mended with --fix`.
fn summary(findings: &[Diagnostic], files: usize) -> String {
    let count = |severity| findings.iter().filter(|one| one.severity == severity).count();
    let mut parts = Vec::new();
    for (severity, word) in
        [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Info, "remark")]
    {
        match count(severity) {
            0 => {}
            number => parts.push(numbered(number, word)),
        }
    }
    let files = numbered(files, "configuration");
    if parts.is_empty() {
        return format!("nothing found in {files}\n");
    }
    let fixable = findings.iter().filter(|finding| !finding.fixes.is_empty()).count();
    let hint = match fixable {
        0 => String::new(),
        number => format!("; {number} with a fix: --diff shows, --fix applies"),
    };
    format!("{} in {files}{hint}\n", parts.join(", "))
}

fn numbered(number: usize, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {word}{plural}")
}

/// How often each code was found, most often first.
pub(super) fn statistics(findings: &[Diagnostic]) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.code).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (usize::MAX - count, *code));
    let line = |(code, count): (&str, usize)| {
        let title = codes::lookup(code).map_or("", |entry| entry.title);
        format!("{count:>5}  {code}  {title}\n")
    };
    counts.into_iter().map(line).collect()
}
