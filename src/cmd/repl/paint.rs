//! Colours of answers, or none.

/// Whether answers have colours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        match self.0 && !text.is_empty() {
            true => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    /// What is beside the point.
    pub(super) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// What an answer is about.
    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    /// What went wrong.
    pub(super) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    /// What is fine, and what was added.
    pub(super) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// What deserves a look.
    pub(super) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    /// Types and names of the language.
    pub(super) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }
}
