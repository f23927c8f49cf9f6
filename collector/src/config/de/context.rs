//! One decoding of one value, repeated until every finding is known.
//!
//! serde stops at the first error. So the value that it concerns is set aside and the decoding is
//! done again without it, until nothing new is found; the findings of all rounds are the answer.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::Location;
use serde::Deserialize;

use super::error::Error;
use super::node::{NodeDeserializer, Path, Position};
use crate::config::codes::MISSING;
use crate::config::yaml::Node;

/// Rounds after which the rest is left for the next run of the user.
const MAX_ROUNDS: usize = 200;

/// What the rounds of a decoding share.
#[derive(Debug, Default)]
pub(super) struct Context {
    findings: RefCell<Vec<Diagnostic>>,
    refused: RefCell<HashSet<usize>>,
    kept_default: RefCell<HashSet<usize>>,
    unknown: RefCell<HashSet<(usize, String)>>,
    meant: RefCell<HashMap<(usize, String), Location>>,
    /// Findings about unknown keys where these are passed over.
    ignored: Option<RefCell<Vec<Diagnostic>>>,
}

/// The address of a node, which tells nodes of one borrowed tree apart.
pub(super) fn address(node: &Node) -> usize {
    std::ptr::from_ref(node).addr()
}

impl Context {
    /// Whether a value was set aside in an earlier round.
    pub(super) fn is_set_aside(&self, node: &Node) -> bool {
        let address = address(node);
        self.refused.borrow().contains(&address) || self.kept_default.borrow().contains(&address)
    }

    /// Records an unknown key once. `meant` is the key that it is taken for.
    pub(super) fn unknown_key(
        &self,
        parent: &Node,
        key: &str,
        meant: Option<(&str, Location)>,
        finding: impl FnOnce() -> Diagnostic,
    ) {
        let parent = address(parent);
        if self.unknown.borrow_mut().insert((parent, key.to_owned())) {
            if let Some((meant, place)) = meant {
                self.meant.borrow_mut().insert((parent, meant.to_owned()), place);
            }
            let Some(ignored) = &self.ignored else {
                self.findings.borrow_mut().push(finding());
                return;
            };
            let mut finding = finding();
            finding.severity = Severity::Warning;
            finding.notes.retain(|note| !note.starts_with("the Go collector says"));
            ignored.borrow_mut().push(finding.note("it is ignored, as in the Go collector"));
        }
    }

    /// Records what a round ended with. Answers whether another round may find more.
    fn record(&self, root: &Node, error: Error) -> bool {
        let Some(node) = error.node() else {
            self.findings.borrow_mut().push(error.into_diagnostic());
            return false;
        };
        let fresh = if error.is_silent() {
            self.kept_default.borrow_mut().insert(node)
        } else {
            let follows = error.missing().is_some_and(|key| self.explains_missing(root, node, key));
            let fresh = self.refused.borrow_mut().insert(node);
            if fresh && !follows {
                self.findings.borrow_mut().push(error.into_diagnostic());
            }
            fresh
        };
        fresh && node != address(root)
    }

    /// Whether a key is only missing because its value was refused or its name mistyped.
    fn explains_missing(&self, root: &Node, parent: usize, key: &str) -> bool {
        self.meant.borrow().contains_key(&(parent, key.to_owned()))
            || find(root, parent)
                .and_then(|parent| parent.get(key))
                .is_some_and(|value| self.refused.borrow().contains(&address(value)))
    }
}

/// The node at an address below `node`.
fn find(node: &Node, wanted: usize) -> Option<&Node> {
    use crate::config::yaml::Kind;
    if address(node) == wanted {
        return Some(node);
    }
    match &node.kind {
        Kind::Sequence(items) => items.iter().find_map(|item| find(item, wanted)),
        Kind::Mapping(mapping) => {
            mapping.entries.values().find_map(|entry| find(&entry.value, wanted))
        }
        _ => None,
    }
}

/// Decodes a value, or says everything that is wrong with it.
pub(super) fn decode<'de, T: Deserialize<'de>>(
    node: &'de Node,
    path: &str,
) -> Result<T, Vec<Diagnostic>> {
    decode_in(&Context::default(), node, path)
}

/// Decodes a value as [`decode`] does, but passes over unknown keys, which become warnings.
pub(super) fn decode_ignoring_unknown<'de, T: Deserialize<'de>>(
    node: &'de Node,
    path: &str,
) -> (Option<T>, Vec<Diagnostic>) {
    let context = Context { ignored: Some(RefCell::default()), ..Context::default() };
    let decoded = decode_in(&context, node, path);
    let mut findings = context.ignored.map(RefCell::into_inner).unwrap_or_default();
    match decoded {
        Ok(value) => (Some(value), findings),
        Err(errors) => {
            findings.extend(errors);
            (None, findings)
        }
    }
}

fn decode_in<'de, T: Deserialize<'de>>(
    context: &Context,
    node: &'de Node,
    path: &str,
) -> Result<T, Vec<Diagnostic>> {
    let path = Path::root(path);
    for _ in 0..MAX_ROUNDS {
        let deserializer = NodeDeserializer::new(node, &path, context, Position::Element);
        match T::deserialize(deserializer) {
            Ok(value) if context.findings.borrow().is_empty() => return Ok(value),
            Ok(_) => break,
            Err(error) => {
                if !context.record(node, error) {
                    break;
                }
            }
        }
    }
    let mut findings = context.findings.take();
    if findings.is_empty() {
        let message = format!("`{}` cannot be decoded", path);
        findings.push(Diagnostic::error(MISSING, message).label(node.location, ""));
    }
    findings.sort_by_key(|finding| finding.labels.first().map(|label| label.location));
    Err(findings)
}
