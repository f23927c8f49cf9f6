//! Settings of `transform`: statement lists by signal, in two styles.
//!
//! A list holds either statements (they form one group, whose context is inferred) or groups with
//! their own context, conditions and error mode. See the transform processor's README in
//! OpenTelemetry Collector Contrib.

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::Signal;
use holt_runtime::program::{ErrorMode, Group};
use serde::{Deserialize, Serialize};

use crate::component::WRONG_VALUE;
use crate::config::de::from_node;
use crate::config::values::{Condition, Spanned, Statement, Text};
use crate::config::yaml::{Kind, Node};
use crate::ottl::source;

/// The keys of a `transform` section.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    error_mode: ModeSetting,
    flatten_data: Spanned<bool>,
    trace_statements: Vec<Node>,
    metric_statements: Vec<Node>,
    log_statements: Vec<Node>,
    profile_statements: Vec<Node>,
}

/// The name of an error mode; empty means the one further out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct ModeSetting(Option<Text>);

/// A group as an object.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct GroupSettings {
    context: Option<Text>,
    error_mode: ModeSetting,
    conditions: Vec<Condition>,
    statements: Vec<Statement>,
    shared_cache: bool,
}

impl ModeSetting {
    fn resolve(&self, outer: ErrorMode, findings: &mut Vec<Diagnostic>) -> ErrorMode {
        let Some(name) = self.0.as_ref().filter(|name| !name.is_empty()) else { return outer };
        name.parse().unwrap_or_else(|error| {
            let finding = Diagnostic::error(WRONG_VALUE, format!("{error}, found `{name}`"))
                .note(format!("the Go collector says: unknown error mode {name}"));
            findings.push(match name.location() {
                Some(location) => finding.label(location, ""),
                None => finding,
            });
            outer
        })
    }
}

impl Settings {
    /// The groups of every signal that has any.
    pub(super) fn groups(
        &self,
        section: Location,
        findings: &mut Vec<Diagnostic>,
    ) -> Vec<(Signal, Vec<Group>)> {
        if self.flatten_data.value {
            findings.push(
                Diagnostic::error(
                    crate::component::NOT_SUPPORTED_YET,
                    "`flatten_data` is not there yet",
                )
                .label(self.flatten_data.location.unwrap_or(section), "")
                .note("the Go collector has it behind the feature gate `transform.flatten.logs`"),
            );
        }
        let mode = self.error_mode.resolve(ErrorMode::default(), findings);
        let lists = [
            (Signal::Traces, "trace_statements", &self.trace_statements),
            (Signal::Metrics, "metric_statements", &self.metric_statements),
            (Signal::Logs, "log_statements", &self.log_statements),
            (Signal::Profiles, "profile_statements", &self.profile_statements),
        ];
        let filled = lists.into_iter().filter(|(_, _, list)| !list.is_empty());
        filled
            .map(|(signal, key, list)| (signal, groups_of(key, list, mode, section, findings)))
            .collect()
    }
}

fn groups_of(
    key: &str,
    list: &[Node],
    mode: ErrorMode,
    section: Location,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Group> {
    let is_group = |node: &Node| matches!(node.kind, Kind::Mapping(_));
    if let Some(odd) = list.iter().find(|node| is_group(node) != list.first().is_some_and(is_group))
    {
        findings.push(
            Diagnostic::error(WRONG_VALUE, format!("`{key}` mixes statements and groups"))
                .label(odd.location, "unlike the entries before it")
                .note("write all entries as statements, or all as maps with `statements:`")
                .note(
                    "the Go collector says: configuring multiple configuration styles is not \
                     supported, please use only Basic configuration or only Advanced configuration",
                ),
        );
        return Vec::new();
    }
    if list.first().is_some_and(is_group) {
        return list.iter().filter_map(|node| group(key, node, mode, section, findings)).collect();
    }
    let mut statements = Vec::with_capacity(list.len());
    for node in list {
        match from_node::<Statement>(node, key) {
            Ok(statement) => statements.push(source(&statement, section)),
            Err(more) => findings.extend(more),
        }
    }
    vec![Group { statements, error_mode: mode, ..Group::default() }]
}

fn group(
    key: &str,
    node: &Node,
    mode: ErrorMode,
    section: Location,
    findings: &mut Vec<Diagnostic>,
) -> Option<Group> {
    let settings = match from_node::<GroupSettings>(node, key) {
        Ok(settings) => settings,
        Err(more) => {
            findings.extend(more);
            return None;
        }
    };
    Some(Group {
        context: settings
            .context
            .as_ref()
            .filter(|context| !context.is_empty())
            .map(|context| source(context, section)),
        statements: settings.statements.iter().map(|text| source(text, section)).collect(),
        conditions: settings.conditions.iter().map(|text| source(text, section)).collect(),
        error_mode: settings.error_mode.resolve(mode, findings),
        shared_cache: settings.shared_cache,
    })
}
