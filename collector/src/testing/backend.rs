//! An OTLP backend over gRPC that records requests and answers as told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use holt_pdata::Signal;
use http::HeaderMap;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::net::grpc::server::{Call, Handler, Methods, ServerOptions, serve};
use crate::net::listen::{Listener, Transport};
use crate::net::otlp::export_method;
use crate::net::status::Status;

/// Stops when dropped.
pub(crate) struct Backend {
    /// `ip:port`.
    pub(crate) address: String,
    state: Arc<State>,
    _stop: DropGuard,
}

#[derive(Default)]
struct State {
    calls: Mutex<Vec<(HeaderMap, Bytes)>>,
    answers: Mutex<VecDeque<Result<Bytes, Status>>>,
    default: Mutex<Option<Status>>,
}

impl Backend {
    /// A backend that gives `answers` in turn and then takes everything.
    pub(crate) async fn start(answers: impl IntoIterator<Item = Result<Bytes, Status>>) -> Self {
        Self::start_at("127.0.0.1:0", answers).await
    }

    /// The same on a given address.
    pub(crate) async fn start_at(
        address: &str,
        answers: impl IntoIterator<Item = Result<Bytes, Status>>,
    ) -> Self {
        let listener = Listener::bind(Transport::Tcp, address).await.expect("bind");
        let address = listener.address();
        let state = Arc::new(State {
            answers: Mutex::new(answers.into_iter().collect()),
            ..State::default()
        });
        let handler: Arc<dyn Handler> = state.clone();
        let methods: Methods =
            Signal::ALL.map(|signal| (export_method(signal), handler.clone())).into();
        let stop = CancellationToken::new();
        let server = serve(listener, methods, ServerOptions::default(), |_| {}, stop.clone());
        tokio::spawn(server);
        Self { address, state, _stop: stop.drop_guard() }
    }

    /// Answers everything with this status from now on, once the given answers are used up.
    pub(crate) fn refuse_all(&self, status: Status) {
        *self.state.default.lock().unwrap() = Some(status);
    }

    /// Takes everything from now on.
    pub(crate) fn accept_all(&self) {
        *self.state.default.lock().unwrap() = None;
    }

    /// Number of calls so far.
    pub(crate) fn calls(&self) -> usize {
        self.state.calls.lock().unwrap().len()
    }

    /// Headers and message of a call.
    pub(crate) fn call(&self, index: usize) -> (HeaderMap, Bytes) {
        self.state.calls.lock().unwrap()[index].clone()
    }
}

#[async_trait]
impl Handler for State {
    async fn call(&self, call: Call) -> Result<Bytes, Status> {
        self.calls.lock().unwrap().push((call.headers, call.message));
        let answer = self.answers.lock().unwrap().pop_front();
        let default = self.default.lock().unwrap().clone();
        answer.unwrap_or_else(|| default.map_or_else(|| Ok(Bytes::new()), Err))
    }
}
