//! `holt lsp`: the language server. An editor's messages enter on standard input, answers leave on
//! standard output: findings of `holt check` as one writes, explanations, completion, fixes and
//! formatting.
//!
//! Everything happens on one thread. Changes are taken in at once; a document is examined when no
//! message waits, so that a burst of changes costs one examination.
//!
//! Exit codes: 0 when the editor shut the server down before it ended it, 1 otherwise.

mod complete;
mod document;
mod findings;
mod hover;
mod outline;
mod place;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::output;
use document::{Change, Document, Position, Range};

/// How the server is reached.
#[derive(Args, Clone, Debug)]
pub(crate) struct LspArgs {
    /// Speak on standard input and output; there is no other way.
    #[arg(long)]
    stdio: bool,
}

/// Serves an editor until it ends the server.
pub(crate) fn run(_arguments: &LspArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::FAILURE };
    // With every change the same statements are read again.
    holt_grammar::parse::remember(REMEMBERED);
    let (connection, threads) = Connection::stdio();
    let outcome = serve(&connection, &runtime);
    drop(connection);
    match outcome {
        Ok(true) => {
            // The thread that reads has seen the end as well.
            let _ = threads.join();
            ExitCode::SUCCESS
        }
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            output::error(&message);
            ExitCode::FAILURE
        }
    }
}

/// So many bytes of statements are remembered with their trees.
const REMEMBERED: usize = 2 << 20;

/// What is said when the editor is gone.
const GONE: &str = "the editor closed the connection";

/// Answers messages; whether the end was announced.
fn serve(connection: &Connection, runtime: &Runtime) -> Result<bool, String> {
    let lost = |_| GONE.to_owned();
    let (id, params) = connection.initialize_start().map_err(|error| error.to_string())?;
    let answer = json!({
        "capabilities": capabilities(),
        "serverInfo": { "name": "holt", "version": env!("CARGO_PKG_VERSION") },
    });
    connection.initialize_finish(id, answer).map_err(|error| error.to_string())?;
    let snippets =
        params.pointer("/capabilities/textDocument/completion/completionItem/snippetSupport");
    let mut server = Server {
        runtime,
        documents: BTreeMap::new(),
        snippets: snippets.and_then(Value::as_bool).unwrap_or_default(),
        is_ending: false,
    };
    loop {
        let message = match connection.receiver.try_recv() {
            Ok(message) => message,
            Err(error) if error.is_disconnected() => return Err(GONE.to_owned()),
            Err(_) => match server.examine_next() {
                Some(notification) => {
                    connection.sender.send(notification.into()).map_err(|_| GONE.to_owned())?;
                    continue;
                }
                None => connection.receiver.recv().map_err(lost)?,
            },
        };
        match message {
            Message::Request(request) => {
                let response = server.answer(request);
                connection.sender.send(response.into()).map_err(|_| GONE.to_owned())?;
            }
            Message::Notification(notification) if notification.method == "exit" => {
                return Ok(server.is_ending);
            }
            Message::Notification(notification) => {
                if let Some(answer) = server.hear(notification) {
                    connection.sender.send(answer.into()).map_err(|_| GONE.to_owned())?;
                }
            }
            Message::Response(_) => {}
        }
    }
}

/// What the server can do.
fn capabilities() -> Value {
    json!({
        "positionEncoding": "utf-16",
        "textDocumentSync": { "openClose": true, "change": 2 },
        "hoverProvider": true,
        "completionProvider": { "triggerCharacters": [".", "(", " ", "[", "-"] },
        "codeActionProvider": { "codeActionKinds": ["quickfix", findings::FIX_ALL] },
        "documentFormattingProvider": true,
    })
}

/// What the server knows.
struct Server<'r> {
    runtime: &'r Runtime,
    /// Open documents by their URIs.
    documents: BTreeMap<String, Document>,
    /// Whether the editor takes texts with a place for the cursor.
    snippets: bool,
    /// Whether the end was announced.
    is_ending: bool,
}

#[derive(Deserialize)]
struct Identifier {
    uri: String,
    version: Option<i64>,
}

#[derive(Deserialize)]
struct Item {
    uri: String,
    version: Option<i64>,
    text: String,
}

#[derive(Deserialize)]
struct Opened {
    #[serde(rename = "textDocument")]
    document: Item,
}

#[derive(Deserialize)]
struct Changed {
    #[serde(rename = "textDocument")]
    document: Identifier,
    #[serde(rename = "contentChanges")]
    changes: Vec<Change>,
}

#[derive(Deserialize)]
struct About {
    #[serde(rename = "textDocument")]
    document: Identifier,
    position: Option<Position>,
    range: Option<Range>,
    context: Option<Asked>,
}

/// Which kinds of actions are asked for.
#[derive(Deserialize)]
struct Asked {
    only: Option<Vec<String>>,
}

impl Server<'_> {
    /// Takes in what the editor tells.
    fn hear(&mut self, notification: Notification) -> Option<Notification> {
        let Notification { method, params } = notification;
        match method.as_str() {
            "textDocument/didOpen" => {
                let Item { uri, version, text } = read::<Opened>(params)?.document;
                let name = name_of(&uri);
                self.documents.insert(uri, Document::new(name, text, version));
                None
            }
            "textDocument/didChange" => {
                let Changed { document, changes } = read(params)?;
                let open = self.documents.get_mut(&document.uri)?;
                changes.into_iter().for_each(|change| open.change(change));
                open.version = document.version.or(open.version);
                None
            }
            "textDocument/didClose" => {
                let uri = read::<About>(params)?.document.uri;
                self.documents.remove(&uri)?;
                Some(findings::publish(&uri, None, &[]))
            }
            _ => None,
        }
    }

    /// Examines a document that changed; the news for the editor.
    fn examine_next(&mut self) -> Option<Notification> {
        let runtime = self.runtime;
        let (uri, document) = self.documents.iter_mut().find(|(_, document)| document.is_dirty)?;
        findings::examine(document, runtime);
        let list = findings::list(uri, document);
        Some(findings::publish(uri, document.version, &list))
    }

    /// Answers a request.
    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        if self.is_ending {
            let message = "the server is shutting down".to_owned();
            return Response::new_err(id, ErrorCode::InvalidRequest as i32, message);
        }
        if method == "shutdown" {
            self.is_ending = true;
            return Response::new_ok(id, Value::Null);
        }
        let known = [
            "textDocument/hover",
            "textDocument/completion",
            "textDocument/codeAction",
            "textDocument/formatting",
        ];
        if !known.contains(&method.as_str()) {
            let message = format!("there is no method {method}");
            return Response::new_err(id, ErrorCode::MethodNotFound as i32, message);
        }
        let Some(about) = read::<About>(params) else {
            let message = format!("the parameters of {method} cannot be read");
            return Response::new_err(id, ErrorCode::InvalidParams as i32, message);
        };
        Response::new_ok(id, self.of_document(&method, &about).unwrap_or(Value::Null))
    }

    /// The answer to a request about a document.
    fn of_document(&mut self, method: &str, about: &About) -> Option<Value> {
        let runtime = self.runtime;
        let uri = &about.document.uri;
        let document = self.documents.get_mut(uri)?;
        match method {
            "textDocument/hover" => hover::hover(document, document.offset(about.position?)),
            "textDocument/completion" => {
                let offset = document.offset(about.position?);
                Some(complete::complete(document, offset, self.snippets))
            }
            "textDocument/codeAction" => {
                if document.is_dirty {
                    findings::examine(document, runtime);
                    // The news is published with the next pause.
                    document.is_dirty = true;
                }
                let range = about.range?;
                let only = about.context.as_ref().and_then(|context| context.only.as_deref());
                Some(findings::actions(uri, document, range, only))
            }
            _ => Some(findings::format(document, runtime)),
        }
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}

/// The path that a URI names, relative to the working directory where it lies below; the URI itself
/// when it names no file.
fn name_of(uri: &str) -> String {
    let Some(path) = uri.strip_prefix("file://") else { return uri.to_owned() };
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.filter(|_| *byte == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    let path = PathBuf::from(String::from_utf8_lossy(&bytes).into_owned());
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(&path).display().to_string()
}
