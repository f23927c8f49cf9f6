//! Renaming of files that become large, and removal of old ones. A file's path in, names beside it
//! out: `telemetry.json` becomes `telemetry-2026-01-31T12-30-00.000-size.json`, as in the
//! reference, whose readers and shippers go by these names.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The time in the name of a renamed file.
const FORMAT: &str = "%Y-%m-%dT%H-%M-%S%.3f";

/// How files are renamed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rotation {
    /// Size that a file does not exceed.
    pub(super) most_bytes: u64,
    /// Days that renamed files are kept; 0 for all time.
    pub(super) most_days: u32,
    /// Most renamed files that are kept; 0 for all.
    pub(super) most_files: usize,
    /// Whether names have the local time.
    pub(super) local_time: bool,
}

impl Rotation {
    fn zone(&self) -> TimeZone {
        if self.local_time { TimeZone::system() } else { TimeZone::UTC }
    }

    /// Renames a file.
    ///
    /// # Errors
    /// When it cannot be renamed.
    pub(super) fn rename(&self, path: &Path, now: Timestamp) -> io::Result<()> {
        let (before, after) = parts(path);
        let mut time = now;
        loop {
            let text = time.to_zoned(self.zone()).strftime(FORMAT).to_string();
            let name = path.with_file_name(format!("{before}-{text}-size{after}"));
            if !name.exists() {
                return std::fs::rename(path, name);
            }
            // Two within a millisecond: the later one gets the next.
            time += jiff::SignedDuration::from_millis(1);
        }
    }

    /// Removes renamed files that are too many or too old. What cannot be removed stays.
    pub(super) fn clean(&self, path: &Path, now: Timestamp) {
        let mut found = self.renamed(path);
        found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        let oldest = match self.most_days {
            0 => None,
            days => now.checked_sub(jiff::SignedDuration::from_hours(24 * i64::from(days))).ok(),
        };
        for (index, (time, file)) in found.iter().enumerate() {
            let is_too_many = self.most_files > 0 && index >= self.most_files;
            let is_too_old = oldest.is_some_and(|oldest| *time < oldest);
            if (is_too_many || is_too_old)
                && let Err(error) = std::fs::remove_file(file)
            {
                tracing::warn!(path = %file.display(), %error, "Failed to remove an old file");
            }
        }
    }

    /// Renamed files with the time of their names.
    fn renamed(&self, path: &Path) -> Vec<(Timestamp, PathBuf)> {
        let (before, after) = parts(path);
        let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
        let Ok(entries) = std::fs::read_dir(directory.unwrap_or(Path::new("."))) else {
            return Vec::new();
        };
        let found = entries.flatten().filter_map(|entry| {
            let name = entry.file_name();
            let text = name.to_str()?.strip_prefix(&before)?.strip_prefix('-')?;
            let text = text.strip_suffix(&after)?;
            // Older releases of the reference wrote no reason.
            let time = text.rsplit_once("-size").map_or(text, |(time, _)| time);
            let time = DateTime::strptime(FORMAT, time).ok()?;
            let time = time.to_zoned(self.zone()).ok()?.timestamp();
            Some((time, entry.path()))
        });
        found.collect()
    }
}

/// A file's name without its extension, and the extension with its dot.
fn parts(path: &Path) -> (String, String) {
    let text = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    let name = text(path.file_name());
    match name.rfind('.') {
        Some(dot) => {
            let (before, after) = name.split_at(dot);
            (before.to_owned(), after.to_owned())
        }
        None => (name, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).expect("a directory").flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    const KEEP_TWO: Rotation =
        Rotation { most_bytes: 1, most_days: 0, most_files: 2, local_time: false };

    #[test]
    fn renamed_files_have_the_reference_names() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("out.json");
        for _ in 0..2 {
            std::fs::write(&path, "x").expect("written");
            KEEP_TWO.rename(&path, at("2026-01-31T12:30:00.25Z")).expect("renamed");
        }
        let expected =
            ["out-2026-01-31T12-30-00.250-size.json", "out-2026-01-31T12-30-00.251-size.json"];
        assert_eq!(names(directory.path()), expected);
    }

    #[test]
    fn the_newest_stay() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("out.json");
        for (name, _) in [
            ("out-2026-01-01T00-00-00.000-size.json", ()),
            ("out-2026-01-02T00-00-00.000.json", ()),
            ("out-2026-01-03T00-00-00.000-size.json", ()),
            ("out-mine.json", ()),
            ("other-2026-01-03T00-00-00.000-size.json", ()),
        ] {
            std::fs::write(directory.path().join(name), "x").expect("written");
        }
        KEEP_TWO.clean(&path, at("2026-01-04T00:00:00Z"));
        let others = ["other-2026-01-03T00-00-00.000-size.json", "out-mine.json"];
        let [other, mine] = others;
        let kept = ["out-2026-01-02T00-00-00.000.json", "out-2026-01-03T00-00-00.000-size.json"];
        assert_eq!(names(directory.path()), [other, kept[0], kept[1], mine]);
        let one_day = Rotation { most_days: 1, ..KEEP_TWO };
        one_day.clean(&path, at("2026-01-04T00:00:00Z"));
        assert_eq!(names(directory.path()), [other, kept[1], mine]);
    }
}
