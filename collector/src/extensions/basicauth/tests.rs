//! Settings, and who is let in by them.

use crate::component::{ClientMetadata, Context, ExtensionFactory, Host, Kind};
use crate::testing::{node, section, settings, until};

use super::Factory;

fn parse(yaml: &str) -> (Option<Box<dyn crate::component::ExtensionConfig>>, Vec<String>) {
    let (node, id) = (node(yaml), "basicauth".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    (config, diagnostics.into_iter().map(|finding| finding.notes.concat()).collect())
}

async fn start(yaml: &str) -> std::sync::Arc<dyn crate::component::Extension> {
    let (config, found) = parse(yaml);
    let (settings, _) = settings(Kind::Extension, "basicauth");
    let extension = config.unwrap_or_else(|| panic!("{found:?}")).create(settings).unwrap();
    extension.start(&Host::default()).await.unwrap();
    extension
}

#[test]
fn settings_are_checked() {
    let refusal = |yaml: &str| parse(yaml).1.concat();
    assert!(refusal("{}").contains("no credential source provided"));
    assert!(refusal("htpasswd: {}").contains("no credential source provided"));
    let both = "{htpasswd: {inline: 'a:b'}, client_auth: {username: a}}";
    assert!(refusal(both).contains("only one of `htpasswd` or `client_auth` can be specified"));
}

#[tokio::test]
async fn servers_and_clients_agree() {
    let directory = tempfile::tempdir().unwrap();
    let (users, name, password) = (
        directory.path().join("users"),
        directory.path().join("name"),
        directory.path().join("password"),
    );
    std::fs::write(&users, "agent:old\nboth:file\n").unwrap();
    let server =
        start(&format!("htpasswd: {{file: '{}', inline: 'both:inline'}}", users.display())).await;
    let server = server.server_authenticator().unwrap();
    let admitted = async |name: &str, password: &str| {
        let yaml = format!("client_auth: {{username: '{name}', password: '{password}'}}");
        let client = start(&yaml).await.client_authenticator().unwrap();
        let mut headers = http::HeaderMap::new();
        client.authorize(&mut headers, &Context::none()).await.unwrap();
        server.authenticate(&headers).await.map_err(|error| error.message)
    };
    let identity = admitted("agent", "old").await.unwrap().into_attributes().unwrap();
    let mut known = ClientMetadata::default();
    known.auth = Some(identity);
    assert_eq!(known.auth_text("username").as_deref(), Some("agent"));
    assert_eq!(known.auth_text("raw").as_deref(), Some("YWdlbnQ6b2xk"));
    assert!(admitted("agent", "old").await.is_ok(), "the second time is remembered");
    assert_eq!(admitted("agent", "new").await, Err("invalid credentials".to_owned()));
    assert_eq!(admitted("nobody", "").await, Err("invalid credentials".to_owned()));
    assert!(admitted("both", "inline").await.is_ok());
    assert!(admitted("both", "file").await.is_err());

    std::fs::write(&name, "agent\n").unwrap();
    std::fs::write(&password, "old\n").unwrap();
    let client = start(&format!(
        "client_auth: {{username: x, username_file: '{}', password_file: '{}'}}",
        name.display(),
        password.display()
    ))
    .await;
    let client = client.client_authenticator().unwrap();
    std::fs::write(&users, "agent:new\n").unwrap();
    std::fs::write(&password, "new\n").unwrap();
    // Both ends see what has changed, each in its own time.
    let mut old = http::HeaderMap::new();
    old.insert("authorization", "Basic YWdlbnQ6b2xk".parse().unwrap());
    until(async || server.authenticate(&old).await.is_err()).await;
    until(async || {
        let mut headers = http::HeaderMap::new();
        client.authorize(&mut headers, &Context::none()).await.unwrap();
        server.authenticate(&headers).await.is_ok()
    })
    .await;
}

#[tokio::test]
async fn headers_that_are_no_basic_authentication() {
    let server = start("htpasswd: {inline: 'a:b'}").await.server_authenticator().unwrap();
    let message = async |value: Option<&str>| {
        let mut headers = http::HeaderMap::new();
        if let Some(value) = value {
            headers.insert("authorization", value.parse().unwrap());
        }
        server.authenticate(&headers).await.unwrap_err().message
    };
    assert_eq!(message(None).await, "no basic auth provided");
    assert_eq!(message(Some("Bearer t")).await, "invalid authorization scheme prefix");
    assert_eq!(message(Some("Basic ?")).await, "invalid authorization format");
    assert_eq!(message(Some("Basic YQ==")).await, "invalid authorization format");
}
