//! Coverage as a page: counts of places in, HTML out, with the lines of the configurations beside
//! them. The page needs nothing but itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use holt_grammar::diag::render::escape_xml as escape;

use super::coverage::{Coverage, Hits, Point};

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
<title>Coverage of statements</title>\n<style>\n\
body { font-family: sans-serif; margin: 2em; color-scheme: light dark }\n\
table { border-collapse: collapse } td, th { padding: 0 .6em; text-align: left; vertical-align: top }\n\
.source td { font-family: monospace; white-space: pre-wrap }\n\
.hit { background: #2a23 } .part { background: #c903 } .miss { background: #c003 }\n\
.number { text-align: right; opacity: .6 }\n</style>\n<h1>Coverage of statements</h1>\n";

/// The page.
pub(super) fn render(coverage: &Coverage) -> String {
    let mut out = HEAD.to_owned();
    let (components, all) = coverage.sums();
    out.push_str("<table>\n<tr><th>file<th>component<th>statements<th>branches\n");
    for ((file, owner), sum) in components {
        let _ = writeln!(
            out,
            "<tr><td>{}<td>{}<td>{}/{}<td>{}/{}",
            escape(file),
            escape(owner),
            sum.matched,
            sum.statements,
            sum.taken,
            sum.branches
        );
    }
    let _ = writeln!(
        out,
        "<tr><th>all<td><td>{}/{} ({:.1} %)<td>{}/{}\n</table>",
        all.matched,
        all.statements,
        all.percent(),
        all.taken,
        all.branches
    );
    let mut files: BTreeMap<&str, Vec<(&Point, &Hits)>> = BTreeMap::new();
    for (point, hits, _) in coverage.points() {
        files.entry(&point.file).or_default().push((point, hits));
    }
    for (name, points) in files {
        file(&mut out, name, &points);
    }
    out.push_str("</html>\n");
    out
}

fn file(out: &mut String, name: &str, points: &[(&Point, &Hits)]) {
    let _ = writeln!(out, "<h2>{}</h2>\n<table class=\"source\">", escape(name));
    // What came from a variable or an address has no lines to show.
    let text = std::fs::read_to_string(name).unwrap_or_default();
    let last = points.iter().map(|(point, _)| point.line as usize).max().unwrap_or_default();
    let count = text.lines().count().max(last);
    let mut lines = text.lines();
    for number in 1..=count {
        let line = lines.next().unwrap_or_default();
        let here: Vec<&Hits> = points
            .iter()
            .filter(|(point, _)| point.line as usize == number)
            .map(|(_, hits)| *hits)
            .collect();
        let class = class(&here);
        let told: Vec<String> = here.iter().map(|hits| told(hits)).collect();
        let _ = writeln!(
            out,
            "<tr class=\"{class}\"><td class=\"number\">{number}<td>{}<td>{}",
            escape(line),
            told.join("; ")
        );
    }
    out.push_str("</table>\n");
}

fn class(here: &[&Hits]) -> &'static str {
    if here.is_empty() {
        "none"
    } else if here.iter().all(|hits| hits.matched == 0) {
        "miss"
    } else if here.iter().any(|hits| hits.matched == 0 || hits.branches().contains(&false)) {
        "part"
    } else {
        "hit"
    }
}

fn told(hits: &Hits) -> String {
    let failed = match hits.failed {
        0 => String::new(),
        times => format!(", failed {times}"),
    };
    match hits.conditional {
        true => format!("true {}, false {}{failed}", hits.matched, hits.unmatched),
        false => format!("ran {}{failed}", hits.matched),
    }
}
