//! Metrics of the process.

use super::Definition;

pub(super) const ROWS: &[Definition] = &[
    of(Definition::counter("otelcol_process_uptime", "s", "Uptime of the process [Alpha]")
        .with_fraction()),
    of(Definition::counter(
        "otelcol_process_cpu_seconds",
        "s",
        "Total CPU user and system time in seconds [Alpha]",
    )
    .with_fraction()),
    of(Definition::gauge(
        "otelcol_process_memory_rss",
        "By",
        "Total physical memory (resident set size) [Alpha]",
    )),
    of(Definition::gauge(
        "otelcol_process_runtime_heap_alloc_bytes",
        "By",
        "Bytes of allocated heap objects (see 'go doc runtime.MemStats.HeapAlloc') [Alpha]",
    )),
    of(Definition::gauge(
        "otelcol_process_runtime_total_sys_memory_bytes",
        "By",
        "Total bytes of memory obtained from the OS (see 'go doc runtime.MemStats.Sys') [Alpha]",
    )),
];

const fn of(definition: Definition) -> Definition {
    definition.of_scope("go.opentelemetry.io/collector/service")
}
