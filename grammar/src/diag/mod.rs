//! Diagnostics: what a user is told about their text.
//!
//! One value, [`Diagnostic`], is made by every stage and read by every renderer. Codes are stable:
//! a released code is never reused for something else.

pub mod codes;
pub mod fingerprint;
pub mod fix;
pub mod render;

use crate::source::Location;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong; a better way exists.
    Info,
    /// Certain to fail, to be ignored or to be constant at run time; the collector still runs.
    Warning,
    /// The reference refuses to start with this, or Holt cannot run it.
    Error,
}

/// A marked place with what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub location: Location,
    /// What it is; may be empty for the primary label.
    pub message: String,
}

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applicability {
    /// Keeps the meaning.
    Safe,
    /// May change the meaning.
    Unsafe,
}

/// A change to the text that mends the finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an imperative.
    pub message: String,
    /// Replacements; they do not overlap.
    pub edits: Vec<(Location, String)>,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code such as `T308`; the first letter names the family.
    pub code: &'static str,
    /// Its weight.
    pub severity: Severity,
    /// One sentence without a full stop: what is wrong.
    pub message: String,
    /// Where; the first label is the primary one. Empty only when there is no text to point at.
    pub labels: Vec<Label>,
    /// How to mend it, and other things worth knowing; one sentence each.
    pub notes: Vec<String>,
    /// Known changes that mend it.
    pub fixes: Vec<Fix>,
    /// The place of what cannot be judged because of it: what else is said of it as a whole is not worth saying.
    pub hides: Option<Location>,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message)
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message)
    }

    /// A diagnostic without a place yet.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            message: message.into(),
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            hides: None,
        }
    }

    /// Adds a label; the first one added is the primary label.
    #[must_use]
    pub fn label(mut self, location: Location, message: impl Into<String>) -> Self {
        self.labels.push(Label { location, message: message.into() });
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a fix.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fixes.push(fix);
        self
    }
}
