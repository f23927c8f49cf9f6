//! `holt print-config`: the configuration as it will run, with all defaults.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use holt_collector::config::CollectorConfig;
use holt_collector::config::model::Reference;
use holt_collector::config::print::{self, Secrets};
use holt_collector::config::ser::{SerError, to_node};
use holt_collector::config::yaml::{Entry, Kind, Mapping, Node};
use holt_collector::graph::Plan;
use holt_collector::telemetry::Handles;
use holt_grammar::source::Location;

use super::ConfigArgs;
use crate::output;
use crate::session::Session;

#[derive(Args, Clone, Debug)]
pub(crate) struct PrintConfigArgs {
    #[command(flatten)]
    config: ConfigArgs,

    /// Whether secrets are shown.
    #[arg(long, default_value = "redacted")]
    mode: Mode,

    /// YAML or JSON.
    #[arg(long, default_value = "yaml")]
    format: Format,

    /// Whether to check that the configuration would start.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    validate: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mode {
    Redacted,
    Unredacted,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Yaml,
    Json,
}

/// Loads, resolves and prints.
pub(crate) fn run(arguments: &PrintConfigArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::FAILURE };
    let session = runtime.block_on(Session::load(&arguments.config));
    output::diagnostics(&session.diagnostics, &session.sources, session.threshold());
    let Some((config, plan)) = session.resolved() else { return ExitCode::FAILURE };
    if arguments.validate
        && let Some(Err(error)) = session.build(&Handles::default(), Default::default())
    {
        output::error(&format!("failed to build pipelines: {error}"));
        return ExitCode::FAILURE;
    }
    let secrets = match arguments.mode {
        Mode::Redacted => Secrets::Redacted,
        Mode::Unredacted => Secrets::Shown,
    };
    match effective(config, plan) {
        Ok(tree) => {
            output::text(&match arguments.format {
                Format::Yaml => print::yaml(&tree, secrets, &|_| false),
                Format::Json => print::json(&tree, secrets, &|_| false),
            });
            ExitCode::SUCCESS
        }
        Err(error) => {
            output::error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// The whole configuration as JSON with all defaults, without secrets; empty when it has no such
/// form.
pub(super) fn shown(config: &CollectorConfig, plan: &Plan) -> String {
    let json = |tree: Node| print::json(&tree, Secrets::Redacted, &|_| false);
    effective(config, plan).map(json).unwrap_or_default()
}

/// The whole configuration as one tree, defaults included.
fn effective(config: &CollectorConfig, plan: &Plan) -> Result<Node, SerError> {
    let place = config.location;
    macro_rules! section {
        ($field:ident) => {{
            let mut entries = BTreeMap::new();
            for (id, component) in &plan.$field {
                entries.insert(id.to_string(), component.effective(place)?);
            }
            mapping(entries, place)
        }};
    }
    let ids = |references: &[Reference]| -> Result<Node, SerError> {
        let ids: Vec<String> =
            references.iter().map(|reference| reference.value.to_string()).collect();
        to_node(&ids, place)
    };
    let mut pipelines = BTreeMap::new();
    for (id, pipeline) in &config.service.pipelines {
        let parts = [
            ("receivers", ids(&pipeline.receivers)?),
            ("processors", ids(&pipeline.processors)?),
            ("exporters", ids(&pipeline.exporters)?),
        ];
        pipelines.insert(id.to_string(), mapping(parts, place));
    }
    let service = [
        ("extensions", ids(&config.service.extensions)?),
        ("pipelines", mapping(pipelines, place)),
        ("telemetry", to_node(&config.service.telemetry, place)?),
    ];
    let whole = [
        ("connectors", section!(connectors)),
        ("exporters", section!(exporters)),
        ("extensions", section!(extensions)),
        ("processors", section!(processors)),
        ("receivers", section!(receivers)),
        ("service", mapping(service, place)),
    ];
    Ok(mapping(whole, place))
}

/// A map of trees as they are: serialising them again would lose what is known of their values,
/// such as which are secret.
fn mapping<K: Into<String>>(entries: impl IntoIterator<Item = (K, Node)>, place: Location) -> Node {
    let mut whole = Mapping::default();
    for (key, value) in entries {
        whole.entries.insert(key.into(), Entry::new(place, value));
    }
    Node::new(Kind::Mapping(whole), place)
}
