//! `--sample`: the statements of a configuration on telemetry of the user's own. Those whose conditions
//! never hold are findings.

use std::path::Path;

use holt_collector::component::ProcessorConfig;
use holt_collector::config::ids::ComponentId;
use holt_collector::config::model::CollectorConfig;
use holt_collector::config::yaml::{Kind, Node, Scalar};
use holt_collector::graph::Plan;
use holt_collector::ottl::ProcessHost;
use holt_grammar::diag::Diagnostic;
use holt_grammar::diag::codes::Code;
use holt_grammar::source::Location;
use holt_grammar::{ast, format, parse_statement};
use holt_pdata::{Batch, Signal};

use crate::cmd::eval::requests;

/// A condition that holds for no record of the sample.
const NEVER_MATCHED: &str = "T313";

/// The code above, for `explain`.
pub(crate) const CODES: &[Code] = &[Code {
    code: NEVER_MATCHED,
    title: "condition that never holds on the sample",
    explanation: "With --sample the statements of every pipeline run on that telemetry, in order. The \
condition of this statement held for none of its records, so it did nothing: a name may be misspelt, or an \
earlier statement may have changed what the condition asks for. A sample that is too small says the same.",
}];

/// Reads the telemetry of a file.
pub(super) fn read(path: &Path) -> Result<Vec<Batch>, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    requests(&bytes, None, &path.display().to_string())
}

/// Runs the programs of all pipelines on the sample.
pub(super) fn never_matched(
    config: &CollectorConfig,
    plan: &Plan,
    sample: &[Batch],
) -> Vec<Diagnostic> {
    if sample.is_empty() {
        return Vec::new();
    }
    let host = ProcessHost::new();
    for (id, pipeline) in &plan.pipelines {
        let signal = Signal::from(id.signal());
        for batch in sample.iter().filter(|batch| batch.signal() == signal) {
            through(&pipeline.processors, plan, batch, &host);
        }
    }
    let mut findings = Vec::new();
    for (id, processor) in &plan.processors {
        let Some(component) = config.processors.get(id) else { continue };
        let mut places = Vec::new();
        statements(&component.settings, &mut places);
        for tally in processor.programs().into_iter().flat_map(|program| program.tallies()) {
            let counts = tally.counts();
            if tally.is_guard || counts.executed == 0 || counts.matched + counts.errors > 0 {
                continue;
            }
            let place = places.iter().find(|(text, _)| same(text, &tally.text));
            let Some((_, location)) = place else { continue };
            let records = match counts.executed {
                1 => "the one record".to_owned(),
                records => format!("none of {records} records"),
            };
            let message = format!("on the sample the condition holds for {records}");
            let message = message.replace("holds for the one", "does not hold for the one");
            findings.push(
                Diagnostic::warning(NEVER_MATCHED, message)
                    .label(*location, "")
                    .note(format!("`{id}` ran on the telemetry given by --sample")),
            );
        }
    }
    findings
}

/// Runs a batch through the programs of a pipeline, as far as it gets.
fn through(processors: &[ComponentId], plan: &Plan, batch: &Batch, host: &ProcessHost) {
    let mut current = batch.clone();
    for processor in processors.iter().filter_map(|id| plan.processors.get(id)) {
        let programs = ProcessorConfig::programs(processor.as_ref());
        for program in programs.into_iter().filter(|one| one.signal() == batch.signal()) {
            match program.run(&current, host) {
                Ok(next) => current = next,
                Err(_) => return,
            }
        }
    }
}

/// The statements below a node: canonical text, and the place of the condition.
fn statements(node: &Node, found: &mut Vec<(String, Location)>) {
    match &node.kind {
        Kind::Scalar(scalar) => found.extend(statement(scalar)),
        Kind::Sequence(items) => items.iter().for_each(|item| statements(item, found)),
        Kind::Mapping(mapping) => {
            mapping.entries.values().for_each(|entry| statements(&entry.value, found));
        }
        _ => {}
    }
}

fn statement(scalar: &Scalar) -> Option<(String, Location)> {
    let statement: ast::Statement = parse_statement(&scalar.text).ok()?;
    let condition = statement.condition.as_ref()?;
    Some((format::statement(&statement), scalar.origin.locate(condition.span)))
}

/// Whether a statement as written is the one of a program, which has every path behind its context.
fn same(written: &str, compiled: &str) -> bool {
    let Ok(compiled) = parse_statement(compiled) else { return false };
    let compiled = format::statement(&compiled);
    let bare = |text: &str| {
        CONTEXTS.iter().fold(text.to_owned(), |text, context| text.replace(context, ""))
    };
    written == compiled || bare(written) == bare(&compiled)
}

/// What paths of records may begin with.
const CONTEXTS: &[&str] =
    &["span.", "spanevent.", "spanlink.", "metric.", "datapoint.", "exemplar.", "log.", "profile."];
