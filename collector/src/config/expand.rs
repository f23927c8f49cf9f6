//! `${...}` placeholders: replaced by what their URI gives, again and again until none is left.
//!
//! A merged tree enters and leaves with its placeholders replaced and `$$` made `$`. A scalar that
//! is one placeholder becomes whatever YAML its text is, and keeps the text for settings that want
//! a string; a placeholder inside other text is replaced by its text.

mod tracked;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{Location, SourceMap};
use holt_grammar::span::Span;

use super::codes::UNRESOLVED;
use super::environment::Environment;
use super::provider::{self, MissingVariable, Retrieved, Scheme, Uri};
use super::yaml::{self, Kind, Node, Origin, Place, Scalar, ScalarValue, YamlText};
use tracked::Tracked;

/// Replacements in one value after which it is taken to go on for ever.
const MAX_ROUNDS: usize = 1000;
/// How often a value out of a placeholder may hold another such value.
const MAX_DEPTH: usize = 32;
/// Longest text that placeholders may make, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// Replaces the placeholders of trees.
pub struct Expander<'e> {
    environment: &'e dyn Environment,
    sources: &'e mut SourceMap,
    findings: Vec<Diagnostic>,
}

/// A future that owns nothing of the thread it runs on.
type Expansion<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What a scalar became.
enum Expanded {
    /// Still a string.
    Text(Scalar),
    /// A placeholder that was the whole value.
    Value(Node),
}

impl<'e> Expander<'e> {
    /// An expander that adds the texts it reads to `sources`.
    pub fn new(environment: &'e dyn Environment, sources: &'e mut SourceMap) -> Self {
        Self { environment, sources, findings: Vec::new() }
    }

    /// Replaces all placeholders. Answers the tree and what there is to say: errors and warnings.
    pub async fn expand(mut self, tree: Node) -> (Node, Vec<Diagnostic>) {
        let tree = self.node(tree, 0).await;
        (unescape(tree), self.findings)
    }

    /// Expands a node; `depth` counts the values out of placeholders around it.
    fn node(&mut self, mut node: Node, depth: usize) -> Expansion<'_, Node> {
        Box::pin(async move {
            match node.kind {
                Kind::Null => node,
                Kind::Sequence(items) => {
                    let mut expanded = Vec::with_capacity(items.len());
                    for item in items {
                        expanded.push(self.node(item, depth).await);
                    }
                    Node { kind: Kind::Sequence(expanded), ..node }
                }
                Kind::Mapping(mut mapping) => {
                    for entry in mapping.entries.values_mut() {
                        let nothing = Node::new(Kind::Null, entry.value.location);
                        let value = std::mem::replace(&mut entry.value, nothing);
                        entry.value = self.node(value, depth).await;
                    }
                    Node { kind: Kind::Mapping(mapping), ..node }
                }
                Kind::Scalar(scalar) if scalar.value == ScalarValue::Text => {
                    let location = node.location;
                    match self.scalar(scalar, location, depth).await {
                        Expanded::Text(scalar) => Node { kind: Kind::Scalar(scalar), ..node },
                        Expanded::Value(value) => {
                            node.kind = value.kind;
                            node.original = value.original;
                            if value.location.source != node.location.source {
                                node.location = value.location;
                            }
                            node
                        }
                    }
                }
                Kind::Scalar(_) => node,
            }
        })
    }

    /// Expands a string.
    async fn scalar(&mut self, scalar: Scalar, location: Location, depth: usize) -> Expanded {
        if !scalar.text.contains("${") || !scalar.text.contains('}') {
            return Expanded::Text(scalar);
        }
        let mut scalar = scalar;
        let mut tracked = Tracked::new(&scalar.text);
        for _ in 0..MAX_ROUNDS {
            let Some(found) = find_placeholder(tracked.text()) else {
                return Expanded::Text(tracked.into_scalar(scalar));
            };
            let place = scalar.origin.locate(tracked.locate(found));
            let placeholder = found.slice(tracked.text()).to_owned();
            let Some((uri, retrieved)) = self.retrieve(&placeholder, place).await else {
                // What could not be replaced has been told. The text stays, so that nothing seems to
                // be missing; that it is of no use as a number or duration need not be said as well.
                if let Some(finding) = self.findings.last_mut() {
                    finding.hides = Some(location);
                }
                return Expanded::Text(tracked.into_scalar(scalar));
            };
            if placeholder != tracked.text() {
                tracked.replace_all(&placeholder, &retrieved.text);
                if tracked.text().len() > MAX_TEXT {
                    break;
                }
                continue;
            }
            let original = Scalar {
                text: retrieved.text,
                value: ScalarValue::Text,
                origin: Origin::Whole(place),
            };
            match self.parse(&uri, &original.text, location) {
                Some(_) if depth >= MAX_DEPTH => break,
                Some(value) => return self.whole(value, original, location, depth + 1).await,
                // Text stays as it is: its quotes are part of it.
                None => {
                    scalar = original;
                    tracked = Tracked::new(&scalar.text);
                }
            }
        }
        self.findings.push(
            Diagnostic::error(UNRESOLVED, "placeholders expand without end")
                .label(location, "")
                .note("a value must not contain a placeholder that leads back to it")
                .note("the Go collector says: too many recursive expansions"),
        );
        Expanded::Value(Node::new(Kind::Null, location))
    }

    /// Gets the text of a placeholder, `${` and `}` included.
    async fn retrieve(&mut self, placeholder: &str, place: Location) -> Option<(Uri, Retrieved)> {
        let inside = placeholder.get(2..placeholder.len().saturating_sub(1)).unwrap_or_default();
        let got = match Uri::of_placeholder(inside) {
            Ok(uri) => provider::retrieve(&uri, self.environment).await.map(|text| (uri, text)),
            Err(error) => Err(error),
        };
        match got {
            Ok((uri, retrieved)) => {
                if let Some(missing) = &retrieved.missing {
                    self.findings.push(missing_variable(missing).label(place, ""));
                }
                Some((uri, retrieved))
            }
            Err(error) => {
                let mut finding = error.diagnostic();
                finding.labels.insert(
                    0,
                    holt_grammar::diag::Label { location: place, message: String::new() },
                );
                self.findings.push(finding);
                None
            }
        }
    }

    /// The value of a placeholder that was all of a scalar, and the text it stood for.
    async fn whole(
        &mut self,
        value: Node,
        original: Scalar,
        location: Location,
        depth: usize,
    ) -> Expanded {
        let before = self.findings.len();
        let mut node = self.node(value, depth).await;
        let told = self.findings.len();
        let mut new = self.findings.iter().skip(before);
        if new.any(|finding| finding.severity == Severity::Error) {
            return Expanded::Value(node);
        }
        // The text is expanded beside the value; what goes wrong there has been told already.
        let original = Box::pin(self.scalar(original, location, depth)).await;
        self.findings.truncate(told);
        if let Expanded::Text(original) = original {
            node.original = Some(Arc::new(original));
        }
        Expanded::Value(node)
    }

    /// The YAML value of a text; `None` when it is a string or no YAML at all.
    fn parse(&mut self, uri: &Uri, text: &str, location: Location) -> Option<Node> {
        // Files have text that users can look at; other values are placed at their placeholder,
        // which also keeps secrets out of findings.
        let in_placeholder = Place::Scalar(Arc::new(Origin::Whole(location)));
        let parse = |place: Place| {
            let text = Arc::new(YamlText { text: text.into(), place });
            yaml::parse(&text).ok().and_then(|documents| documents.into_iter().next())
        };
        let node = match parse(in_placeholder) {
            None => {
                let only_comments = text.lines().all(|line| {
                    let line = line.trim_start();
                    line.is_empty() || line.starts_with('#')
                });
                return only_comments.then(|| Node::new(Kind::Null, location));
            }
            Some(node) => node,
        };
        let from_file = matches!(uri.scheme, Scheme::File | Scheme::Http | Scheme::Https);
        match &node.kind {
            Kind::Scalar(scalar) if scalar.value == ScalarValue::Text => None,
            Kind::Sequence(_) | Kind::Mapping(_) if from_file => {
                let source = self.sources.add(uri.name(), text);
                parse(Place::Source(source))
            }
            _ => Some(node),
        }
    }
}

/// What is said about a variable that gave nothing.
pub(super) fn missing_variable(missing: &MissingVariable) -> Diagnostic {
    match missing {
        MissingVariable::Unset(name) => {
            Diagnostic::warning(UNRESOLVED, format!("the environment variable `{name}` is not set"))
                .note("the value is taken to be empty, as the Go collector does")
                .note(format!("give it a default with `${{env:{name}:-default}}`"))
        }
        MissingVariable::Empty(name) => Diagnostic::new(
            UNRESOLVED,
            Severity::Info,
            format!("the environment variable `{name}` is empty"),
        ),
    }
}

/// The first placeholder that is not escaped: the innermost of those that end first.
fn find_placeholder(text: &str) -> Option<Span> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let close = from + rest.find('}')?;
        let head = text.get(from..close)?;
        if let Some(open) = head.rfind("${") {
            let dollars = head.get(..open)?.bytes().rev().take_while(|byte| *byte == b'$').count();
            if dollars % 2 == 0 {
                return Some(Span::from(from + open..close + 1));
            }
        }
        from = close + 1;
    }
}

/// Whether a text as written has a placeholder.
pub fn has_placeholder(text: &str) -> bool {
    find_placeholder(text).is_some()
}

/// Makes `$$` a `$` in all strings.
pub(super) fn unescape(mut node: Node) -> Node {
    node.original =
        node.original.map(|original| Arc::new(unescape_scalar(Arc::unwrap_or_clone(original))));
    node.kind = match node.kind {
        Kind::Scalar(scalar) if scalar.value == ScalarValue::Text => {
            Kind::Scalar(unescape_scalar(scalar))
        }
        Kind::Sequence(items) => Kind::Sequence(items.into_iter().map(unescape).collect()),
        Kind::Mapping(mut mapping) => {
            for entry in mapping.entries.values_mut() {
                let nothing = Node::new(Kind::Null, entry.value.location);
                entry.value = unescape(std::mem::replace(&mut entry.value, nothing));
            }
            Kind::Mapping(mapping)
        }
        kind => kind,
    };
    node
}

fn unescape_scalar(scalar: Scalar) -> Scalar {
    if !scalar.text.contains("$$") {
        return scalar;
    }
    let mut tracked = Tracked::new(&scalar.text);
    tracked.replace_all("$$", "$");
    tracked.into_scalar(scalar)
}

#[cfg(test)]
mod tests;
