//! Metrics of servers and clients over HTTP and gRPC.

use super::{DEFAULT_BOUNDS, Definition, SECONDS_BOUNDS};
use crate::config::service::Level;

const HTTP: &[&str] = &[
    "http.request.method",
    "http.response.status_code",
    "http.route",
    "network.protocol.name",
    "network.protocol.version",
    "server.address",
    "server.port",
    "url.scheme",
];
const RPC: &[&str] = &["rpc.method", "rpc.response.status_code", "rpc.system.name"];

pub(super) const ROWS: &[Definition] = &[
    http(seconds("http.server.request.duration", "Duration of HTTP server requests.")),
    http(bytes("http.server.request.body.size", "Size of HTTP server request bodies.")),
    http(bytes("http.server.response.body.size", "Size of HTTP server response bodies.")),
    http(seconds("http.client.request.duration", "Duration of HTTP client requests.")),
    http(bytes("http.client.request.body.size", "Size of HTTP client request bodies.")),
    rpc(seconds(
        "rpc.server.call.duration",
        "Measures the duration of an incoming Remote Procedure Call (RPC).",
    )),
    rpc(seconds(
        "rpc.client.call.duration",
        "Measures the duration of an outgoing Remote Procedure Call (RPC).",
    )),
];

const fn seconds(name: &'static str, description: &'static str) -> Definition {
    Definition::histogram(name, "s", description, SECONDS_BOUNDS).with_fraction()
}

const fn bytes(name: &'static str, description: &'static str) -> Definition {
    Definition::histogram(name, "By", description, DEFAULT_BOUNDS)
}

const fn http(definition: Definition) -> Definition {
    definition
        .at(Level::Detailed)
        .with_labels(HTTP)
        .of_scope("go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp")
}

const fn rpc(definition: Definition) -> Definition {
    definition
        .at(Level::Detailed)
        .with_labels(RPC)
        .of_scope("go.opentelemetry.io/contrib/instrumentation/google.golang.org/grpc/otelgrpc")
}
