//! Where the text goes: messages in, lines in the process's log, on standard output or in files.

use std::fs::File;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::config::ids::ComponentId;
use crate::telemetry::logs::FURTHER_FIELDS;

/// A place to write to.
pub(super) enum Target {
    Stdout,
    Stderr,
    File { path: String, file: File },
}

impl Target {
    fn write(&mut self, text: &str) -> io::Result<()> {
        match self {
            Self::Stdout => write_all(&mut io::stdout().lock(), text),
            Self::Stderr => write_all(&mut io::stderr().lock(), text),
            Self::File { file, .. } => write_all(file, text),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::File { path, .. } => path,
        }
    }
}

fn write_all(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// One piece of output.
pub(super) enum Message {
    /// A word, and counts as a JSON object.
    Summary { word: &'static str, fields: String },
    /// Text of many lines.
    Text(String),
}

impl Message {
    /// What makes two messages the same: counts differ from batch to batch, so of a summary only the
    /// word is compared.
    pub(super) fn sampled_by(&self) -> &str {
        match self {
            Self::Summary { word, .. } => word,
            Self::Text(text) => text,
        }
    }
}

/// All places of one exporter.
pub(super) enum Output {
    /// The log of the process.
    Log(ComponentId),
    /// Plain text.
    Plain(Mutex<Vec<Target>>),
}

/// Something could not be opened or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write to {path}: {error}")]
pub(super) struct OutputError {
    path: String,
    error: io::Error,
}

impl Output {
    /// Opens the places; files are made when missing, and appended to.
    pub(super) fn open(paths: &[String]) -> Result<Self, OutputError> {
        let mut targets = Vec::new();
        for path in paths {
            targets.push(match path.as_str() {
                "stdout" => Target::Stdout,
                "stderr" => Target::Stderr,
                _ => {
                    let file = File::options().append(true).create(true).open(path);
                    let file = file.map_err(|error| OutputError { path: path.clone(), error })?;
                    Target::File { path: path.clone(), file }
                }
            });
        }
        Ok(Self::Plain(Mutex::new(targets)))
    }

    /// Writes messages, one after the other and nothing between them.
    pub(super) fn write(&self, messages: &[Message]) -> Result<(), OutputError> {
        let targets = match self {
            Self::Log(id) => {
                for message in messages {
                    // The summary brings its fields along; the log joins them with its own.
                    let (message, fields) = match message {
                        Message::Summary { word, fields } => (*word, fields.as_str()),
                        Message::Text(text) => (text.as_str(), ""),
                    };
                    tracing::info!(
                        otelcol.component.id = %id,
                        otelcol.component.kind = "exporter",
                        { FURTHER_FIELDS } = fields,
                        "{message}"
                    );
                }
                return Ok(());
            }
            Self::Plain(targets) => targets,
        };
        let text: String = messages
            .iter()
            .map(|message| match message {
                Message::Summary { word, fields } => format!("{word}\t{fields}\n"),
                Message::Text(text) => format!("{text}\n"),
            })
            .collect();
        for target in targets.lock().unwrap_or_else(PoisonError::into_inner).iter_mut() {
            target
                .write(&text)
                .map_err(|error| OutputError { path: target.name().to_owned(), error })?;
        }
        Ok(())
    }
}
