//! Writes every request to a file of its own: how fixtures of real SDKs are made.
//!
//! A request becomes `<name>-<signal>-<n>.binpb` (the decompressed protobuf message) or `.json`,
//! and beside it one line in `<name>.requests.jsonl` with the transport, content type,
//! compression and user agent it came with.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bytes::Buf;

use crate::server::{Content, Handler, Meta, Refusal};

/// Writes requests into a directory.
#[derive(Debug)]
pub struct Capture {
    directory: PathBuf,
    name: String,
    /// How many files each signal has; held while writing, so that numbers follow arrival.
    written: Mutex<[u64; 3]>,
}

impl Capture {
    /// Prepares `directory`, which is created if it is missing; files start with `name`.
    pub fn new(directory: &Path, name: &str) -> io::Result<Capture> {
        fs::create_dir_all(directory)?;
        let directory = directory.to_owned();
        Ok(Capture { directory, name: name.to_owned(), written: Mutex::default() })
    }

    fn write(&self, meta: &Meta, body: &[u8]) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let [traces, metrics, logs] = &mut *written;
        let number = match meta.signal {
            crate::signal::Signal::Traces => traces,
            crate::signal::Signal::Metrics => metrics,
            crate::signal::Signal::Logs => logs,
        };
        *number += 1;
        let extension = match meta.content {
            Content::Protobuf => "binpb",
            Content::Json => "json",
        };
        let file = format!("{}-{}-{number}.{extension}", self.name, meta.signal.name());
        fs::write(self.directory.join(&file), body)?;
        let line = serde_json::json!({
            "file": file,
            "protocol": meta.protocol.name(),
            "content_type": meta.content_type,
            "compression": meta.compression,
            "user_agent": meta.user_agent,
        });
        let index = self.directory.join(format!("{}.requests.jsonl", self.name));
        let mut index = fs::OpenOptions::new().create(true).append(true).open(index)?;
        writeln!(index, "{line}")
    }
}

impl Handler for Capture {
    async fn handle(&self, meta: Meta, mut body: impl Buf + Send) -> Result<(), Refusal> {
        let body = body.copy_to_bytes(body.remaining());
        self.write(&meta, &body).map_err(|error| Refusal::new(13, format!("cannot write: {error}")))
    }
}
