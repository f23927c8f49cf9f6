//! Arbitrary text as a statement, a condition and a value expression.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../grammar/tests/language/checks.rs"]
mod checks;
#[path = "../../grammar/tests/language/compact.rs"]
mod compact;
#[path = "../share.rs"]
mod share;
#[path = "../../grammar/tests/language/tree.rs"]
mod tree;

static SHARE: share::Share = share::Share::new("parse");

fuzz_target!(|text: &str| SHARE.count(checks::parse(text)));
