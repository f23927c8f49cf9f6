//! The engines agree: on random statements over the tables, with and without optimiser passes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

#[path = "common/agreement.rs"]
mod agreement;
mod common;
mod generator;

use std::sync::atomic::{AtomicU32, Ordering};

use agreement::agree;
use generator::choices::Choices;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

#[test]
fn engines_agree_on_random_statements() {
    const CASES: u32 = 1000;
    let (mut accepted, mut changed, mut fused) = (0, 0, 0);
    for seed in 0..CASES {
        let case = generator::case(&mut Choices::new(u64::from(seed)), 3);
        let Some(did) = agree(&case) else { continue };
        accepted += 1;
        changed += u32::from(did.changed);
        fused += u32::from(did.fused);
    }
    println!("{accepted} of {CASES} accepted, {changed} changed something, {fused} shared a pass");
    assert!(accepted > CASES / 3, "only {accepted} accepted");
    assert!(changed > CASES / 12, "only {changed} changed something");
    assert!(fused > CASES / 20, "only {fused} shared a pass");
}

#[test]
fn engines_agree_on_statements_of_arbitrary_bytes() {
    const CASES: u32 = 150;
    let accepted = AtomicU32::new(0);
    let mut runner = TestRunner::new(ProptestConfig { cases: CASES, ..ProptestConfig::default() });
    let result = runner.run(&proptest::collection::vec(any::<u8>(), 0..400), |bytes| {
        let case = generator::case(&mut Choices::of_bytes(&bytes), 3);
        accepted.fetch_add(u32::from(agree(&case).is_some()), Ordering::Relaxed);
        Ok(())
    });
    result.unwrap();
    let accepted = accepted.into_inner();
    println!("diff_engines: {accepted} of {CASES} accepted");
    assert!(accepted > CASES / 4, "only {accepted} accepted");
}
