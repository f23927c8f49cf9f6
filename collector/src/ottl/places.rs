//! Where OTTL stands in a configuration: by the keys of the components that take it, whether Holt has
//! them or not, and whether the rest of their settings is right or not.
//!
//! A tree enters, its texts leave. Formatting and editors go by this; compiling goes by what each
//! component decodes.

use holt_grammar::layout::Language::{self, Condition, Statement, Value};

use crate::component::registry::known_name;
use crate::config::model::ComponentKind::{self, Connector, Processor};
use crate::config::values::Text;
use crate::config::yaml::{Kind, Node};

/// A text of the configuration that is OTTL.
#[derive(Clone, Debug)]
pub struct Written {
    /// The text.
    pub text: Text,
    /// What it is.
    pub language: Language,
    /// Today's name of its component's type.
    pub type_name: &'static str,
    /// The keys that lead to it from the settings of its component.
    pub keys: &'static str,
    /// The context that its group names.
    pub context: Option<String>,
}

/// The texts of one language that a component takes.
struct Row {
    kind: ComponentKind,
    type_name: &'static str,
    language: Language,
    /// Keys joined by dots; `[]` is each item of a list, `*` each entry of a map.
    keys: &'static [&'static str],
}

static ROWS: &[Row] = &[
    Row {
        kind: Processor,
        type_name: "transform",
        language: Statement,
        keys: &[
            "trace_statements.[]",
            "trace_statements.[].statements.[]",
            "metric_statements.[]",
            "metric_statements.[].statements.[]",
            "log_statements.[]",
            "log_statements.[].statements.[]",
            "profile_statements.[]",
            "profile_statements.[].statements.[]",
        ],
    },
    Row {
        kind: Processor,
        type_name: "transform",
        language: Condition,
        keys: &[
            "trace_statements.[].conditions.[]",
            "metric_statements.[].conditions.[]",
            "log_statements.[].conditions.[]",
            "profile_statements.[].conditions.[]",
        ],
    },
    Row {
        kind: Processor,
        type_name: "filter",
        language: Condition,
        keys: &[
            "trace_conditions.[]",
            "trace_conditions.[].conditions.[]",
            "metric_conditions.[]",
            "metric_conditions.[].conditions.[]",
            "log_conditions.[]",
            "log_conditions.[].conditions.[]",
            "profile_conditions.[]",
            "profile_conditions.[].conditions.[]",
            "traces.resource.[]",
            "traces.span.[]",
            "traces.spanevent.[]",
            "metrics.resource.[]",
            "metrics.metric.[]",
            "metrics.datapoint.[]",
            "logs.resource.[]",
            "logs.log_record.[]",
            "profiles.resource.[]",
            "profiles.profile.[]",
        ],
    },
    Row {
        kind: Processor,
        type_name: "tail_sampling",
        language: Condition,
        keys: &[
            "policies.[].ottl_condition.span.[]",
            "policies.[].ottl_condition.spanevent.[]",
            "policies.[].*.*.[].ottl_condition.span.[]",
            "policies.[].*.*.[].ottl_condition.spanevent.[]",
        ],
    },
    Row { kind: Processor, type_name: "log_dedup", language: Condition, keys: &["conditions.[]"] },
    Row { kind: Processor, type_name: "logdedup", language: Condition, keys: &["conditions.[]"] },
    Row {
        kind: Connector,
        type_name: "routing",
        language: Statement,
        keys: &["table.[].statement"],
    },
    Row {
        kind: Connector,
        type_name: "routing",
        language: Condition,
        keys: &["table.[].condition"],
    },
    Row {
        kind: Connector,
        type_name: "count",
        language: Condition,
        keys: &[
            "spans.*.conditions.[]",
            "spanevents.*.conditions.[]",
            "metrics.*.conditions.[]",
            "datapoints.*.conditions.[]",
            "logs.*.conditions.[]",
            "profiles.*.conditions.[]",
        ],
    },
    Row {
        kind: Connector,
        type_name: "sum",
        language: Condition,
        keys: &[
            "spans.*.conditions.[]",
            "spanevents.*.conditions.[]",
            "metrics.*.conditions.[]",
            "datapoints.*.conditions.[]",
            "logs.*.conditions.[]",
        ],
    },
    Row {
        kind: Connector,
        type_name: "signal_to_metrics",
        language: Condition,
        keys: &[
            "spans.[].conditions.[]",
            "datapoints.[].conditions.[]",
            "logs.[].conditions.[]",
            "profiles.[].conditions.[]",
        ],
    },
    Row {
        kind: Connector,
        type_name: "signal_to_metrics",
        language: Value,
        keys: &[
            "spans.[].*.value",
            "spans.[].*.count",
            "datapoints.[].*.value",
            "datapoints.[].*.count",
            "logs.[].*.value",
            "logs.[].*.count",
            "profiles.[].*.value",
            "profiles.[].*.count",
        ],
    },
];

/// The OTTL of a configuration, in the order of its sections.
pub fn of_tree(tree: &Node) -> Vec<Written> {
    let mut found = Vec::new();
    for kind in ComponentKind::ALL {
        let section = tree.get(kind.section()).and_then(Node::as_mapping);
        for (id, entry) in section.into_iter().flat_map(|section| &section.entries) {
            let type_name = id.split('/').next().unwrap_or_default().trim();
            found.extend(of_component(kind, type_name, &entry.value));
        }
    }
    found
}

/// The OTTL in the settings of a component.
pub fn of_component(kind: ComponentKind, type_name: &str, settings: &Node) -> Vec<Written> {
    let type_name = known_name(kind, type_name).unwrap_or(type_name);
    let mut found = Vec::new();
    for row in ROWS.iter().filter(|row| row.kind == kind && row.type_name == type_name) {
        for keys in row.keys {
            walk(settings, Some(keys), None, &mut |node, context| {
                found.extend(Text::of_node(node).map(|text| Written {
                    text,
                    language: row.language,
                    type_name: row.type_name,
                    keys,
                    context: context.map(str::to_owned),
                }));
            });
        }
    }
    found
}

/// Hands out what a path of keys leads to, with the context named beside it.
fn walk<'n>(
    node: &'n Node,
    keys: Option<&str>,
    context: Option<&'n str>,
    found: &mut impl FnMut(&'n Node, Option<&'n str>),
) {
    let Some(keys) = keys else { return found(node, context) };
    let (key, rest) = match keys.split_once('.') {
        Some((key, rest)) => (key, Some(rest)),
        None => (keys, None),
    };
    let named = node.get("context").and_then(Node::as_text).map(|scalar| scalar.text.as_str());
    let context = named.or(context);
    match (key, &node.kind) {
        ("[]", Kind::Sequence(items)) => {
            items.iter().for_each(|item| walk(item, rest, context, found));
        }
        ("*", Kind::Mapping(mapping)) => {
            mapping.entries.values().for_each(|entry| walk(&entry.value, rest, context, found));
        }
        (key, Kind::Mapping(mapping)) => {
            if let Some(entry) = mapping.entries.get(key) {
                walk(&entry.value, rest, context, found);
            }
        }
        _ => {}
    }
}
