//! The baseline: findings that a project lives with, by their fingerprints.

use std::collections::BTreeSet;
use std::path::Path;

use holt_grammar::diag::{Diagnostic, fingerprint};
use holt_grammar::source::SourceMap;
use serde::{Deserialize, Serialize};

/// The file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Baseline {
    /// The form of the file.
    version: u32,
    /// The findings.
    findings: Vec<Entry>,
}

/// A finding. Only the fingerprint counts; the rest is for people.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    fingerprint: String,
    code: String,
    file: String,
    message: String,
}

const VERSION: u32 = 1;

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// A message about a file that cannot be read or is no baseline.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let baseline: Self =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        if baseline.version == VERSION {
            Ok(baseline)
        } else {
            let version = baseline.version;
            Err(format!("{}: a baseline of version {version} cannot be read", path.display()))
        }
    }

    /// The baseline of findings.
    pub(super) fn of(findings: &[Diagnostic], sources: &SourceMap) -> Self {
        let fingerprints = fingerprint::of_all(findings, sources);
        let entries = findings.iter().zip(fingerprints).map(|(finding, fingerprint)| {
            let source = finding.labels.first().map(|label| label.location.source);
            let source = source.and_then(|source| sources.get(source));
            Entry {
                fingerprint,
                code: finding.code.to_owned(),
                file: source.map_or_else(String::new, |source| source.name.clone()),
                message: finding.message.clone(),
            }
        });
        Self { version: VERSION, findings: entries.collect() }
    }

    /// Writes it to a file.
    ///
    /// # Errors
    /// A message about a file that cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<(), String> {
        let text = serde_json::to_string_pretty(self).map_err(|error| error.to_string())?;
        std::fs::write(path, text + "\n")
            .map_err(|error| format!("cannot write {}: {error}", path.display()))
    }

    /// The findings that it does not list.
    pub(super) fn without(
        &self,
        findings: Vec<Diagnostic>,
        sources: &SourceMap,
    ) -> Vec<Diagnostic> {
        let known: BTreeSet<&str> =
            self.findings.iter().map(|entry| entry.fingerprint.as_str()).collect();
        let fingerprints = fingerprint::of_all(&findings, sources);
        let new = findings.into_iter().zip(fingerprints);
        new.filter(|(_, fingerprint)| !known.contains(fingerprint.as_str()))
            .map(|(finding, _)| finding)
            .collect()
    }
}
