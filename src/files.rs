//! Files that paths name: directories in, the YAML files below them out; texts with their names.

use std::path::{Path, PathBuf};

/// How deep directories are searched.
const MAX_DEPTH: usize = 32;

/// The files below a directory that end in `.yaml` or `.yml`, without hidden ones and without what
/// `skip` says, in the order of their names.
///
/// # Errors
/// A message about the first directory that cannot be read.
pub(crate) fn yaml_below(
    directory: &Path,
    skip: &dyn Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    search(directory, skip, 0, &mut found)?;
    Ok(found)
}

fn search(
    path: &Path,
    skip: &dyn Fn(&Path) -> bool,
    depth: usize,
    found: &mut Vec<PathBuf>,
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
        if hidden || skip(&entry) {
            continue;
        }
        if entry.is_dir() {
            // Links to directories may lead in a circle.
            if !entry.is_symlink() {
                search(&entry, skip, depth + 1, found)?;
            }
        } else if entry
            .extension()
            .is_some_and(|extension| extension == "yaml" || extension == "yml")
        {
            found.push(entry);
        }
    }
    Ok(())
}

/// The name of a file in reports, and what it holds.
///
/// # Errors
/// A message when it cannot be read or is not text.
pub(crate) fn read(path: &Path) -> Result<(String, String), String> {
    let bytes =
        std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("cannot read {}: it is not text in UTF-8", path.display()))?;
    Ok((path.strip_prefix("./").unwrap_or(path).display().to_string(), text))
}
