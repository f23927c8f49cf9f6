//! All diagnostic codes: each layer declares its own, here they are one list.

use holt_collector::{component, config, lint};
use holt_grammar::diag::codes::Code;
use holt_runtime::compiler;

/// Every code, in order of its name.
pub(crate) fn all() -> Vec<Code> {
    let tables = [
        holt_grammar::diag::codes::CODES,
        compiler::codes::CODES,
        config::codes::CODES,
        component::codes::CODES,
        crate::cmd::SAMPLE_CODES,
    ];
    let mut codes: Vec<Code> = tables.into_iter().flatten().copied().chain(lint::codes()).collect();
    codes.sort_unstable_by_key(|entry| entry.code);
    codes
}

/// The entry of a code; letter case does not matter.
pub(crate) fn lookup(code: &str) -> Option<Code> {
    all().into_iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use holt_collector::lint::RULES;

    use super::*;

    #[test]
    fn no_code_is_used_twice() {
        for pair in all().windows(2) {
            assert!(pair[0].code < pair[1].code, "{} and {}", pair[0].code, pair[1].code);
        }
    }

    /// What the first letter of a code stands for, in the order of the page.
    const FAMILIES: [(char, &str); 8] = [
        ('C', "Configurations: text, keys, values"),
        ('P', "Pipelines and how components are joined"),
        ('T', "OTTL: names, types, meaning"),
        ('R', "Reliability"),
        ('S', "Security"),
        ('M', "Metrics and labels"),
        ('N', "Networks and addresses"),
        ('D', "What is deprecated or removed"),
    ];

    /// `docs/rules.md`, as the tables have it.
    fn page() -> String {
        let mut page = String::from(
            "# Diagnostic codes

<!-- Printed from the tables of codes and rules; `RENEW=1 cargo test -p holt --bin holt codes` \
             renews it. -->

What `holt check` finds, and `run` and `validate` where it keeps the collector from starting. \
             `holt explain CODE` prints the same. How codes are selected, ignored and mended is told \
             in [check.md](check.md); the examples are tests.
",
        );
        for (family, title) in FAMILIES {
            let _ = write!(page, "\n## {title}\n");
            for code in all().iter().filter(|code| code.code.starts_with(family)) {
                let _ =
                    write!(page, "\n### {}: {}\n\n{}\n", code.code, code.title, code.explanation);
                let Some(rule) = RULES.iter().find(|rule| rule.code == code.code) else { continue };
                for (word, example) in [("Found in", rule.bad), ("Not in", rule.good)] {
                    let _ = write!(page, "\n{word}\n\n```yaml\n{}\n```\n", example.trim_end());
                }
            }
        }
        page
    }

    #[test]
    fn the_page_of_rules_is_current() {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
        let page = page();
        for code in all() {
            assert!(
                page.contains(&format!("\n### {}: ", code.code)),
                "{} has no family",
                code.code
            );
        }
        if std::env::var_os("RENEW").is_some() {
            std::fs::write(&file, &page).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(
            page == committed,
            "docs/rules.md is stale; run `RENEW=1 cargo test -p holt --bin holt codes`"
        );
    }
}
