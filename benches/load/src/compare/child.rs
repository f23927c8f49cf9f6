//! A contender as a child process: started with its output in a file, stopped with SIGTERM.

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::Contender;

/// How long a child may take to end after SIGTERM.
const PATIENCE: Duration = Duration::from_secs(15);

/// Why a child cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ChildError {
    /// There is no program in the command.
    #[error("the command is empty")]
    Empty,
    /// The program does not start.
    #[error("`{program}` does not start: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file for its output cannot be made.
    #[error("its output file cannot be made: {0}")]
    Output(#[source] io::Error),
    /// It ended before it was told to.
    #[error("it ended by itself ({0}); --logs DIR keeps what it printed")]
    Ended(std::process::ExitStatus),
    /// It does not end on SIGTERM and was killed.
    #[error("it did not end within {0:?} of SIGTERM and was killed")]
    Stuck(Duration),
    /// It cannot be signalled or waited for.
    #[error("it cannot be stopped: {0}")]
    Stop(#[source] io::Error),
}

/// How often a child that was told to end is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// A running contender; killed when dropped.
pub(super) struct Child {
    child: std::process::Child,
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail only if it has ended already, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Child {
    pub(super) fn start(contender: &Contender, logs: Option<&Path>) -> Result<Child, ChildError> {
        let (program, arguments) = contender.command.split_first().ok_or(ChildError::Empty)?;
        let (out, err) = match logs {
            Some(directory) => {
                let path = directory.join(format!("{}.log", contender.name));
                std::fs::create_dir_all(directory).map_err(ChildError::Output)?;
                let file = File::options().create(true).append(true).open(path);
                let file = file.map_err(ChildError::Output)?;
                let second = file.try_clone().map_err(ChildError::Output)?;
                (Stdio::from(file), Stdio::from(second))
            }
            None => (Stdio::null(), Stdio::null()),
        };
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .spawn()
            .map_err(|source| ChildError::Start { program: program.clone(), source })?;
        Ok(Child { child })
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end and waits; a child that does not end is killed, which is an error.
    pub(super) async fn stop(mut self) -> Result<(), ChildError> {
        if let Some(status) = self.child.try_wait().map_err(ChildError::Stop)? {
            return Err(ChildError::Ended(status));
        }
        // The standard library has no signals other than kill, and this package no `unsafe`.
        Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .status()
            .map_err(ChildError::Stop)?;
        let give_up = tokio::time::Instant::now() + PATIENCE;
        while self.child.try_wait().map_err(ChildError::Stop)?.is_none() {
            if tokio::time::Instant::now() >= give_up {
                return Err(ChildError::Stuck(PATIENCE));
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }
}
