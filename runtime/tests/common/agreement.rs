//! Whether the engines agree about a case; a disagreement panics. The fuzz target `diff_engines` runs
//! this too.

use std::collections::BTreeMap;

use holt_pdata::{Batch, Open, json};
use holt_runtime::compiler::opt::Pass;
use holt_runtime::host::FixedHost;
use holt_runtime::program::{Counts, RunError, Step, Trace};
use holt_runtime::{Engine, Program};

use crate::common::compile_groups;
use crate::generator::Case;

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

/// What a case that the compiler accepts did.
#[allow(dead_code)] // The fuzz target does not ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Did {
    /// Something is different afterwards.
    pub(crate) changed: bool,
    /// Groups shared a pass.
    pub(crate) fused: bool,
}

/// Runs a case on all engines, with and without optimiser passes. `None` if the compiler refuses it.
pub(crate) fn agree(case: &Case) -> Option<Did> {
    let compile = |engine| compile_groups(case.signal, case.context, &case.groups, engine);
    let reference = compile(Engine::Reference).ok()?.program;
    let batch = json::decode(case.signal, case.input.to_string().as_bytes()).unwrap();
    let wanted = seen(&reference, &batch);
    if let Ok(bytes) = &wanted.result {
        let again = Batch::decode(case.signal, bytes.clone().into());
        assert!(again.is_ok_and(|again| again.repairs() == Default::default()), "{case:#?}");
    }
    for engine in Engine::ALL {
        let found = seen(&compile(engine).unwrap().program, &batch);
        assert_eq!(found, wanted, "{engine:?}: {case:#?}");
    }
    for passes in [&[][..], &[Pass::Fold], &[Pass::Hoist]] {
        let trees = reference.trees().cloned().collect();
        let program = Program::with_passes(case.signal, trees, Engine::Vm, passes);
        assert_eq!(seen(&program, &batch), wanted, "with {passes:?}: {case:#?}");
    }
    Some(Did {
        changed: wanted.result.is_ok_and(|bytes| bytes[..] != batch.bytes()[..]),
        fused: reference.code().count() < case.groups.len(),
    })
}
