//! `--sample`: the statements of a configuration on telemetry of the user's own. Those whose conditions
//! never hold are findings.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use holt_collector::component::Runner;
use holt_collector::config::model::CollectorConfig;
use holt_collector::config::yaml::{Kind, Node};
use holt_collector::graph::Plan;
use holt_collector::ottl::ProcessHost;
use holt_grammar::diag::Diagnostic;
use holt_grammar::diag::codes::Code;
use holt_grammar::parse_statement;
use holt_grammar::source::Location;
use holt_pdata::{Batch, Signal};

use crate::cmd::eval::requests;
use crate::cmd::pipeline::{self, On};

/// A condition that holds for no record of the sample.
const NEVER_MATCHED: &str = "T313";

/// The code above, for `explain`.
pub(crate) const CODES: &[Code] = &[Code {
    code: NEVER_MATCHED,
    title: "condition that never holds on the sample",
    explanation: "With --sample the processors of every pipeline run on that telemetry, in order. The \
condition of this statement held for none of the records that came to it, so it did nothing: a name may be \
misspelt, or an earlier statement or processor may have changed or dropped what the condition asks for. A \
sample that is too small says the same.",
}];

/// Reads the telemetry of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Batch>, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    requests(&bytes, None, &path.display().to_string())
}

/// Runs the processors of all pipelines on the sample, each on what those before it leave.
pub(super) async fn never_matched(
    config: &CollectorConfig,
    plan: &Plan,
    sample: &[Batch],
) -> Vec<Diagnostic> {
    if sample.is_empty() {
        return Vec::new();
    }
    let runner: Arc<dyn Runner> = Arc::new(On(ProcessHost::new()));
    for (id, pipeline) in &plan.pipelines {
        let signal = Signal::from(id.signal());
        let batches = sample.iter().filter(|batch| batch.signal() == signal).cloned();
        let batches: Vec<Batch> = batches.collect();
        if !batches.is_empty() {
            pipeline::through(&pipeline.processors, plan, signal, batches, &runner).await;
        }
    }
    let mut findings = Vec::new();
    for (id, processor) in &plan.processors {
        let Some(component) = config.processors.get(id) else { continue };
        let mut conditions = HashMap::new();
        of_statements(&component.settings, &mut conditions);
        for tally in processor.programs().into_iter().flat_map(|program| program.tallies()) {
            let counts = tally.counts();
            if tally.is_guard || counts.executed == 0 || counts.matched + counts.errors > 0 {
                continue;
            }
            let Some(location) = tally.place.and_then(|place| conditions.get(&place)) else {
                continue;
            };
            let message = match counts.executed {
                1 => "on the sample the condition does not hold for the one record".to_owned(),
                records => {
                    format!("on the sample the condition holds for none of {records} records")
                }
            };
            findings.push(
                Diagnostic::warning(NEVER_MATCHED, message)
                    .label(*location, "")
                    .note(format!("`{id}` ran on the telemetry given by --sample")),
            );
        }
    }
    findings
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
