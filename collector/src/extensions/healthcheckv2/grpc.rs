//! Health over gRPC: `Check` and `Watch` of the usual protocol. The service that a client asks for is a
//! pipeline, or nothing for the whole.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use prost::Message;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::aggregate::Aggregator;
use crate::net::grpc::server::{Call, Handler, Messages, Methods};
use crate::net::status::{Code, Status};

/// `grpc.health.v1.HealthCheckRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Request {
    #[prost(string, tag = "1")]
    pub(super) service: String,
}

/// `grpc.health.v1.HealthCheckResponse`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Response {
    #[prost(int32, tag = "1")]
    pub(super) status: i32,
}

/// `SERVING` and its siblings.
pub(super) const SERVING: i32 = 1;
pub(super) const NOT_SERVING: i32 = 2;
pub(super) const SERVICE_UNKNOWN: i32 = 3;

/// The methods of the server.
///
/// Watches end when `stopping` is cancelled.
pub(super) fn methods(aggregator: Arc<Aggregator>, stopping: CancellationToken) -> Methods {
    let check: Arc<dyn Handler> = Arc::new(Check { aggregator: aggregator.clone() });
    let watch: Arc<dyn Handler> = Arc::new(Watch { aggregator, stopping });
    Methods::from([
        ("/grpc.health.v1.Health/Check", check),
        ("/grpc.health.v1.Health/Watch", watch),
    ])
}

struct Check {
    aggregator: Arc<Aggregator>,
}

#[async_trait]
impl Handler for Check {
    async fn call(&self, call: Call) -> Result<Bytes, Status> {
        let request = read(call.message)?;
        let aggregate = self
            .aggregator
            .of(&request.service)
            .ok_or_else(|| Status::new(Code::NotFound, "Service not found."))?;
        let status = if self.aggregator.serves(&aggregate) { SERVING } else { NOT_SERVING };
        Ok(Response { status }.encode_to_vec().into())
    }
}

fn read(message: Bytes) -> Result<Request, Status> {
    Request::decode(message).map_err(|error| {
        Status::new(Code::Internal, format!("grpc: error unmarshalling request: {error}"))
    })
}

struct Watch {
    aggregator: Arc<Aggregator>,
    stopping: CancellationToken,
}

#[async_trait]
impl Handler for Watch {
    async fn call(&self, _: Call) -> Result<Bytes, Status> {
        Err(Status::new(Code::Internal, "a watch has more than one answer"))
    }

    fn stream(&self, call: &Call) -> Option<Messages> {
        let service = match read(call.message.clone()) {
            Ok(Request { service }) => service,
            Err(status) => return Some(stream::iter([Err(status)]).boxed()),
        };
        let (states, ready) = self.aggregator.changes();
        let watched = Watched {
            aggregator: self.aggregator.clone(),
            stopping: self.stopping.clone(),
            service,
            states,
            ready,
            told: None,
        };
        Some(stream::unfold(Some(watched), Watched::next).boxed())
    }
}

/// What a client is told of, as it changes.
struct Watched {
    aggregator: Arc<Aggregator>,
    stopping: CancellationToken,
    service: String,
    states: watch::Receiver<()>,
    ready: watch::Receiver<bool>,
    told: Option<i32>,
}

impl Watched {
    /// The next answer, and what is left; nothing after the last.
    async fn next(watched: Option<Self>) -> Option<(Result<Bytes, Status>, Option<Self>)> {
        let mut watched = watched?;
        loop {
            if watched.stopping.is_cancelled() {
                let status = Status::new(Code::Canceled, "Server shutting down.");
                return Some((Err(status), None));
            }
            // Before the look at the states: a change in between is then seen again.
            watched.states.borrow_and_update();
            watched.ready.borrow_and_update();
            let aggregate = watched.aggregator.of(&watched.service);
            let status = match &aggregate {
                None => SERVICE_UNKNOWN,
                Some(aggregate) if watched.aggregator.serves(aggregate) => SERVING,
                Some(_) => NOT_SERVING,
            };
            if watched.told != Some(status) {
                watched.told = Some(status);
                let message = Response { status }.encode_to_vec().into();
                return Some((Ok(message), Some(watched)));
            }
            let patience = aggregate.and_then(|aggregate| watched.aggregator.patience(&aggregate));
            let lost_patience = async {
                match patience {
                    Some(patience) => tokio::time::sleep(patience).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                _ = watched.states.changed() => {}
                _ = watched.ready.changed() => {}
                () = lost_patience => {}
                () = watched.stopping.cancelled() => {}
            }
        }
    }
}
