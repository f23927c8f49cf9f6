//! The result of a run, for people and for scripts.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::process::{CpuTime, Memory};

/// What was sent, what came of it, and what the collector's process used meanwhile.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `traces`, `metrics` or `logs`.
    pub signal: &'static str,
    /// `grpc` or `http`.
    pub protocol: &'static str,
    /// Requests were compressed.
    pub gzip: bool,
    /// Items in each request.
    pub items_per_request: usize,
    /// Connections.
    pub connections: usize,
    /// Mean encoded size of an item before compression.
    pub bytes_per_item: f64,
    /// Requests sent.
    pub requests: u64,
    /// Items sent: the sum of the next four.
    pub items_sent: u64,
    /// Items that the collector took.
    pub items_accepted: u64,
    /// Items refused within requests that were taken (partial success).
    pub items_rejected: u64,
    /// Items of requests that were refused.
    pub items_refused: u64,
    /// Items of requests that got no answer.
    pub items_failed: u64,
    /// How often each refusal or failure came, in requests.
    pub reasons: BTreeMap<String, u64>,
    /// Length of the measured phase.
    pub seconds: f64,
    /// Accepted items a second of wall time.
    pub items_per_second: f64,
    /// CPU-seconds of the process for a million accepted items.
    pub cpu_seconds_per_million: Option<f64>,
    /// What the process used.
    pub process: Option<ProcessUse>,
}

/// What the process under test used during the measured phase.
#[derive(Clone, Debug, Serialize)]
pub struct ProcessUse {
    /// Its id.
    pub pid: u32,
    /// CPU-seconds in user mode.
    pub user_seconds: f64,
    /// CPU-seconds in the kernel.
    pub system_seconds: f64,
    /// Resident memory at the end, in bytes.
    pub resident_bytes: u64,
    /// Peak resident memory since the process started, in bytes.
    pub peak_resident_bytes: u64,
}

impl ProcessUse {
    pub(super) fn new(pid: u32, cpu: CpuTime, memory: Memory) -> Self {
        ProcessUse {
            pid,
            user_seconds: cpu.user.as_secs_f64(),
            system_seconds: cpu.system.as_secs_f64(),
            resident_bytes: memory.resident,
            peak_resident_bytes: memory.peak,
        }
    }

    /// User and system CPU-seconds together.
    pub fn cpu_seconds(&self) -> f64 {
        self.user_seconds + self.system_seconds
    }
}

impl Report {
    /// Whether every item sent was accepted.
    pub fn complete(&self) -> bool {
        self.items_accepted == self.items_sent
    }

    /// The report as one line of JSON.
    pub fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} over {}{}: {} items a request, {:.1} bytes an item, {} connections",
            self.signal,
            self.protocol,
            if self.gzip { " (gzip)" } else { "" },
            self.items_per_request,
            self.bytes_per_item,
            self.connections
        )?;
        writeln!(f, "  sent      {} items in {} requests", self.items_sent, self.requests)?;
        writeln!(
            f,
            "  accepted  {} items in {:.2} s = {:.0} items/s",
            self.items_accepted, self.seconds, self.items_per_second
        )?;
        write!(
            f,
            "  not taken {} rejected, {} refused, {} without an answer",
            self.items_rejected, self.items_refused, self.items_failed
        )?;
        for (reason, times) in &self.reasons {
            write!(f, "\n            {times} × {reason}")?;
        }
        if let Some(process) = &self.process {
            write!(
                f,
                "\n  process   {} used {:.2} CPU-s ({:.2} user, {:.2} system)",
                process.pid,
                process.cpu_seconds(),
                process.user_seconds,
                process.system_seconds
            )?;
            if let Some(cost) = self.cpu_seconds_per_million {
                write!(f, " = {cost:.3} CPU-s per million items")?;
            }
            write!(
                f,
                "\n  memory    {:.1} MB resident, {:.1} MB peak",
                megabytes(process.resident_bytes),
                megabytes(process.peak_resident_bytes)
            )?;
        }
        Ok(())
    }
}

/// Bytes as megabytes of 10^6, as the reports give them.
pub(crate) fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
