//! The diagnostic codes of components and of the network settings they share.
//!
//! The constants are what findings carry; [`CODES`] is for `explain` and the documentation.

use holt_grammar::diag::codes::Code;

pub use crate::config::codes::{MISSING as MISSING_KEY, WRONG_VALUE};

/// A component type that Holt does not have.
pub const UNKNOWN_TYPE: &str = "C005";
/// A component type that the reference once had.
pub const REMOVED_TYPE: &str = "D502";
/// Something the reference has and Holt does not yet.
pub const NOT_SUPPORTED_YET: &str = "C012";
/// A deprecated name of a component type.
pub const DEPRECATED_NAME: &str = "D501";
/// A scheme that looks as if it switched TLS off.
pub const PLAIN_SCHEME_WITH_TLS: &str = "N401";
/// A scheme that switches TLS on against the settings.
pub const TLS_SCHEME_WITHOUT_TLS: &str = "N402";
/// A gRPC endpoint without a port.
pub const NO_PORT: &str = "N404";
/// An HTTP endpoint without a scheme.
pub const NO_SCHEME: &str = "N406";
/// The path of a signal where the base URL belongs.
pub const SIGNAL_PATH_IN_ENDPOINT: &str = "N407";

/// Every code above that is not a code of configurations, in order of its name.
pub const CODES: &[Code] = &[
    Code {
        code: UNKNOWN_TYPE,
        title: "unknown component type",
        explanation: "The part of a component's id before the slash is its type, and Holt has no \
component of that type. When the OpenTelemetry Collector Contrib distribution has one, the message \
says so: such a configuration is right, and `--allow-missing` starts Holt without the pipelines \
that need the component. What a route of `routing` leads into such a pipeline is then dropped and \
counted, and `failover` passes over levels without pipelines. Otherwise the name is misspelt; the message names the nearest one.",
    },
    Code {
        code: NOT_SUPPORTED_YET,
        title: "setting that is not supported yet",
        explanation: "The key is one of the reference's and its value is valid, but Holt does not \
have what it asks for yet. It is refused rather than ignored, since a collector that listens \
without the TLS or the authentication it was told to use would be worse than one that does not \
start. The message says what to do instead.",
    },
    Code {
        code: DEPRECATED_NAME,
        title: "deprecated component name",
        explanation: "The component has a new name. The old one keeps working, and logs and metrics \
show the name that the configuration uses. Rename the component in its section and in every \
pipeline that uses it; dashboards and alerts that name it change with it.",
    },
    Code {
        code: REMOVED_TYPE,
        title: "component that is gone",
        explanation: "Earlier releases of the Go collector had this component; today's refuse the \
configuration because of it. The message names what took its place.",
    },
    Code {
        code: PLAIN_SCHEME_WITH_TLS,
        title: "`http://` does not switch TLS off",
        explanation: "A gRPC exporter encrypts its connection unless `tls.insecure` is true; a \
scheme `http://` before the endpoint is only cut off. Against a server that speaks plain text this \
ends in handshake errors. Write the endpoint without a scheme and set `tls: {insecure: true}` when \
plain text is meant.",
    },
    Code {
        code: TLS_SCHEME_WITHOUT_TLS,
        title: "`https://` overrides `tls.insecure`",
        explanation: "An endpoint that starts with `https://` is always encrypted, whatever \
`tls.insecure` says. Remove one of the two.",
    },
    Code {
        code: NO_PORT,
        title: "gRPC endpoint without a port",
        explanation: "The endpoint of a gRPC exporter is `host:port`, and no port is assumed: the \
collector does not start. OTLP over gRPC listens on 4317 by convention.",
    },
    Code {
        code: NO_SCHEME,
        title: "HTTP endpoint without a scheme",
        explanation: "The endpoint of an HTTP exporter is a URL. `gateway:4318` is read as a URL of the \
scheme `gateway`; the Go collector starts with it and then fails to send anything, while it refuses an \
address such as `10.0.0.1:4318`. Write `http://gateway:4318`, or https.",
    },
    Code {
        code: SIGNAL_PATH_IN_ENDPOINT,
        title: "path of a signal in `endpoint`",
        explanation: "The OTLP/HTTP exporter appends `/v1/traces`, `/v1/metrics` or `/v1/logs` to \
`endpoint`, so an endpoint that ends in one of them is called with the path twice and answers 404. \
Give the base URL, or use `traces_endpoint`, `metrics_endpoint` and `logs_endpoint`, which are \
used as they are.",
    },
];
