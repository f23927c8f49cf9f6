//! A whole report: all findings of a run in one of the forms that people and machines read.

use super::{Color, checkstyle, concise, full, github, gitlab, json, junit, rdjson, sarif};
use crate::diag::Diagnostic;
use crate::diag::codes::Code;
use crate::source::SourceMap;

/// What a run has found.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations)] // The lookup cannot be shown.
pub struct Report<'r> {
    /// The findings, in the order they are to be shown.
    pub diagnostics: &'r [Diagnostic],
    /// The texts they are about.
    pub sources: &'r SourceMap,
    /// Names of the texts that were examined, for forms that list clean ones as well.
    pub files: &'r [String],
    /// The version of Holt.
    pub version: &'r str,
    /// What there is to say about a code.
    pub explain: &'r dyn Fn(&str) -> Option<Code>,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The lines a finding is about, with labels, notes and fixes.
    #[default]
    Full,
    /// One line a finding.
    Concise,
    /// A JSON array.
    Json,
    /// A JSON object a line.
    JsonLines,
    /// Commands that GitHub Actions shows beside the changed lines.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit's XML.
    Junit,
    /// Checkstyle's XML.
    Checkstyle,
    /// Reviewdog's JSON.
    Rdjson,
}

impl Format {
    /// All forms with their names.
    pub const ALL: [(&'static str, Self); 10] = [
        ("full", Self::Full),
        ("concise", Self::Concise),
        ("json", Self::Json),
        ("json-lines", Self::JsonLines),
        ("github", Self::Github),
        ("gitlab", Self::Gitlab),
        ("sarif", Self::Sarif),
        ("junit", Self::Junit),
        ("checkstyle", Self::Checkstyle),
        ("rdjson", Self::Rdjson),
    ];

    /// Whether people read it, so that a summary may stand below.
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Full | Self::Concise)
    }
}

impl Report<'_> {
    /// The report as text, which ends with a line break unless it is empty.
    pub fn render(&self, format: Format, color: Color) -> String {
        match format {
            Format::Full => {
                self.lines(|finding| format!("{}\n", full(finding, self.sources, color).trim_end()))
            }
            Format::Concise => self.lines(|finding| concise(finding, self.sources)),
            Format::JsonLines => self.lines(|finding| json::object(finding, self).to_string()),
            Format::Github => self.lines(|finding| github::command(finding, self)),
            Format::Json => {
                let all = self.diagnostics.iter().map(|finding| json::object(finding, self));
                pretty(&all.collect())
            }
            Format::Gitlab => pretty(&gitlab::report(self)),
            Format::Sarif => pretty(&sarif::report(self)),
            Format::Rdjson => pretty(&rdjson::report(self)),
            Format::Junit => junit::report(self),
            Format::Checkstyle => checkstyle::report(self),
        }
    }

    fn lines(&self, line: impl Fn(&Diagnostic) -> String) -> String {
        self.diagnostics.iter().map(|finding| line(finding) + "\n").collect()
    }

    /// The title of a code, or the code itself.
    pub(super) fn title<'c>(&self, code: &'c str) -> &'c str
    where
        Self: 'c,
    {
        (self.explain)(code).map_or(code, |entry| entry.title)
    }
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
