//! Coverage as lcov reads it: counts of places in, a tracefile out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::coverage::{Coverage, Hits, Point};

/// The tracefile.
pub(super) fn render(coverage: &Coverage) -> String {
    let mut files: BTreeMap<&str, Vec<(&Point, &Hits)>> = BTreeMap::new();
    for (point, hits, _) in coverage.points() {
        files.entry(&point.file).or_default().push((point, hits));
    }
    let mut out = String::new();
    for (file, points) in files {
        let _ = writeln!(out, "TN:\nSF:{file}");
        let mut lines: BTreeMap<u32, u64> = BTreeMap::new();
        let (mut found, mut taken) = (0, 0);
        for (block, (point, hits)) in points.iter().enumerate() {
            *lines.entry(point.line).or_default() += hits.matched;
            for (branch, count) in [hits.matched, hits.unmatched].into_iter().enumerate() {
                if !hits.conditional {
                    continue;
                }
                found += 1;
                taken += usize::from(count > 0);
                // Of what was never reached it cannot be told.
                let count = match hits.executed {
                    0 => "-".to_owned(),
                    _ => count.to_string(),
                };
                let _ = writeln!(out, "BRDA:{},{block},{branch},{count}", point.line);
            }
        }
        let _ = writeln!(out, "BRF:{found}\nBRH:{taken}");
        for (line, count) in &lines {
            let _ = writeln!(out, "DA:{line},{count}");
        }
        let hit = lines.values().filter(|count| **count > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    }
    out
}
