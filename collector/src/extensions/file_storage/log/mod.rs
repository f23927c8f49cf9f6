//! A durable queue: an append-only log in segment files. Records come in and are numbered; they are
//! read by number, and done by number.
//!
//! A folder holds `N.segment`, whose first record has the number N, and `N.done`, which lists what is
//! done in it. Segments only grow, and are removed when everything in them is done: no record is ever
//! moved or overwritten, so a fault in one place damages what lies in that place and nothing else.
//! Which of the stores that were measured this is, and why: `docs/adr/0005-a-log-for-queues.md`.

mod index;
mod record;
mod recover;
mod scan;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::oneshot;

use self::index::{Index, Place};
use self::record::content_checksum;
use self::recover::{copy_range, recover};
use self::segment::segment_path;
use self::writer::{Answer, Writer};
use crate::component::storage::{DurableQueue, Kept, Record, StorageError, Waiting};

/// How queues write. May change while they are open.
#[derive(Debug, Default)]
pub struct LogOptions {
    fsync: AtomicBool,
    max_size: AtomicU64,
}

impl LogOptions {
    /// Sets whether a put waits for the disk, and the most bytes of all segments of a queue; 0 is
    /// no limit.
    pub fn set(&self, fsync: bool, max_size: u64) {
        self.fsync.store(fsync, Ordering::Relaxed);
        self.max_size.store(max_size, Ordering::Relaxed);
    }

    fn fsync(&self) -> bool {
        self.fsync.load(Ordering::Relaxed)
    }

    fn max_size(&self) -> u64 {
        self.max_size.load(Ordering::Relaxed)
    }
}

/// An open queue.
pub struct Log {
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
}

/// A queue that was opened, and what was in it.
pub struct OpenLog {
    /// The queue.
    pub log: Log,
    /// What waits, first in first.
    pub waiting: Vec<Waiting>,
    /// Records that were damaged.
    pub damaged: usize,
}

struct Shared {
    folder: PathBuf,
    options: Arc<LogOptions>,
    requests: Mutex<Requests>,
    wake: Condvar,
    index: Mutex<Index>,
    /// How many bytes the file system still takes in one write.
    #[cfg(test)]
    room: Arc<AtomicU64>,
}

/// What the writer is asked for.
#[derive(Default)]
struct Requests {
    puts: Vec<Put>,
    done: Vec<u64>,
    flushes: Vec<oneshot::Sender<()>>,
    closed: bool,
}

struct Put {
    record: Record,
    checksum: u32,
    answer: Answer,
}

impl Log {
    /// Opens the queue of a folder, which must exist and be nobody else's. `held` is kept until
    /// the last byte is written.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn open(
        folder: PathBuf,
        options: Arc<LogOptions>,
        held: impl Send + 'static,
    ) -> Result<OpenLog, StorageError> {
        let recovered = recover(&folder)?;
        let shared = Arc::new(Shared {
            folder,
            options,
            requests: Mutex::default(),
            wake: Condvar::new(),
            index: Mutex::new(recovered.index),
            #[cfg(test)]
            room: Arc::new(u64::MAX.into()),
        });
        let writer = Writer::new(shared.clone(), recovered.active, recovered.next);
        let thread = std::thread::Builder::new().name("holt-queue".to_owned());
        let thread = thread.spawn(move || {
            writer.run();
            drop(held);
        });
        let writer = thread.map_err(|error| StorageError::System(error.to_string()))?;
        let log = Self { shared, writer: Some(writer) };
        Ok(OpenLog { log, waiting: recovered.waiting, damaged: recovered.damaged })
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.shared.requests().closed = true;
        self.shared.wake.notify_one();
        if let Some(writer) = self.writer.take() {
            // What is done is written before anybody opens the folder again.
            let _ = writer.join();
        }
    }
}

#[async_trait]
impl DurableQueue for Log {
    async fn put(&self, record: Record) -> Result<Kept, StorageError> {
        // Here rather than by the writer, which serves all.
        let checksum = content_checksum(&record);
        let (answer, stored) = oneshot::channel();
        {
            let mut requests = self.shared.requests();
            requests.puts.push(Put { record, checksum, answer });
        }
        self.shared.wake.notify_one();
        stored.await.unwrap_or(Err(StorageError::Closed))
    }

    async fn get(&self, number: u64) -> Result<Record, StorageError> {
        let shared = self.shared.clone();
        let read = tokio::task::spawn_blocking(move || shared.read(number));
        read.await.unwrap_or(Err(StorageError::Closed))
    }

    fn done(&self, number: u64) {
        self.shared.done(number);
    }

    async fn flush(&self) {
        let (flush, flushed) = oneshot::channel();
        self.shared.requests().flushes.push(flush);
        self.shared.wake.notify_one();
        // Without a writer there is nothing to wait for.
        let _ = flushed.await;
    }
}

impl Shared {
    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn done(&self, number: u64) {
        self.requests().done.push(number);
        self.wake.notify_one();
    }

    /// Waits until something is asked for, at most for the time given, and takes all of it.
    fn next_requests(&self, patience: Option<Duration>) -> Requests {
        let mut requests = self.requests();
        while requests.is_empty() {
            match patience {
                None => {
                    requests = self.wake.wait(requests).unwrap_or_else(PoisonError::into_inner);
                }
                Some(patience) => {
                    let waited = self.wake.wait_timeout(requests, patience);
                    let (mut requests, _) = waited.unwrap_or_else(PoisonError::into_inner);
                    return requests.take();
                }
            }
        }
        requests.take()
    }

    fn read(&self, number: u64) -> Result<Record, StorageError> {
        let place = self.index().records.get(&number).copied();
        let Some(place) = place else {
            return Err(StorageError::System(format!("record {number} is not stored")));
        };
        let path = segment_path(&self.folder, place.base);
        let bytes = read_at(&path, &place).map_err(|error| {
            let text = format!("cannot read record {number} in {}: {error}", path.display());
            match error.kind() {
                io::ErrorKind::UnexpectedEof => StorageError::Damaged(text),
                _ => StorageError::System(text),
            }
        })?;
        place.header.open(bytes.into()).ok_or_else(|| {
            let range = place.offset..place.offset + place.header.length();
            if let Err(error) = copy_range(&self.folder, place.base, &range) {
                tracing::warn!(%error, "Cannot set aside stored telemetry that is damaged");
            }
            let text = format!("record {number} in {} is damaged", path.display());
            StorageError::Damaged(text)
        })
    }
}

fn read_at(path: &std::path::Path, place: &Place) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(place.offset))?;
    let length = usize::try_from(place.header.length()).map_err(io::Error::other)?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

impl Requests {
    const fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.done.is_empty() && self.flushes.is_empty() && !self.closed
    }

    /// Takes what was asked for; what is closed stays closed.
    fn take(&mut self) -> Self {
        let closed = self.closed;
        std::mem::replace(self, Self { closed, ..Self::default() })
    }
}
