//! Collectors with an OTLP receiver on free ports, and what differs from test to test.

use crate::common::{Running, Sandbox};

/// An OTLP receiver on free ports, and every signal from it to the exporters named.
///
/// `sections` holds exporters and whatever else the test is about; `processors` go into every
/// pipeline.
pub(crate) fn configuration(sections: &str, processors: &str, exporters: &str) -> String {
    let receivers = "\
receivers:
  otlp:
    protocols:
      grpc: {endpoint: '127.0.0.1:0'}
      http: {endpoint: '127.0.0.1:0'}
";
    let mut text = format!("{receivers}{sections}\nservice:\n  pipelines:\n");
    for signal in ["traces", "metrics", "logs"] {
        text += &format!(
            "    {signal}: {{receivers: [otlp], processors: [{processors}], exporters: \
             [{exporters}]}}\n"
        );
    }
    text
}

/// Starts a collector.
pub(crate) fn start(configuration: &str) -> Running {
    start_with(configuration, &[])
}

/// Starts a collector with more arguments.
pub(crate) fn start_with(configuration: &str, arguments: &[&str]) -> Running {
    let sandbox = Sandbox::new().file("config.yaml", configuration);
    let mut all = vec!["--config", "config.yaml"];
    all.extend(arguments);
    let running = sandbox.start(&all);
    // By then the file has been read.
    running.log_line("Starting holt...");
    running
}

/// A collector that sends everything on at once, uncompressed, to an OTLP/HTTP endpoint.
pub(crate) fn forwarding_to(url: &str) -> Running {
    let exporter = format!(
        "exporters:\n  otlp_http: {{endpoint: '{url}', compression: none, \
         sending_queue: {{enabled: false}}, retry_on_failure: {{enabled: false}}}}"
    );
    start(&configuration(&exporter, "", "otlp_http"))
}
