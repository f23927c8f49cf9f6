//! The OTLP signals and transports: names, gRPC methods and HTTP paths.
//!
//! Everything else asks this file where a request of a signal goes, and which signal a request
//! path stands for.

use clap::ValueEnum;

/// A telemetry signal that the load tool can make, count and forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metric datapoints.
    Metrics,
    /// Log records.
    Logs,
}

/// An OTLP transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Protocol {
    /// OTLP/gRPC: HTTP/2 with the gRPC message prefix and trailers.
    Grpc,
    /// OTLP/HTTP: POST over HTTP/1.1.
    Http,
}

impl Signal {
    /// All signals, in the order in which tables print them.
    pub const ALL: [Signal; 3] = [Signal::Traces, Signal::Metrics, Signal::Logs];

    /// The name as flags and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Signal::Traces => "traces",
            Signal::Metrics => "metrics",
            Signal::Logs => "logs",
        }
    }

    /// What one item of the signal is called, in the plural.
    pub const fn items(self) -> &'static str {
        match self {
            Signal::Traces => "spans",
            Signal::Metrics => "points",
            Signal::Logs => "logs",
        }
    }

    /// The path of the gRPC method `Export` (opentelemetry-proto, `collector/*/v1`).
    pub const fn grpc_path(self) -> &'static str {
        match self {
            Signal::Traces => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
            Signal::Metrics => "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
            Signal::Logs => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        }
    }

    /// The default OTLP/HTTP path.
    pub const fn http_path(self) -> &'static str {
        match self {
            Signal::Traces => "/v1/traces",
            Signal::Metrics => "/v1/metrics",
            Signal::Logs => "/v1/logs",
        }
    }

    /// The path of this signal on a transport.
    pub const fn path(self, protocol: Protocol) -> &'static str {
        match protocol {
            Protocol::Grpc => self.grpc_path(),
            Protocol::Http => self.http_path(),
        }
    }

    /// The signal and transport that a request path stands for.
    pub fn from_path(path: &str) -> Option<(Signal, Protocol)> {
        Signal::ALL.into_iter().find_map(|signal| {
            if path == signal.grpc_path() {
                Some((signal, Protocol::Grpc))
            } else if path == signal.http_path() {
                Some((signal, Protocol::Http))
            } else {
                None
            }
        })
    }
}

impl Protocol {
    /// The name as flags and reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Protocol::Grpc => "grpc",
            Protocol::Http => "http",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_leads_back_to_its_signal() {
        for signal in Signal::ALL {
            for protocol in [Protocol::Grpc, Protocol::Http] {
                assert_eq!(Signal::from_path(signal.path(protocol)), Some((signal, protocol)));
            }
        }
        assert_eq!(Signal::from_path("/v1/trace"), None);
    }
}
