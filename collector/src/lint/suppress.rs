//! Comments that silence findings: `# holt: ignore[T308] why` on the line or above it, and
//! `# holt: ignore-file[P112] why` for a whole text.
//!
//! Findings and texts enter; those that stay leave, with one more for every comment that silences
//! nothing. Without brackets a comment silences everything on its line.

use holt_grammar::diag::{Applicability, Diagnostic, Fix};
use holt_grammar::source::{Location, SourceId, SourceMap};
use holt_grammar::span::Span;

/// A comment that silences nothing.
pub const UNUSED: &str = "C090";

const MARK: &str = "# holt: ignore";

/// A comment.
struct Comment {
    place: Location,
    /// The line whose findings it silences, counted from 0; none for the whole text.
    line: Option<usize>,
    /// The beginnings of codes; all codes when empty.
    codes: Vec<String>,
    used: bool,
}

/// Takes out the findings that comments silence.
pub fn apply(
    findings: Vec<Diagnostic>,
    sources: &SourceMap,
    texts: &[SourceId],
) -> Vec<Diagnostic> {
    let mut comments: Vec<Comment> =
        texts.iter().flat_map(|source| read(*source, sources)).collect();
    let mut stay: Vec<Diagnostic> = findings
        .into_iter()
        .filter(|finding| {
            let mut silenced = false;
            for comment in &mut comments {
                if comment.silences(finding, sources) {
                    comment.used = true;
                    silenced = true;
                }
            }
            !silenced
        })
        .collect();
    stay.extend(comments.iter().filter(|comment| !comment.used).map(|comment| {
        Diagnostic::warning(UNUSED, "this comment silences nothing").label(comment.place, "").fix(
            Fix {
                message: "remove it".to_owned(),
                edits: vec![(comment.place, String::new())],
                applicability: Applicability::Safe,
            },
        )
    }));
    stay
}

impl Comment {
    fn silences(&self, finding: &Diagnostic, sources: &SourceMap) -> bool {
        let Some(label) = finding.labels.first() else { return false };
        if label.location.source != self.place.source
            || !(self.codes.is_empty()
                || self.codes.iter().any(|code| finding.code.starts_with(code.as_str())))
        {
            return false;
        }
        let Some(line) = self.line else { return true };
        let found = sources.line_column(label.location.source, label.location.span.start);
        found.is_some_and(|(found, _)| found as usize == line + 1)
    }
}

/// The comments of a text.
fn read(source: SourceId, sources: &SourceMap) -> Vec<Comment> {
    let Some(text) = sources.get(source).map(|source| source.text.as_str()) else {
        return Vec::new();
    };
    let lines: Vec<&str> = text.split('\n').collect();
    let mut comments = Vec::new();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        if let Some(at) = line.find(MARK) {
            let rest = line.get(at + MARK.len()..).unwrap_or_default();
            let (whole_file, rest) = match rest.strip_prefix("-file") {
                Some(rest) => (true, rest),
                None => (false, rest),
            };
            let codes = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let codes = codes.map_or_else(Vec::new, |(codes, _)| {
                codes.split(',').map(|code| code.trim().to_ascii_uppercase()).collect()
            });
            let alone = line.get(..at).is_some_and(|before| before.trim().is_empty());
            let silenced = match (whole_file, alone) {
                (true, _) => None,
                (false, false) => Some(index),
                (false, true) => Some(below(&lines, index)),
            };
            let line_end = line.trim_end().len();
            let span = start + at..start + line_end;
            let place = Location { source, span: Span::from(span) };
            comments.push(Comment { place, line: silenced, codes, used: false });
        }
        start += line.len() + 1;
    }
    comments
}

/// The first line below that is neither blank nor a comment.
fn below(lines: &[&str], index: usize) -> usize {
    let says = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let after = lines.iter().enumerate().skip(index + 1);
    after.into_iter().find(|(_, line)| says(line)).map_or(index, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(code: &'static str, source: SourceId, offset: usize) -> Diagnostic {
        let span = Span::from(offset..offset + 1);
        Diagnostic::warning(code, "x").label(Location { source, span }, "")
    }

    fn stay(text: &str, findings: &[(&'static str, &str)]) -> Vec<&'static str> {
        let mut sources = SourceMap::default();
        let source = sources.add("a", text);
        let findings = findings
            .iter()
            .map(|(code, place)| finding(code, source, text.find(place).expect("place")))
            .collect();
        apply(findings, &sources, &[source]).iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn comments_silence_their_line_or_the_next() {
        let text = "a: 1 # holt: ignore[T308] so\n# holt: ignore[p1, N]\n\n# words\nb: 2\nc: 3\n";
        assert_eq!(stay(text, &[("T308", "a:"), ("P112", "b:")]), Vec::<&str>::new());
        assert_eq!(stay(text, &[("T308", "b:"), ("P112", "c:")]), ["T308", "P112", "C090", "C090"]);
        assert_eq!(stay("# holt: ignore\na: 1", &[("T308", "a:"), ("P1", "a:")]), [""; 0]);
    }

    #[test]
    fn a_file_can_be_silenced() {
        let text = "# holt: ignore-file[P112]\na: 1\nb: 2";
        assert_eq!(stay(text, &[("P112", "a:"), ("P112", "b:"), ("P113", "b:")]), ["P113"]);
    }
}
