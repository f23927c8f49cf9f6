//! From URIs to one resolved tree: read, parse, merge, expand.

use std::sync::Arc;

use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{Location, SourceId, SourceMap};
use holt_grammar::span::Span;

use super::codes::{MISSING, WRONG_VALUE};
use super::environment::Environment;
use super::expand::{Expander, missing_variable, unescape};
use super::manifest::{self, Several};
use super::merge::{Lists, merge, split_keys};
use super::provider::{self, Uri, yaml_of_set};
use super::yaml::{self, Kind, Node, Place, YamlText};

/// What to load.
#[derive(Clone, Debug, Default)]
pub struct LoadRequest {
    /// Values of `--config`, in order; later ones win.
    pub configs: Vec<String>,
    /// Values of `--set`, which win over all `--config`.
    pub sets: Vec<String>,
    /// How lists of several sources meet.
    pub lists: Lists,
    /// What to do with a text that holds several configurations.
    pub several: Several,
}

/// A loaded configuration.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Every text that was read.
    pub sources: SourceMap,
    /// The merged tree, its placeholders replaced.
    pub tree: Node,
    /// What is worth knowing though it stops nothing.
    pub warnings: Vec<Diagnostic>,
}

/// Why nothing was loaded.
#[derive(Clone, Debug)]
pub struct LoadFailure {
    /// Every text that was read, for the places in the findings.
    pub sources: SourceMap,
    /// Errors, and warnings beside them.
    pub findings: Vec<Diagnostic>,
}

/// Reads, merges and expands a configuration.
///
/// # Errors
/// Everything that is wrong with the sources, up to and including their placeholders.
pub async fn load(
    request: &LoadRequest,
    environment: &dyn Environment,
) -> Result<Loaded, Box<LoadFailure>> {
    let sources = SourceMap::default();
    let mut loader = Loader { sources, first: None, findings: Vec::new(), environment };
    let mut tree: Option<Node> = None;
    if request.configs.is_empty() {
        loader.findings.push(
            Diagnostic::error(MISSING, "no configuration is given")
                .note("name a file with `--config FILE`")
                .note("the Go collector says: at least one config flag must be provided"),
        );
    }
    let mut add = |node: Node| {
        let node = split_keys(node);
        tree = Some(match tree.take() {
            None => node,
            Some(earlier) => merge(earlier, node, request.lists),
        });
    };
    for config in &request.configs {
        if let Some(node) = loader.config(config, request.several).await {
            add(node);
        }
    }
    for set in &request.sets {
        if let Some(node) = loader.set(set) {
            add(node);
        }
    }
    if loader.has_errors() {
        return Err(loader.fail());
    }
    let Loader { mut sources, mut findings, first, .. } = loader;
    let tree = tree.unwrap_or_else(|| {
        let source = first.unwrap_or_else(|| sources.add("<configuration>", ""));
        Node::empty_mapping(Location { source, span: Span::at(0) })
    });
    let (tree, more) = Expander::new(environment, &mut sources).expand(tree).await;
    findings.extend(more);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(Box::new(LoadFailure { sources, findings }));
    }
    Ok(Loaded { sources, tree, warnings: findings })
}

/// The configurations in a text, each with its placeholders replaced, and what is worth knowing about
/// them. There are none when the text holds other manifests only.
///
/// # Errors
/// Everything that is wrong with the text.
pub async fn load_text(
    name: &str,
    text: &str,
    sources: &mut SourceMap,
    environment: &dyn Environment,
) -> Result<(Vec<Node>, Vec<Diagnostic>), Vec<Diagnostic>> {
    let source = sources.add(name, text);
    let yaml = Arc::new(YamlText { text: text.into(), place: Place::Source(source) });
    let mut findings = Vec::new();
    let trees = manifest::configurations(yaml::parse(&yaml)?, &mut findings)?;
    let mut configurations = Vec::new();
    for tree in trees {
        if !matches!(tree.kind, Kind::Mapping(_)) {
            continue;
        }
        let expander = Expander::new(environment, sources);
        let (tree, more) = expander.expand(split_keys(without_tests(tree))).await;
        findings.extend(more);
        configurations.push(tree);
    }
    Ok((configurations, findings))
}

/// The configurations in a text as they are written, with `$$` made `$` and placeholders left alone:
/// what needs neither the environment nor other files.
///
/// # Errors
/// Everything that is wrong with the text as YAML, and with manifests that hold no configuration.
pub fn read_text(
    name: &str,
    text: &str,
    sources: &mut SourceMap,
) -> Result<Vec<Node>, Vec<Diagnostic>> {
    let source = sources.add(name, text);
    let yaml = Arc::new(YamlText { text: text.into(), place: Place::Source(source) });
    let trees = manifest::configurations(yaml::parse(&yaml)?, &mut Vec::new())?;
    let maps = trees.into_iter().filter(|tree| matches!(tree.kind, Kind::Mapping(_)));
    Ok(maps.map(|tree| unescape(split_keys(tree))).collect())
}

/// The key at the top of a configuration under which `holt test` finds its tests.
pub const TESTS: &str = "tests";

/// A configuration without its tests, which mean nothing to a collector.
fn without_tests(mut node: Node) -> Node {
    if let Kind::Mapping(mapping) = &mut node.kind {
        mapping.entries.shift_remove(TESTS);
    }
    node
}

struct Loader<'e> {
    sources: SourceMap,
    /// The first text, to which findings about nothing in particular belong.
    first: Option<SourceId>,
    findings: Vec<Diagnostic>,
    environment: &'e dyn Environment,
}

impl Loader<'_> {
    fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }

    fn fail(self) -> Box<LoadFailure> {
        Box::new(LoadFailure { sources: self.sources, findings: self.findings })
    }

    /// The tree of one `--config`.
    async fn config(&mut self, flag: &str, several: Several) -> Option<Node> {
        let uri = match Uri::of_flag(flag) {
            Ok(uri) => uri,
            Err(error) => {
                self.findings.push(error.diagnostic());
                return None;
            }
        };
        let retrieved = match provider::retrieve(&uri, self.environment).await {
            Ok(retrieved) => retrieved,
            Err(error) => {
                self.findings.push(error.diagnostic());
                return None;
            }
        };
        if let Some(missing) = &retrieved.missing {
            self.findings.push(missing_variable(missing));
        }
        let documents = self.parse(&uri.name(), &retrieved.text)?;
        match manifest::configuration(documents, several, &mut self.findings) {
            Ok(None) => None,
            Ok(Some(node)) => self.map_only(without_tests(node)),
            Err(findings) => {
                self.findings.extend(findings);
                None
            }
        }
    }

    /// The tree of one `--set`.
    fn set(&mut self, flag: &str) -> Option<Node> {
        match yaml_of_set(flag) {
            Err(finding) => {
                self.findings.push(*finding);
                None
            }
            Ok(text) => {
                let first = self.parse("--set", &text)?.into_iter().next()?;
                self.map_only(first)
            }
        }
    }

    fn parse(&mut self, name: &str, text: &str) -> Option<Vec<Node>> {
        let source = self.sources.add(name, text);
        self.first.get_or_insert(source);
        let text = Arc::new(YamlText { text: text.into(), place: Place::Source(source) });
        yaml::parse(&text).map_err(|findings| self.findings.extend(findings)).ok()
    }

    /// Refuses a tree that is no map.
    fn map_only(&mut self, node: Node) -> Option<Node> {
        match node.kind {
            Kind::Mapping(_) => Some(node),
            Kind::Null => None,
            _ => {
                self.findings.push(
                    Diagnostic::error(
                        WRONG_VALUE,
                        format!("a configuration is a map, this is {}", node.describe()),
                    )
                    .label(node.location, "")
                    .note("start with the keys `receivers:`, `exporters:` and `service:`")
                    .note(format!(
                        "the Go collector says: retrieved value (type={}) cannot be used as a Conf",
                        node.reference_type()
                    )),
                );
                None
            }
        }
    }
}
