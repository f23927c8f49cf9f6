//! OTLP/gRPC: the `Export` methods of the signals that have a pipeline.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::HeaderMap;

use super::intake::{Intake, Lane};
use crate::component::{ClientAddress, ClientMetadata};
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
        let mut client = client(&call, self.include_metadata);
        let batch = self.lane.decode(call.message).map_err(|error| {
            Status::new(Code::Internal, format!("grpc: error unmarshalling request: {error}"))
        })?;
        (client.grpc, client.authority) = (call.headers, call.authority);
        client.auth = call.identity.into_attributes();
        match self.lane.offer(batch, client).await {
            // An empty response message: everything was taken.
            Ok(()) => Ok(Bytes::new()),
            Err(refused) => Err(refused.to_status()),
        }
    }
}

/// Who calls, with the headers of the call if they are to be kept.
fn client(call: &Call, include_metadata: bool) -> ClientMetadata {
    let mut client = ClientMetadata::new(call.peer.map(ClientAddress::Socket));
    if include_metadata {
        push_headers(&mut client, &call.headers);
        if !call.authority.is_empty() {
            client.push(":authority", call.authority.clone());
            client.push("host", call.authority.clone());
        }
    }
    client
}

/// Keeps all headers that are text.
pub(super) fn push_headers(client: &mut ClientMetadata, headers: &HeaderMap) {
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            client.push(name.as_str(), value);
        }
    }
}
