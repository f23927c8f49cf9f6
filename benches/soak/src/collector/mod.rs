//! The collector under test: started, killed, stopped and read like any process.

pub mod config;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::str::FromStr;
use std::time::Duration;

use holt_load::process::{self, ProcessError};
use rustix::process::{Pid, Signal, kill_process};
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::scrape::Page;
use config::Setup;

/// How long a start or an orderly end may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a start or an end is looked for.
const LOOK: Duration = Duration::from_millis(5);
/// Lines of its log that an error quotes.
const QUOTED: usize = 12;

/// Which collector a binary is. Both read the same configurations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Holt.
    Holt,
    /// The Go collector.
    Go,
}

/// A collector's binary, `holt=PATH` or `go=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary {
    /// Which it is.
    pub kind: Kind,
    /// Where it is.
    pub path: PathBuf,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Holt => "holt",
            Kind::Go => "go",
        })
    }
}

impl FromStr for Binary {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, path) = text.split_once('=').unwrap_or(("holt", text));
        let kind = match kind {
            "holt" => Kind::Holt,
            "go" => Kind::Go,
            other => return Err(format!("`{other}` is neither `holt` nor `go`; write holt=PATH")),
        };
        // It runs in a directory of its own.
        let path = std::path::absolute(path).map_err(|error| error.to_string())?;
        match path.is_file() {
            true => Ok(Binary { kind, path }),
            false => Err(format!("{} is no file", path.display())),
        }
    }
}

/// Why a collector is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum CollectorError {
    /// Files or processes cannot be had.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// It ended before it was ready.
    #[error("the collector ended with {status} before it was ready; its log ends with\n{log}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// The end of its log.
        log: String,
    },
    /// It does not listen, or does not end.
    #[error("the collector did not {what} in time; its log ends with\n{log}")]
    Late {
        /// What was waited for.
        what: &'static str,
        /// The end of its log.
        log: String,
    },
    /// It cannot be measured.
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// A running collector. It is killed when it is dropped.
pub struct Collector {
    child: Child,
    setup: Setup,
    log: PathBuf,
}

impl Collector {
    /// Starts a collector and waits until it listens. Its configuration and log lie in `directory`.
    pub async fn start(
        binary: &Binary,
        setup: &Setup,
        directory: &Path,
    ) -> Result<Collector, CollectorError> {
        let mut collector = Collector::spawn(binary, setup, directory)?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = collector.ended()? {
                return Err(CollectorError::Ended { status, log: collector.log_end() });
            }
            if listens(setup.grpc).await && listens(setup.http).await {
                return Ok(collector);
            }
            if Instant::now() > give_up {
                return Err(CollectorError::Late { what: "start", log: collector.log_end() });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Starts a collector without waiting for anything.
    pub fn spawn(
        binary: &Binary,
        setup: &Setup,
        directory: &Path,
    ) -> Result<Collector, CollectorError> {
        let config = directory.join("config.yaml");
        write(&config, &setup.yaml())?;
        let log = directory.join("log.txt");
        let file = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(|source| system(format!("cannot write {}", log.display()), source))?;
        let errors = file.try_clone().map_err(|source| system("cannot share a file", source))?;
        let mut command = Command::new(&binary.path);
        command.arg("--config").arg(&config);
        // With this set, the first error that Holt logs reads all names of functions into memory.
        command.env_remove("RUST_BACKTRACE");
        command.envs(setup.environment.iter().map(|(name, value)| (name, value)));
        if binary.kind == Kind::Go
            && let Some(limit) = setup.limit_mib
        {
            // What its own documentation advises for use with the limiter.
            command.env("GOMEMLIMIT", format!("{}MiB", limit * 8 / 10));
        }
        let child = command
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .map_err(|source| system(format!("cannot run {}", binary.path.display()), source))?;
        Ok(Collector { child, setup: setup.clone(), log })
    }

    /// Writes another configuration, which a reload will find.
    pub fn rewrite(&self, text: &str) -> Result<(), CollectorError> {
        write(&self.log.with_file_name("config.yaml"), text)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its exit status, once it has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, CollectorError> {
        self.child.try_wait().map_err(|source| system("cannot wait for the collector", source))
    }

    /// kill -9, without any notice.
    pub fn kill(mut self) -> Result<(), CollectorError> {
        self.child.kill().map_err(|source| system("cannot kill the collector", source))?;
        self.child.wait().map_err(|source| system("cannot wait for the collector", source))?;
        Ok(())
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<(), CollectorError> {
        Pid::from_raw(self.child.id() as i32).map_or(Ok(()), |pid| {
            kill_process(pid, signal).map_err(|source| system("cannot signal", source.into()))
        })
    }

    /// Asks it to end, as an orchestrator would, and waits.
    pub async fn terminate(mut self) -> Result<ExitStatus, CollectorError> {
        self.signal(Signal::TERM)?;
        let give_up = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            if Instant::now() > give_up {
                return Err(CollectorError::Late { what: "end", log: self.log_end() });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Its own metrics, if it shows any.
    pub async fn metrics(&self) -> Option<Page> {
        Page::fetch(self.setup.metrics?).await.ok()
    }

    /// Its resident memory.
    pub fn memory(&self) -> Result<process::Memory, CollectorError> {
        Ok(process::memory(self.pid())?)
    }

    /// The CPU time that it has used.
    pub fn cpu(&self) -> Result<process::CpuTime, CollectorError> {
        Ok(process::cpu_time(self.pid())?)
    }

    /// The last lines of its log.
    pub fn log_end(&self) -> String {
        log_end(&self.log)
    }

    /// The years in which lines of its log were written, by its own clock.
    pub fn years(&self) -> BTreeSet<u16> {
        let log = std::fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let years = log.lines().filter_map(|line| line.split_once('-'));
        years.filter_map(|(year, _)| year.parse().ok()).collect()
    }

    /// How many lines of its log contain this.
    pub fn logged(&self, text: &str) -> usize {
        let log = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&log).lines().filter(|line| line.contains(text)).count()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // Both fail when it has ended, which is the usual case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_end(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    let skipped = lines.len().saturating_sub(QUOTED);
    lines.get(skipped..).unwrap_or_default().join("\n")
}

fn write(path: &Path, text: &str) -> Result<(), CollectorError> {
    std::fs::write(path, text)
        .map_err(|source| system(format!("cannot write {}", path.display()), source))
}

fn system(what: impl Into<String>, source: io::Error) -> CollectorError {
    CollectorError::System { what: what.into(), source }
}

async fn listens(address: SocketAddr) -> bool {
    TcpStream::connect(address).await.is_ok()
}
