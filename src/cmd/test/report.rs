//! What people read: results of tests in, lines out.

use std::fmt::Write as _;

use super::coverage::Coverage;
use super::{Done, Verdict};

/// So many lines of a failing test's trace are shown when nobody asked for it.
const TRACE_LINES: usize = 60;

/// A test, with what failed.
pub(super) fn test(done: &Done, traced: bool, color: bool) -> String {
    let (word, code) = match &done.verdict {
        Verdict::Passed => (" ok    ", "32"),
        Verdict::Failed(_) => (" FAIL  ", "31"),
        Verdict::Broken(_) => (" BROKEN", "31"),
    };
    let word = match color {
        true => format!("\u{1b}[{code}m{word}\u{1b}[0m"),
        false => word.to_owned(),
    };
    let name = printable(&done.name);
    let mut out = match done.verdict {
        Verdict::Broken(_) => format!("{word} {name}\n"),
        _ => format!("{word} {name:<60} {:>7.1} ms\n", done.took.as_secs_f64() * 1000.0),
    };
    if let Verdict::Failed(failures) = &done.verdict {
        let _ = writeln!(out, "        {}:{}", done.file, done.line);
        for failure in failures {
            let _ = writeln!(out, "        {}", printable(&failure.what));
            for line in failure.details.lines() {
                let _ = writeln!(out, "          {}", printable(line));
            }
        }
    }
    let shows = traced || matches!(done.verdict, Verdict::Failed(_));
    if shows && !done.trace.is_empty() {
        out.push_str("        the way through the statements\n");
        let most = if traced { usize::MAX } else { TRACE_LINES };
        for line in done.trace.lines().take(most) {
            let _ = writeln!(out, "          {}", printable(line));
        }
        let hidden = done.trace.lines().count().saturating_sub(most);
        if hidden > 0 {
            let _ = writeln!(out, "          {hidden} more lines, which --trace shows");
        }
    }
    out
}

/// Text of tests and telemetry without characters that a terminal would act on.
fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|letter| {
            let escaped = letter.is_control().then(|| letter.escape_default());
            let plain = escaped.is_none().then_some(letter);
            escaped.into_iter().flatten().chain(plain)
        })
        .collect()
}

/// `1 failed, 2 passed`.
pub(super) fn summary(done: &[Done]) -> String {
    let count = |is: fn(&Verdict) -> bool| done.iter().filter(|one| is(&one.verdict)).count();
    let counts = [
        (count(|verdict| matches!(verdict, Verdict::Broken(_))), "broken"),
        (count(|verdict| matches!(verdict, Verdict::Failed(_))), "failed"),
    ];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    parts.push(format!("{} passed", count(|verdict| matches!(verdict, Verdict::Passed))));
    parts.join(", ")
}

/// The coverage of every component, and what is not covered.
pub(super) fn coverage(coverage: &Coverage) -> String {
    let (components, all) = coverage.sums();
    let uncovered = coverage.uncovered();
    let mut out = String::from("coverage\n");
    for ((file, owner), sum) in components {
        let _ = writeln!(
            out,
            "  {file} {owner}: {}/{} statements, {}/{} branches",
            sum.matched, sum.statements, sum.taken, sum.branches
        );
        let mine = uncovered.iter().filter(|(point, of, _)| point.file == file && *of == owner);
        for (point, _, missing) in mine {
            let _ = writeln!(out, "    {}:{}: {missing}", point.file, point.line);
        }
    }
    let _ = writeln!(
        out,
        "  all: {}/{} statements ({:.1} %), {}/{} branches",
        all.matched,
        all.statements,
        all.percent(),
        all.taken,
        all.branches
    );
    out
}
