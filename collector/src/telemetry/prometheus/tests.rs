//! The page against one that the Go collector served.

use super::names::Escaping;
use super::page::{Page, PageOptions};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::{Build, Resource};

fn page(options: PageOptions) -> Page {
    let metrics = Metrics::default();
    let labels = || [("exporter", "debug"), ("data_type", "traces")];
    metrics.gauge("otelcol_exporter_queue_capacity", labels()).set(22_386_952);
    metrics.counter("otelcol_processor_filter_spans.filtered", [("filter", "a\"b")]).add(1);
    let batch = [("processor", "batch")];
    metrics.histogram("otelcol_processor_batch_batch_send_size", batch).record_size(7);
    let mut resource = Resource::configured(None, Build::default());
    resource.set("service.instance.id", "an-id");
    resource.set("service.version", "1");
    Page::new(metrics, resource, options)
}

#[test]
fn names_are_as_short_as_the_reference_has_them() {
    let text = page(PageOptions::default()).text(Escaping::Underscores);
    insta::assert_snapshot!(text);
}

#[test]
fn names_may_say_all_there_is() {
    let resource_labels = vec!["service.name".to_owned()];
    let options = PageOptions { scope_labels: true, suffixes: true, resource_labels };
    let text = page(options).text(Escaping::Quotes);
    let without_buckets: Vec<&str> =
        text.lines().filter(|line| !line.contains("_bucket{")).collect();
    insta::assert_snapshot!(without_buckets.join("\n"));
}

#[test]
fn a_scraper_says_which_names_it_reads() {
    let prometheus_3 = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                        text/plain;version=1.0.0;escaping=allow-utf-8;q=0.2,*/*;q=0.1";
    assert_eq!(Escaping::asked_for(prometheus_3), Escaping::Quotes);
    assert_eq!(Escaping::asked_for("text/plain;version=0.0.4"), Escaping::Underscores);
    assert_eq!(Escaping::asked_for(""), Escaping::Underscores);
}
