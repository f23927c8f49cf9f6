//! The servers of an extension: started with the extension, stopped with it.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::component::{StatusReporter, Stopped};
use crate::net::grpc::server::{Methods, ServerOptions};
use crate::net::http::server::{Handler, HttpServerOptions};
use crate::net::listen::Listener;
use crate::net::{grpc, http};

/// Running servers.
#[derive(Default)]
pub(super) struct Serving {
    stop: CancellationToken,
    tasks: Mutex<Vec<JoinHandle<Option<()>>>>,
}

impl Serving {
    /// Starts a server over HTTP.
    pub(super) async fn http(
        &self,
        status: &StatusReporter,
        listener: Listener,
        handler: Arc<dyn Handler>,
        options: HttpServerOptions,
    ) {
        status.listens("http", listener.address());
        let on_panic = panicked(status);
        let server = http::server::serve(listener, handler, options, on_panic, self.stop.clone());
        self.tasks.lock().await.push(status.spawn(server));
    }

    /// Starts a server over gRPC.
    pub(super) async fn grpc(
        &self,
        status: &StatusReporter,
        listener: Listener,
        methods: Methods,
        options: ServerOptions,
    ) {
        status.listens("grpc", listener.address());
        let on_panic = panicked(status);
        let server = grpc::server::serve(listener, methods, options, on_panic, self.stop.clone());
        self.tasks.lock().await.push(status.spawn(server));
    }

    /// Lets the servers answer what they have, until `deadline`.
    pub(super) async fn stop(&self, deadline: Instant) -> Stopped {
        self.stop.cancel();
        for mut task in std::mem::take(&mut *self.tasks.lock().await) {
            if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
                task.abort();
            }
        }
        Stopped::default()
    }
}

fn panicked(status: &StatusReporter) -> impl Fn(String) + Send + Sync + 'static {
    let status = status.clone();
    move |message| status.panicked(&message)
}
