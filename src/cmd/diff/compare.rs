//! Two configurations to the list of what is different between them.

use holt_collector::component::registry::known_name;
use holt_collector::config::ids::ComponentId;
use holt_collector::config::model::{Component, ComponentKind, Pipeline, Reference};
use holt_collector::config::print;
use holt_collector::config::ser::to_node;
use holt_collector::config::values::REDACTED;
use holt_collector::config::yaml::{Kind, Node};
use holt_grammar::source::Location;
use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::Side;

/// How two things differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Removed,
    Changed,
    /// The same in another order.
    Reordered,
    /// The same component by another name of its type.
    Renamed,
}

impl Change {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Reordered => "reordered",
            Self::Renamed => "renamed",
        }
    }
}

/// A difference.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    pub(super) change: Change,
    /// `processors`, `pipelines`, `service`.
    pub(super) section: &'static str,
    /// The id of the component or pipeline; empty for what has none.
    pub(super) id: String,
    /// The way to the key; empty for the whole.
    pub(super) key: String,
    pub(super) old: Option<String>,
    pub(super) new: Option<String>,
    /// Where it stands.
    pub(super) old_place: Option<String>,
    pub(super) new_place: Option<String>,
}

/// Longest text shown of a value, in characters.
const LONGEST: usize = 240;

/// Everything that is different: components by kind, then pipelines, then the rest of `service`.
pub(super) fn differences(old: Side<'_>, new: Side<'_>) -> Vec<Difference> {
    let mut all = Vec::new();
    for kind in ComponentKind::ALL {
        components(kind, old, new, &mut all);
    }
    pipelines(old, new, &mut all);
    service(old, new, &mut all);
    all
}

fn components(kind: ComponentKind, old: Side<'_>, new: Side<'_>, all: &mut Vec<Difference>) {
    let (before, after) = (old.config.section(kind), new.config.section(kind));
    let mut left: Vec<&Component> = after.values().collect();
    for one in before.values() {
        let partner = partner(kind, &one.id, &left);
        let Some(other) = partner.map(|index| left.remove(index)) else {
            all.push(Difference {
                old_place: old.place(one.key),
                ..difference(Change::Removed, kind.section(), &one.id.to_string(), "")
            });
            continue;
        };
        let id = other.id.to_string();
        if one.id != other.id {
            all.push(Difference {
                old: Some(one.id.to_string()),
                new: Some(id.clone()),
                old_place: old.place(one.key),
                new_place: new.place(other.key),
                ..difference(Change::Renamed, kind.section(), &id, "")
            });
        }
        let mut trees = Trees {
            section: kind.section(),
            id,
            old: (old, Some(&one.settings), one.key),
            new: (new, Some(&other.settings), other.key),
            all,
        };
        trees.compare(&settings(kind, one, old), &settings(kind, other, new), &mut Vec::new());
    }
    all.extend(left.into_iter().map(|one| Difference {
        new_place: new.place(one.key),
        ..difference(Change::Added, kind.section(), &one.id.to_string(), "")
    }));
}

/// Which of the components is the one of this id: by the id itself, else by another name of its
/// type.
fn partner(kind: ComponentKind, id: &ComponentId, left: &[&Component]) -> Option<usize> {
    let same = left.iter().position(|other| other.id == *id);
    let today = today(&[kind], id);
    same.or_else(|| left.iter().position(|other| self::today(&[kind], &other.id) == today))
}

/// An id with today's name of its type; the kinds are those that it may be of.
fn today(kinds: &[ComponentKind], id: &ComponentId) -> String {
    let written = id.component_type();
    let name = kinds.iter().find_map(|kind| known_name(*kind, written)).unwrap_or(written);
    match id.name() {
        "" => name.to_owned(),
        rest => format!("{name}/{rest}"),
    }
}

/// The settings of a component with all defaults, as far as Holt knows them.
fn settings(kind: ComponentKind, component: &Component, side: Side<'_>) -> Node {
    let place = component.settings.location;
    let plan = side.plan;
    macro_rules! effective {
        ($field:ident) => {
            plan.$field.get(&component.id).and_then(|config| config.effective(place).ok())
        };
    }
    let found = match kind {
        ComponentKind::Receiver => effective!(receivers),
        ComponentKind::Processor => effective!(processors),
        ComponentKind::Exporter => effective!(exporters),
        ComponentKind::Connector => effective!(connectors),
        ComponentKind::Extension => effective!(extensions),
    };
    found.unwrap_or_else(|| component.settings.clone())
}

fn pipelines(old: Side<'_>, new: Side<'_>, all: &mut Vec<Difference>) {
    let (before, after) = (&old.config.service.pipelines, &new.config.service.pipelines);
    let added = after.keys().filter(|id| !before.contains_key(*id));
    for id in before.keys().chain(added) {
        let name = id.to_string();
        match (before.get(id), after.get(id)) {
            (Some(one), None) => all.push(Difference {
                old: Some(chain(one)),
                old_place: old.place(one.key),
                ..difference(Change::Removed, "pipelines", &name, "")
            }),
            (None, Some(one)) => all.push(Difference {
                new: Some(chain(one)),
                new_place: new.place(one.key),
                ..difference(Change::Added, "pipelines", &name, "")
            }),
            (Some(one), Some(other)) => {
                let places = (old.place(one.key), new.place(other.key));
                let both = Both { old, new, section: "pipelines", id: &name };
                both.set("receivers", &RECEIVING, (&one.receivers, &other.receivers), all);
                both.set("exporters", &SENDING, (&one.exporters, &other.exporters), all);
                let (before, after) = (ids(&one.processors), ids(&other.processors));
                let todays = |references: &[Reference]| -> Vec<String> {
                    let ids = references.iter();
                    ids.map(|one| today(&[ComponentKind::Processor], &one.value)).collect()
                };
                let (mut was, mut is) = (todays(&one.processors), todays(&other.processors));
                if was != is {
                    was.sort();
                    is.sort();
                    let is_same = was == is;
                    let change = if is_same { Change::Reordered } else { Change::Changed };
                    let place = |side: Side<'_>, list: &[Reference], key| {
                        let first = list.first().and_then(|one| one.location);
                        first.and_then(|first| side.place(first)).or(key)
                    };
                    all.push(Difference {
                        old: Some(list(&before)),
                        new: Some(list(&after)),
                        old_place: place(old, &one.processors, places.0),
                        new_place: place(new, &other.processors, places.1),
                        ..difference(change, "pipelines", &name, "processors")
                    });
                }
            }
            (None, None) => {}
        }
    }
}

/// Kinds that a pipeline begins with, and those it ends with.
const RECEIVING: [ComponentKind; 2] = [ComponentKind::Receiver, ComponentKind::Connector];
const SENDING: [ComponentKind; 2] = [ComponentKind::Exporter, ComponentKind::Connector];

/// What has references on both sides.
struct Both<'b> {
    old: Side<'b>,
    new: Side<'b>,
    section: &'static str,
    id: &'b str,
}

impl Both<'_> {
    /// Compares references whose order does not matter.
    fn set(
        &self,
        key: &str,
        kinds: &[ComponentKind],
        (before, after): (&[Reference], &[Reference]),
        all: &mut Vec<Difference>,
    ) {
        let is_in = |list: &[Reference], one: &Reference| {
            let id = today(kinds, &one.value);
            list.iter().any(|other| today(kinds, &other.value) == id)
        };
        for one in before.iter().filter(|one| !is_in(after, one)) {
            all.push(Difference {
                old: Some(one.value.to_string()),
                old_place: one.location.and_then(|place| self.old.place(place)),
                ..difference(Change::Removed, self.section, self.id, key)
            });
        }
        for one in after.iter().filter(|one| !is_in(before, one)) {
            all.push(Difference {
                new: Some(one.value.to_string()),
                new_place: one.location.and_then(|place| self.new.place(place)),
                ..difference(Change::Added, self.section, self.id, key)
            });
        }
    }
}

fn service(old: Side<'_>, new: Side<'_>, all: &mut Vec<Difference>) {
    let (before, after) = (&old.config.service, &new.config.service);
    let both = Both { old, new, section: "service", id: "" };
    let extensions = (&*before.extensions, &*after.extensions);
    both.set("extensions", &[ComponentKind::Extension], extensions, all);
    let telemetry = |side: Side<'_>| {
        let service = &side.config.service;
        to_node(&service.telemetry, service.location)
            .unwrap_or_else(|_| Node::new(Kind::Null, service.location))
    };
    let mut trees = Trees {
        section: "service",
        id: String::new(),
        old: (old, None, before.location),
        new: (new, None, after.location),
        all,
    };
    let path = &mut vec!["telemetry".to_owned()];
    trees.compare(&telemetry(old), &telemetry(new), path);
}

fn difference(change: Change, section: &'static str, id: &str, key: &str) -> Difference {
    Difference {
        change,
        section,
        id: id.to_owned(),
        key: key.to_owned(),
        old: None,
        new: None,
        old_place: None,
        new_place: None,
    }
}

fn ids(references: &[Reference]) -> Vec<String> {
    references.iter().map(|one| one.value.to_string()).collect()
}

fn list(ids: &[String]) -> String {
    if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
}

/// A pipeline in a line.
fn chain(pipeline: &Pipeline) -> String {
    let parts = [&pipeline.receivers, &pipeline.processors, &pipeline.exporters];
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.map(|part| ids(part).join(", ")).collect::<Vec<_>>().join(" → ")
}

/// Compares the settings of something; for places, the settings as they are written and where
/// they begin.
struct Trees<'t> {
    section: &'static str,
    id: String,
    old: (Side<'t>, Option<&'t Node>, Location),
    new: (Side<'t>, Option<&'t Node>, Location),
    all: &'t mut Vec<Difference>,
}

impl Trees<'_> {
    fn compare(&mut self, old: &Node, new: &Node, path: &mut Vec<String>) {
        if is_same(old, new) {
            return;
        }
        match (is_on(old).then_some(&old.kind), is_on(new).then_some(&new.kind)) {
            (Some(Kind::Mapping(before)), Some(Kind::Mapping(after))) => {
                let added = after.entries.keys().filter(|key| !before.entries.contains_key(*key));
                for key in before.entries.keys().chain(added) {
                    let nothing = Node::new(Kind::Null, old.location);
                    let value = |mapping: &holt_collector::config::yaml::Mapping| {
                        mapping
                            .entries
                            .get(key)
                            .map_or_else(|| nothing.clone(), |one| one.value.clone())
                    };
                    path.push(key.clone());
                    self.compare(&value(before), &value(after), path);
                    path.pop();
                }
            }
            (Some(Kind::Sequence(before)), Some(Kind::Sequence(after))) => {
                self.lists(before, after, path);
            }
            _ => self.push(path, Some(old), Some(new)),
        }
    }

    /// Lists: items that are in one only, and pairs that took each other's place.
    fn lists(&mut self, before: &[Node], after: &[Node], path: &mut Vec<String>) {
        let keys = |items: &[Node]| items.iter().map(exposed).collect::<Vec<String>>();
        let (old_keys, new_keys) = (keys(before), keys(after));
        for step in capture_diff_slices(Algorithm::Myers, &old_keys, &new_keys) {
            let (olds, news) = match step {
                DiffOp::Equal { .. } => continue,
                DiffOp::Delete { old_index, old_len, new_index } => {
                    (old_index..old_index + old_len, new_index..new_index)
                }
                DiffOp::Insert { old_index, new_index, new_len } => {
                    (old_index..old_index, new_index..new_index + new_len)
                }
                DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                    (old_index..old_index + old_len, new_index..new_index + new_len)
                }
            };
            for offset in 0..olds.len().max(news.len()) {
                let at = |range: &std::ops::Range<usize>| {
                    Some(range.start + offset).filter(|index| range.contains(index))
                };
                let (old_index, new_index) = (at(&olds), at(&news));
                let old = old_index.and_then(|index| before.get(index));
                let new = new_index.and_then(|index| after.get(index));
                path.push(new_index.or(old_index).unwrap_or_default().to_string());
                match (old, new) {
                    (Some(old), Some(new)) => self.compare(old, new, path),
                    _ => self.push(path, old, new),
                }
                path.pop();
            }
        }
    }

    fn push(&mut self, path: &[String], old: Option<&Node>, new: Option<&Node>) {
        let shown = |node: Option<&Node>| node.filter(|node| is_on(node)).map(shown);
        let (before, after) = (shown(old), shown(new));
        let change = match (&before, &after) {
            (None, Some(_)) => Change::Added,
            (Some(_), None) => Change::Removed,
            _ => Change::Changed,
        };
        let place = |(side, written, key): (Side<'_>, Option<&Node>, Location), is_there: bool| {
            is_there.then(|| side.place(written_at(written, key, path))).flatten()
        };
        self.all.push(Difference {
            old_place: place(self.old, before.is_some()),
            new_place: place(self.new, after.is_some()),
            old: before,
            new: after,
            ..difference(change, self.section, &self.id, &path.join("."))
        });
    }
}

/// Where a key is written; for a default the nearest key around it.
fn written_at(written: Option<&Node>, key: Location, path: &[String]) -> Location {
    let mut found = key;
    let mut node = written;
    for step in path {
        let Some(here) = node else { break };
        if let Some(items) = here.as_sequence() {
            node = step.parse::<usize>().ok().and_then(|index| items.get(index));
            found = node.map_or(found, |item| item.location);
        } else {
            let entry = here.as_mapping().and_then(|mapping| mapping.entries.get(step));
            found = entry.map_or(found, |entry| entry.key);
            node = entry.map(|entry| &entry.value);
        }
    }
    found
}

/// Whether a value is anything: no default that waits, and not nothing.
fn is_on(node: &Node) -> bool {
    !node.dormant && !node.is_null()
}

fn is_same(old: &Node, new: &Node) -> bool {
    match (is_on(old), is_on(new)) {
        (true, true) => exposed(old) == exposed(new),
        (old, new) => old == new,
    }
}

/// A value with its secrets, to be compared and not shown.
fn exposed(node: &Node) -> String {
    print::json(node, print::Secrets::Shown, &|_| false)
}

/// A value as it is shown.
fn shown(node: &Node) -> String {
    if node.secret {
        return REDACTED.to_owned();
    }
    let value = print::plain(node);
    let text = match value.as_str() {
        Some(text) if !text.is_empty() => text.to_owned(),
        _ => value.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
