//! A user's value laid over the defaults of its type.

use crate::config::yaml::{Kind, Node};

/// Lays `user` over `base`: maps key by key, everything else as a whole. What the user set to
/// nothing keeps its default; a dormant default that the user names comes to life.
pub(super) fn overlay(base: Node, user: &Node) -> Node {
    let named = |mut node: Node| {
        node.location = user.location;
        node.overridden.clone_from(&user.overridden);
        node.dormant = false;
        node
    };
    match (base.kind, &user.kind) {
        (Kind::Mapping(mut defaults), Kind::Mapping(given)) => {
            for (key, entry) in &given.entries {
                let mut merged = entry.clone();
                if let Some(default) = defaults.entries.swap_remove(key) {
                    merged.value = overlay(default.value, &entry.value);
                }
                defaults.entries.insert(key.clone(), merged);
            }
            named(Node { kind: Kind::Mapping(defaults), ..Node::new(Kind::Null, base.location) })
        }
        (kind, Kind::Null) => {
            // Nothing out of a placeholder is the zero of the type, as in the reference.
            match &user.original {
                Some(_) if !matches!(kind, Kind::Mapping(_)) => user.clone(),
                _ => {
                    let secret = base.secret;
                    named(Node { secret, ..Node::new(kind, base.location) })
                }
            }
        }
        _ => Node { secret: base.secret || user.secret, ..user.clone() },
    }
}
