//! Health over gRPC: `Check` of the usual protocol. The service that a client asks for is a
//! pipeline, or nothing for the whole.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use prost::Message;

use super::aggregate::Aggregator;
use crate::net::grpc::server::{Call, Handler, Methods};
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

/// The methods of the server.
pub(super) fn methods(aggregator: Arc<Aggregator>) -> Methods {
    let check: Arc<dyn Handler> = Arc::new(Check { aggregator });
    Methods::from([("/grpc.health.v1.Health/Check", check)])
}

struct Check {
    aggregator: Arc<Aggregator>,
}

#[async_trait]
impl Handler for Check {
    async fn call(&self, call: Call) -> Result<Bytes, Status> {
        let request = Request::decode(call.message).map_err(|error| {
            Status::new(Code::Internal, format!("grpc: error unmarshalling request: {error}"))
        })?;
        let aggregate = self
            .aggregator
            .of(&request.service)
            .ok_or_else(|| Status::new(Code::NotFound, "Service not found."))?;
        let status = if self.aggregator.serves(&aggregate) { SERVING } else { NOT_SERVING };
        Ok(Response { status }.encode_to_vec().into())
    }
}
