//! A backend for OTLP/HTTP that keeps what it is sent and answers as it is told.

use std::io::{BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use crate::client::PATHS;
use crate::common::poll;
use crate::http1::{self, Message};

/// What it answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn status(status: u16) -> Self {
        Self { status, headers: String::new(), body: Vec::new() }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers += &format!("{name}: {value}\r\n");
        self
    }

    /// Adds a body.
    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }
}

struct State {
    requests: Vec<Message>,
    /// Answers for the next requests, in their order.
    next: Vec<Reply>,
    /// The answer when there is no other.
    always: Reply,
    held: bool,
}

/// A server in this process. Its threads end with the process.
pub(crate) struct Backend {
    address: SocketAddr,
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Backend {
    /// One that takes everything.
    pub(crate) fn start() -> Self {
        Self::answering(Reply::status(200).header("Content-Type", "application/x-protobuf"))
    }

    /// One that answers everything alike.
    pub(crate) fn answering(always: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = State { requests: Vec::new(), next: Vec::new(), always, held: false };
        let shared = Arc::new((Mutex::new(state), Condvar::new()));
        let for_connections = shared.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = for_connections.clone();
                thread::spawn(move || serve(stream, &shared));
            }
        });
        Self { address, shared }
    }

    /// Its base URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers the next request so.
    pub(crate) fn answer_next(&self, reply: Reply) {
        self.shared.0.lock().unwrap().next.push(reply);
    }

    /// Answers so from now on when there is no other answer.
    pub(crate) fn answer_always(&self, reply: Reply) {
        self.shared.0.lock().unwrap().always = reply;
    }

    /// Lets requests in and answers none until [`Backend::release`].
    pub(crate) fn hold(&self) {
        self.shared.0.lock().unwrap().held = true;
    }

    /// Answers again.
    pub(crate) fn release(&self) {
        self.shared.0.lock().unwrap().held = false;
        self.shared.1.notify_all();
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Message> {
        self.shared.0.lock().unwrap().requests.clone()
    }

    /// Waits for so many requests.
    pub(crate) fn wait_for(&self, count: usize) -> Vec<Message> {
        let enough = poll(|| self.requests().len() >= count);
        let requests = self.requests();
        enough.unwrap_or_else(|()| panic!("{} of {count} requests came", requests.len()));
        requests
    }

    /// The requests for traces so far.
    pub(crate) fn traces(&self) -> Vec<ExportTraceServiceRequest> {
        self.received(PATHS[0])
    }

    /// The requests for metrics so far.
    pub(crate) fn metrics(&self) -> Vec<ExportMetricsServiceRequest> {
        self.received(PATHS[1])
    }

    /// The requests for logs so far.
    pub(crate) fn logs(&self) -> Vec<ExportLogsServiceRequest> {
        self.received(PATHS[2])
    }

    /// What was sent to a path, decoded as protobuf.
    fn received<T: prost::Message + Default>(&self, path: &str) -> Vec<T> {
        let start = format!("POST {path} HTTP/1.1");
        let of_path = self.requests().into_iter().filter(|request| request.start == start);
        of_path.map(|request| T::decode(plain_body(&request).as_slice()).unwrap()).collect()
    }
}

/// The body without its compression.
fn plain_body(request: &Message) -> Vec<u8> {
    match request.header("content-encoding") {
        None => request.body.clone(),
        Some("gzip") => {
            let mut plain = Vec::new();
            let mut decoder = flate2::read::GzDecoder::new(request.body.as_slice());
            std::io::Read::read_to_end(&mut decoder, &mut plain).unwrap();
            plain
        }
        Some(other) => panic!("no test expects {other}"),
    }
}

fn serve(stream: TcpStream, shared: &(Mutex<State>, Condvar)) {
    let mut out = stream.try_clone().unwrap();
    let mut stream = BufReader::new(stream);
    while let Ok(Some(request)) = http1::read(&mut stream) {
        let mut state = shared.0.lock().unwrap();
        state.requests.push(request);
        let reply = if state.next.is_empty() { state.always.clone() } else { state.next.remove(0) };
        drop(shared.1.wait_while(state, |state| state.held).unwrap());
        let Reply { status, headers, body } = reply;
        let length = body.len();
        let head = format!("HTTP/1.1 {status} \r\n{headers}Content-Length: {length}\r\n\r\n");
        if out.write_all(&[head.as_bytes(), &body].concat()).is_err() {
            return;
        }
    }
}
