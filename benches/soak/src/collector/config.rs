//! The configuration of a collector under test: what a scenario needs in, YAML out.
//!
//! One dialect serves both collectors. Everything that a scenario does not ask for is left at its
//! default.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::ports;

/// An exporter under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exporter {
    /// `otlp`: gRPC.
    Otlp,
    /// `otlphttp`: HTTP.
    OtlpHttp,
}

impl Exporter {
    /// Its name in a configuration.
    pub const fn name(self) -> &'static str {
        match self {
            Exporter::Otlp => "otlp",
            Exporter::OtlpHttp => "otlphttp",
        }
    }
}

/// Where an exporter keeps what it has not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Nowhere: the client waits for the backend's answer.
    None,
    /// In memory.
    Memory,
    /// In files in this directory.
    Durable(PathBuf),
}

impl Queue {
    /// What reports call it.
    pub const fn name(&self) -> &'static str {
        match self {
            Queue::None => "none",
            Queue::Memory => "memory",
            Queue::Durable(_) => "durable",
        }
    }
}

/// A collector with an OTLP receiver and one exporter.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its receiver for gRPC.
    pub grpc: SocketAddr,
    /// Its receiver for HTTP.
    pub http: SocketAddr,
    /// Its metrics page; it has no telemetry of its own when `None`.
    pub metrics: Option<SocketAddr>,
    /// The exporter.
    pub exporter: Exporter,
    /// The backend.
    pub backend: SocketAddr,
    /// The certificate of the authority to trust; no TLS when `None`.
    pub ca: Option<PathBuf>,
    /// The queue.
    pub queue: Queue,
    /// Items that the queue holds.
    pub queue_items: u64,
    /// Time after which an export is given up, such as `2s`.
    pub timeout: &'static str,
    /// Keys of `retry_on_failure`.
    pub retry: &'static str,
    /// `limit_mib` of a memory limiter.
    pub limit_mib: Option<u64>,
    /// A filter drops the items that say `keep: false`.
    pub filter: bool,
    /// A store that cannot be read is put aside and begun anew.
    pub recreate: bool,
    /// The level of its log.
    pub logs: &'static str,
    /// Variables of its environment.
    pub environment: Vec<(&'static str, String)>,
}

/// Retries that begin soon and never end.
pub const RETRY: &str =
    "{enabled: true, initial_interval: 100ms, max_interval: 500ms, max_elapsed_time: 0s}";

impl Setup {
    /// A collector on free ports with a memory queue, own metrics, and retries that never end.
    pub fn new(exporter: Exporter, backend: SocketAddr) -> io::Result<Setup> {
        Ok(Setup {
            grpc: ports::free()?,
            http: ports::free()?,
            metrics: Some(ports::free()?),
            exporter,
            backend,
            ca: None,
            queue: Queue::Memory,
            queue_items: 10_000_000,
            timeout: "2s",
            retry: RETRY,
            limit_mib: None,
            filter: false,
            recreate: false,
            logs: "warn",
            environment: Vec::new(),
        })
    }

    /// The configuration.
    pub fn yaml(&self) -> String {
        let mut text = format!(
            "receivers:\n  otlp:\n    protocols:\n      grpc: {{endpoint: '{}'}}\n      \
             http: {{endpoint: '{}'}}\nexporters:\n  {}:\n    endpoint: '{}'\n    compression: \
             none\n    tls: {}\n    timeout: {}\n    retry_on_failure: {}\n    sending_queue: {}\n",
            self.grpc,
            self.http,
            self.exporter.name(),
            self.endpoint(),
            self.tls(),
            self.timeout,
            self.retry,
            self.sending_queue(),
        );
        // Writing to a string cannot fail.
        if let Queue::Durable(directory) = &self.queue {
            let _ = writeln!(
                text,
                "extensions:\n  file_storage:\n    directory: '{}'\n    create_directory: true\n    \
                 recreate: {}",
                directory.display(),
                self.recreate
            );
        }
        let mut processors = Vec::new();
        if self.limit_mib.is_some() || self.filter {
            text += "processors:\n";
        }
        if let Some(limit) = self.limit_mib {
            let _ = writeln!(
                text,
                "  memory_limiter: {{check_interval: 100ms, limit_mib: {limit}, \
                 spike_limit_mib: {}}}",
                limit / 4
            );
            processors.push("memory_limiter");
        }
        if self.filter {
            text += "  filter: {logs: {log_record: ['attributes[\"keep\"] == false']}}\n";
            processors.push("filter");
        }
        text += "service:\n";
        if matches!(self.queue, Queue::Durable(_)) {
            text += "  extensions: [file_storage]\n";
        }
        let metrics = match self.metrics {
            None => "{level: none}".to_owned(),
            Some(address) => format!(
                "{{readers: [{{pull: {{exporter: {{prometheus: {{host: '{}', port: {}}}}}}}}}]}}",
                address.ip(),
                address.port()
            ),
        };
        let logs = self.logs;
        // Lines are counted, so none may be left out.
        let _ = writeln!(
            text,
            "  telemetry: {{logs: {{level: {logs}, sampling: {{enabled: false}}}}, metrics: \
             {metrics}}}"
        );
        text += "  pipelines:\n";
        for signal in ["logs", "traces", "metrics"] {
            let _ = writeln!(
                text,
                "    {signal}: {{receivers: [otlp], processors: [{}], exporters: [{}]}}",
                processors.join(", "),
                self.exporter.name()
            );
        }
        text
    }

    fn endpoint(&self) -> String {
        // A certificate holds a name.
        let host = match self.ca {
            Some(_) => format!("localhost:{}", self.backend.port()),
            None => self.backend.to_string(),
        };
        match (self.exporter, &self.ca) {
            (Exporter::Otlp, _) => host,
            (Exporter::OtlpHttp, None) => format!("http://{host}"),
            (Exporter::OtlpHttp, Some(_)) => format!("https://{host}"),
        }
    }

    fn tls(&self) -> String {
        match &self.ca {
            Some(path) => format!("{{ca_file: '{}'}}", path.display()),
            None => "{insecure: true}".to_owned(),
        }
    }

    fn sending_queue(&self) -> String {
        let items = self.queue_items;
        match self.queue {
            Queue::None => "{enabled: false}".to_owned(),
            Queue::Memory => format!("{{sizer: items, queue_size: {items}}}"),
            Queue::Durable(_) => {
                format!("{{sizer: items, queue_size: {items}, storage: file_storage}}")
            }
        }
    }
}
