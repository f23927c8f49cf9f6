//! `holt featuregate`: the gates that `--feature-gates` knows.

use std::process::ExitCode;

use clap::Args;
use holt_collector::config::feature_gates::{GATES, Gate};

use crate::output;

#[derive(Args, Clone, Debug)]
pub(crate) struct FeaturegateArgs {
    /// Show one gate only.
    id: Option<String>,
}

/// Prints the table, or one gate.
pub(crate) fn run(arguments: &FeaturegateArgs) -> ExitCode {
    let Some(id) = &arguments.id else {
        output::text(&table());
        return ExitCode::SUCCESS;
    };
    match Gate::find(id) {
        Some(gate) => {
            output::text(&one(gate));
            ExitCode::SUCCESS
        }
        None => {
            output::error(&format!("feature \"{id}\" not found"));
            ExitCode::FAILURE
        }
    }
}

fn table() -> String {
    let header = ["ID", "Enabled", "Stage", "Description"].map(str::to_owned);
    let mut rows = vec![header];
    rows.extend(GATES.iter().map(|gate| {
        let (id, description) = (gate.id.to_owned(), gate.description.to_owned());
        [id, gate.default_enabled().to_string(), gate.stage.to_string(), description]
    }));
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(String::len).max().unwrap_or_default()
    };
    let widths = [width(0), width(1), width(2)];
    rows.iter()
        .map(|[id, enabled, stage, description]| {
            let [first, second, third] = widths;
            format!("{id:first$}  {enabled:second$}  {stage:third$}  {description}\n")
        })
        .collect()
}

fn one(gate: &Gate) -> String {
    let mut lines = vec![
        format!("Feature: {}", gate.id),
        format!("Enabled: {}", gate.default_enabled()),
        format!("Stage: {}", gate.stage),
        format!("Description: {}", gate.description),
        format!("From Version: {}", gate.from),
    ];
    if let Some(version) = gate.to {
        lines.push(format!("To Version: {version}"));
    }
    lines.join("\n") + "\n"
}
