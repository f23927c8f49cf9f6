//! A component that takes the place of another adopts its listening socket.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::component::{Component, Host, Kind, Outputs, ReceiverFactory, Resources, StatusHub};
use crate::receivers::otlp::Factory;
use crate::testing::{Recorder, http, node, section, settings, spans_request};

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");

fn receiver(id: &str, yaml: &str) -> (Arc<dyn Component>, Arc<StatusHub>) {
    let (node, component) = (node(yaml), id.parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&component, &node), &mut diagnostics).unwrap();
    let mut outputs = Outputs::default();
    outputs.set(holt_pdata::Signal::Traces, Recorder::refusing([]));
    let (settings, hub) = settings(Kind::Receiver, id);
    (config.create(settings, outputs).unwrap(), hub)
}

fn host(resources: &Resources) -> Host {
    Host::new(Vec::new()).with_resources(resources.clone())
}

#[tokio::test]
async fn nobody_is_refused_while_a_receiver_is_replaced() {
    let resources = Resources::default();
    let yaml = "protocols: {http: {endpoint: '127.0.0.1:0'}}";
    let (first, hub) = receiver("otlp", yaml);
    first.start(&host(&resources)).await.unwrap();
    let address = hub.listening()[0].address.clone();
    let (done, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let client = {
        let (address, done, sent) = (address.clone(), done.clone(), sent.clone());
        tokio::spawn(async move {
            let request = spans_request(1);
            while !done.load(Ordering::Relaxed) {
                let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &request).await;
                assert_eq!(answer.status, 200);
                sent.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let mut current = first;
    for round in 1..5 {
        let (next, hub) = receiver("otlp", yaml);
        next.start(&host(&resources)).await.unwrap();
        assert_eq!(hub.listening()[0].address, address);
        current.stop(Instant::now() + Duration::from_secs(10)).await;
        current = next;
        crate::testing::eventually(|| sent.load(Ordering::Relaxed) > round * 20).await;
    }
    done.store(true, Ordering::Relaxed);
    client.await.unwrap();
    current.stop(Instant::now() + Duration::from_secs(10)).await;
    assert!(tokio::net::TcpStream::connect(&address).await.is_err());
}

#[tokio::test]
async fn an_address_has_one_owner_in_a_service() {
    let resources = Resources::default();
    let free = crate::net::listen::Listener::bind(Default::default(), "127.0.0.1:0").await.unwrap();
    let address = free.address();
    drop(free);
    let yaml = format!("protocols: {{http: {{endpoint: '{address}'}}}}");
    let service = host(&resources);
    let (first, _) = receiver("otlp", &yaml);
    first.start(&service).await.unwrap();
    let (second, _) = receiver("otlp/2", &yaml);
    let error = second.start(&service).await.unwrap_err().to_string();
    assert_eq!(
        error,
        format!("listen tcp {address}: address already in use by receiver otlp http")
    );
    // In the next service, the address may belong to a component of another name.
    let (renamed, _) = receiver("otlp/2", &yaml);
    renamed.start(&host(&resources)).await.unwrap();
    first.stop(Instant::now() + Duration::from_secs(10)).await;
    let answer = http(&address, "POST", "/v1/traces", &[PROTOBUF], &spans_request(1)).await;
    assert_eq!(answer.status, 200);
    renamed.stop(Instant::now() + Duration::from_secs(10)).await;
}

#[tokio::test]
async fn any_free_port_is_another_one_for_each_component() {
    let service = host(&Resources::default());
    let yaml = "protocols: {grpc: {endpoint: 'localhost:0'}, http: {endpoint: 'localhost:0'}}";
    let (first, one) = receiver("otlp", yaml);
    let (second, other) = receiver("otlp/2", yaml);
    first.start(&service).await.unwrap();
    second.start(&service).await.unwrap();
    let mut addresses: Vec<_> =
        [one, other].iter().flat_map(|hub| hub.listening()).map(|one| one.address).collect();
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 4);
    for receiver in [first, second] {
        receiver.stop(Instant::now() + Duration::from_secs(10)).await;
    }
}
