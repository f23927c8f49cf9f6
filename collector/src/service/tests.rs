//! Starting, stopping and failing as a whole.

use super::{Outcome, Service, ServiceOptions};
use crate::net::listen::{Listener, Transport};
use crate::testing::{address_of, http, plan, soon, start};

const HEALTHY: &str = "
receivers: {otlp: {protocols: {grpc: {endpoint: '127.0.0.1:0'}, http: {endpoint: '127.0.0.1:0'}}}}
processors: {batch: }
exporters: {nop: }
extensions: {health_check: {endpoint: '127.0.0.1:0'}, pprof: , zpages: }
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
    let service = Service::build(&plan, ServiceOptions::default()).unwrap();
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
