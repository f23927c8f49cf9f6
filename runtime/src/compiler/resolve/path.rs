//! Paths to rows of the tables.

use holt_grammar::ast;
use holt_grammar::diag::{Applicability, Diagnostic, Fix};
use holt_grammar::did_you_mean;
use holt_grammar::parse::Locate;
use holt_grammar::span::Span;

use super::Path;
use super::lower::Resolver;
use crate::compiler::codes;
use crate::paths::{CONTEXTS, Keys, PathRef, Prefix};

/// The scratch map is that of the group's own context only.
const CACHE: &str = "cache";

impl Resolver<'_> {
    /// Resolves a path.
    pub(super) fn path(&mut self, path: &ast::Path) -> Option<Path> {
        let (prefix, segments) = self.prefix(path)?;
        let name =
            segments.iter().map(|segment| segment.name.as_str()).collect::<Vec<_>>().join(".");
        let found = self.context.path(prefix.name, &name);
        // Keys are looked at even if the path is unknown, for their own findings.
        let keyed = segments.iter().position(|segment| !segment.keys.is_empty());
        let keys = segments.iter().flat_map(|segment| &segment.keys).map(|key| &key.value);
        let keys = self.values(keys);
        let Some(found) = found else {
            self.unknown_path(prefix, &name, segments, path.span);
            return None;
        };
        if found.decl.name == CACHE && prefix.name != self.context.name {
            let own = self.context.name;
            let span = segments.first().map_or(path.span, |segment| segment.name_span);
            self.error(
                codes::UNKNOWN_PATH,
                span,
                format!("the cache of `{}` cannot be reached from the {own} context", prefix.name),
                "not reachable",
            )
            .notes
            .push(format!("use `{own}.cache`"));
            return None;
        }
        let misplaced = keyed.is_some_and(|at| at + 1 < segments.len());
        self.check_keys(found, segments, misplaced)?;
        Some(Path { path: found, keys: keys? })
    }

    /// The prefix that a path begins with, or the context's own, and the segments behind it.
    fn prefix<'p>(
        &mut self,
        path: &'p ast::Path,
    ) -> Option<(&'static Prefix, &'p [ast::PathSegment])> {
        let (first, rest) = path.segments.split_first()?;
        let is_prefix = !rest.is_empty() && first.keys.is_empty();
        if is_prefix && let Some(prefix) = self.context.prefix(&first.name) {
            return Some((prefix, rest));
        }
        let own = self.context.prefix(self.context.name)?;
        let prefixes = self.context.prefixes;
        if is_prefix && CONTEXTS.iter().any(|other| other.name == first.name) {
            let (context, other) = (self.context.name, &first.name);
            self.error(
                codes::OTHER_SIGNAL,
                first.name_span,
                format!("`{other}` cannot be reached from the {context} context"),
                "not a parent of the context",
            )
            .notes
            .push(reachable(prefixes));
            return None;
        }
        if self.implicit {
            self.insert_prefix(path.span.start);
            self.suggest_prefix(path.span);
            return Some((own, &path.segments));
        }
        let context = self.context.name;
        let written = self.source.text.get(path.span.range()).unwrap_or_default().to_owned();
        let edit = self.source.edit(Span::at(path.span.start), &format!("{context}."));
        let fix = edit.map(|edit| Fix {
            message: format!("write `{context}.{written}`"),
            edits: vec![edit],
            applicability: Applicability::Unsafe,
        });
        let finding = self.error(
            codes::UNKNOWN_PATH,
            first.name_span,
            format!("`{}` is not a context", first.name),
            "a path begins with its context",
        );
        finding.notes.push(reachable(prefixes));
        finding.fixes.extend(fix);
        None
    }

    /// Tells that a path leaves its context out, which works but hides what is meant.
    fn suggest_prefix(&mut self, span: Span) {
        let prefix = format!("{}.", self.context.name);
        let fix = self.source.edit(Span::at(span.start), &prefix).map(|edit| Fix {
            message: format!("write `{prefix}` before the path"),
            edits: vec![edit],
            applicability: Applicability::Safe,
        });
        let severity = holt_grammar::diag::Severity::Info;
        let mut finding =
            Diagnostic::new(codes::NO_PREFIX, severity, "the path leaves its context out")
                .label(self.source.locate(span), format!("means `{prefix}…`"));
        finding.fixes.extend(fix);
        self.findings.push(finding);
    }

    fn unknown_path(
        &mut self,
        prefix: &'static Prefix,
        name: &str,
        segments: &[ast::PathSegment],
        whole: Span,
    ) {
        let known = || prefix.paths.iter().map(|decl| decl.name);
        // The longest beginning that exists tells which segment is to blame.
        let mut blamed = segments.first();
        let mut begun = String::new();
        for (index, segment) in segments.iter().enumerate() {
            if index > 0 {
                begun.push('.');
            }
            begun.push_str(&segment.name);
            let exists =
                known().any(|path| path == begun || path.starts_with(&format!("{begun}.")));
            if !exists {
                blamed = Some(segment);
                break;
            }
        }
        let span = blamed.map_or(whole, |segment| segment.name_span);
        let nearest = did_you_mean(name, known());
        let message = format!("`{}` has no path `{name}`", prefix.context);
        let finding = self.error(codes::UNKNOWN_PATH, span, message, "unknown");
        match nearest {
            Some(nearest) => {
                finding.notes.push(format!("did you mean `{}.{nearest}`?", prefix.name));
            }
            None => {
                let paths: Vec<_> = known().map(|path| format!("`{path}`")).collect();
                finding.notes.push(format!("`{}` has {}", prefix.context, paths.join(", ")));
            }
        }
    }

    fn check_keys(
        &mut self,
        path: PathRef,
        segments: &[ast::PathSegment],
        misplaced: bool,
    ) -> Option<()> {
        let mut keys = segments.iter().flat_map(|segment| &segment.keys);
        let (first, count) = (keys.next(), keys.count() + 1);
        let Some(first) = first else { return Some(()) };
        let refused = match path.decl.keys {
            Keys::None => Some("cannot be indexed"),
            Keys::Member if count > 1 => Some("takes one key only"),
            Keys::Value | Keys::Member if misplaced => Some("takes keys at its end only"),
            Keys::Value | Keys::Member => None,
        };
        let Some(refused) = refused else { return Some(()) };
        let (context, name) = (path.context, path.decl.name);
        self.error(
            codes::UNKNOWN_PATH,
            first.span,
            format!("`{context}.{name}` {refused}"),
            "not possible here",
        );
        None
    }
}

fn reachable(prefixes: &[Prefix]) -> String {
    let names: Vec<_> = prefixes.iter().map(|prefix| format!("`{}`", prefix.name)).collect();
    format!("paths begin with one of {}", names.join(", "))
}
