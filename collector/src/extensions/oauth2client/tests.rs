//! Tokens from a server that gives them as told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Factory;
use crate::component::{AuthError, ClientAuthenticator, Context, ExtensionFactory, Host, Kind};
use crate::net::http::server::{Handler, HttpServerOptions, serve};
use crate::net::listen::{Listener, Transport};
use crate::testing::{node, section, settings};

/// Answers in turn, and remembers what it was asked: the `authorization` header and the body.
#[derive(Default)]
struct Server {
    answers: Mutex<VecDeque<(u16, &'static str)>>,
    asked: Mutex<Vec<(String, String)>>,
}

#[async_trait]
impl Handler for Server {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let header = head.headers.get("authorization");
        let header = header.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
        self.asked.lock().unwrap().push((header, String::from_utf8(body.into()).unwrap()));
        let (status, body) = self.answers.lock().unwrap().pop_front().expect("no more answers");
        let response = Response::builder().status(status);
        response.header("content-type", "application/json").body(Full::from(body)).unwrap()
    }
}

async fn start(
    answers: &[(u16, &'static str)],
    rest: &str,
) -> (Arc<Server>, Arc<dyn ClientAuthenticator>, DropGuard) {
    let answers = Mutex::new(answers.iter().copied().collect());
    let server = Arc::new(Server { answers, ..Server::default() });
    let listener = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
    let address = listener.address();
    let stop = CancellationToken::new();
    let options = HttpServerOptions::default();
    tokio::spawn(serve(listener, server.clone(), options, |_| {}, stop.clone()));
    let yaml = format!("{{client_id: me, token_url: 'http://{address}/token', {rest}}}");
    let (node, id) = (node(&yaml), "oauth2client".parse().unwrap());
    let mut diagnostics = Vec::new();
    let config = Factory::default().parse(section(&id, &node), &mut diagnostics);
    let config = config.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let (settings, _) = settings(Kind::Extension, "oauth2client");
    let extension = config.create(settings).unwrap();
    extension.start(&Host::default()).await.unwrap();
    (server, extension.client_authenticator().unwrap(), stop.drop_guard())
}

async fn header(client: &Arc<dyn ClientAuthenticator>) -> Result<String, AuthError> {
    let mut headers = HeaderMap::new();
    client.authorize(&mut headers, &Context::none()).await?;
    Ok(headers["authorization"].to_str().unwrap().to_owned())
}

const HOUR: &str = r#"{"access_token":"hour","token_type":"bearer","expires_in":3600}"#;
const MINUTE: &str = r#"{"access_token":"minute","expires_in":60}"#;

#[tokio::test]
async fn a_token_is_kept_until_it_is_time_for_another() {
    let settings = "client_secret: 's', scopes: [a, b], endpoint_params: {audience: 'x y'}";
    let (server, client, _stop) = start(&[(200, MINUTE), (200, HOUR)], settings).await;
    // It ends within the five minutes before which it is replaced.
    assert_eq!(header(&client).await.unwrap(), "Bearer minute");
    assert_eq!(header(&client).await.unwrap(), "Bearer hour");
    assert_eq!(header(&client).await.unwrap(), "Bearer hour");
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked.len(), 2);
    let body = "grant_type=client_credentials&scope=a+b&audience=x+y";
    assert_eq!(asked[0], ("Basic bWU6cw==".to_owned(), body.to_owned()));
}

#[tokio::test]
async fn the_secret_goes_where_the_server_wants_it() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("secret");
    std::fs::write(&file, "from file\n").unwrap();
    let settings = format!("client_secret_file: '{}'", file.display());
    let no = (401, r#"{"error":"invalid_client"}"#);
    let (server, client, _stop) = start(&[no, (200, MINUTE), (200, HOUR)], &settings).await;
    header(&client).await.unwrap();
    header(&client).await.unwrap();
    let asked = server.asked.lock().unwrap();
    let body = "grant_type=client_credentials&client_id=me&client_secret=from+file";
    let in_body = (String::new(), body.to_owned());
    assert_eq!(asked[1..], [in_body.clone(), in_body]);
}

#[tokio::test]
async fn failures_may_pass_and_a_token_is_used_to_its_end() {
    let (down, no) = ((503, "later"), (401, "no"));
    // Once the server has taken the secret, it is asked in that way alone.
    let answers = [down, no, (200, MINUTE), down];
    let (_server, client, _stop) = start(&answers, "client_secret: s").await;
    let error = header(&client).await.unwrap_err();
    assert!(error.retryable);
    assert!(error.message.starts_with("failed to get security token from token endpoint"));
    assert!(error.message.ends_with("401 Unauthorized\nResponse: no"), "{error}");
    assert_eq!(header(&client).await.unwrap(), "Bearer minute");
    assert_eq!(header(&client).await.unwrap(), "Bearer minute");
}

#[test]
fn settings_are_checked() {
    let (node, id) = (node("{grant_type: password}"), "oauth2client".parse().unwrap());
    let mut diagnostics = Vec::new();
    assert!(Factory::default().parse(section(&id, &node), &mut diagnostics).is_none());
    let notes: Vec<_> = diagnostics.iter().map(|finding| finding.notes.concat()).collect();
    let expected = ["unknown grant type", "no ClientID", "no ClientSecret", "no TokenURL"];
    for (note, expected) in notes.iter().zip(expected) {
        assert!(note.contains(expected), "{note}");
    }
    assert_eq!(notes.len(), 4);
}
