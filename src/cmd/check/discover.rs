//! The texts to check: paths in, names and contents out.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::settings::Settings;
use crate::files;

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
            for file in files::yaml_below(path, &|path| settings.excludes(path))? {
                found.push(read(&file, false)?);
            }
        } else {
            found.push(read(path, true)?);
        }
    }
    Ok(found)
}

fn read(path: &Path, named: bool) -> Result<Input, String> {
    let (name, text) = files::read(path)?;
    Ok(Input { name, path: Some(path.to_owned()), text, named })
}
