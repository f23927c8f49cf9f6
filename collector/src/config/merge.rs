//! Several trees into one: maps key by key, everything else the later one.
//!
//! Keys with `::` are paths and are taken apart here too, so that `a::b: 1` and `a: {b: 1}` meet.

use super::yaml::{Entry, Kind, Mapping, Node, ScalarValue};

/// How lists of two sources meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lists {
    /// The later list replaces the earlier one.
    #[default]
    Replace,
    /// Lists of extensions, receivers and exporters in `service` are joined without doubles; the
    /// feature gate `confmap.enableMergeAppendOption`.
    Append,
}

/// Lays a later tree over an earlier one. A key set to nothing replaces what was there.
pub fn merge(earlier: Node, later: Node, lists: Lists) -> Node {
    merge_at(earlier, later, lists, &mut Vec::new())
}

fn merge_at(earlier: Node, later: Node, lists: Lists, path: &mut Vec<String>) -> Node {
    match (earlier.kind, later.kind) {
        (Kind::Mapping(mut base), Kind::Mapping(over)) => {
            for (key, entry) in over.entries {
                match base.entries.get_mut(&key) {
                    None => {
                        base.entries.insert(key, entry);
                    }
                    Some(present) => {
                        let nothing = Node::new(Kind::Null, present.value.location);
                        let before = std::mem::replace(&mut present.value, nothing);
                        path.push(key);
                        present.value = merge_at(before, entry.value, lists, path);
                        path.pop();
                        present.key = entry.key;
                    }
                }
            }
            Node { kind: Kind::Mapping(base), ..Node::new(Kind::Null, later.location) }
        }
        (Kind::Sequence(mut items), Kind::Sequence(more))
            if lists == Lists::Append && is_component_list(path) =>
        {
            for item in more {
                if !items.iter().any(|present| equal(present, &item)) {
                    items.push(item);
                }
            }
            Node::new(Kind::Sequence(items), later.location)
        }
        (_, kind) => {
            let mut overridden = earlier.overridden;
            overridden.push(earlier.location);
            Node { kind, overridden, ..later_without_kind(later.location, later.original) }
        }
    }
}

/// A node that has only a place and the text of its placeholder.
fn later_without_kind(
    location: holt_grammar::source::Location,
    original: Option<std::sync::Arc<super::yaml::Scalar>>,
) -> Node {
    Node { original, ..Node::new(Kind::Null, location) }
}

/// The lists that are joined: `service::extensions`, `service::..::receivers` and `..::exporters`.
fn is_component_list(path: &[String]) -> bool {
    match path {
        [service, last] => service == "service" && last == "extensions",
        [service, _, .., last] => {
            service == "service" && (last == "receivers" || last == "exporters")
        }
        _ => false,
    }
}

/// Whether two values are the same, wherever they were written.
fn equal(left: &Node, right: &Node) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::Null, Kind::Null) => true,
        (Kind::Scalar(left), Kind::Scalar(right)) => match (left.value, right.value) {
            (ScalarValue::Text, ScalarValue::Text) => left.text == right.text,
            (left, right) => left == right,
        },
        (Kind::Sequence(left), Kind::Sequence(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| equal(left, right))
        }
        (Kind::Mapping(left), Kind::Mapping(right)) => {
            left.entries.len() == right.entries.len()
                && left.entries.iter().all(|(key, entry)| {
                    right.entries.get(key).is_some_and(|other| equal(&entry.value, &other.value))
                })
        }
        _ => false,
    }
}

/// Takes keys with `::` apart, in maps that are not inside a list.
#[must_use]
pub fn split_keys(node: Node) -> Node {
    let Kind::Mapping(mapping) = node.kind else { return node };
    let mut result = Mapping::default();
    for (key, entry) in mapping.entries {
        let value = split_keys(entry.value);
        let mut steps: Vec<&str> = key.split("::").collect();
        let first = steps.remove(0).to_owned();
        let nested = steps.into_iter().rev().fold(value, |value, step| {
            let mut inner = Mapping::default();
            inner.entries.insert(step.to_owned(), Entry::new(entry.key, value));
            Node::new(Kind::Mapping(inner), entry.key)
        });
        let merged = match result.entries.swap_remove(&first) {
            None => nested,
            Some(present) => merge(present.value, nested, Lists::Replace),
        };
        result.entries.insert(first, Entry::new(entry.key, merged));
    }
    Node {
        kind: Kind::Mapping(result),
        overridden: node.overridden,
        ..later_without_kind(node.location, node.original)
    }
}
