//! Everything there is to say about texts: all stages that `run` has before it builds, and the lint
//! rules.

use holt_collector::config::environment::ProcessEnvironment;
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::{self, LoadRequest, load_text};
use holt_collector::lint::target::Target;
use holt_collector::lint::{self, suppress};
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{SourceId, SourceMap};
use holt_pdata::Batch;

use super::discover::Input;
use super::sample;
use crate::cmd::ConfigArgs;
use crate::session::{Analysed, arrange};

/// What was examined.
#[derive(Default)]
pub(in crate::cmd) struct Examined {
    /// All texts that were read.
    pub(in crate::cmd) sources: SourceMap,
    /// The texts that are files, with their places in the list of inputs.
    pub(in crate::cmd) files: Vec<(SourceId, usize)>,
    /// Names of the texts that hold configurations.
    pub(in crate::cmd) names: Vec<String>,
    /// What was found.
    pub(in crate::cmd) findings: Vec<Diagnostic>,
}

/// What all texts are examined by.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Rules {
    /// The feature gates.
    pub(in crate::cmd) gates: Gates,
    /// Whether components that Holt lacks are warnings.
    pub(in crate::cmd) allow_missing: bool,
    /// What else must run the configurations.
    pub(in crate::cmd) target: Target,
    /// Telemetry to run statements on.
    pub(in crate::cmd) sample: Vec<Batch>,
}

/// Codes that a running collector keeps quiet about, and that matter to those who write.
const STYLE: &[&str] = &["T110"];

/// A text without any configuration that was named.
const NOTHING: &str = "C003";

impl Examined {
    /// Examines each text by itself.
    pub(in crate::cmd) async fn texts(inputs: &[Input], rules: &Rules) -> Self {
        let mut examined = Self::default();
        for (index, input) in inputs.iter().enumerate() {
            examined.text(index, input, rules).await;
        }
        examined
    }

    async fn text(&mut self, index: usize, input: &Input, rules: &Rules) {
        let environment = &ProcessEnvironment;
        let loaded = load_text(&input.name, &input.text, &mut self.sources, environment).await;
        let Some(source) = self.sources.find(&input.name) else { return };
        let mut findings = Vec::new();
        match loaded {
            // Templates and other YAML stand in directories too.
            Err(_) if !input.named && !looks_like_configuration(&input.text) => return,
            Err(errors) => findings = errors,
            Ok((trees, _)) if trees.is_empty() => {
                if input.named {
                    let message = format!("{} holds no collector configuration", input.name);
                    findings.push(Diagnostic::error(NOTHING, message).note(
                        "a configuration has keys such as `receivers`, `exporters` and `service`",
                    ));
                } else {
                    return;
                }
            }
            Ok((trees, warnings)) => {
                findings.extend(warnings);
                for tree in &trees {
                    self.analyse(tree, rules, &mut findings).await;
                }
            }
        }
        if input.path.is_some() {
            self.files.push((source, index));
        }
        self.names.push(input.name.clone());
        findings = suppress::apply(findings, &self.sources, &[source]);
        arrange(&mut findings);
        self.findings.extend(findings);
    }

    /// Examines the configuration that flags make of several sources.
    pub(in crate::cmd) async fn merged(arguments: &ConfigArgs, rules: &Rules) -> Self {
        let request = LoadRequest {
            configs: arguments.configs.clone(),
            sets: arguments.sets.clone(),
            lists: rules.gates.lists(),
            ..LoadRequest::default()
        };
        let mut examined = Self { names: arguments.configs.clone(), ..Self::default() };
        let findings = match config::load(&request, &ProcessEnvironment).await {
            Ok(loaded) => {
                examined.sources = loaded.sources;
                let mut findings = loaded.warnings;
                examined.analyse(&loaded.tree, rules, &mut findings).await;
                findings
            }
            Err(failure) => {
                examined.sources = failure.sources;
                failure.findings
            }
        };
        let sources: Vec<SourceId> = examined.sources.ids().collect();
        examined.findings = suppress::apply(findings, &examined.sources, &sources);
        arrange(&mut examined.findings);
        examined
    }

    async fn analyse(
        &self,
        tree: &config::yaml::Node,
        rules: &Rules,
        findings: &mut Vec<Diagnostic>,
    ) {
        let analysed = Analysed::of(tree, &rules.gates, rules.allow_missing);
        let config = analysed.resolved.as_ref().map(|(config, _)| config);
        let mut found = analysed.diagnostics;
        for finding in found.iter_mut().filter(|finding| STYLE.contains(&finding.code)) {
            finding.severity = finding.severity.max(Severity::Warning);
        }
        if let Some(config) = config {
            found.retain(|finding| rules.target.concerns(finding, config));
            found.extend(rules.target.findings(config, &self.sources));
        }
        findings.extend(found);
        if let Some((config, plan)) = &analysed.resolved {
            findings.extend(lint::lint(config, &self.sources));
            findings.extend(sample::findings(config, plan, &rules.sample).await);
        }
    }

    /// The weight of the heaviest finding.
    pub(in crate::cmd) fn heaviest(findings: &[Diagnostic]) -> Option<Severity> {
        findings.iter().map(|finding| finding.severity).max()
    }
}

/// Whether a text that is no YAML was surely meant to be a configuration.
pub(in crate::cmd) fn looks_like_configuration(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.trim_start().starts_with(key));
    has("receivers:") && has("service:")
}
