//! The engines agree: on random statements over the tables, with and without optimiser passes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;
mod generator;

use common::compile_groups;
use generator::choices::Choices;
use holt_pdata::{Batch, json};
use holt_runtime::compiler::opt::Pass;
use holt_runtime::host::FixedHost;
use holt_runtime::program::Counts;
use holt_runtime::{Engine, Program};

/// What there is to see of a run: the bytes or the refusal, and the counts.
fn seen(program: &Program, batch: &Batch) -> (Result<Vec<u8>, String>, Vec<Counts>) {
    let result = program.run(batch, &FixedHost::default());
    let result = result.map(|batch| batch.bytes().to_vec()).map_err(|error| error.to_string());
    (result, program.tallies().iter().map(|tally| tally.counts()).collect())
}

#[test]
fn engines_agree_on_random_statements() {
    const CASES: u32 = 1500;
    let (mut accepted, mut changed, mut fused) = (0, 0, 0);
    for seed in 0..CASES {
        let case = generator::case(&mut Choices::new(u64::from(seed)), 3);
        let compile = |engine| compile_groups(case.signal, case.context, &case.groups, engine);
        let Ok(reference) = compile(Engine::Reference) else { continue };
        accepted += 1;
        if reference.program.code().count() < case.groups.len() {
            fused += 1;
        }
        let batch = json::decode(case.signal, case.input.to_string().as_bytes()).unwrap();
        let wanted = seen(&reference.program, &batch);
        if let Ok(bytes) = &wanted.0 {
            if bytes[..] != batch.bytes()[..] {
                changed += 1;
            }
            let again = Batch::decode(case.signal, bytes.clone().into());
            assert!(again.is_ok_and(|again| again.repairs() == Default::default()), "{case:#?}");
        }
        let vm = seen(&compile(Engine::Vm).unwrap().program, &batch);
        assert_eq!(vm, wanted, "seed {seed}: {case:#?}");
        let trees = || reference.program.trees().cloned().collect::<Vec<_>>();
        for passes in [&[][..], &[Pass::Fold], &[Pass::Hoist]] {
            let program = Program::with_passes(case.signal, trees(), Engine::Vm, passes);
            assert_eq!(seen(&program, &batch), wanted, "seed {seed} with {passes:?}: {case:#?}");
        }
    }
    println!("{accepted} of {CASES} accepted, {changed} changed something, {fused} shared a pass");
    assert!(accepted > CASES / 2, "only {accepted} accepted");
    assert!(changed > CASES / 8, "only {changed} changed something");
    assert!(fused > CASES / 20, "only {fused} shared a pass");
}
