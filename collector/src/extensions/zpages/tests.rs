//! The pages as a browser sees them.

use crate::service::{Running, Service, ServiceOptions};
use crate::telemetry::{Handles, Tracer};
use crate::testing::{address_of, http, plan};

const YAML: &str = "
receivers: {nop: }
processors: {batch: }
exporters: {nop/out: }
connectors: {forward: }
extensions: {zpages: {endpoint: '127.0.0.1:0', expvar: {enabled: true}}}
service:
  extensions: [zpages]
  pipelines:
    traces: {receivers: [nop], processors: [batch], exporters: [forward]}
    traces/2: {receivers: [forward], exporters: [nop/out]}
";

async fn started(tracer: Tracer) -> Running {
    let (plan, _) = plan(YAML);
    let handles = Handles { tracer, ..Handles::default() };
    let service = Service::build(&plan, &handles, ServiceOptions::default()).unwrap();
    service.start().await.unwrap()
}

async fn get(running: &Running, path: &str) -> (u16, String) {
    let answer = http(&address_of(running, "http"), "GET", path, &[], b"").await;
    (answer.status, answer.text())
}

#[tokio::test]
async fn pages_show_what_the_service_is_made_of() {
    let running = started(Tracer::default()).await;
    let (status, page) = get(&running, "/debug/servicez").await;
    assert_eq!(status, 200);
    assert!(page.contains("<td>Command</td><td>holt</td>"), "{page}");
    let (_, page) = get(&running, "/debug/pipelinez").await;
    let row = "<td>traces</td><td>traces</td><td>true</td><td>nop</td><td>batch</td>\
               <td>forward (connector)</td>";
    assert!(page.contains(row), "{page}");
    assert!(page.contains("<td>exporter</td><td>nop/out</td><td>StatusOK</td>"), "{page}");
    let (_, page) = get(&running, "/debug/extensionz").await;
    assert!(page.contains("<td>zpages</td>"), "{page}");
    let (_, page) = get(&running, "/debug/featurez").await;
    assert!(page.contains("<td>service.profilesSupport</td><td>false</td>"), "{page}");
    let (_, variables) = get(&running, "/debug/expvarz").await;
    assert!(serde_json::from_str::<serde_json::Value>(&variables).unwrap()["cmdline"].is_array());
    assert_eq!(get(&running, "/debug/tracez").await.0, 404);
    running.stop().await;
}

#[tokio::test]
async fn the_latest_spans_can_be_seen() {
    let tracer = Tracer::keeping();
    let mut span = tracer.start(&"a <b>".into(), &"tests".into(), None);
    span.set("exporter", "otlp");
    span.fail("broken");
    drop(span);
    let running = started(tracer).await;
    let (status, page) = get(&running, "/debug/tracez?zspanname=a+%3Cb%3E&ztype=2").await;
    assert_eq!(status, 200);
    assert!(page.contains("<h2>Span Name: a &lt;b&gt;</h2>\n<p>1 Requests</p>"), "{page}");
    assert!(page.contains("exporter=otlp") && page.contains("broken"), "{page}");
    running.stop().await;
}
