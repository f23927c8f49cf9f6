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
    use super::*;

    #[test]
    fn no_code_is_used_twice() {
        for pair in all().windows(2) {
            assert!(pair[0].code < pair[1].code, "{} and {}", pair[0].code, pair[1].code);
        }
    }
}
