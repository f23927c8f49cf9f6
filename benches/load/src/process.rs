//! Reads what another process has used: CPU time and resident memory, from `/proc`.
//!
//! Linux only; elsewhere every reading fails with the path that could not be read.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a process could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// The file is missing: no such process, or not Linux.
    #[error("cannot read {path}: {source}; is the process still running, and is this Linux?")]
    Unreadable {
        /// The file under `/proc`.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file does not have the shape that `proc(5)` describes.
    #[error("{path} has no readable `{field}`")]
    Malformed {
        /// The file under `/proc`.
        path: PathBuf,
        /// The field that was looked for.
        field: &'static str,
    },
}

/// CPU time of a process since it started, all threads, without its children.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct CpuTime {
    /// Time in user mode.
    pub user: Duration,
    /// Time in the kernel.
    pub system: Duration,
}

impl CpuTime {
    /// User and system time together.
    pub fn total(self) -> Duration {
        self.user + self.system
    }

    /// What was used between `earlier` and this reading.
    pub fn since(self, earlier: CpuTime) -> CpuTime {
        CpuTime {
            user: self.user.saturating_sub(earlier.user),
            system: self.system.saturating_sub(earlier.system),
        }
    }
}

/// Resident memory of a process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Now (`VmRSS`).
    pub resident: u64,
    /// The most since the process started (`VmHWM`).
    pub peak: u64,
}

/// Reads the CPU time of `pid`. The resolution is one clock tick, usually 10 ms.
pub fn cpu_time(pid: u32) -> Result<CpuTime, ProcessError> {
    let path = PathBuf::from(format!("/proc/{pid}/stat"));
    let text = read(&path)?;
    parse_stat(&text, ticks_per_second())
        .ok_or(ProcessError::Malformed { path, field: "utime, stime" })
}

/// Reads the resident memory of `pid`.
pub fn memory(pid: u32) -> Result<Memory, ProcessError> {
    let path = PathBuf::from(format!("/proc/{pid}/status"));
    let text = read(&path)?;
    let field = |name: &'static str| {
        status_bytes(&text, name)
            .ok_or_else(|| ProcessError::Malformed { path: path.clone(), field: name })
    };
    Ok(Memory { resident: field("VmRSS")?, peak: field("VmHWM")? })
}

fn read(path: &Path) -> Result<String, ProcessError> {
    fs::read_to_string(path)
        .map_err(|source| ProcessError::Unreadable { path: path.to_owned(), source })
}

/// utime and stime are the fields 14 and 15; the second field, the command in parentheses, may
/// itself hold spaces and parentheses, so counting starts after the last `)`.
fn parse_stat(text: &str, ticks_per_second: u64) -> Option<CpuTime> {
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let mut time = || -> Option<Duration> {
        let ticks: u64 = fields.next()?.parse().ok()?;
        Some(Duration::from_secs_f64(ticks as f64 / ticks_per_second as f64))
    };
    Some(CpuTime { user: time()?, system: time()? })
}

/// A line such as `VmHWM:     1234 kB`, in bytes.
fn status_bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// The kernel tells every process the tick rate in the auxiliary vector (`AT_CLKTCK`); reading
/// it from there needs no call into C. 100 is the value on every platform that Linux supports
/// today.
fn ticks_per_second() -> u64 {
    const AT_CLKTCK: usize = 17;
    const WORD: usize = size_of::<usize>();
    let Ok(vector) = fs::read("/proc/self/auxv") else { return 100 };
    let mut words = vector
        .chunks_exact(WORD)
        .map(|word| usize::from_ne_bytes(word.try_into().unwrap_or([0; WORD])));
    while let (Some(kind), Some(value)) = (words.next(), words.next()) {
        if kind == AT_CLKTCK && value > 0 {
            return value as u64;
        }
    }
    100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let stat = "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 75 0 0 20 0 4 0 100 0";
        let time = parse_stat(stat, 100).unwrap();
        assert_eq!(time.user, Duration::from_millis(2500));
        assert_eq!(time.system, Duration::from_millis(750));
        assert_eq!(parse_stat("42 (a) S 1", 100), None);
    }

    #[test]
    fn status_lines_are_kilobytes() {
        let status = "Name:\tholt\nVmPeak:\t 9999 kB\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n";
        assert_eq!(status_bytes(status, "VmHWM"), Some(2 << 20));
        assert_eq!(status_bytes(status, "VmRSS"), Some(1 << 20));
        assert_eq!(status_bytes(status, "VmSwap"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_can_be_read_and_uses_cpu() {
        let own = std::process::id();
        let before = cpu_time(own).unwrap();
        // Burn until a tick is seen: the reading must move.
        let mut value = 0_u64;
        while cpu_time(own).unwrap().since(before).total().is_zero() {
            for step in 0..1_000_000_u64 {
                value = std::hint::black_box(value.wrapping_mul(31).wrapping_add(step));
            }
        }
        let memory = memory(own).unwrap();
        assert!(memory.resident > 0 && memory.peak >= memory.resident);
    }

    #[test]
    fn a_missing_process_is_named() {
        let error = cpu_time(u32::MAX).unwrap_err();
        assert!(error.to_string().contains("/proc/4294967295/stat"), "{error}");
    }
}
