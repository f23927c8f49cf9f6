//! Where lines go: standard output and error, and files.

use std::fs::File;
use std::io::{self, Write};

/// A place of `output_paths` that could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("failed to create logger: couldn't open sink {path:?}: open {path}: {source}")]
pub struct LogError {
    path: String,
    source: io::Error,
}

enum Output {
    Stdout,
    Stderr,
    File(File),
}

impl Output {
    fn open(path: &str) -> Result<Self, LogError> {
        let file = path.strip_prefix("file://").unwrap_or(path);
        match file {
            "stdout" => Ok(Self::Stdout),
            "stderr" => Ok(Self::Stderr),
            _ => File::options()
                .append(true)
                .create(true)
                .open(file)
                .map(Self::File)
                .map_err(|source| LogError { path: file.to_owned(), source }),
        }
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        match self {
            Self::Stdout => io::stdout().lock().write_all(text.as_bytes()),
            Self::Stderr => io::stderr().lock().write_all(text.as_bytes()),
            Self::File(file) => file.write_all(text.as_bytes()),
        }
    }
}

/// All places that lines go to, and those that hear of it when that fails.
pub(super) struct Outputs {
    lines: Vec<Output>,
    errors: Vec<Output>,
}

impl Outputs {
    pub(super) fn open(lines: &[String], errors: &[String]) -> Result<Self, LogError> {
        let all = |paths: &[String]| -> Result<Vec<Output>, LogError> {
            paths.iter().map(|path| Output::open(path)).collect()
        };
        Ok(Self { lines: all(lines)?, errors: all(errors)? })
    }

    pub(super) fn write(&mut self, line: &str) {
        for output in &mut self.lines {
            if let Err(error) = output.write(line) {
                for place in &mut self.errors {
                    // There is nowhere left to report that the log cannot be written.
                    let _ = place.write(&format!("write error: {error}\n"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_to_files() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let url = format!("file://{}", path.display());
        for line in ["one\n", "two\n"] {
            Outputs::open(std::slice::from_ref(&url), &[]).unwrap().write(line);
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), "one\ntwo\n");
        let missing = directory.path().join("no/such").display().to_string();
        let error = Outputs::open(&[missing], &[]).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with("failed to create logger: couldn't open sink"), "{error}");
    }
}
