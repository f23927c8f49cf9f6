//! What a component is: the traits it implements, what it is given, and the list of all there are.
//!
//! A configuration section enters a factory and becomes a typed configuration; that creates
//! components; batches then travel from component to component through [`Consumer::consume`].
//!
//! To add a component: a folder under `receivers/`, `processors/`, `connectors/`, `exporters/` or
//! `extensions/` with a configuration that is a [`TypedConfig`] and creates the component, and one
//! line in [`registry`]. The smallest examples are `receivers/nop` and `exporters/nop`.

mod ack;
mod auth;
pub mod codes;
mod consumer;
mod context;
mod factory;
mod facts;
mod findings;
pub mod known;
mod lifecycle;
pub mod registry;
mod report;
mod resources;
mod status;
pub mod storage;
mod typed;

pub use ack::{Ack, AckOutcome, Acknowledged, Attempt};
pub(crate) use auth::same_secret;
pub use auth::{AuthError, ClientAuthenticator, Identity, NoAuthenticator, ServerAuthenticator};
pub use codes::{MISSING_KEY, NOT_SUPPORTED_YET, WRONG_VALUE};
pub use consumer::{Consumer, Refused};
pub use context::{ClientAddress, ClientMetadata, Context, Runner};
pub use factory::{
    Alias, Connector, ConnectorConfig, ConnectorFactory, CreateError, Descriptor, Exporter,
    ExporterConfig, ExporterFactory, Extension, ExtensionConfig, ExtensionFactory, Kind, Output,
    Outputs, PipelineOutput, Processor, ProcessorConfig, ProcessorFactory, ReceiverConfig,
    ReceiverFactory, Section, Settings, Stability,
};
pub use facts::{Facts, PipelineFacts, SharedFacts};
pub use findings::Findings;
pub use known::{instead_of_removed, name_elsewhere};
pub use lifecycle::{Component, Host, StartError, Stopped};
pub(crate) use report::Report;
pub use resources::Resources;
pub use status::{
    ComponentState, ComponentStatus, Listening, StatusHub, StatusReporter, panic_message,
};
pub use typed::{Effective, TypedConfig, TypedFactory};
