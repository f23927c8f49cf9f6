//! What is printed of a tree means the same, for arbitrary text that has one.

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

static SHARE: share::Share = share::Share::new("format_roundtrip");

fuzz_target!(|text: &str| SHARE.count(checks::format_roundtrip(text)));
