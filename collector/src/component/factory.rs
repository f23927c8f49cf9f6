//! Factories: a section of the configuration in, components out, in two steps. Parsing reports
//! everything that is wrong with the section and opens nothing; creating makes the component for
//! its place in the graph and opens nothing either. Sockets are opened by
//! [`Component::start`](super::Component::start).

use std::sync::Arc;

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::Signal;
use holt_runtime::Program;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::storage::Storage;
use super::{
    ClientAuthenticator, Component, Consumer, Effective, Findings, ServerAuthenticator,
    StatusReporter, TypedConfig, TypedFactory,
};
use crate::config::de::from_node_over;
use crate::config::feature_gates::Gates;
use crate::config::ids::{ComponentId, PipelineId, PipelineSignal};
use crate::config::keys::Key;
use crate::config::values::Text;
use crate::config::yaml::Node;
use crate::telemetry::{Metrics, Tracer};

pub use crate::config::model::ComponentKind as Kind;

/// How far a component's behaviour and settings can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stability {
    /// Being worked on.
    Development,
    /// May change.
    Alpha,
    /// Changes are announced.
    Beta,
    /// Does not change.
    Stable,
}

impl Stability {
    /// The word the `components` command prints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Alpha => "Alpha",
            Self::Beta => "Beta",
            Self::Stable => "Stable",
        }
    }
}

/// Another name of a component type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The name.
    pub name: &'static str,
    /// Whether using it deserves a warning.
    pub deprecated: bool,
}

/// What there is to know about a component type before any configuration.
#[derive(Clone, Copy, Debug)]
pub struct Descriptor {
    /// What it is for.
    pub kind: Kind,
    /// Its name in component ids.
    pub type_name: &'static str,
    /// Other names.
    pub aliases: &'static [Alias],
    /// Stability by what it handles: `traces`, `traces-to-metrics`, `extension`.
    pub stability: &'static [(&'static str, Stability)],
    /// One sentence on what it does.
    pub summary: &'static str,
    /// A section of a configuration that it accepts, as YAML: the usual way to use it.
    pub example: &'static str,
}

/// A section of the configuration.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    /// The component's id as the user wrote it.
    pub id: &'a ComponentId,
    /// The settings; null when the user wrote none.
    pub node: &'a Node,
    /// The feature gates of the run.
    pub gates: &'a Gates,
}

impl Section<'_> {
    /// What messages call a component's settings: `receivers::otlp`.
    pub fn path(&self, kind: Kind) -> String {
        format!("{}::{}", kind.section(), self.id)
    }

    /// The settings laid over `defaults` and looked at by `validate`; `None` when there was an error,
    /// which then is among the diagnostics. What most factories do to parse a section.
    pub fn read<C>(
        self,
        kind: Kind,
        defaults: &C,
        diagnostics: &mut Vec<Diagnostic>,
        validate: impl FnOnce(&C, &mut Findings<'_>),
    ) -> Option<C>
    where
        C: Serialize + DeserializeOwned,
    {
        let config = match from_node_over(self.node, &self.path(kind), defaults) {
            Ok(config) => config,
            Err(errors) => {
                diagnostics.extend(errors);
                return None;
            }
        };
        let mut findings = Findings::new(self, kind, diagnostics);
        validate(&config, &mut findings);
        (!findings.has_errors()).then_some(config)
    }
}

/// What a component is given when it is created.
#[derive(Clone)]
pub struct Settings {
    /// Its id as the user wrote it; this is what logs and metrics show.
    pub id: ComponentId,
    /// Where it reports its state and starts tasks.
    pub status: StatusReporter,
    /// Where it counts.
    pub metrics: Metrics,
    /// What it starts spans with.
    pub tracer: Tracer,
}

/// A component could not be created from a valid configuration.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// The component does not handle the signal of the pipeline.
    #[error("telemetry type is not supported")]
    UnsupportedSignal,
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// The consumers a receiver feeds, by signal; `None` for signals without a pipeline.
#[derive(Clone, Default)]
pub struct Outputs {
    consumers: [Option<Arc<dyn Consumer>>; Signal::ALL.len()],
}

impl Outputs {
    /// The consumer of a signal.
    pub fn get(&self, signal: Signal) -> Option<&Arc<dyn Consumer>> {
        self.consumers.get(signal as usize)?.as_ref()
    }

    /// Sets the consumer of a signal.
    pub fn set(&mut self, signal: Signal, consumer: Arc<dyn Consumer>) {
        if let Some(slot) = self.consumers.get_mut(signal as usize) {
            *slot = Some(consumer);
        }
    }

    /// The signals that have a consumer.
    pub fn signals(&self) -> impl Iterator<Item = Signal> {
        Signal::ALL.into_iter().filter(|signal| self.get(*signal).is_some())
    }
}

/// A pipeline that a connector feeds.
#[derive(Clone)]
pub struct PipelineOutput {
    /// The pipeline.
    pub id: PipelineId,
    /// Its first consumer.
    pub consumer: Arc<dyn Consumer>,
}

/// A pipeline that the settings of a connector name, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The pipeline.
    pub id: PipelineId,
    /// The place.
    pub location: Option<Location>,
}

impl Output {
    /// The pipeline of that name; `None` if it is no name of one.
    pub fn of(name: &Text) -> Option<Self> {
        Some(Self { id: name.parse().ok()?, location: name.location() })
    }
}

/// A component that changes, filters or groups batches and hands them on.
pub trait Processor: Component + Consumer {}
impl<T: Component + Consumer> Processor for T {}

/// A component that sends batches out.
pub trait Exporter: Component + Consumer {}
impl<T: Component + Consumer> Exporter for T {}

/// A component that takes batches of one pipeline and feeds other pipelines.
pub trait Connector: Component + Consumer {}
impl<T: Component + Consumer> Connector for T {}

/// A component that serves the collector itself.
pub trait Extension: Component {
    /// Everything has started and telemetry is processed from now on.
    fn ready(&self) {}

    /// Shutdown has begun; called before anything is stopped.
    fn not_ready(&self) {}

    /// What servers ask who may come in; `None` when it does not decide that.
    fn server_authenticator(&self) -> Option<Arc<dyn ServerAuthenticator>> {
        None
    }

    /// What clients ask how to prove who they are; `None` when it does not know that.
    fn client_authenticator(&self) -> Option<Arc<dyn ClientAuthenticator>> {
        None
    }

    /// The storage that it offers to other components, once it has started.
    fn storage(&self) -> Option<Arc<dyn Storage>> {
        None
    }
}

/// Defines the factory trait and the configuration trait of one kind of component; configurations
/// that also are [`TypedConfig`] have a factory by that.
macro_rules! factory {
    ($(#[$factory_doc:meta])* $factory:ident, $(#[$config_doc:meta])* $config:ident { $($create:tt)* }) => {
        $(#[$factory_doc])*
        pub trait $factory: Send + Sync {
            /// What there is to know about the type.
            fn descriptor(&self) -> &'static Descriptor;

            /// What can be configured.
            fn keys(&self) -> Vec<Key>;

            /// Parses and validates a section. Pushes everything that is wrong with it, and
            /// warnings; `None` when an error was pushed.
            fn parse(
                &self,
                section: Section<'_>,
                diagnostics: &mut Vec<Diagnostic>,
            ) -> Option<Box<dyn $config>>;
        }

        impl<C: TypedConfig + $config + 'static> $factory for TypedFactory<C> {
            fn descriptor(&self) -> &'static Descriptor {
                C::DESCRIPTOR
            }

            fn keys(&self) -> Vec<Key> {
                Self::declared_keys()
            }

            fn parse(
                &self,
                section: Section<'_>,
                diagnostics: &mut Vec<Diagnostic>,
            ) -> Option<Box<dyn $config>> {
                Some(Box::new(Self::accepted(section, diagnostics)?))
            }
        }

        $(#[$config_doc])*
        pub trait $config: Effective + Send + Sync {
            $($create)*
        }
    };
}

factory!(
    /// Makes receivers of one type.
    ReceiverFactory,
    /// A valid receiver configuration.
    ReceiverConfig {
        /// Makes the receiver. There is one per id, for all signals and pipelines.
        ///
        /// # Errors
        /// When the configuration cannot work here.
        fn create(
            &self,
            settings: Settings,
            outputs: Outputs,
        ) -> Result<Arc<dyn Component>, CreateError>;
    }
);

factory!(
    /// Makes processors of one type.
    ProcessorFactory,
    /// A valid processor configuration.
    ProcessorConfig {
        /// Makes the processor of one pipeline.
        ///
        /// # Errors
        /// When the signal is not supported or the configuration cannot work here.
        fn create(
            &self,
            settings: Settings,
            signal: Signal,
            next: Arc<dyn Consumer>,
        ) -> Result<Arc<dyn Processor>, CreateError>;

        /// What is wrong with it for pipelines of one signal; what is wrong for all is found when it is
        /// parsed.
        fn findings(&self, signal: Signal) -> Vec<Diagnostic> {
            let _ = signal;
            Vec::new()
        }

        /// Whether `otelcol_processor_incoming_items` and its siblings tell of it. Those that keep
        /// items back and hand them on later have metrics of their own in the reference.
        fn counts_items(&self) -> bool {
            true
        }

        /// The programs that it runs, at most one for each signal; none when it runs no programs.
        fn programs(&self) -> Vec<&Program> {
            Vec::new()
        }
    }
);

factory!(
    /// Makes exporters of one type.
    ExporterFactory,
    /// A valid exporter configuration.
    ExporterConfig {
        /// Makes the exporter of one signal, shared by all its pipelines.
        ///
        /// # Errors
        /// When the signal is not supported or the configuration cannot work here.
        fn create(
            &self,
            settings: Settings,
            signal: Signal,
        ) -> Result<Arc<dyn Exporter>, CreateError>;
    }
);

factory!(
    /// Makes connectors of one type.
    ConnectorFactory,
    /// A valid connector configuration.
    ConnectorConfig {
        /// Whether batches of one signal can become batches of another.
        fn supports(&self, from: Signal, to: Signal) -> bool;

        /// The pipelines that its settings name; each must start with the connector.
        fn outputs(&self) -> Vec<Output> {
            Vec::new()
        }

        /// Takes note of pipelines that its settings name and that are left out of this run. The
        /// others must not get what was meant for them.
        fn leave_out(&mut self, pipelines: &[PipelineId]) {
            let _ = pipelines;
        }

        /// The programs that it runs; none when it runs no programs.
        fn programs(&self) -> Vec<&Program> {
            Vec::new()
        }

        /// Makes the connector that ends pipelines of the signal `from` and feeds `outputs`.
        ///
        /// # Errors
        /// When the configuration cannot work here.
        fn create(
            &self,
            settings: Settings,
            from: Signal,
            outputs: Vec<PipelineOutput>,
        ) -> Result<Arc<dyn Connector>, CreateError>;
    }
);

factory!(
    /// Makes extensions of one type.
    ExtensionFactory,
    /// A valid extension configuration.
    ExtensionConfig {
        /// Makes the extension.
        ///
        /// # Errors
        /// When the configuration cannot work here.
        fn create(&self, settings: Settings) -> Result<Arc<dyn Extension>, CreateError>;
    }
);

impl From<PipelineSignal> for Signal {
    fn from(signal: PipelineSignal) -> Self {
        match signal {
            PipelineSignal::Traces => Self::Traces,
            PipelineSignal::Metrics => Self::Metrics,
            PipelineSignal::Logs => Self::Logs,
            PipelineSignal::Profiles => Self::Profiles,
        }
    }
}
