//! Starting, stopping and failing as a whole.

use super::{Outcome, Reloaded, Service, ServiceOptions};
use crate::net::listen::{Listener, Transport};
use crate::telemetry::Handles;
use crate::testing::{address_of, eventually, http, plan, soon, start};

const HEALTHY: &str = "
receivers: {otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}, http: {endpoint: '127.0.0.1:0'}}}}
processors: {batch: }
exporters: {nop: }
extensions:
  health_check: {endpoint: '127.0.0.1:0'}
  pprof: {endpoint: '127.0.0.1:0'}
  zpages: {endpoint: '127.0.0.1:0'}
service:
  extensions: [health_check, pprof, zpages]
  pipelines:
    traces: {receivers: [otlp], processors: [batch], exporters: [nop]}
    metrics: {receivers: [otlp], processors: [batch], exporters: [nop]}
";

#[tokio::test]
async fn a_service_is_ready_until_it_is_told_to_stop() {
    let running = start(HEALTHY).await;
    // The first listener is the health check, since extensions start first.
    let health = address_of(&running, "http");
    assert_eq!(http(&health, "GET", "/", &[], b"").await.status, 200);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let service = tokio::spawn(running.until(async { drop(stopped.await) }));
    drop(stop);
    assert_eq!(soon(service).await.unwrap(), Outcome::default());
    assert!(tokio::net::TcpStream::connect(health).await.is_err());
}

#[tokio::test]
async fn a_port_in_use_is_named_and_the_start_undone() {
    let taken = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
    let free = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
    let (taken_address, free_address) = (taken.address(), free.address());
    drop(free);
    let yaml = format!(
        "
receivers: {{otlp: {{protocols: {{grpc: {{endpoint: '{taken_address}'}}}}}}}}
exporters: {{nop: }}
extensions: {{health_check: {{endpoint: '{free_address}'}}}}
service:
  extensions: [health_check]
  pipelines: {{traces: {{receivers: [otlp], exporters: [nop]}}}}
"
    );
    let (plan, _) = plan(&yaml);
    let service = Service::build(&plan, &Handles::default(), ServiceOptions::default()).unwrap();
    let failure = soon(service.start()).await.map(|_| ()).unwrap_err().to_string();
    let start = format!("failed to start \"otlp\" receiver: listen tcp {taken_address}: ");
    assert!(failure.starts_with(&start), "{failure}");
    assert!(tokio::net::TcpStream::connect(free_address).await.is_err());
}

#[tokio::test]
async fn a_fatal_error_ends_the_service() {
    let running = start(HEALTHY).await;
    let status = running.status().clone();
    let id: crate::config::ids::ComponentId = "culprit".parse().unwrap();
    let reporter = status.register(crate::component::Kind::Processor, id);
    reporter.report(crate::component::ComponentState::Starting);
    let service = tokio::spawn(running.until(std::future::pending()));
    let task = reporter.spawn(async { panic!("out of luck") });
    assert_eq!(task.await.unwrap(), None::<()>);
    let outcome = soon(service).await.unwrap();
    assert_eq!(outcome.fatal.unwrap(), "processor \"culprit\": panicked: out of luck");
}

/// The components of [`HEALTHY`] and their replacements.
async fn reloaded(change: (&str, &str)) -> Reloaded {
    let mut running = start(HEALTHY).await;
    let (changed, _) = plan(&HEALTHY.replace(change.0, change.1));
    let outcome = soon(running.reload(&changed)).await.unwrap();
    // Receiver, two processors, two exporters, three extensions.
    assert_eq!(outcome.kept + outcome.stopped, 8);
    let status = running.status().clone();
    eventually(|| status.snapshot().len() == outcome.kept + outcome.started).await;
    assert_eq!(soon(running.stop()).await, Outcome::default());
    outcome
}

#[tokio::test]
async fn a_reload_replaces_what_changed_and_what_leads_there() {
    let reloads = [
        (("", ""), 8, 0),
        (("batch: }", "batch: {timeout: 1s}}"), 6, 2),
        // Processors lead to their exporter; the receiver's switch can be set.
        (("nop: }", "nop: {}}"), 4, 4),
        (("zpages: {endpoint", "zpages: {expvar: {enabled: true}, endpoint"), 7, 1),
        (("metrics: {receivers: [otlp], processors: [batch]", "metrics: {receivers: [otlp]"), 7, 0),
        // The receiver gets another signal.
        (("    metrics:", "    logs:"), 5, 3),
    ];
    for (change, kept, started) in reloads {
        let outcome = reloaded(change).await;
        assert_eq!((outcome.kept, outcome.started), (kept, started), "{change:?}");
    }
}

#[tokio::test]
async fn a_plan_that_cannot_start_leaves_no_trace() {
    let mut running = start(HEALTHY).await;
    let before = running.status().snapshot();
    let taken = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
    let yaml = HEALTHY.replace(
        "receivers: {",
        &format!(
            "receivers: {{otlp/2: {{protocols: {{http: {{endpoint: '{}'}}}}}}, ",
            taken.address()
        ),
    );
    let (plan, _) =
        plan(&yaml.replace("logs: {receivers: [otlp]", "logs: {receivers: [otlp, otlp/2]"));
    let (plan_in_use, _) =
        crate::testing::plan(&yaml.replace("receivers: [otlp]", "receivers: [otlp/2]"));
    assert!(soon(running.reload(&plan_in_use)).await.is_err());
    assert_eq!(running.status().snapshot(), before);
    // A receiver that no pipeline uses is not started.
    assert!(soon(running.reload(&plan)).await.is_ok());
    assert_eq!(soon(running.stop()).await, Outcome::default());
}
