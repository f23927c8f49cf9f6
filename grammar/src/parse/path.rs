//! Reads paths and the keys of paths and calls.

use pest::iterators::Pair;

use super::Rule;
use super::reader::{Reader, span_of};
use super::value::string_of;
use crate::ast::{Key, Path, PathSegment, Value, ValueKind};

impl<'t> Reader<'t> {
    /// Reads a `path`.
    pub(super) fn path(&mut self, pair: Pair<'t, Rule>) -> Option<Path> {
        let span = span_of(&pair);
        let parts = pair.into_inner().filter(|part| part.as_rule() == Rule::segment);
        let segments = parts.map(|part| self.segment(part)).collect::<Option<Vec<_>>>()?;
        Some(Path { segments, span })
    }

    fn segment(&mut self, pair: Pair<'t, Rule>) -> Option<PathSegment> {
        let span = span_of(&pair);
        let mut parts = pair.into_inner();
        let name = parts.next()?;
        let name_span = span_of(&name);
        let keys = parts.map(|part| self.key(part)).collect::<Option<Vec<_>>>()?;
        Some(PathSegment { name: name.as_str().to_owned(), span, name_span, keys })
    }

    /// Reads a `key`.
    pub(super) fn key(&mut self, pair: Pair<'t, Rule>) -> Option<Key> {
        let span = span_of(&pair);
        let part =
            pair.into_inner().find(|part| matches!(part.as_rule(), Rule::string | Rule::sum))?;
        let value = if part.as_rule() == Rule::string {
            Value { kind: ValueKind::String(string_of(&part)), span: span_of(&part) }
        } else {
            self.sum(part)?
        };
        Some(Key { value, span })
    }
}
