//! Settings, and who is let in by them.

use std::sync::Arc;

use http::HeaderMap;

use super::Factory;
use crate::component::{Context, Extension, ExtensionFactory, Host, Kind};
use crate::testing::{node, section, settings, until};

fn parse(yaml: &str) -> (Option<Box<dyn crate::component::ExtensionConfig>>, Vec<String>) {
    let (node, id) = (node(yaml), "bearertokenauth".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    (config, diagnostics.into_iter().map(|finding| finding.notes.concat()).collect())
}

async fn start(yaml: &str) -> Arc<dyn Extension> {
    let (config, found) = parse(yaml);
    let (settings, _) = settings(Kind::Extension, "bearertokenauth");
    let extension = config.unwrap_or_else(|| panic!("{found:?}")).create(settings).unwrap();
    extension.start(&Host::default()).await.unwrap();
    extension
}

/// The header that a client sends, if it sends one.
async fn sent(extension: &Arc<dyn Extension>) -> Option<HeaderMap> {
    let client = extension.client_authenticator().unwrap();
    let mut headers = HeaderMap::new();
    client.authorize(&mut headers, &Context::none()).await.ok()?;
    Some(headers)
}

async fn admits(extension: &Arc<dyn Extension>, header: &'static str, value: &str) -> bool {
    let mut headers = HeaderMap::new();
    headers.insert(header, value.parse().unwrap());
    extension.server_authenticator().unwrap().authenticate(&headers).await.is_ok()
}

#[tokio::test]
async fn servers_take_all_tokens_and_clients_send_the_first() {
    let extension = start("{tokens: [one, two], scheme: Token, header: X-Key}").await;
    assert_eq!(sent(&extension).await.unwrap()["x-key"], "Token one");
    assert!(admits(&extension, "x-key", "Token one").await);
    assert!(admits(&extension, "x-key", "Token two").await);
    assert!(!admits(&extension, "x-key", "Token three").await);
    assert!(!admits(&extension, "x-key", "one").await);
    let server = extension.server_authenticator().unwrap();
    let error = server.authenticate(&HeaderMap::new()).await.unwrap_err();
    assert_eq!(error.message, "missing or empty authorization header: X-Key");
    let bare = start("{token: one, scheme: ''}").await;
    assert!(admits(&bare, "authorization", "one").await);
}

#[tokio::test]
async fn a_file_is_read_again_and_may_come_later() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tokens");
    let extension = start(&format!("filename: '{}'", file.display())).await;
    assert!(sent(&extension).await.is_none());
    std::fs::write(&file, "one a comment\n\n  two\n").unwrap();
    until(async || admits(&extension, "authorization", "Bearer two").await).await;
    assert_eq!(sent(&extension).await.unwrap()["authorization"], "Bearer one");
    std::fs::write(&file, "three\n").unwrap();
    until(async || admits(&extension, "authorization", "Bearer three").await).await;
    assert!(!admits(&extension, "authorization", "Bearer one").await);
    // A file that is gone leaves the tokens as they were.
    std::fs::remove_file(&file).unwrap();
    assert!(admits(&extension, "authorization", "Bearer three").await);
}

#[test]
fn settings_are_checked() {
    let refusal = |yaml: &str| parse(yaml).1.concat();
    assert!(refusal("{}").contains("no bearer token provided"));
    assert!(refusal("{token: a, tokens: [b]}").contains("not both"));
    assert!(refusal("{token: a, retry_on_failure: {enabled: true}}").contains("requires filename"));
    assert!(refusal("{filename: a, retry_on_failure: {enabled: true}}").contains("interval must"));
    assert!(refusal("{filename: a, wait_for_token_file: true}").contains("to be enabled"));
    assert!(parse("{token: a, filename: b}").0.is_some());
}
