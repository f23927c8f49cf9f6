//! Statements and telemetry made of arbitrary bytes: all engines agree about results, errors and counts.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../runtime/tests/common/agreement.rs"]
mod agreement;
#[path = "../../runtime/tests/common/mod.rs"]
mod common;
#[path = "../../runtime/tests/generator/mod.rs"]
mod generator;
#[path = "../share.rs"]
mod share;

use generator::choices::Choices;

static SHARE: share::Share = share::Share::new("diff_engines");

fuzz_target!(|bytes: &[u8]| {
    let case = generator::case(&mut Choices::of_bytes(bytes), 3);
    SHARE.count(agreement::agree(&case).is_some());
});
