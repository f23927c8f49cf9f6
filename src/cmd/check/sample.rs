//! `--sample`: the statements of a configuration on telemetry of the user's own. Those whose conditions
//! never hold, and those that fail for what the records hold, are findings.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use holt_collector::component::Runner;
use holt_collector::config::model::CollectorConfig;
use holt_collector::config::yaml::{Kind, Node};
use holt_collector::graph::Plan;
use holt_collector::ottl::ProcessHost;
use holt_grammar::diag::Diagnostic;
use holt_grammar::diag::codes::Code;
use holt_grammar::parse_statement;
use holt_grammar::source::Location;
use holt_pdata::{Batch, Open, Signal};
use holt_runtime::Program;
use holt_runtime::program::{RunError, Step, Trace};

use crate::cmd::eval::requests;
use crate::cmd::pipeline;

/// A condition that holds for no record of the sample.
const NEVER_MATCHED: &str = "T313";
/// A statement or condition that fails for records of the sample.
const FAILS: &str = "T314";

/// The codes above, for `explain`.
pub(crate) const CODES: &[Code] = &[
    Code {
        code: NEVER_MATCHED,
        title: "condition that never holds on the sample",
        explanation: "With --sample the processors of every pipeline run on that telemetry, in order. The \
condition of this statement held for none of the records that came to it, so it did nothing: a name may be \
misspelt, or an earlier statement or processor may have changed or dropped what the condition asks for. A \
sample that is too small says the same.",
    },
    Code {
        code: FAILS,
        title: "statement that fails on the sample",
        explanation: "With --sample the processors of every pipeline run on that telemetry, in order. For \
some of its records this statement or condition failed, since what they hold is of another type or form than \
it needs; the message tells the first failure. What then happens is for `error_mode` to say: the record goes \
on without the statement, or the whole batch is refused. Ask for the type first, as in `where \
IsString(log.body)`.",
    },
];

/// Reads the telemetry of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Batch>, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    requests(&bytes, None, &path.display().to_string())
}

/// Runs the processors of all pipelines on the sample, each on what those before it leave, and tells what
/// that shows of their statements.
pub(super) async fn findings(
    config: &CollectorConfig,
    plan: &Plan,
    sample: &[Batch],
) -> Vec<Diagnostic> {
    if sample.is_empty() {
        return Vec::new();
    }
    let noting = Arc::new(Noting::default());
    let runner: Arc<dyn Runner> = noting.clone();
    for (id, pipeline) in &plan.pipelines {
        let signal = Signal::from(id.signal());
        let batches = sample.iter().filter(|batch| batch.signal() == signal).cloned();
        let batches: Vec<Batch> = batches.collect();
        if !batches.is_empty() {
            pipeline::through(&pipeline.processors, plan, signal, batches, &runner).await;
        }
    }
    let seen = noting.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let mut findings = Vec::new();
    for (id, processor) in &plan.processors {
        let Some(component) = config.processors.get(id) else { continue };
        let mut conditions = HashMap::new();
        of_statements(&component.settings, &mut conditions);
        for tally in processor.programs().into_iter().flat_map(|program| program.tallies()) {
            let Some((place, seen)) =
                tally.place.and_then(|place| Some((place, seen.get(&place)?)))
            else {
                continue;
            };
            let records = seen.records;
            let finding = if let Some(error) = &seen.error {
                let what = if tally.is_guard { "condition" } else { "statement" };
                let of = match records {
                    1 => "the one record".to_owned(),
                    _ => format!("{} of {records} records", seen.failed),
                };
                let message = format!("on the sample the {what} fails for {of}: {error}");
                Diagnostic::warning(FAILS, message).label(place, "")
            } else {
                let never = !tally.is_guard && seen.matched == 0;
                let Some(condition) = conditions.get(&place).filter(|_| never) else { continue };
                let message = match records {
                    1 => "on the sample the condition does not hold for the one record".to_owned(),
                    _ => format!("on the sample the condition holds for none of {records} records"),
                };
                Diagnostic::warning(NEVER_MATCHED, message).label(*condition, "")
            };
            findings.push(finding.note(format!("`{id}` ran on the telemetry given by --sample")));
        }
    }
    findings
}

/// What became of a statement or condition on all records that came to it.
#[derive(Default)]
struct Seen {
    records: u64,
    matched: u64,
    failed: u64,
    /// The first failure.
    error: Option<String>,
}

/// Runs programs and notes what becomes of each statement. Components may run copies of what they were
/// compiled to, so it is noted by place.
#[derive(Default)]
struct Noting {
    host: ProcessHost,
    seen: Mutex<HashMap<Location, Seen>>,
}

impl fmt::Debug for Noting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Noting").finish_non_exhaustive()
    }
}

impl Runner for Noting {
    fn run(&self, program: &Program, batch: &Batch) -> Result<Batch, RunError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        program.run_traced(batch, &self.host, &mut Notes { program, seen: &mut seen })
    }

    fn sort(
        &self,
        program: &Program,
        batch: &Batch,
        wanted: Option<&[bool]>,
    ) -> Result<Vec<Option<usize>>, RunError> {
        program.sort(batch, &self.host, wanted)
    }
}

/// Takes note of a run.
struct Notes<'n> {
    program: &'n Program,
    seen: &'n mut HashMap<Location, Seen>,
}

impl Trace for Notes<'_> {
    fn step(&mut self, statement: usize, step: Step<'_>, _: &Open<'_>) {
        let place = self.program.tallies().get(statement).and_then(|tally| tally.place);
        let Some(place) = place else { return };
        let seen = self.seen.entry(place).or_default();
        seen.records += 1;
        match step {
            Step::NotMatched => {}
            Step::Matched => seen.matched += 1,
            Step::Failed(error) => {
                seen.failed += 1;
                seen.error.get_or_insert_with(|| error.to_string());
            }
        }
    }
}

/// The places of the conditions of all statements below a node, by the places of the statements.
fn of_statements(node: &Node, found: &mut HashMap<Location, Location>) {
    match &node.kind {
        Kind::Scalar(scalar) => {
            let Ok(statement) = parse_statement(&scalar.text) else { return };
            let Some(condition) = &statement.condition else { return };
            let place = |span| scalar.origin.locate(span);
            found.insert(place(statement.span), place(condition.span));
        }
        Kind::Sequence(items) => items.iter().for_each(|item| of_statements(item, found)),
        Kind::Mapping(mapping) => {
            mapping.entries.values().for_each(|entry| of_statements(&entry.value, found));
        }
        _ => {}
    }
}
