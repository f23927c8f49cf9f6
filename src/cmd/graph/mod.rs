//! `holt graph`: a picture of what a configuration joins: receivers, processors, exporters and
//! connectors by pipeline, from the YAML alone, so that it also works with components Holt does not
//! have.
//!
//! Exit codes: 0; 1 when the configuration cannot be read.

mod ascii;
mod dot;
mod json;
mod layout;
mod mermaid;
mod svg;
mod topology;

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use holt_collector::config::environment::ProcessEnvironment;
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::{self, LoadRequest};
use holt_collector::lint::{self, suppress};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{SourceId, SourceMap};

use self::topology::Topology;
use super::ConfigArgs;
use crate::output;
use crate::session::{Analysed, arrange};

#[derive(Args, Clone, Debug)]
pub(crate) struct GraphArgs {
    /// A configuration, as for --config.
    #[arg(value_name = "PATH")]
    path: Option<String>,

    #[command(flatten)]
    config: ConfigArgs,

    /// The form of the picture.
    #[arg(short = 'f', long, default_value = "ascii")]
    format: Format,

    /// Mark what `holt check` finds at the components it is about.
    #[arg(long)]
    lint: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Text for a terminal.
    Ascii,
    /// The language of Graphviz.
    Dot,
    /// A flowchart of Mermaid, which Markdown on many sites shows.
    Mermaid,
    /// A picture of its own.
    Svg,
    /// Nodes and edges.
    Json,
}

/// Loads, joins and draws.
pub(crate) fn run(arguments: &GraphArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::FAILURE };
    match runtime.block_on(read(arguments)) {
        Ok(topology) => {
            output::text(&match arguments.format {
                Format::Ascii => ascii::draw(&topology),
                Format::Dot => dot::draw(&topology),
                Format::Mermaid => mermaid::draw(&topology),
                Format::Svg => svg::draw(&topology),
                Format::Json => json::draw(&topology),
            });
            ExitCode::SUCCESS
        }
        Err((findings, sources)) => {
            output::diagnostics(&findings, &sources, Severity::Warning);
            ExitCode::FAILURE
        }
    }
}

/// The topology, or why there is none.
async fn read(arguments: &GraphArgs) -> Result<Topology, (Vec<Diagnostic>, SourceMap)> {
    let mut gates = Gates::default();
    let named = arguments.config.feature_gates.iter().map(String::as_str);
    gates.apply(named).map_err(|findings| (findings, SourceMap::default()))?;
    let request = LoadRequest {
        configs: arguments.path.iter().chain(&arguments.config.configs).cloned().collect(),
        sets: arguments.config.sets.clone(),
        lists: gates.lists(),
        ..LoadRequest::default()
    };
    let loaded = config::load(&request, &ProcessEnvironment)
        .await
        .map_err(|failure| (failure.findings, failure.sources))?;
    let config = match config::decode(&loaded.tree) {
        Ok(config) => config,
        Err(findings) => return Err((findings, loaded.sources)),
    };
    let mut topology = Topology::of(&config);
    if arguments.lint {
        let mut findings = loaded.warnings;
        findings
            .extend(Analysed::of(&loaded.tree, &gates, arguments.config.allow_missing).diagnostics);
        findings.extend(lint::lint(&config, &loaded.sources));
        let all: Vec<SourceId> = loaded.sources.ids().collect();
        let mut findings = suppress::apply(findings, &loaded.sources, &all);
        findings.retain(|finding| finding.severity >= Severity::Warning);
        arrange(&mut findings);
        topology.mark(&config, findings);
    }
    Ok(topology)
}
