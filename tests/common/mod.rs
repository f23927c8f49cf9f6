//! Runs the `holt` binary for tests: files in a directory of its own go in, exit code and output
//! come out, of a process that may run for long line by line.

#![allow(dead_code)] // Each test binary uses its part.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A panic is how a test fails.

mod lines;

use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use lines::Lines;
use tempfile::TempDir;

/// How long anything may take before a test gives up on it; generous, for busy machines.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A directory with files, in which `holt` runs without an environment.
pub(crate) struct Sandbox {
    directory: TempDir,
    environment: Vec<(String, String)>,
    input: Option<Vec<u8>>,
    has_own_metrics: bool,
}

impl Sandbox {
    /// An empty directory.
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            environment: Vec::new(),
            input: None,
            has_own_metrics: false,
        }
    }

    /// Adds a directory.
    pub(crate) fn directory(self, name: &str) -> Self {
        std::fs::create_dir(self.path().join(name)).unwrap();
        self
    }

    /// Adds a file.
    pub(crate) fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path().join(name), text).unwrap();
        self
    }

    /// Sets an environment variable.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets the collector show its own metrics as its configuration says. Otherwise it does not,
    /// since many tests at once would ask for the same port.
    pub(crate) fn own_metrics(mut self) -> Self {
        self.has_own_metrics = true;
        self
    }

    /// Gives the process something to read on standard input.
    pub(crate) fn input(mut self, bytes: &[u8]) -> Self {
        self.input = Some(bytes.to_vec());
        self
    }

    /// Where the files are.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Starts `holt`.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.run(Command::new(env!("CARGO_BIN_EXE_holt")), arguments)
    }

    /// Starts `holt` from a shell that does something else first.
    pub(crate) fn start_after(&self, first: &str, arguments: &[&str]) -> Running {
        let mut shell = Command::new("/bin/sh");
        let script = format!("{first}\nexec \"$0\" \"$@\"");
        shell.args(["-c", &script, env!("CARGO_BIN_EXE_holt")]);
        self.run(shell, arguments)
    }

    fn run(&self, mut command: Command, arguments: &[&str]) -> Running {
        let runs = matches!(arguments.first(), Some(&"run" | &"--config"));
        let without_metrics: &[&str] = match runs && !self.has_own_metrics {
            true => &["--set", "service.telemetry.metrics.level=none"],
            false => &[],
        };
        let mut child = command
            .args(arguments)
            .args(without_metrics)
            .current_dir(self.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(if self.input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if let (Some(bytes), Some(mut stdin)) = (&self.input, child.stdin.take()) {
            // Who does not read it all has had enough.
            let _ = stdin.write_all(bytes);
        }
        let stdout = Lines::read(child.stdout.take().unwrap());
        let stderr = Lines::read(child.stderr.take().unwrap());
        Running { child, stdout, stderr }
    }

    /// Runs `holt` to its end.
    pub(crate) fn holt(&self, arguments: &[&str]) -> Finished {
        self.start(arguments).finish()
    }
}

/// A process; it is killed when the test forgets it.
pub(crate) struct Running {
    child: Child,
    stdout: Lines,
    stderr: Lines,
}

impl Running {
    /// The first line of the log that contains `text`, once it is written.
    pub(crate) fn log_line(&self, text: &str) -> String {
        self.stderr.wait_for(text)
    }

    /// The log as far as it is written.
    pub(crate) fn log(&self) -> String {
        self.stderr.text()
    }

    /// The first line of standard output that contains `text`, once it is written.
    pub(crate) fn output_line(&self, text: &str) -> String {
        self.stdout.wait_for(text)
    }

    /// What was written to standard output so far.
    pub(crate) fn output(&self) -> String {
        self.stdout.text()
    }

    /// Returns when everything has started.
    pub(crate) fn ready(&self) {
        self.log_line("Everything is ready.");
    }

    /// The address of the gRPC server, `ip:port`.
    pub(crate) fn grpc(&self) -> String {
        self.endpoint("Starting GRPC server")
    }

    /// The address of the HTTP server, `ip:port`.
    pub(crate) fn http(&self) -> String {
        self.endpoint("Starting HTTP server")
    }

    /// The field `endpoint` of the first line of the log that contains `text`.
    pub(crate) fn endpoint(&self, text: &str) -> String {
        let line = self.log_line(text);
        let (_, rest) = line.split_once("\"endpoint\": \"").unwrap_or_else(|| panic!("{line}"));
        rest.split('"').next().unwrap().to_owned()
    }

    /// The most memory it has had resident, in bytes.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Sends a signal by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &process]).status().unwrap();
        assert!(status.success(), "kill -{name} {process}: {status}");
    }

    /// Ends it as an orchestrator would, and waits.
    pub(crate) fn terminate(self) -> Finished {
        self.signal("TERM");
        self.finish()
    }

    /// Waits for its end.
    pub(crate) fn finish(mut self) -> Finished {
        let mut status = None;
        poll(|| {
            status = self.child.try_wait().unwrap();
            status.is_some()
        })
        .unwrap_or_else(|()| panic!("still running; its log:\n{}", self.log()));
        Finished {
            code: status.and_then(|status| status.code()),
            stdout: self.stdout.all(),
            stderr: self.stderr.all(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended, which is the usual case.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A process that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finished {
    /// Its exit code; `None` when a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it wrote to standard output.
    pub(crate) stdout: String,
    /// What it wrote to standard error.
    pub(crate) stderr: String,
}

impl Finished {
    /// All of it without the lists of components there are, which grow with every new one.
    pub(crate) fn without_lists(&self) -> String {
        let keep = |line: &&str| !line.contains("= note: Holt has ");
        self.to_string().lines().filter(keep).collect::<Vec<_>>().join("\n")
    }
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                write!(f, "--- {name}\n{text}")?;
            }
        }
        Ok(())
    }
}

/// Asks again and again until the answer is yes.
pub(crate) fn poll(mut done: impl FnMut() -> bool) -> Result<(), ()> {
    let deadline = Instant::now() + PATIENCE;
    while !done() {
        if Instant::now() > deadline {
            return Err(());
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
