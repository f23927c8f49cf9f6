//! `Session`: what every command that reads a configuration shares.
//!
//! load → resolve → compile, collecting all diagnostics on the way; then a command reports them or
//! builds the service. `validate` and `run` are one path up to the build, so that what one accepts
//! the other starts.

use holt_collector::component::registry;
use holt_collector::config::codes::{UNKNOWN_REFERENCE, UNRESOLVED};
use holt_collector::config::environment::{Environment, ProcessEnvironment};
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::model::CollectorConfig;
use holt_collector::config::yaml::Node;
use holt_collector::config::{self, LoadRequest};
use holt_collector::graph::{BuildError, Plan, resolve};
use holt_collector::lint;
use holt_collector::service::{Service, ServiceOptions};
use holt_collector::telemetry::Handles;
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{Location, SourceMap};

use crate::cmd::ConfigArgs;

/// A configuration that was read as far as it could be.
pub(crate) struct Session {
    /// All texts that were read.
    pub(crate) sources: SourceMap,
    /// Everything there is to say about them.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The configuration and what to build from it, without what has errors.
    read: Option<(CollectorConfig, Plan)>,
    /// The feature gates that the flags set.
    gates: Gates,
}

impl Session {
    /// Reads the configuration that the flags name.
    pub(crate) async fn load(arguments: &ConfigArgs) -> Self {
        Self::load_in(arguments, &ProcessEnvironment).await
    }

    /// As [`Self::load`], with other environment variables.
    pub(crate) async fn load_in(arguments: &ConfigArgs, environment: &dyn Environment) -> Self {
        let mut gates = Gates::default();
        if let Err(diagnostics) = gates.apply(arguments.feature_gates.iter().map(String::as_str)) {
            return Self { sources: SourceMap::default(), diagnostics, read: None, gates };
        }
        let request = LoadRequest {
            configs: arguments.configs.clone(),
            sets: arguments.sets.clone(),
            lists: gates.lists(),
            ..LoadRequest::default()
        };
        let loaded = match config::load(&request, environment).await {
            Ok(loaded) => loaded,
            Err(failure) => {
                let diagnostics = failure.findings;
                return Self { sources: failure.sources, diagnostics, read: None, gates };
            }
        };
        let (sources, diagnostics) = (loaded.sources, loaded.warnings);
        let mut session = Self { sources, diagnostics, read: None, gates };
        let analysed = Analysed::of(&loaded.tree, &session.gates, arguments.allow_missing);
        session.diagnostics.extend(analysed.diagnostics);
        if let Some((config, plan)) = analysed.resolved {
            session.diagnostics.extend(lint::errors(&config, &session.sources));
            session.read = Some((config, plan));
        }
        arrange(&mut session.diagnostics);
        session
    }

    /// What a command that is silent about a good configuration shows: nothing below an error, and
    /// with an error also the warnings, since an unset variable may be behind it.
    pub(crate) fn threshold(&self) -> Severity {
        if self.has_errors() { Severity::Warning } else { Severity::Error }
    }

    /// Whether anything keeps the collector from starting.
    fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The configuration and what to build from it, when there was no error.
    pub(crate) fn resolved(&self) -> Option<(&CollectorConfig, &Plan)> {
        self.read().filter(|_| !self.has_errors())
    }

    /// The configuration and the sections of it that have no errors, for commands that need only
    /// some of them.
    pub(crate) fn read(&self) -> Option<(&CollectorConfig, &Plan)> {
        self.read.as_ref().map(|(config, plan)| (config, plan))
    }

    /// The feature gates of the run.
    pub(crate) const fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Builds the service; `None` when the diagnostics hold an error.
    pub(crate) fn build(
        &self,
        telemetry: &Handles,
        options: ServiceOptions,
    ) -> Option<Result<Service, BuildError>> {
        self.resolved().map(|(_, plan)| Service::build(plan, telemetry, options))
    }
}

/// What the stages behind loading make of a tree.
pub(crate) struct Analysed {
    /// What they say.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The configuration and what to build from it; none when it cannot even be decoded. With an
    /// error among the diagnostics the plan is incomplete.
    pub(crate) resolved: Option<(CollectorConfig, Plan)>,
}

impl Analysed {
    /// Decodes a tree, checks its structure, and hands its sections to the components.
    pub(crate) fn of(tree: &Node, gates: &Gates, allow_missing: bool) -> Self {
        let (config, mut diagnostics) = config::decode_part(tree);
        let whole = diagnostics.is_empty();
        let structure = config::validate(&config, gates.allowed());
        // What seems to be missing may stand in the part that could not be read.
        diagnostics
            .extend(structure.into_iter().filter(|one| whole || one.code == UNKNOWN_REFERENCE));
        let resolved = resolve(&config, registry::all(), gates, allow_missing);
        diagnostics.extend(resolved.diagnostics);
        Self { diagnostics, resolved: whole.then_some((config, resolved.plan)) }
    }
}

/// Puts diagnostics in the order of the text, and says once what is said of one place twice, as of
/// statements behind an anchor. Of a placeholder that could not be replaced nothing else is said.
pub(crate) fn arrange(diagnostics: &mut Vec<Diagnostic>) {
    let place = |diagnostic: &Diagnostic| diagnostic.labels.first().map(|label| label.location);
    let unresolved: Vec<Location> = diagnostics
        .iter()
        .filter(|one| one.code == UNRESOLVED && one.severity == Severity::Error)
        .filter_map(place)
        .collect();
    // With text around a placeholder, the whole value is of no use as a number or duration.
    let useless: Vec<Location> = diagnostics.iter().filter_map(|one| one.hides).collect();
    diagnostics.retain(|one| {
        // The place of a value includes its quotes.
        let within = |outer: &Location, inner: Location| {
            outer.source == inner.source
                && outer.span.start <= inner.span.start + 1
                && inner.span.end <= outer.span.end + 1
        };
        one.code == UNRESOLVED
            || !place(one).is_some_and(|own| {
                useless.contains(&own) || unresolved.iter().any(|outer| within(outer, own))
            })
    });
    diagnostics.sort_by_key(place);
    diagnostics.dedup();
}
