//! OTLP/gRPC: the `Export` methods of the signals that have a pipeline.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;

use super::intake::{Intake, Lane};
use crate::component::ClientMetadata;
use crate::net::grpc::server::{Call, Handler, Methods};
use crate::net::otlp::export_method;
use crate::net::status::{Code, Status};

/// The methods of a receiver; a signal without a pipeline has none, so its callers get
/// `Unimplemented`.
pub(super) fn methods(intake: &Intake) -> Methods {
    intake
        .lanes()
        .map(|lane| {
            let include_metadata = intake.include_metadata;
            let handler = Export { lane: lane.clone(), include_metadata };
            (export_method(lane.signal), Arc::new(handler) as Arc<dyn Handler>)
        })
        .collect()
}

struct Export {
    lane: Arc<Lane>,
    include_metadata: bool,
}

#[async_trait]
impl Handler for Export {
    async fn call(&self, call: Call) -> Result<Bytes, Status> {
        let client = self.include_metadata.then(|| Arc::new(metadata(&call)));
        let batch = self.lane.decode(call.message).map_err(|error| {
            Status::new(Code::Internal, format!("grpc: error unmarshalling request: {error}"))
        })?;
        match self.lane.offer(batch, client).await {
            // An empty response message: everything was taken.
            Ok(()) => Ok(Bytes::new()),
            Err(refused) => Err(refused.to_status()),
        }
    }
}

fn metadata(call: &Call) -> ClientMetadata {
    let mut metadata = client_metadata(&call.headers, call.peer);
    if !call.authority.is_empty() {
        metadata.push(":authority", call.authority.clone());
        metadata.push("host", call.authority.clone());
    }
    metadata
}

/// All headers that are text.
pub(super) fn client_metadata(
    headers: &HeaderMap,
    peer: Option<std::net::SocketAddr>,
) -> ClientMetadata {
    let mut metadata = ClientMetadata::new(peer);
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            metadata.push(name.as_str(), value);
        }
    }
    metadata
}
