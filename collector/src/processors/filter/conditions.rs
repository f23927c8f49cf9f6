//! Conditions as text to the typed trees that drop what they hold for.
//!
//! A group says at most one context. Without one, every condition runs in the context that its own
//! paths ask for; those of one context stand together, and the contexts run from the resource
//! downwards, so that what a parent loses is not looked at again.

use holt_grammar::diag::Diagnostic;
use holt_pdata::{Level, Signal};
use holt_runtime::compiler::hir;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{ErrorMode, Group, SourceText, Trees, compile_trees};
use schemars::JsonSchema;
use serde::Deserialize;

use super::forms::Form;
use crate::component::Report;
use crate::config::de::from_node;
use crate::config::values::{Condition, Text};
use crate::config::yaml::Node;
use crate::ottl::{Entries, Items, ModeSetting, entries, named, source};

/// Conditions that are run with one error mode.
pub(super) struct Conditions {
    /// Their context; inferred for each when absent.
    context: Option<SourceText>,
    /// Any of them drops what it holds for.
    texts: Vec<SourceText>,
    error_mode: ErrorMode,
    /// Whether it is a list of the older form: it looks at its context even when it is empty, and
    /// messages show its conditions as written.
    is_older: bool,
}

/// A group as an object.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct GroupSettings {
    /// The context of the conditions; inferred from their paths when absent.
    context: Option<Text>,
    /// Any of them drops what it holds for.
    conditions: Vec<Condition>,
    /// What a condition that fails does; that of the section when absent.
    #[schemars(extend("default" = null))]
    error_mode: ModeSetting,
}

const ITEMS: Items<'_> =
    Items { one: "condition", nothing: "condition cannot be empty", texts_may_follow: false };

/// The groups under the newest form's key; `None` when the key is not set or is set wrongly.
pub(super) fn groups(
    node: &Node,
    key: &str,
    mode: ErrorMode,
    report: &mut Report<'_>,
) -> Option<Vec<Conditions>> {
    let Entries { groups, texts } = entries(node, key, ITEMS, report)?;
    let section = node.location;
    let mut found: Vec<Conditions> = groups
        .into_iter()
        .enumerate()
        .filter_map(|(index, group)| {
            let mut report = report.at(&format!("{key}::{index}"), Some(group.location));
            let settings = match from_node::<GroupSettings>(group, &report.path) {
                Ok(settings) => settings,
                Err(more) => {
                    report.findings.extend(more);
                    return None;
                }
            };
            let context = named(group, settings.context.as_ref(), &mut report);
            Some(Conditions {
                context: context.map(|context| source(context, section)),
                texts: settings.conditions.iter().map(|text| source(text, section)).collect(),
                error_mode: settings.error_mode.resolve(group, mode, &mut report),
                is_older: false,
            })
        })
        .collect();
    if !texts.is_empty() {
        found.push(Conditions {
            context: None,
            texts: texts.iter().map(|text| source(text, section)).collect(),
            error_mode: mode,
            is_older: false,
        });
    }
    Some(found)
}

/// The lists of the older form, each in its context.
pub(super) fn lists(form: &Form<'_>, node: &Node, mode: ErrorMode) -> Vec<Conditions> {
    let section = node.location;
    let set = form.lists.iter().filter_map(|(_, context, list)| Some((context, list.as_ref()?)));
    set.map(|(context, list)| Conditions {
        context: Some(source(&Text::unplaced(*context), section)),
        texts: list.iter().map(|text| source(text, section)).collect(),
        error_mode: mode,
        is_older: true,
    })
    .collect()
}

/// The trees of all groups, in the order in which they run.
pub(super) fn trees(
    signal: Signal,
    groups: Vec<Conditions>,
    dialect: Dialect,
    section: holt_grammar::source::Location,
    findings: &mut Vec<Diagnostic>,
) -> Vec<hir::Group> {
    let mut all = Vec::new();
    for group in groups {
        let parts = parts(group, section);
        match compile_trees(signal, &parts, dialect) {
            Ok(Trees { trees, warnings }) => {
                findings.extend(warnings);
                all.extend(by_context(trees));
            }
            Err(errors) => findings.extend(errors),
        }
    }
    all
}

/// What of a group has one context for sure: all of it when the context is named, otherwise each
/// condition.
fn parts(group: Conditions, section: holt_grammar::source::Location) -> Vec<Group> {
    let Conditions { context, texts, error_mode, is_older } = group;
    let one = |context, conditions| Group {
        context,
        conditions,
        drops: true,
        error_mode,
        shows_contexts: !is_older,
        ..Group::default()
    };
    match context {
        // As in the reference, such a group looks for resources that hold nothing.
        context if texts.is_empty() && !is_older => {
            let known = context.is_some();
            let resource = source(&Text::unplaced("resource"), section);
            let mut parts = vec![one(Some(resource), Vec::new())];
            // The context it names must exist all the same.
            parts.extend(known.then(|| Group { context, ..Group::default() }));
            parts
        }
        Some(context) => vec![one(Some(context), texts)],
        None => texts.into_iter().map(|text| one(None, vec![text])).collect(),
    }
}

/// Trees of one group, joined where they have the same context.
fn by_context(trees: Vec<hir::Group>) -> Vec<hir::Group> {
    let mut joined: Vec<hir::Group> = Vec::new();
    for mut tree in trees.into_iter().filter(|tree| !tree.statements.is_empty()) {
        match joined.iter_mut().find(|known| known.context == tree.context) {
            Some(known) => known.guards.append(&mut tree.guards),
            None => joined.push(tree),
        }
    }
    joined.sort_by_key(|tree| match tree.context.level {
        Level::Resource => 0,
        Level::Scope => 1,
        Level::Record => 2,
        _ => 3,
    });
    joined
}
