//! What the structure of a regular expression says about it, before it meets any text.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

use super::translate;

/// The structure of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Whether no text can match.
    pub never_matches: bool,
    /// How often its most repeated part is repeated by counts inside counts.
    pub copies: u64,
}

impl Shape {
    /// The structure of a pattern in Go's syntax; `None` for an invalid one.
    pub fn of(pattern: &str) -> Option<Self> {
        let translated = translate::translate(pattern).ok()?;
        let hir = regex_syntax::parse(&translated.text).ok()?;
        Some(Self { never_matches: never_matches(&hir), copies: copies(&hir) })
    }
}

fn never_matches(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Class(Class::Unicode(class)) => class.ranges().is_empty(),
        HirKind::Class(Class::Bytes(class)) => class.ranges().is_empty(),
        HirKind::Capture(capture) => never_matches(&capture.sub),
        HirKind::Repetition(repetition) => repetition.min > 0 && never_matches(&repetition.sub),
        HirKind::Alternation(parts) => !parts.is_empty() && parts.iter().all(never_matches),
        HirKind::Concat(parts) => {
            let consumes = |part: &Hir| part.properties().minimum_len().unwrap_or(0) > 0;
            let is = |part: &Hir, look| *part.kind() == HirKind::Look(look);
            let starts_late = parts
                .iter()
                .enumerate()
                .any(|(at, part)| is(part, Look::Start) && parts.iter().take(at).any(consumes));
            let ends_early = parts
                .iter()
                .enumerate()
                .any(|(at, part)| is(part, Look::End) && parts.iter().skip(at + 1).any(consumes));
            starts_late || ends_early || parts.iter().any(never_matches)
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => false,
    }
}

fn copies(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Capture(capture) => copies(&capture.sub),
        HirKind::Repetition(repetition) => {
            let count = u64::from(repetition.max.unwrap_or(repetition.min)).max(1);
            count.saturating_mul(copies(&repetition.sub))
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(copies).max().unwrap_or(1)
        }
        HirKind::Class(_) | HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_match_is_known() {
        let never = |pattern| Shape::of(pattern).unwrap().never_matches;
        assert!(never("abc^d"));
        assert!(never("$x"));
        assert!(never("(a|b)+^c"));
        assert!(never("^a$b"));
        assert!(!never("a*^b"));
        assert!(!never("^a|b$"));
        assert!(!never("(?m)a\n^b"));
    }

    #[test]
    fn counts_multiply() {
        let copies = |pattern| Shape::of(pattern).unwrap().copies;
        assert_eq!(copies("a{3}"), 3);
        assert_eq!(copies("(a{1,20}b){1,30}"), 600);
        assert_eq!(copies("a*b+"), 1);
    }
}
