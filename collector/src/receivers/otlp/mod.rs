//! `otlp`: receives OTLP over gRPC and over HTTP, in protobuf and JSON, for all signals on one
//! server each.
//!
//! Requests enter from the network, become validated batches, and are offered to the pipelines;
//! the answer of the pipelines is the answer the client gets (`collector-core` reference §2.3).

mod config;
mod grpc;
mod http;
mod intake;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::config::Config;
use self::intake::Intake;
use crate::component::{
    Component, CreateError, Descriptor, Host, Kind, Outputs, ReceiverConfig, Section, Settings,
    Stability, StartError, Stopped, TypedConfig, TypedFactory,
};
use crate::net::NetworkMetrics;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Receiver,
    type_name: "otlp",
    aliases: &[],
    stability: &[
        ("traces", Stability::Stable),
        ("metrics", Stability::Stable),
        ("logs", Stability::Stable),
        ("profiles", Stability::Alpha),
    ],
    summary: "receives OTLP over gRPC and HTTP",
    example: "
otlp:
  protocols:
    grpc:
      endpoint: 0.0.0.0:4317
    http:
      endpoint: 0.0.0.0:4318
",
};

/// Makes `otlp` receivers.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Receiver, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ReceiverConfig for Config {
    fn create(
        &self,
        settings: Settings,
        outputs: Outputs,
    ) -> Result<Arc<dyn Component>, CreateError> {
        Ok(Arc::new(Receiver {
            config: self.clone(),
            outputs,
            settings,
            stop: CancellationToken::new(),
            servers: Mutex::default(),
        }))
    }
}

struct Receiver {
    config: Config,
    outputs: Outputs,
    settings: Settings,
    stop: CancellationToken,
    servers: Mutex<Vec<JoinHandle<Option<()>>>>,
}

#[async_trait]
impl Component for Receiver {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        // Both are bound before either serves, so that a failure leaves nothing behind.
        let owner = |protocol: &str| format!("receiver {} {protocol}", self.settings.id);
        let metrics = NetworkMetrics::of(&self.settings.metrics);
        let grpc = match self.config.protocols.grpc.as_ref() {
            None => None,
            Some(grpc) => Some((grpc, grpc.open(host, &owner("grpc"), &metrics).await?)),
        };
        let http = match self.config.protocols.http.as_ref() {
            None => None,
            Some(http) => Some((http, http.server().open(host, &owner("http"), &metrics).await?)),
        };
        let mut servers = self.servers.lock().await;
        let id = &self.settings.id;
        if let Some((grpc, (listener, options))) = grpc {
            tracing::info!(
                otelcol.component.id = %id,
                otelcol.component.kind = "receiver",
                endpoint = listener.address(),
                "Starting GRPC server"
            );
            self.settings.status.listens("grpc", listener.address());
            let intake = Intake::new(&self.outputs, &self.settings, "grpc", grpc.include_metadata);
            let status = self.settings.status.clone();
            let on_panic = move |message: String| status.panicked(&message);
            servers.push(self.settings.status.spawn(crate::net::grpc::server::serve(
                listener,
                grpc::methods(&intake),
                options,
                on_panic,
                self.stop.clone(),
            )));
        }
        if let Some((http, (listener, options))) = http {
            tracing::info!(
                otelcol.component.id = %id,
                otelcol.component.kind = "receiver",
                endpoint = listener.address(),
                "Starting HTTP server"
            );
            self.settings.status.listens("http", listener.address());
            let metadata = http.server().include_metadata;
            let intake = Intake::new(&self.outputs, &self.settings, "http", metadata);
            let status = self.settings.status.clone();
            let on_panic = move |message: String| status.panicked(&message);
            servers.push(self.settings.status.spawn(crate::net::http::server::serve(
                listener,
                Arc::new(http::Endpoint::new(intake, http, &options)),
                options,
                on_panic,
                self.stop.clone(),
            )));
        }
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.stop.cancel();
        let mut stopped = Stopped::default();
        for mut server in std::mem::take(&mut *self.servers.lock().await) {
            if tokio::time::timeout_at(deadline, &mut server).await.is_err() {
                server.abort();
                stopped.errors.push("requests were still open and have been cut off".to_owned());
            }
        }
        stopped
    }
}
