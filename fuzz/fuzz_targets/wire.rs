//! Arbitrary bytes as an OTLP request in protobuf, beside prost. The first byte chooses the signal.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../common.rs"]
mod common;
use common::checks;

fuzz_target!(|input: &[u8]| {
    if let Some((choice, bytes)) = input.split_first() {
        checks::wire(checks::signal(*choice), bytes);
    }
});
