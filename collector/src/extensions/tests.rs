//! Whom the Go collector's extensions let in and what they send, compared with ours.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::component::{Context, Extension, Host, Kind, registry};
use crate::config::ids::ComponentId;
use crate::net::http::server::{Handler, HttpServerOptions, serve};
use crate::net::listen::{Listener, Transport};
use crate::testing::{node, section, settings};

/// Cases in which ours answers otherwise: the settings, and why.
const ON_PURPOSE: [(&str, &str); 3] = [
    (r#""token_url":"no url""#, "refused at once"),
    (r#""token_url":"://x""#, "refused at once"),
    (r#"{"bearertokenauth":{"filename":"gone"}}"#, "nobody is let in without a token"),
];

fn cases(name: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/auth");
    let text = std::fs::read(folder.join(name)).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The extension of a case, which has the files of the case; or why there is none.
async fn start(
    case: &Value,
    folder: &Path,
    backend: &str,
) -> Result<Arc<dyn Extension>, Vec<String>> {
    for (name, text) in case["files"].as_object().into_iter().flatten() {
        std::fs::write(folder.join(name), text.as_str().unwrap()).unwrap();
    }
    let (name, section_of) = case["extension"].as_object().unwrap().iter().next().unwrap();
    let mut section_of = section_of.clone();
    place(&mut section_of, folder, backend);
    let (node, id) = (node(&section_of.to_string()), ComponentId::of_type(name).unwrap());
    let mut findings = Vec::new();
    let factory = registry::all().extension(name).unwrap_or_else(|_| panic!("{name}")).factory;
    let config = factory.parse(section(&id, &node), &mut findings).ok_or_else(|| {
        findings.iter().flat_map(|finding| finding.notes.clone()).collect::<Vec<_>>()
    })?;
    let (settings, _hub) = settings(Kind::Extension, name);
    let extension = config.create(settings).map_err(|error| vec![error.to_string()])?;
    extension.start(&Host::default()).await.map_err(|error| vec![error.to_string()])?;
    Ok(extension)
}

/// Puts the folder before names of files, and the backend in its place.
fn place(value: &mut Value, folder: &Path, backend: &str) {
    let Value::Object(members) = value else { return };
    for (key, value) in members {
        if let Value::String(text) = value {
            if key == "file" || key == "filename" || key.ends_with("_file") {
                *text = folder.join(&*text).display().to_string();
            }
            *text = text.replace("BACKEND", backend);
        }
        place(value, folder, backend);
    }
}

fn is_on_purpose(case: &Value) -> bool {
    let settings = case["extension"].to_string();
    ON_PURPOSE.iter().any(|(part, _)| settings.contains(part))
}

/// Whether the reference's reason for not starting is ours.
fn is_told(reference: &str, ours: &[String]) -> bool {
    // Why a file cannot be read is said in other words.
    let start = ["open htpasswd file", "read htpasswd content", "failed to read credentials file"];
    let reason = reference.rsplit_once(": ").map_or(reference, |(_, reason)| reason);
    start.iter().any(|start| reference.contains(start) && !ours.is_empty())
        || ours.iter().any(|note| note.ends_with(reason))
}

fn headers(lines: &Value) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.as_array().unwrap() {
        let line = line.as_str().unwrap();
        // So curl is told of a header without a value.
        let (name, value) = line.split_once(':').unwrap_or((line.trim_end_matches(';'), ""));
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::try_from(value.trim()).unwrap());
    }
    headers
}

#[tokio::test]
async fn servers_let_in_whom_the_reference_lets_in() {
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for case in cases("servers.json") {
        let folder = tempfile::tempdir().unwrap();
        let started = start(&case, folder.path(), "").await;
        let reference = case["answer"]["error"].as_str();
        let server = match (started, reference) {
            (Err(ours), Some(reference)) if is_told(reference, &ours) => continue,
            (Ok(extension), _) => extension.server_authenticator(),
            (Err(ours), _) => {
                wrong.push(format!("{case}\n  ours {ours:?}"));
                continue;
            }
        };
        let Some(server) = server else {
            assert!(reference.is_some_and(|text| text.contains("not a server authenticator")));
            continue;
        };
        let asked = case["requests"].as_array().unwrap();
        let answers = case["answer"]["answers"].as_array().map(Vec::as_slice).unwrap_or_default();
        if asked.len() != answers.len() {
            wrong.push(format!("{case}\n  ours starts"));
        }
        for (request, answer) in asked.iter().zip(answers) {
            let ours = server.authenticate(&headers(request)).await.err();
            let ours = ours.map(|error| error.message).unwrap_or_default();
            compared += 1;
            // Servers answer with these codes to whom is not let in: see `net::tests`.
            let codes = if answer["message"] == "" { (200, 0) } else { (401, 16) };
            assert_eq!(
                (answer["status"].clone(), answer["grpc_status"].clone()),
                (json!(codes.0), json!(codes.1))
            );
            assert_eq!(answer["message"], answer["grpc_message"]);
            if answer["message"] != ours.as_str() && !is_on_purpose(&case) {
                wrong.push(format!("{request} {answer}\n  ours {ours}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 40, "{compared}");
}

/// Gives tokens, and remembers what it was asked.
#[derive(Default)]
struct Tokens {
    answer: (u16, String),
    asked: Mutex<Vec<Value>>,
}

#[async_trait]
impl Handler for Tokens {
    async fn handle(
        &self,
        request: Request<Incoming>,
        _peer: Option<SocketAddr>,
    ) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut shown = serde_json::Map::new();
        for name in ["authorization", "content-type"] {
            if let Some(value) = head.headers.get(name) {
                shown.insert(name.to_owned(), value.to_str().unwrap().into());
            }
        }
        // The order of a form's fields means nothing.
        let body = String::from_utf8(body.into()).unwrap();
        self.asked.lock().unwrap().push(json!({"headers": shown, "body": sorted(&body)}));
        let response = Response::builder().status(self.answer.0);
        let response = response.header("content-type", "application/json");
        response.body(Full::from(self.answer.1.clone())).unwrap()
    }
}

fn sorted(form: &str) -> String {
    let mut fields: Vec<&str> = form.split('&').collect();
    fields.sort_unstable();
    fields.join("&")
}

#[tokio::test]
async fn clients_send_what_the_reference_sends() {
    let mut wrong = Vec::new();
    for case in cases("clients.json") {
        let status = case["token"][0].as_u64().unwrap_or(200);
        let body = case["token"][1].as_str().unwrap_or_default().to_owned();
        let tokens =
            Arc::new(Tokens { answer: (status.try_into().unwrap(), body), ..Tokens::default() });
        let listener = Listener::bind(Transport::Tcp, "127.0.0.1:0").await.unwrap();
        let backend = listener.address().to_string();
        let stop = CancellationToken::new();
        let _stop = stop.clone().drop_guard();
        tokio::spawn(serve(listener, tokens.clone(), HttpServerOptions::default(), |_| {}, stop));
        let answer = &case["answer"];
        let mut complain = |ours: String| {
            if !is_on_purpose(&case) {
                wrong.push(format!("{case}\n  ours {ours}"));
            }
        };
        let reference = answer["error"].as_str();
        let folder = tempfile::tempdir().unwrap();
        let extension = match (start(&case, folder.path(), &backend).await, reference) {
            (Err(ours), Some(reference)) if is_told(reference, &ours) => continue,
            (Ok(extension), _) => extension,
            (Err(ours), _) => {
                complain(format!("{ours:?}"));
                continue;
            }
        };
        let Some(client) = extension.client_authenticator() else {
            assert!(reference.is_some_and(|text| text.contains("client authenticator")), "{case}");
            continue;
        };
        if reference.is_some() {
            complain("starts".to_owned());
            continue;
        }
        let mut sent = HeaderMap::new();
        let authorized = client.authorize(&mut sent, &Context::none()).await;
        let shown: serde_json::Map<_, _> = sent
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()))
            .collect();
        match authorized {
            Ok(()) if answer["sent"][0] == Value::Object(shown.clone()) => {}
            Ok(()) => complain(format!("{shown:?}")),
            Err(error) => {
                let said = error.message.replace(&backend, "BACKEND");
                let whole = answer["message"].as_str().unwrap();
                // The exporter's own words stand before those of the extension.
                let start = whole.find("failed to get security token").unwrap_or_default();
                let theirs = whole.get(start..).unwrap_or_default();
                // What is wrong with a file or with JSON is said in other words.
                let theirs = theirs.split("; failed to read").next().unwrap();
                let theirs = theirs.split("invalid character").next().unwrap();
                if answer["status"] != 503 || !error.retryable || !said.starts_with(theirs) {
                    complain(said);
                }
            }
        }
        let asked = tokens.asked.lock().unwrap().clone();
        let mut theirs = answer["tokens"].as_array().unwrap().clone();
        for one in &mut theirs {
            one["body"] = sorted(one["body"].as_str().unwrap()).into();
        }
        if asked != theirs {
            complain(format!("asks {asked:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
