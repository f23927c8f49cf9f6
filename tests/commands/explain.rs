//! `holt explain`: functions, paths, symbols and codes as the tables have them.

use crate::common::Sandbox;

fn explain(name: &str) -> String {
    Sandbox::new().holt(&["explain", name]).to_string()
}

#[test]
fn functions_are_explained() {
    insta::assert_snapshot!(explain("IsMatch"));
    insta::assert_snapshot!(explain("delete_key"));
}

#[test]
fn paths_are_explained_with_and_without_keys() {
    insta::assert_snapshot!(explain("span.status.code"));
    insta::assert_snapshot!(explain(r#"log.attributes["a"]["b"]"#));
    insta::assert_snapshot!(explain(r#"span.trace_state["k"]"#));
    insta::assert_snapshot!(explain("span.name[0]"));
}

#[test]
fn symbols_are_explained() {
    insta::assert_snapshot!(explain("STATUS_CODE_ERROR"));
    insta::assert_snapshot!(explain("METRIC_DATA_TYPE_SUM"));
}

#[test]
fn components_are_explained() {
    insta::assert_snapshot!(explain("filter"));
    insta::assert_snapshot!(explain("otlp_grpc"));
}

#[test]
fn components_of_all_kinds_have_pages() {
    insta::assert_snapshot!(explain("otlp"));
    insta::assert_snapshot!(explain("processors/batch"));
    assert_eq!(explain("processors::batch"), explain("processors/batch"));
    insta::assert_snapshot!(explain("extensions/pprof"));
    insta::assert_snapshot!(explain("processors"));
}

#[test]
fn keys_are_explained() {
    insta::assert_snapshot!(explain("processors.batch.timeout"));
    assert_eq!(explain("batch.timeout"), explain("processors.batch.timeout"));
    assert_eq!(explain("processors.batch/two.timeout"), explain("processors.batch.timeout"));
    insta::assert_snapshot!(explain("receivers.otlp.protocols.grpc.endpoint"));
    insta::assert_snapshot!(explain("exporters.otlp.sending_queue.batch"));
    insta::assert_snapshot!(explain("exporters.debug.verbosity"));
    insta::assert_snapshot!(explain("processors.transform.log_statements"));
    insta::assert_snapshot!(explain("service.telemetry.logs.level"));
    insta::assert_snapshot!(explain("service.pipelines.traces.processors"));
}

#[test]
fn unknown_components_and_keys_get_the_nearest_known_one() {
    insta::assert_snapshot!(explain("processors/bach"));
    insta::assert_snapshot!(explain("processors.batch.timout"));
    insta::assert_snapshot!(explain("receivers.otlp.protocols.grpc.endpont"));
    insta::assert_snapshot!(explain("exporters/kafka"));
    insta::assert_snapshot!(explain("exporters/loki"));
}

#[test]
fn codes_of_every_layer_are_explained() {
    for code in ["T101", "t308", "C003", "N401"] {
        let explained = Sandbox::new().holt(&["explain", code]);
        assert_eq!(explained.code, Some(0), "{explained}");
        assert!(explained.stdout.starts_with(&format!("{}: ", code.to_uppercase())), "{explained}");
        let longest = explained.stdout.lines().map(|line| line.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= 80), "{explained}");
    }
    insta::assert_snapshot!(explain("C003"));
}

#[test]
fn unknown_names_get_the_nearest_known_one() {
    insta::assert_snapshot!(explain("IsMach"));
    insta::assert_snapshot!(explain("span.staus.code"));
    insta::assert_snapshot!(explain("STATUS_CODE_EROR"));
    insta::assert_snapshot!(explain("T999"));
    insta::assert_snapshot!(explain("put_entry"));
    insta::assert_snapshot!(explain("completely different"));
}
