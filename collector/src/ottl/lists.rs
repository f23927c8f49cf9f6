//! Lists of statements and conditions as components configure them: a list of texts, or a list of
//! groups that say more about their texts; and the error mode that both are run with.
//!
//! A node of the configuration enters, its entries leave; what mixes the two styles is reported.

use holt_grammar::diag::{Diagnostic, Severity};
use holt_runtime::program::ErrorMode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};

use crate::component::{Report, WRONG_VALUE};
use crate::config::de::{from_node, suggest};
use crate::config::keys::described_as;
use crate::config::values::Text;
use crate::config::yaml::Node;

/// How an entry of such a list is declared; what is written is read by [`entries`].
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // Only its declaration is used.
pub(crate) enum Entry<G> {
    /// A statement or condition.
    Text(String),
    /// Several, with what else is said of them.
    Group(G),
}

/// The name of an error mode; absent means the one further out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct ModeSetting(Option<Text>);

described_as! {
    ModeSetting,
    "ignore": "it is logged, and the next one runs",
    "silent": "the next one runs",
    "propagate": "the batch is refused",
}

impl Serialize for ModeSetting {
    /// With the default when there is none.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_ref().map_or("ignore", Text::as_str))
    }
}

impl ModeSetting {
    /// The mode that `node` sets; `outer` when there is none, or a finding says what is wrong with
    /// it.
    pub(crate) fn resolve(
        &self,
        node: &Node,
        outer: ErrorMode,
        report: &mut Report<'_>,
    ) -> ErrorMode {
        refuse_nothing(node, "error_mode", "unknown error mode", report);
        let Some(name) = &self.0 else { return outer };
        name.parse().unwrap_or_else(|error| {
            let near = suggest::nearest(name, ["ignore", "silent", "propagate"].into_iter());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`ignore` logs what fails and goes on, `silent` does not log it, \
                         `propagate` refuses the batch"
                    .to_owned(),
            };
            let message = (&*format!("{error}, found `{name}`"), &*help);
            let reference = format!("unknown error mode {name}");
            report.at("error_mode", name.location()).refuse(WRONG_VALUE, None, message, &reference);
            outer
        })
    }
}

/// The context that a group names, or `None` when it names none or nothing.
pub(crate) fn named<'n>(
    node: &Node,
    context: Option<&'n Text>,
    report: &mut Report<'_>,
) -> Option<&'n Text> {
    refuse_nothing(node, "context", "unknown context", report);
    let context = context?;
    if context.is_empty() {
        let message = ("the context has no name", "name it, or remove the key to have it inferred");
        let place = context.location();
        report.at("context", place).refuse(WRONG_VALUE, None, message, "unknown context");
        return None;
    }
    Some(context)
}

/// Reports a name that is set to nothing, which the reference reads as a name without letters.
pub(crate) fn refuse_nothing(node: &Node, key: &str, reference: &str, report: &mut Report<'_>) {
    if node.get(key).is_some_and(Node::is_null) {
        let message = (&*format!("`{key}` is set to nothing"), "give it a value or remove the key");
        report.refuse(WRONG_VALUE, Some(node.key_location(key)), message, reference);
    }
}

/// What a list is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Items<'t> {
    /// What a text is: `statement`.
    pub(crate) one: &'static str,
    /// What the reference says of an entry that is nothing.
    pub(crate) nothing: &'t str,
    /// Whether texts may follow groups; they are a group of their own then.
    pub(crate) texts_may_follow: bool,
}

/// The entries of a list.
#[derive(Debug, Default)]
pub(crate) struct Entries<'n> {
    /// Groups, in order.
    pub(crate) groups: Vec<&'n Node>,
    /// Texts, in order; they run after the groups.
    pub(crate) texts: Vec<Text>,
}

/// The entries of the list at `key` of the section; `None` when there is no such key, or a finding
/// says what is wrong with the list.
pub(crate) fn entries<'n>(
    section: &'n Node,
    key: &str,
    items: Items<'_>,
    report: &mut Report<'_>,
) -> Option<Entries<'n>> {
    let node = section.get(key)?;
    let mut report = report.at(key, Some(node.location));
    let Some(list) = node.as_sequence() else {
        let message = (
            &*format!("expected a list, found {}", node.describe()),
            &*format!("write a list of {}s; an empty one is `[]`", items.one),
        );
        let reference = format!("invalid {key} type, expected: array");
        // What is set to nothing has no text to point at.
        let place = if node.is_null() { section.key_location(key) } else { node.location };
        report.refuse(WRONG_VALUE, Some(place), message, &reference);
        return None;
    };
    let before = report.findings.len();
    let mut entries = Entries::default();
    for (index, entry) in list.iter().enumerate() {
        if entry.is_null() {
            let message = (
                &*format!("entry {index} is empty"),
                &*format!("write a {} or remove it", items.one),
            );
            report.refuse(WRONG_VALUE, Some(entry.location), message, items.nothing);
        } else if entry.as_text().is_some() {
            if !entries.groups.is_empty() && !items.texts_may_follow {
                mixed(entry, items, &mut report);
                return None;
            }
            match from_node::<Text>(entry, &report.path) {
                Ok(text) => entries.texts.push(text),
                Err(more) => report.findings.extend(more),
            }
        } else if entries.texts.is_empty() {
            entries.groups.push(entry);
        } else {
            mixed(entry, items, &mut report);
            return None;
        }
    }
    if let (false, Some(first)) = (entries.groups.is_empty(), entries.texts.first()) {
        let message = format!("`{}`: {}s behind groups", report.path, items.one);
        let finding = Diagnostic::warning(WRONG_VALUE, message)
            .label(first.location().unwrap_or(report.location), "")
            .note("they form a group of their own, which runs last and whose context is inferred");
        report.findings.push(finding);
    }
    (report.findings.iter().skip(before).all(|one| one.severity < Severity::Error))
        .then_some(entries)
}

fn mixed(entry: &Node, items: Items<'_>, report: &mut Report<'_>) {
    let one = items.one;
    report.findings.push(
        Diagnostic::error(WRONG_VALUE, format!("`{}` mixes {one}s and groups", report.path))
            .label(entry.location, "unlike the entries before it")
            .note(format!("write all entries as {one}s, or all as maps with `{one}s:`"))
            .note(
                "the Go collector says: configuring multiple configuration styles is not \
                 supported, please use only Basic configuration or only Advanced configuration",
            ),
    );
}
