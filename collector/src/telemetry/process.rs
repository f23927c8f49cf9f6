//! What the process takes of the machine, read from the operating system when somebody asks.

use std::time::Instant;

use super::metrics::{Metrics, Observation};

/// Observes the process until the answer is dropped. `start` is when it began to run.
pub(super) fn observe(metrics: &Metrics, start: Instant) -> Vec<Observation> {
    let none: [(&'static str, String); 0] = [];
    let mut observations =
        vec![metrics.observe("otelcol_process_uptime", none.clone(), move || {
            start.elapsed().as_secs_f64()
        })];
    if cpu_seconds().is_some() {
        observations.push(metrics.observe("otelcol_process_cpu_seconds", none.clone(), || {
            cpu_seconds().unwrap_or_default()
        }));
    }
    let memory: [(&str, Part); 3] = [
        ("otelcol_process_memory_rss", |memory| memory.resident),
        ("otelcol_process_runtime_heap_alloc_bytes", |memory| memory.anonymous),
        ("otelcol_process_runtime_total_sys_memory_bytes", |memory| memory.data),
    ];
    if Memory::read().is_some() {
        for (name, of) in memory {
            let read = move || Memory::read().as_ref().map(of).unwrap_or_default();
            observations.push(metrics.observe(name, none.clone(), read));
        }
    }
    observations
}

/// Time on processors, by the process and in its name.
#[cfg(unix)]
fn cpu_seconds() -> Option<f64> {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanos = u32::try_from(time.tv_nsec).ok()?;
    Some(std::time::Duration::new(seconds, nanos).as_secs_f64())
}

#[cfg(not(unix))]
fn cpu_seconds() -> Option<f64> {
    None
}

/// A part of the memory.
type Part = fn(&Memory) -> u64;

/// Memory of the process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Memory {
    /// What is in physical memory.
    pub(super) resident: u64,
    /// What of it is no file: the heap, stacks, and little else.
    pub(super) anonymous: u64,
    /// What the process may write to, in physical memory or not.
    pub(super) data: u64,
}

impl Memory {
    /// What the operating system says; `None` where it says nothing.
    pub(super) fn read() -> Option<Self> {
        Self::parse(&std::fs::read_to_string("/proc/self/status").ok()?)
    }

    fn parse(status: &str) -> Option<Self> {
        let bytes = |key: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(key))?;
            let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
            Some(kibibytes << 10)
        };
        Some(Self {
            resident: bytes("VmRSS:")?,
            anonymous: bytes("RssAnon:")?,
            data: bytes("VmData:")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_what_the_system_says() {
        let status =
            "Name:\tholt\nVmRSS:\t    9000 kB\nRssAnon:\t    4000 kB\nVmData:\t  20000 kB\n";
        let expected = Memory { resident: 9000 << 10, anonymous: 4000 << 10, data: 20_000 << 10 };
        assert_eq!(Memory::parse(status), Some(expected));
        assert_eq!(Memory::parse("Name:\tholt\n"), None);
    }

    #[test]
    fn a_process_observes_itself() {
        let metrics = Metrics::default();
        let observations = observe(&metrics, Instant::now());
        assert_eq!(metrics.read().len(), observations.len());
        drop(observations);
        assert!(metrics.read().is_empty());
    }
}
