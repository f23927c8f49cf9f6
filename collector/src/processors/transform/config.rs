//! Settings of `transform`: statement lists by signal, in two styles.
//!
//! A list holds either statements (they form one group, whose context is inferred) or groups with
//! their own context, conditions and error mode. See the transform processor's README in
//! OpenTelemetry Collector Contrib.

use holt_grammar::source::Location;
use holt_pdata::Signal;
use holt_runtime::program::{ErrorMode, Group};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::component::{MISSING_KEY, Report, WRONG_VALUE};
use crate::config::de::from_node;
use crate::config::feature_gates::Gates;
use crate::config::values::{Condition, Spanned, Statement, Text};
use crate::config::yaml::Node;
use crate::ottl::{Entries, Entry, Items, ModeSetting, entries, named, source};

/// The gate that log records are given resources of their own behind.
const FLATTEN: &str = "transform.flatten.logs";

/// The keys of a `transform` section.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Settings {
    /// What a statement that fails does, unless its group says otherwise.
    error_mode: ModeSetting,
    /// Whether log records have resources and scopes of their own while statements run.
    pub(super) flatten_data: Spanned<bool>,
    /// Statements for traces, or groups of them.
    #[serde(serialize_with = "list")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    trace_statements: Option<Node>,
    /// Statements for metrics, or groups of them.
    #[serde(serialize_with = "list")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    metric_statements: Option<Node>,
    /// Statements for logs, or groups of them.
    #[serde(serialize_with = "list")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    log_statements: Option<Node>,
    /// Statements for profiles, or groups of them.
    #[serde(serialize_with = "list")]
    #[schemars(with = "Option<Vec<Entry<GroupSettings>>>")]
    profile_statements: Option<Node>,
}

/// A list that is not set is an empty one.
fn list<S: Serializer>(list: &Option<Node>, serializer: S) -> Result<S::Ok, S::Error> {
    match list {
        Some(node) => node.serialize(serializer),
        None => serializer.collect_seq(std::iter::empty::<()>()),
    }
}

/// A group as an object.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
struct GroupSettings {
    /// The context of the statements; inferred from their paths when absent.
    context: Option<Text>,
    /// What a statement that fails does; that of the section when absent.
    #[schemars(extend("default" = null))]
    error_mode: ModeSetting,
    /// Any of them must hold for the statements to run.
    conditions: Vec<Condition>,
    /// What is run, in order.
    statements: Vec<Statement>,
    /// Whether the cache is one for all groups that share it.
    shared_cache: bool,
}

/// The lists of all signals.
const LISTS: [(Signal, &str); 4] = [
    (Signal::Traces, "trace_statements"),
    (Signal::Metrics, "metric_statements"),
    (Signal::Logs, "log_statements"),
    (Signal::Profiles, "profile_statements"),
];

impl Settings {
    /// The groups of every signal that has any. `node` is the component's section.
    pub(super) fn groups(
        &self,
        node: &Node,
        gates: &Gates,
        report: &mut Report<'_>,
    ) -> Vec<(Signal, Vec<Group>)> {
        if self.flatten_data.value && !gates.is_enabled(FLATTEN) {
            let help = format!("start with `--feature-gates {FLATTEN}`, or remove the key");
            let message = ("it is behind a feature gate", &*help);
            let reference =
                format!("'flatten_data' requires the '{FLATTEN}' feature gate to be enabled");
            let place = self.flatten_data.location;
            report.at("flatten_data", place).refuse(WRONG_VALUE, None, message, &reference);
        }
        let mode = self.error_mode.resolve(node, ErrorMode::default(), report);
        let lists = LISTS.into_iter().filter_map(|(signal, key)| {
            let nothing =
                format!("invalid {key} item: empty statement list items are not supported");
            let items = Items { one: "statement", nothing: &nothing, texts_may_follow: true };
            Some((signal, groups(key, entries(node, key, items, report)?, mode, node, report)))
        });
        lists.filter(|(_, groups)| !groups.is_empty()).collect()
    }
}

fn groups(
    key: &str,
    entries: Entries<'_>,
    mode: ErrorMode,
    node: &Node,
    report: &mut Report<'_>,
) -> Vec<Group> {
    let section = node.location;
    let Entries { groups, texts } = entries;
    let mut found = Vec::with_capacity(groups.len() + 1);
    for (index, node) in groups.into_iter().enumerate() {
        let mut report = report.at(&format!("{key}::{index}"), Some(node.location));
        found.extend(group(node, mode, section, &mut report));
    }
    if !texts.is_empty() {
        let statements = texts.iter().map(|text| source(text, section)).collect();
        found.push(Group { statements, error_mode: mode, ..Group::default() });
    }
    found
}

fn group(
    node: &Node,
    mode: ErrorMode,
    section: Location,
    report: &mut Report<'_>,
) -> Option<Group> {
    let settings = match from_node::<GroupSettings>(node, &report.path) {
        Ok(settings) => settings,
        Err(more) => {
            report.findings.extend(more);
            return None;
        }
    };
    let context = named(node, settings.context.as_ref(), report);
    if settings.context.is_none()
        && settings.statements.is_empty()
        && settings.conditions.is_empty()
    {
        let message =
            ("the group has neither a context nor statements", "add `statements:` or remove it");
        let reference = "unable to infer a valid context from statements [] and conditions []";
        report.refuse(MISSING_KEY, None, message, reference);
        return None;
    }
    Some(Group {
        context: context.map(|context| source(context, section)),
        statements: settings.statements.iter().map(|text| source(text, section)).collect(),
        conditions: settings.conditions.iter().map(|text| source(text, section)).collect(),
        error_mode: settings.error_mode.resolve(node, mode, report),
        shared_cache: settings.shared_cache,
        ..Group::default()
    })
}
