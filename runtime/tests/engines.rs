//! The engines agree: on random statements over the tables, with and without optimiser passes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;
mod generator;

use std::collections::BTreeMap;

use common::compile_groups;
use generator::choices::Choices;
use holt_pdata::{Batch, Open, json};
use holt_runtime::compiler::opt::Pass;
use holt_runtime::host::FixedHost;
use holt_runtime::program::{Counts, RunError, Step, Trace};
use holt_runtime::{Engine, Program};

/// What there is to see of a run.
#[derive(Debug, PartialEq)]
struct Seen {
    /// The bytes or the refusal.
    result: Result<Vec<u8>, String>,
    counts: Vec<Counts>,
    /// What became of each statement for each record that reached it, errors word for word.
    steps: Steps,
}

/// The steps of each statement. Engines may differ in which of two statements takes its step first.
#[derive(Debug, Default, PartialEq)]
struct Steps(BTreeMap<usize, Vec<String>>);

impl Trace for Steps {
    fn step(&mut self, statement: usize, step: Step<'_>, _: &Open<'_>) {
        self.0.entry(statement).or_default().push(format!("{step:?}"));
    }
}

fn seen(program: &Program, batch: &Batch) -> Seen {
    let mut steps = Steps::default();
    let text = |result: Result<Batch, RunError>| {
        result.map(|batch| batch.bytes().to_vec()).map_err(|error| error.to_string())
    };
    let result = text(program.run(batch, &FixedHost::default()));
    let counts = program.tallies().iter().map(|tally| tally.counts()).collect();
    let traced = text(program.run_traced(batch, &FixedHost::default(), &mut steps));
    assert_eq!(result, traced, "watching changes nothing");
    Seen { result, counts, steps }
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
        if let Ok(bytes) = &wanted.result {
            if bytes[..] != batch.bytes()[..] {
                changed += 1;
            }
            let again = Batch::decode(case.signal, bytes.clone().into());
            assert!(again.is_ok_and(|again| again.repairs() == Default::default()), "{case:#?}");
        }
        for engine in Engine::ALL {
            let found = seen(&compile(engine).unwrap().program, &batch);
            assert_eq!(found, wanted, "seed {seed} on {engine:?}: {case:#?}");
        }
        let trees = || reference.program.trees().cloned().collect::<Vec<_>>();
        for passes in [&[][..], &[Pass::Fold], &[Pass::Hoist]] {
            let program = Program::with_passes(case.signal, trees(), Engine::Vm, passes);
            assert_eq!(seen(&program, &batch), wanted, "seed {seed} with {passes:?}: {case:#?}");
        }
    }
    println!("{accepted} of {CASES} accepted, {changed} changed something, {fused} shared a pass");
    assert!(accepted > CASES / 3, "only {accepted} accepted");
    assert!(changed > CASES / 12, "only {changed} changed something");
    assert!(fused > CASES / 20, "only {fused} shared a pass");
}
