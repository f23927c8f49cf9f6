//! The test files: paths in, names and contents out.

use std::path::{Path, PathBuf};

/// A test file, or a configuration with tests.
pub(super) struct Found {
    /// Its name in reports.
    pub(super) name: String,
    /// Where it is.
    pub(super) path: PathBuf,
    /// What it holds.
    pub(super) text: String,
}

/// How deep directories are searched.
const MAX_DEPTH: usize = 32;

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
            directory(path, 0, &mut found)?;
        } else {
            found.push(read(path)?);
        }
    }
    Ok(found)
}

fn directory(path: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), String> {
    if depth > MAX_DEPTH {
        return Ok(());
    }
    let unreadable = |error: std::io::Error| format!("cannot read {}: {error}", path.display());
    let mut entries = std::fs::read_dir(path)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        if entry.is_dir() {
            // Links to directories may lead in a circle.
            if !entry.is_symlink() {
                directory(&entry, depth + 1, found)?;
            }
            continue;
        }
        let stem = name.strip_suffix(".yaml").or(name.strip_suffix(".yml"));
        match stem {
            Some(stem) if stem.ends_with("_test") || stem.ends_with(".test") => {
                found.push(read(&entry)?);
            }
            // Templates and other YAML stand in directories too.
            Some(_) => found.extend(read(&entry).ok().filter(|file| has_tests(&file.text))),
            None => {}
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
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("cannot read {}: it is not text in UTF-8", path.display()))?;
    let name = path.strip_prefix("./").unwrap_or(path).display().to_string();
    Ok(Found { name, path: path.to_owned(), text })
}
