//! The test files: paths in, names and contents out.

use std::path::{Path, PathBuf};

use crate::files;

/// A test file, or a configuration with tests.
pub(super) struct Found {
    /// Its name in reports.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it holds.
    pub(super) text: String,
}

/// The files that paths name, and in directories those that end in `_test.yaml`, `.test.yaml` (or
/// `.yml`), and configurations with a key `tests`; without hidden ones, in the order of their names.
///
/// # Errors
/// A message about the first path that cannot be read.
pub(super) fn find(paths: &[PathBuf]) -> Result<Vec<Found>, String> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here } else { paths };
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            directory(path, &mut found)?;
        } else {
            found.push(read(path)?);
        }
    }
    Ok(found)
}

fn directory(path: &Path, found: &mut Vec<Found>) -> Result<(), String> {
    for file in files::yaml_below(path, &|_| false)? {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        if stem.ends_with("_test") || stem.ends_with(".test") {
            found.push(read(&file)?);
        } else {
            // Templates and other YAML stand in directories too.
            found.extend(read(&file).ok().filter(|file| has_tests(&file.text)));
        }
    }
    Ok(())
}

/// Whether a text looks like a configuration with tests.
fn has_tests(text: &str) -> bool {
    let has = |key: &str| text.lines().any(|line| line.starts_with(key));
    has("tests:") && (has("service:") || has("processors:"))
}

fn read(path: &Path) -> Result<Found, String> {
    let (name, text) = files::read(path)?;
    Ok(Found { name, path: path.to_owned(), text })
}
