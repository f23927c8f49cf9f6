//! The metrics that there are. A new metric is a new row here, and on its page
//! (`docs/metrics.md`, which is made from these rows).

mod connector;
mod exporter;
mod network;
mod process;
mod processor;
mod receiver;

use super::Definition;

/// The tables with their titles, in the order in which they are documented.
pub const TABLES: [(&str, &[Definition]); 6] = [
    ("The process", process::ROWS),
    ("Receivers", receiver::ROWS),
    ("Processors", processor::ROWS),
    ("Connectors", connector::ROWS),
    ("Exporters", exporter::ROWS),
    ("Servers and clients", network::ROWS),
];

/// All metrics.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    TABLES.into_iter().flat_map(|(_, rows)| rows)
}

/// The metric of a name.
pub fn find(name: &str) -> Option<&'static Definition> {
    all().find(|definition| definition.name == name)
}

/// Sizes of batches in items.
pub(super) const ITEM_BOUNDS: &[f64] = &[
    10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2000.0, 3000.0, 4000.0, 5000.0,
    6000.0, 7000.0, 8000.0, 9000.0, 10_000.0, 20_000.0, 30_000.0, 50_000.0, 100_000.0,
];

/// Sizes of batches in bytes: 128 B to 16 MiB.
pub(super) const BYTE_BOUNDS: &[f64] = &[
    128.0,
    256.0,
    512.0,
    1024.0,
    2048.0,
    4096.0,
    8192.0,
    16_384.0,
    32_768.0,
    65_536.0,
    131_072.0,
    262_144.0,
    524_288.0,
    1_048_576.0,
    2_097_152.0,
    4_194_304.0,
    8_388_608.0,
    16_777_216.0,
];

/// Times of requests, in seconds.
pub(super) const SECONDS_BOUNDS: &[f64] =
    &[0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// The bounds that the OpenTelemetry SDK takes when a histogram names none.
pub(super) const DEFAULT_BOUNDS: &[f64] = &[
    0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0,
    10_000.0,
];
