//! `otlpjsonfile`: reads telemetry from files of OTLP/JSON, a request a line, and goes on with what
//! is written to them.
//!
//! Lines enter from [`files`], become batches of the signal that they hold, and are offered until
//! they are taken. What has been read is remembered, in storage if there is some, when its outcome
//! is known: a line that nobody has answered for is read again.

mod config;
mod files;
mod naming;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Signal, json};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::config::Config;
use self::files::{Files, Line, Progress};
use self::naming::Naming;
use crate::component::storage::{DurableState, client_name};
use crate::component::{
    Ack, AckOutcome, Acknowledged, Component, Context, CreateError, Descriptor, Host, Kind,
    Outputs, ReceiverConfig, Section, Settings, Stability, StartError, Stopped, TypedConfig,
    TypedFactory,
};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Receiver,
    type_name: "otlpjsonfile",
    aliases: &[],
    stability: &[
        ("traces", Stability::Alpha),
        ("metrics", Stability::Alpha),
        ("logs", Stability::Alpha),
        ("profiles", Stability::Development),
    ],
    summary: "reads telemetry from files of OTLP/JSON",
    example: "
otlpjsonfile:
  include: [/var/lib/telemetry/*.jsonl]
  start_at: beginning
",
};

/// Lines that may be on their way at a time.
const MOST_PENDING: usize = 128;

/// The longest wait before a line is offered again.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The key in storage.
const STORED: &str = "files";

/// Makes `otlpjsonfile` receivers.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Self;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        section.read(Kind::Receiver, &Self::default(), diagnostics, Self::validate)
    }

    fn settings(&self) -> &Self::Settings {
        self
    }
}

impl ReceiverConfig for Config {
    fn create(
        &self,
        settings: Settings,
        outputs: Outputs,
    ) -> Result<Arc<dyn Component>, CreateError> {
        Ok(Arc::new(Receiver {
            config: self.clone(),
            settings,
            outputs,
            stop: CancellationToken::new(),
            task: Arc::default(),
            place: Arc::default(),
        }))
    }
}

#[derive(Clone)]
struct Receiver {
    config: Config,
    settings: Settings,
    outputs: Outputs,
    stop: CancellationToken,
    task: Arc<Mutex<Option<JoinHandle<Option<()>>>>>,
    place: Arc<OnceLock<Arc<Place>>>,
}

/// How far the files of a receiver have been read. A receiver that takes the place of another in a
/// reload waits until that has stopped, and goes on where it has ended.
struct Place(Arc<Mutex<Handover>>);

struct Handover {
    progress: Vec<Progress>,
    state: Option<Arc<dyn DurableState>>,
    /// Whether this process has read the files before.
    goes_on: bool,
}

impl Receiver {
    async fn place(&self, host: &Host) -> Result<Arc<Place>, StartError> {
        let id = &self.settings.id;
        let mut key = format!("otlpjsonfile:{id}");
        let mut storage = None;
        if let Some(extension) = &self.config.storage {
            let none = || StartError(format!("no storage client extension found: `{extension}`"));
            let found = host.extension(extension).and_then(|one| one.storage()).ok_or_else(none)?;
            key = format!("{key}:{}", found.place());
            storage = Some(found);
        }
        let open = async {
            let mut handover = Handover { progress: Vec::new(), state: None, goes_on: false };
            if let Some(storage) = storage {
                let name = client_name(Kind::Receiver, id, "");
                let opened = storage.state(&name).await.map_err(StartError::of)?;
                let read = opened.get(STORED).await.map_err(StartError::of)?;
                handover.progress = read.map(|bytes| decoded(&bytes)).unwrap_or_default();
                handover.state = Some(opened);
            }
            Ok(Place(Arc::new(Mutex::new(handover))))
        };
        host.resources().share(&key, open).await
    }

    /// A reader that goes on from a place that is free, and the first lines.
    async fn begin(
        &self,
        handover: OwnedMutexGuard<Handover>,
    ) -> (OwnedMutexGuard<Handover>, Reader, Vec<Line>) {
        let mut reader = self.reader(&handover);
        let lines = reader.look().await;
        (handover, reader, lines)
    }

    fn reader(&self, handover: &Handover) -> Reader {
        let progress = handover.progress.clone();
        Reader {
            files: Some(Files::new(&self.config, progress.clone(), handover.goes_on)),
            naming: Naming::new(&self.config),
            settings: self.settings.clone(),
            outputs: self.outputs.clone(),
            pending: VecDeque::new(),
            progress,
            state: handover.state.clone(),
            stop: self.stop.clone(),
        }
    }
}

#[async_trait]
impl Component for Receiver {
    async fn start(&self, host: &Host) -> Result<(), StartError> {
        let place = self.place(host).await?;
        let interval = self.config.poll_interval.to_std();
        let handover = place.0.clone();
        // For as long as this receiver is there.
        let _ = self.place.set(place);
        let free = match handover.clone().try_lock_owned() {
            // What is there from the beginning is what is there now.
            Ok(handover) => Some(self.begin(handover).await),
            Err(_) => None,
        };
        let this = self.clone();
        let task = async move {
            let (mut handover, reader, lines) = match free {
                Some(begun) => begun,
                None => tokio::select! {
                    handover = handover.lock_owned() => this.begin(handover).await,
                    () = this.stop.cancelled() => return,
                },
            };
            handover.progress = reader.run(lines, interval).await;
            handover.goes_on = true;
        };
        *self.task.lock().await = Some(self.settings.status.spawn(task));
        Ok(())
    }

    async fn stop(&self, deadline: Instant) -> Stopped {
        self.stop.cancel();
        if let Some(mut task) = self.task.lock().await.take()
            && tokio::time::timeout_at(deadline, &mut task).await.is_err()
        {
            task.abort();
        }
        Stopped::default()
    }
}

/// Reads files and offers what is in them.
struct Reader {
    /// Away while it is looked.
    files: Option<Files>,
    naming: Naming,
    settings: Settings,
    outputs: Outputs,
    /// Lines on their way: the fingerprint of the file, the offset behind, and the outcome to come.
    pending: VecDeque<(Vec<u8>, u64, Acknowledged)>,
    /// What need not be read again.
    progress: Vec<Progress>,
    state: Option<Arc<dyn DurableState>>,
    stop: CancellationToken,
}

impl Reader {
    /// Reads until the receiver stops; answers how far the files have been read.
    async fn run(mut self, mut lines: Vec<Line>, interval: Duration) -> Vec<Progress> {
        let stop = self.stop.clone();
        while !stop.is_cancelled() {
            let idle = lines.is_empty();
            for line in std::mem::take(&mut lines) {
                if stop.is_cancelled() {
                    break;
                }
                self.offer(line).await;
                while self.pending.len() >= MOST_PENDING && !stop.is_cancelled() {
                    self.settle_first().await;
                }
            }
            self.settle_known().await;
            if idle {
                tokio::select! {
                    () = tokio::time::sleep(interval) => {}
                    () = stop.cancelled() => break,
                }
            }
            lines = self.look().await;
        }
        // Whoever stops the receiver gives up when this takes too long.
        while !self.pending.is_empty() {
            self.settle_first().await;
        }
        // Of other files nothing is settled.
        let mut progress = self.progress;
        for begun in self.files.iter().flat_map(Files::begun) {
            let is_it = |one: &Progress| begun.fingerprint.starts_with(&one.fingerprint);
            if !progress.iter().any(is_it) {
                progress.push(begun);
            }
        }
        progress
    }

    /// The lines that are new.
    async fn look(&mut self) -> Vec<Line> {
        let Some(mut files) = self.files.take() else { return Vec::new() };
        let looked = tokio::task::spawn_blocking(move || {
            let lines = files.look();
            (files, lines)
        });
        match looked.await {
            Ok((files, lines)) => {
                self.files = Some(files);
                lines
            }
            Err(_) => Vec::new(),
        }
    }

    /// Offers a line until it is taken, refused for good, or the receiver stops.
    async fn offer(&mut self, line: Line) {
        let fingerprint = self.files.as_ref().and_then(|files| files.fingerprint(line.file));
        let fingerprint = fingerprint.map(<[u8]>::to_vec).unwrap_or_default();
        let (ack, outcome) = Ack::root();
        match self.batch(&line) {
            None => ack.resolve(AckOutcome::Delivered),
            Some(batch) => {
                let batch = self.naming.name(batch, &line.path);
                self.deliver(batch, ack).await;
            }
        }
        self.pending.push_back((fingerprint, line.end, outcome));
    }

    /// The batch of a line; `None` when it holds nothing for a pipeline.
    fn batch(&self, line: &Line) -> Option<Batch> {
        let mut failed = None;
        for signal in self.outputs.signals() {
            match json::decode(signal, &line.text) {
                Ok(batch) if !batch.has_no_resources() => return Some(batch),
                // It is of another signal.
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        if let Some(error) = failed {
            tracing::error!(
                otelcol.component.id = %self.settings.id,
                otelcol.component.kind = "receiver",
                path = %line.path.display(),
                %error,
                "A line cannot be read and is left out"
            );
        }
        None
    }

    async fn deliver(&self, batch: Batch, ack: Ack) {
        let signal: Signal = batch.signal();
        let Some(consumer) = self.outputs.get(signal) else { return };
        let count = |what| {
            let metrics = &self.settings.metrics;
            metrics.receiver(what, signal, &self.settings.id, "file").add(batch.items());
        };
        let mut wait = Duration::from_millis(50);
        loop {
            let attempt = ack.attempt();
            let context = Context::none().with_ack(attempt.ack());
            let refused = match consumer.consume(batch.clone(), context).await {
                Ok(()) => {
                    attempt.commit();
                    ack.resolve(AckOutcome::Delivered);
                    return count("accepted");
                }
                Err(refused) => refused,
            };
            drop(attempt);
            if refused.permanent {
                tracing::error!(
                    otelcol.component.id = %self.settings.id,
                    otelcol.component.kind = "receiver",
                    error = %refused,
                    dropped_items = batch.items(),
                    "What a file holds is refused for good"
                );
                ack.resolve(AckOutcome::Dropped("refused"));
                return count("refused");
            }
            tokio::select! {
                () = tokio::time::sleep(refused.after.unwrap_or(wait)) => {}
                // Unresolved, so it is read again.
                () = self.stop.cancelled() => return,
            }
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    /// Waits for the outcome of the line that is on its way for the longest time.
    async fn settle_first(&mut self) {
        let Some((fingerprint, end, outcome)) = self.pending.pop_front() else { return };
        let outcome = outcome.await;
        self.settle(fingerprint, end, outcome).await;
    }

    /// Takes note of outcomes that are known, in order.
    async fn settle_known(&mut self) {
        while let Some((_, _, outcome)) = self.pending.front_mut() {
            let Some(outcome) = futures_util::FutureExt::now_or_never(outcome) else { return };
            if let Some((fingerprint, end, _)) = self.pending.pop_front() {
                self.settle(fingerprint, end, outcome).await;
            }
        }
    }

    async fn settle(&mut self, fingerprint: Vec<u8>, offset: u64, outcome: AckOutcome) {
        if outcome == AckOutcome::Lost {
            // From here on the file is read again after the next start.
            if self.stop.is_cancelled() {
                self.pending.clear();
            }
            return;
        }
        let known = self.progress.iter_mut().find(|one| fingerprint.starts_with(&one.fingerprint));
        match known {
            Some(known) => *known = Progress { fingerprint, offset },
            None => self.progress.push(Progress { fingerprint, offset }),
        }
        let Some(state) = &self.state else { return };
        let change = vec![(STORED.to_owned(), Some(encoded(&self.progress)))];
        if let Err(error) = state.change(change).await {
            tracing::warn!(%error, "Failed to remember how far files have been read");
        }
    }
}

/// What has been read, for storage: an offset and first bytes a line.
fn encoded(progress: &[Progress]) -> Vec<u8> {
    let lines = progress.iter().map(|one| {
        let fingerprint = STANDARD.encode(&one.fingerprint);
        format!("{} {fingerprint}\n", one.offset)
    });
    lines.collect::<String>().into_bytes()
}

/// The opposite of [`encoded`]; what cannot be read is left out.
fn decoded(bytes: &[u8]) -> Vec<Progress> {
    let text = String::from_utf8_lossy(bytes);
    let lines = text.lines().filter_map(|line| {
        let (offset, fingerprint) = line.split_once(' ')?;
        let fingerprint = STANDARD.decode(fingerprint).ok()?;
        Some(Progress { fingerprint, offset: offset.parse().ok()? })
    });
    lines.collect()
}
