//! How an `OpenTelemetryCollector` resource runs the configuration that it holds: read from the
//! manifest around the configuration.

use std::sync::Arc;

use holt_grammar::source::{Location, SourceMap};

use crate::config::yaml::{Node, Place, ScalarValue, YamlText, parse};

/// How many collectors run a configuration, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// `deployment`, `daemonset`, `statefulset` or `sidecar`.
    pub mode: String,
    /// Number of replicas, where it is written.
    pub replicas: Option<i64>,
    /// Whether a target allocator shares targets out.
    pub has_allocator: bool,
}

impl Deployment {
    /// That of the resource in whose text a configuration stands.
    pub(super) fn around(configuration: Location, sources: &SourceMap) -> Option<Self> {
        let source = sources.get(configuration.source)?;
        let place = Place::Source(configuration.source);
        let text = Arc::new(YamlText { text: source.text.as_str().into(), place });
        let documents = parse(&text).ok()?;
        let begins_before = |document: &&Node| {
            document.location.source == configuration.source
                && document.location.span.start <= configuration.span.start
        };
        let resource = documents.iter().rfind(begins_before)?;
        if resource.at(&["kind"])?.as_text()?.text != "OpenTelemetryCollector" {
            return None;
        }
        let spec = resource.get("spec")?;
        let mode = spec.get("mode").and_then(Node::as_text);
        Some(Self {
            mode: mode.map_or("deployment", |mode| mode.text.as_str()).to_owned(),
            replicas: match spec.get("replicas").and_then(Node::as_scalar).map(|one| &one.value) {
                Some(ScalarValue::Integer(replicas)) => Some(*replicas),
                _ => None,
            },
            has_allocator: super::subject::truth(spec, &["targetAllocator", "enabled"])
                == Some(true),
        })
    }
}
