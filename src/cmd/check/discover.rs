//! The texts to check: paths in, names and contents out.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::settings::Settings;

/// A text to check.
pub(in crate::cmd) struct Input {
    /// Its name in reports.
    pub(in crate::cmd) name: String,
    /// The file; none for standard input.
    pub(in crate::cmd) path: Option<PathBuf>,
    /// What it holds.
    pub(in crate::cmd) text: String,
    /// Whether it was named, and not found in a directory: then it has to hold a configuration.
    pub(in crate::cmd) named: bool,
}

/// How deep directories are searched.
const MAX_DEPTH: usize = 32;

/// Reads everything that paths name. In directories these are the files that end in `.yaml` or
/// `.yml`, without hidden ones, in the order of their names.
///
/// # Errors
/// A message about the first path that cannot be read.
pub(in crate::cmd) fn inputs(
    paths: &[PathBuf],
    stdin_name: &str,
    settings: &Settings,
) -> Result<Vec<Input>, String> {
    let mut found = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| format!("cannot read standard input: {error}"))?;
            found.push(Input { name: stdin_name.to_owned(), path: None, text, named: true });
        } else if path.is_dir() {
            directory(path, settings, 0, &mut found)?;
        } else {
            found.push(read(path, true)?);
        }
    }
    Ok(found)
}

fn directory(
    path: &Path,
    settings: &Settings,
    depth: usize,
    found: &mut Vec<Input>,
) -> Result<(), String> {
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
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden || settings.excludes(&entry) {
            continue;
        }
        if entry.is_dir() {
            // Links to directories may lead in a circle.
            if !entry.is_symlink() {
                directory(&entry, settings, depth + 1, found)?;
            }
        } else if entry
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            found.push(read(&entry, false)?);
        }
    }
    Ok(())
}

fn read(path: &Path, named: bool) -> Result<Input, String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("cannot read {}: it is not text in UTF-8", path.display()))?;
    let name = path.strip_prefix("./").unwrap_or(path).display().to_string();
    Ok(Input { name, path: Some(path.to_owned()), text, named })
}
