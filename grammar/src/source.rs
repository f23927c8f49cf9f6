//! The texts a run has read, by id, so that a diagnostic can name a place in any of them.

use crate::span::Span;

/// Names one text of a [`SourceMap`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A place in one of the texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// The text.
    pub source: SourceId,
    /// The range in it.
    pub span: Span,
}

/// A text with the name that users know it by (a path, `--set`, `env:NAME`, `<stdin>`).
#[derive(Clone, Debug)]
pub struct Source {
    /// Name shown in diagnostics.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// All texts of one run. Texts are only ever added, so ids stay valid.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    sources: Vec<Source>,
}

impl SourceMap {
    /// Adds a text and returns its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u32::try_from(self.sources.len()).unwrap_or(u32::MAX));
        self.sources.push(Source { name: name.into(), text: text.into() });
        id
    }

    /// The text behind an id; `None` for an id of another map.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// The ids of all texts, in the order they were added.
    pub fn ids(&self) -> impl Iterator<Item = SourceId> + use<> {
        (0..u32::try_from(self.sources.len()).unwrap_or(u32::MAX)).map(SourceId)
    }

    /// The text that was added last under a name.
    pub fn find(&self, name: &str) -> Option<SourceId> {
        let at = self.sources.iter().rposition(|source| source.name == name)?;
        u32::try_from(at).ok().map(SourceId)
    }

    /// One-based line and column (in characters) of a byte offset.
    pub fn line_column(&self, id: SourceId, offset: u32) -> Option<(u32, u32)> {
        let text = &self.get(id)?.text;
        let before = text.get(..(offset as usize).min(text.len()))?;
        let line = before.bytes().filter(|byte| *byte == b'\n').count();
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(start..)?.chars().count();
        Some((u32::try_from(line).ok()? + 1, u32::try_from(column).ok()? + 1))
    }
}
