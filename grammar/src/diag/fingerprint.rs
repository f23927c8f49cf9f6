//! What tells a finding apart from all others, and stays when the lines around it move: for
//! baselines, and for services that compare one run with the next.

use sha2::{Digest, Sha256};

use super::Diagnostic;
use crate::source::SourceMap;

/// The fingerprint of a finding: 32 hexadecimal digits of what it says, the name of its text and the
/// line it is about, without the line's number and indentation.
pub fn of(diagnostic: &Diagnostic, sources: &SourceMap) -> String {
    nth(diagnostic, sources, 0)
}

/// The fingerprints of all findings of a run; of findings that say the same, each has its own.
pub fn of_all(diagnostics: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let mut seen = std::collections::HashMap::new();
    diagnostics
        .iter()
        .map(|diagnostic| {
            let first = of(diagnostic, sources);
            let count = seen.entry(first).or_insert(0_u32);
            *count += 1;
            nth(diagnostic, sources, *count - 1)
        })
        .collect()
}

fn nth(diagnostic: &Diagnostic, sources: &SourceMap, index: u32) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(diagnostic.code);
    part(&diagnostic.message);
    if let Some(label) = diagnostic.labels.first()
        && let Some(source) = sources.get(label.location.source)
    {
        part(&source.name);
        let start = source.text.floor_char_boundary(label.location.span.start as usize);
        let (before, after) = source.text.split_at(start);
        let head = before.rsplit('\n').next().unwrap_or_default().trim_start();
        let tail = after.split('\n').next().unwrap_or_default().trim_end();
        part(head);
        part(tail);
    }
    if index > 0 {
        part(&index.to_string());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
