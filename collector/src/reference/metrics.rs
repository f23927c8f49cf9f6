//! `docs/metrics.md`: the table of metrics as a page.

use std::fmt::Write;

use crate::telemetry::metrics::{Definition, Instrument, table};

/// What stands before the tables.
const INTRODUCTION: &str = "\
# Metrics of the collector itself

Made from the tables in `collector/src/telemetry/metrics/table`;
`RENEW=1 cargo test -p holt-collector --test metrics_page` writes it anew.

Names, labels, units and descriptions are those of the Go collector. Without settings they are
served for Prometheus at `http://localhost:8888/metrics`; `service::telemetry::metrics` says how
many there are (`level`) and where they go (`readers`). On a page for Prometheus, dots in names of
labels become underscores, and counters that go up and down are gauges.

A series is there from the first time something is recorded: receivers tell of accepted, refused and
failed items from the first request on, exporters of failures from the first failure on. Totals are
those of the process: they go on when a configuration is loaded anew.

Of the memory that Go's runtime tells of, Holt shows what the operating system knows of the process,
on Linux: `heap_alloc_bytes` is its anonymous resident memory (the heap and the stacks in physical
memory), `total_sys_memory_bytes` all private memory that it has reserved. How much was ever
allocated is not counted, since counting would cost something with every allocation; there is no
`otelcol_process_runtime_total_alloc_bytes`.

At the level `detailed`, neighbouring processors that run OTTL are not joined into one pass, so that
`otelcol_processor_internal_duration` tells of each of them. It costs throughput.
";

/// The page.
pub fn page() -> String {
    let mut out = INTRODUCTION.to_owned();
    for (title, rows) in table::TABLES {
        // Writing to a string does not fail.
        let _ = writeln!(out, "\n## {title}\n");
        out.push_str("| name | kind | unit | labels | level | meaning |\n");
        out.push_str("| --- | --- | --- | --- | --- | --- |\n");
        for row in rows {
            out.push_str(&line(row));
        }
    }
    out
}

fn line(row: &Definition) -> String {
    let kind = match row.instrument {
        Instrument::Counter => "counter",
        Instrument::UpDownCounter => "up-down counter",
        Instrument::Gauge => "gauge",
        Instrument::Histogram(_) => "histogram",
    };
    let level = format!("{:?}", row.level).to_lowercase();
    let labels: Vec<String> = row.labels.iter().map(|label| format!("`{label}`")).collect();
    let (name, unit, description) = (row.name, row.unit, row.description);
    format!("| `{name}` | {kind} | `{unit}` | {} | {level} | {description} |\n", labels.join(" "))
}
