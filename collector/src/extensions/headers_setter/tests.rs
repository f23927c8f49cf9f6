//! Settings, and what becomes of headers.

use std::sync::Arc;

use http::HeaderMap;

use super::Factory;
use crate::component::{
    AuthError, ClientMetadata, Context, ExtensionFactory, Host, Identity, Kind,
};
use crate::testing::{node, section, settings};

fn parse(yaml: &str) -> (Option<Box<dyn crate::component::ExtensionConfig>>, Vec<String>) {
    let (node, id) = (node(yaml), "headers_setter".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    (config, diagnostics.into_iter().map(|finding| finding.notes.concat()).collect())
}

async fn apply(yaml: &str, client: ClientMetadata) -> Result<HeaderMap, AuthError> {
    let (config, found) = parse(yaml);
    let (settings, _) = settings(Kind::Extension, "headers_setter");
    let extension = config.unwrap_or_else(|| panic!("{found:?}")).create(settings).unwrap();
    extension.start(&Host::default()).await.unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("x-old", "old".parse().unwrap());
    headers.insert("x-gone", "old".parse().unwrap());
    let context = Context { client: Some(Arc::new(client)), ..Context::none() };
    extension.client_authenticator().unwrap().authorize(&mut headers, &context).await?;
    Ok(headers)
}

#[tokio::test]
async fn every_action_and_source() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("value");
    std::fs::write(&file, "from a file\n").unwrap();
    let yaml = format!(
        "
headers:
  - {{key: X-Old, action: insert, value: new}}
  - {{key: X-New, action: update, value: new}}
  - {{key: X-Gone, action: delete}}
  - {{key: X-Up, value: new}}
  - {{key: X-Added, action: insert, value_file: '{}'}}
  - {{key: X-Tenant, from_context: X-TENANT}}
  - {{key: X-Default, from_context: nothing, default_value: standard}}
  - {{key: X-Empty, from_context: nothing}}
  - {{key: X-User, from_context: auth.username}}
  - {{key: X-User-Too, from_attribute: username}}
",
        file.display()
    );
    let mut client = ClientMetadata::default();
    client.push("x-tenant", "blue");
    client.auth = Identity::of([("username", "agent")]).into_attributes();
    let headers = apply(&yaml, client).await.unwrap();
    let mut all: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    all.sort_unstable();
    let expected = [
        ("x-added", "from a file"),
        ("x-default", "standard"),
        ("x-empty", ""),
        ("x-old", "old"),
        ("x-tenant", "blue"),
        ("x-up", "new"),
        ("x-user", "agent"),
        ("x-user-too", "agent"),
    ];
    assert_eq!(all, expected);
}

#[tokio::test]
async fn several_values_are_refused() {
    let mut client = ClientMetadata::default();
    client.push("tenant", "blue");
    client.push("tenant", "green");
    let error = apply("headers: [{key: X, from_context: tenant}]", client).await.unwrap_err();
    assert!(error.message.contains("2 source keys found in the context"), "{error}");
    assert!(!error.retryable);
}

#[test]
fn settings_are_checked() {
    let refusal = |yaml: &str| parse(yaml).1.concat();
    assert!(refusal("{}").contains("missing headers configuration"));
    assert!(refusal("headers: [{value: a}]").contains("missing header name"));
    assert!(refusal("headers: [{key: a}]").contains("missing header source"));
    let two = "headers: [{key: a, value: b, from_context: c}]";
    assert!(refusal(two).contains("invalid header source"));
    assert!(refusal("headers: [{key: a, value: b, action: replace}]").contains("invalid action"));
    assert!(parse("headers: [{key: a, action: delete}]").0.is_some());
}
