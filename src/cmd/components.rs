//! `holt components`: the components as YAML, in the shape of the Go collector.

use std::fmt::Write as _;
use std::process::ExitCode;

use holt_collector::component::{Kind, registry};

use crate::output;

/// Prints build information and every component with its stability by signal.
pub(crate) fn run() -> ExitCode {
    output::text(&render());
    ExitCode::SUCCESS
}

fn render() -> String {
    let mut out = format!(
        "buildinfo:\n    command: holt\n    description: {}\n    version: {}\n",
        env!("CARGO_PKG_DESCRIPTION"),
        env!("CARGO_PKG_VERSION"),
    );
    let kinds = [Kind::Receiver, Kind::Processor, Kind::Exporter, Kind::Connector, Kind::Extension];
    for kind in kinds {
        let descriptors = registry::all().descriptors(kind);
        if descriptors.is_empty() {
            let _ = writeln!(out, "{}: []", kind.section());
            continue;
        }
        let _ = writeln!(out, "{}:", kind.section());
        for descriptor in descriptors {
            let _ = writeln!(out, "    - name: {}", descriptor.type_name);
            let module = format!("holt {}", env!("CARGO_PKG_VERSION"));
            let _ = writeln!(out, "      module: {module}\n      stability:");
            let mut stability = descriptor.stability.to_vec();
            stability.sort_by_key(|(what, _)| *what);
            for (what, level) in stability {
                let _ = writeln!(out, "        {what}: {}", level.name());
            }
        }
    }
    out.push_str("providers:\n");
    for scheme in holt_collector::config::provider::Scheme::ALL {
        let _ = writeln!(out, "    - scheme: {}", scheme.as_str());
    }
    out
}
