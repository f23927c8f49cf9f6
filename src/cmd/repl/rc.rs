//! `replrc`: lines that every session begins with, from the user's configuration directory.

use std::path::{Path, PathBuf};

use super::entry::is_open;
use super::session::Session;
use crate::output;

/// Answers the lines of the user's file, if there is one; only what is answered is written. Answers
/// whether the session goes on.
///
/// # Errors
/// Why the file cannot be read.
pub(super) fn run(session: &mut Session) -> Result<bool, String> {
    let Some(path) = path() else { return Ok(true) };
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(answer(session, &text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => {
            Err(format!("cannot read {}: {error}; --no-rc goes without it", path.display()))
        }
    }
}

/// Where the file is; `None` where there is no place for it.
fn path() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let folder = set("XDG_CONFIG_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| Some(Path::new(&set("HOME")?).join(".config")))?;
    Some(folder.join("holt/replrc"))
}

fn answer(session: &mut Session, text: &str) -> bool {
    let mut pending = String::new();
    for line in text.lines().chain([""]) {
        let is_remark = line.trim().is_empty() || line.trim_start().starts_with('#');
        if pending.is_empty() && is_remark {
            continue;
        }
        pending.push_str(line);
        if is_open(&pending) && !line.trim().is_empty() {
            pending.push('\n');
            continue;
        }
        let answer = session.answer(std::mem::take(&mut pending).trim());
        output::text(&answer.text);
        if answer.quit {
            return false;
        }
    }
    true
}
