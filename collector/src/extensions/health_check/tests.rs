//! The endpoint as probes see it.

use std::time::Duration;

use tokio::time::Instant;

use super::Factory;
use crate::component::{Extension, ExtensionFactory, Host, Kind};
use crate::testing::{http, node, section, settings};

async fn start(yaml: &str) -> (std::sync::Arc<dyn Extension>, String) {
    let (node, id) = (node(yaml), "health_check".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    let (settings, hub) = settings(Kind::Extension, "health_check");
    let extension = config.unwrap_or_else(|| panic!("{diagnostics:?}")).create(settings).unwrap();
    extension.start(&Host::default()).await.unwrap();
    (extension, hub.listening()[0].address.clone())
}

#[tokio::test]
async fn it_follows_the_service() {
    let (extension, address) = start("{endpoint: '127.0.0.1:0'}").await;
    let unavailable =
        r#"{"status":"Server not available","upSince":"0001-01-01T00:00:00Z","uptime":""}"#;
    let answer = http(&address, "GET", "/", &[], b"").await;
    assert_eq!((answer.status, answer.text().as_str()), (503, unavailable));
    extension.ready();
    let answer = http(&address, "GET", "/", &[], b"").await;
    assert_eq!((answer.status, answer.headers["content-type"].as_str()), (200, "application/json"));
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(body["status"], "Server available");
    assert!(body["upSince"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    extension.not_ready();
    assert_eq!(http(&address, "GET", "/", &[], b"").await.status, 503);
    extension.stop(Instant::now() + Duration::from_secs(10)).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn path_and_bodies_can_be_chosen() {
    let yaml =
        "{endpoint: '127.0.0.1:0', path: /health, response_body: {healthy: fine, unhealthy: ill}}";
    let (extension, address) = start(yaml).await;
    assert_eq!(http(&address, "GET", "/", &[], b"").await.status, 404);
    assert_eq!(http(&address, "GET", "/health", &[], b"").await.text(), "ill");
    extension.ready();
    assert_eq!(http(&address, "GET", "/health", &[], b"").await.text(), "fine");
}
