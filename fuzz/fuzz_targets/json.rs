//! Arbitrary text as an OTLP request in JSON, beside serde_json. The first byte chooses the signal.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../common.rs"]
mod common;
use common::checks;

fuzz_target!(|input: &[u8]| {
    if let Some((choice, bytes)) = input.split_first() {
        checks::json(checks::signal(*choice), bytes);
    }
});
