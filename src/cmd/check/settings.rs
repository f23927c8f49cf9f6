//! `.holt.toml`: what a project always wants of `holt check`.
//!
//! ```toml
//! [check]
//! ignore = ["S301"]
//! exclude = ["vendor/"]
//! [check.per-file]
//! "tests/**" = ["P112"]
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::args::Weight;

/// The name of the file.
const NAME: &str = ".holt.toml";

/// The file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    check: Settings,
}

/// The section `check`. Flags win over it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::cmd) struct Settings {
    /// As `--select`.
    pub(in crate::cmd) select: Vec<String>,
    /// As `--ignore`, beside it.
    pub(in crate::cmd) ignore: Vec<String>,
    /// As `--severity`.
    pub(in crate::cmd) severity: Option<Weight>,
    /// As `--deny-warnings`.
    pub(in crate::cmd) deny_warnings: bool,
    /// As `--baseline`, relative to the file.
    pub(in crate::cmd) baseline: Option<PathBuf>,
    /// As `--target-version`.
    pub(in crate::cmd) target_version: Option<String>,
    /// As `--distribution`.
    pub(in crate::cmd) distribution: Option<String>,
    /// Paths below the file that directories are searched without.
    pub(in crate::cmd) exclude: Vec<String>,
    /// Codes to leave out, by the beginning of paths below the file.
    pub(in crate::cmd) per_file: BTreeMap<String, Vec<String>>,
    /// The directory of the file.
    #[serde(skip)]
    pub(in crate::cmd) root: PathBuf,
}

impl Settings {
    /// The settings of the nearest file in this directory or above it; defaults when there is none.
    ///
    /// # Errors
    /// A message about a file that cannot be read, or does not say what it should.
    pub(in crate::cmd) fn find(directory: &Path) -> Result<Self, String> {
        for root in directory.ancestors() {
            let path = root.join(NAME);
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
            };
            let file: File =
                toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
            let mut settings = file.check;
            settings.baseline = settings.baseline.map(|baseline| root.join(baseline));
            root.clone_into(&mut settings.root);
            return Ok(settings);
        }
        Ok(Self::default())
    }

    /// Whether a path is one to pass over.
    pub(in crate::cmd) fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|pattern| self.covers(pattern, path))
    }

    /// Whether findings of a code are left out for a file.
    pub(in crate::cmd) fn ignores(&self, code: &str, file: &Path) -> bool {
        self.per_file.iter().any(|(pattern, codes)| {
            self.covers(pattern, file) && codes.iter().any(|prefix| code.starts_with(&**prefix))
        })
    }

    /// Whether a path is the pattern's or lies below it. `/**` at the end says the same.
    fn covers(&self, pattern: &str, path: &Path) -> bool {
        let pattern = pattern.trim_end_matches("/**").trim_end_matches('/');
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.starts_with(self.root.join(pattern))
    }
}
