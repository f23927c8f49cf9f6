//! Kubernetes manifests: the same configuration in every wrapping is the same configuration.

use crate::common::Sandbox;

const CONFIGURATION: &str = "\
receivers:
  nop:
processors:
  transform:
    trace_statements:
      - set(span.attributes[\"a\"], \"$${b}\")
exporters:
  debug:
    verbosity: detailed
service:
  pipelines:
    traces:
      receivers: [nop]
      processors: [transform]
      exporters: [debug]
";

fn indented(by: usize) -> String {
    CONFIGURATION.lines().map(|line| format!("{:by$}{line}\n", "")).collect()
}

fn v1alpha1() -> String {
    format!(
        "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\n\
         metadata:\n  name: shop\nspec:\n  mode: deployment\n  config: |\n{}",
        indented(4)
    )
}

fn v1beta1() -> String {
    format!(
        "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\n\
         metadata:\n  name: shop\nspec:\n  config:\n{}",
        indented(4)
    )
}

fn config_map(key: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: shop\ndata:\n  {key}: |\n{}",
        indented(4)
    )
}

#[test]
fn every_wrapping_yields_the_same_configuration() {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: shop\n";
    let list = format!(
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: opentelemetry.io/v1beta1\n    \
         kind: OpenTelemetryCollector\n    spec:\n      config:\n{}",
        indented(8)
    );
    let wrapped = [
        ("v1alpha1", v1alpha1()),
        ("v1beta1", v1beta1()),
        ("ConfigMap, relay", config_map("relay")),
        ("ConfigMap, file", config_map("collector.yaml")),
        ("several documents", format!("{service}---\n{}---\n{service}", v1beta1())),
        ("list", list),
    ];
    let print = |text: &str| {
        let sandbox = Sandbox::new().file("config.yaml", text);
        sandbox.holt(&["print-config", "--config", "config.yaml"])
    };
    let plain = print(CONFIGURATION);
    assert_eq!(plain.code, Some(0), "{plain}");
    for (name, text) in wrapped {
        assert_eq!(print(&text), plain, "{name}");
    }
}

#[test]
fn set_reaches_into_a_manifest() {
    let sandbox = Sandbox::new().file("config.yaml", &v1alpha1());
    let set = "exporters.debug.verbosity=basic";
    let printed = sandbox.holt(&["print-config", "--config", "config.yaml", "--set", set]);
    assert!(printed.stdout.contains("verbosity: basic"), "{printed}");
}
