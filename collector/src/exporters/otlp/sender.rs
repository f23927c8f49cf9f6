//! One attempt to send a batch over gRPC.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use holt_pdata::{Batch, Signal};
use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue};

use super::config::{Config, header};
use crate::component::{Context, Host, Refused, Settings, StartError};
use crate::config::ids::ComponentId;
use crate::net::compression::{Encoding, compress};
use crate::net::grpc::client::{
    Balancer, CallOptions, Channel, ChannelOptions, Keepalive, Method, Target,
};
use crate::net::grpc::target::Endpoint;
use crate::net::otlp::{export_method, read_response};
use crate::net::proxy::Proxy;
use crate::net::settings::Authentication;
use crate::net::{Credentials, NetworkMetrics, user_agent};
use crate::telemetry::Counter;
use crate::telemetry::metrics::LabelValue;

/// Largest response; one with more in it than a partial success is not OTLP.
const MAX_RESPONSE_SIZE: usize = 4 << 20;

pub(super) struct GrpcSender {
    id: ComponentId,
    signal: Signal,
    channel: Arc<Channel>,
    method: Method,
    headers: HeaderMap,
    options: CallOptions,
    rejected: Counter,
    authentication: Option<Authentication>,
    credentials: Credentials,
    encrypted: bool,
    /// The endpoint as configured.
    endpoint: String,
}

impl GrpcSender {
    pub(super) fn new(
        config: &Config,
        settings: &Settings,
        signal: Signal,
    ) -> Result<Self, String> {
        let endpoint = Endpoint::parse(&config.endpoint).map_err(|error| error.to_string())?;
        let encoding = config.encoding().unwrap_or(Encoding::Identity);
        let plain_text = config.tls.is_plain_text() && endpoint.scheme != Some("https");
        let tls = if plain_text { None } else { Some(config.tls.connector(&[b"h2"])?) };
        let authority = match config.authority.as_str() {
            "" => endpoint.authority,
            authority => authority.parse().map_err(|error| format!("{error}"))?,
        };
        let proxy = match &endpoint.target {
            Target::Tcp { host, port } => Proxy::from_environment(host, *port),
            Target::Unix(_) => None,
        };
        let channel = Channel::new(ChannelOptions {
            target: endpoint.target,
            authority,
            tls,
            keepalive: config.keepalive.as_ref().map(|keepalive| Keepalive {
                time: keepalive.time.to_std(),
                timeout: keepalive.timeout.to_std(),
                permit_without_stream: keepalive.permit_without_stream,
            }),
            max_message_size: MAX_RESPONSE_SIZE,
            balancer: match config.balancer_name.as_str() {
                "pick_first" => Balancer::PickFirst,
                _ => Balancer::RoundRobin,
            },
            proxy,
            metrics: NetworkMetrics::of(&settings.metrics),
        });
        let method = channel.method(export_method(signal)).map_err(|error| error.to_string())?;
        let timeout = Some(config.timeout.to_std()).filter(|timeout| *timeout > Duration::ZERO);
        Ok(Self {
            id: settings.id.clone(),
            signal,
            channel: Arc::new(channel),
            method,
            headers: headers(config),
            options: CallOptions { encoding, timeout, wait_for_ready: config.wait_for_ready },
            rejected: settings.metrics.exporter("rejected", signal, &settings.id),
            authentication: config.auth.clone(),
            credentials: Credentials::default(),
            encrypted: !plain_text,
            endpoint: config.endpoint.clone(),
        })
    }
}

fn headers(config: &Config) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let agent = match config.user_agent.as_str() {
        "" => user_agent(),
        agent => agent.to_owned(),
    };
    if let Ok(agent) = HeaderValue::try_from(agent) {
        headers.insert(USER_AGENT, agent);
    }
    let own = config.headers.iter().filter_map(|(name, value)| header(name, value.expose()));
    headers.extend(own);
    headers
}

#[async_trait]
impl crate::queue::Sender for GrpcSender {
    fn destination(&self) -> Vec<(&'static str, LabelValue)> {
        // What cannot be taken apart is shown whole, as in the reference.
        let parts = self.endpoint.rsplit_once(':').filter(|(host, _)| !host.contains('/'));
        let Some((host, port)) = parts else {
            return vec![("server.address", self.endpoint.as_str().into())];
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let port = port.parse::<i64>().ok().map(|port| ("server.port", port.into()));
        [("server.address", host.into())].into_iter().chain(port).collect()
    }

    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let authentication = self.authentication.as_ref();
        self.credentials.resolve(authentication, host, "gRPC", self.encrypted)?;
        let channel = self.channel.clone();
        tokio::spawn(async move { channel.warm_up().await });
        Ok(())
    }

    async fn send(&self, batch: &Batch, context: &Context) -> Result<(), Refused> {
        let message = compress(self.options.encoding, None, batch.bytes())
            .map_err(|error| Refused::permanent(format!("compression failed: {error}")))?;
        let headers = self.credentials.headers(&self.headers, context).await?;
        let response = self
            .channel
            .call(&self.method, &headers, message, self.options)
            .await
            .map_err(Refused::from_status)?;
        // A response that cannot be read still says that the request was taken.
        if let Ok(Some(partial)) = read_response(&response) {
            self.rejected.add(usize::try_from(partial.rejected).unwrap_or(0));
            tracing::warn!(
                otelcol.component.id = %self.id,
                otelcol.component.kind = "exporter",
                otelcol.signal = self.signal.name(),
                error_message = partial.message,
                dropped_items = partial.rejected,
                "Partial success response"
            );
        }
        Ok(())
    }
}
