//! JUnit XML, as continuous integration reads it: results of tests in, a document out.

use std::fmt::Write as _;

use holt_grammar::diag::render::escape_xml as escape;

use super::{Done, Verdict};

/// The document.
pub(super) fn render(done: &[Done]) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let totals = Totals::of(done.iter());
    let _ = writeln!(out, "<testsuites {}>", totals.attributes());
    for suite in done.chunk_by(|one, other| one.file == other.file) {
        let Some(first) = suite.first() else { continue };
        let totals = Totals::of(suite.iter());
        let name = escape(&first.file);
        let _ = writeln!(out, "  <testsuite name=\"{name}\" {}>", totals.attributes());
        for test in suite {
            case(&mut out, test);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

struct Totals {
    tests: usize,
    failures: usize,
    errors: usize,
    seconds: f64,
}

impl Totals {
    fn of<'d>(done: impl Iterator<Item = &'d Done>) -> Self {
        let mut totals = Self { tests: 0, failures: 0, errors: 0, seconds: 0.0 };
        for one in done {
            totals.tests += 1;
            totals.failures += usize::from(matches!(one.verdict, Verdict::Failed(_)));
            totals.errors += usize::from(matches!(one.verdict, Verdict::Broken(_)));
            totals.seconds += one.took.as_secs_f64();
        }
        totals
    }

    fn attributes(&self) -> String {
        let Self { tests, failures, errors, seconds } = self;
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.6}\""
        )
    }
}

fn case(out: &mut String, done: &Done) {
    let (name, class) = (escape(&done.name), escape(&done.file));
    let seconds = done.took.as_secs_f64();
    let _ = write!(
        out,
        "    <testcase name=\"{name}\" classname=\"{class}\" file=\"{class}\" line=\"{}\" time=\"{seconds:.6}\"",
        done.line
    );
    let (tag, message, text) = match &done.verdict {
        Verdict::Passed => {
            out.push_str("/>\n");
            return;
        }
        Verdict::Broken(message) => ("error", message.clone(), String::new()),
        Verdict::Failed(failures) => {
            let message = failures.first().map(|failure| failure.what.clone()).unwrap_or_default();
            let mut text = String::new();
            for failure in failures {
                let _ = write!(text, "{}\n{}", failure.what, failure.details);
            }
            ("failure", message, format!("{text}{}", done.trace))
        }
    };
    let message = escape(&message);
    let _ = writeln!(out, ">\n      <{tag} message=\"{message}\">{}</{tag}>", body(&text));
    out.push_str("    </testcase>\n");
}

/// Text between tags, where line breaks may stay.
fn body(text: &str) -> String {
    text.lines().map(escape).collect::<Vec<_>>().join("\n")
}
