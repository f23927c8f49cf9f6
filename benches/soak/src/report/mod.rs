//! What a scenario found: rows of figures and checks that hold or do not; printed as a table for
//! people and as JSON for the next tool.

mod row;
mod side_by_side;
mod table;

use std::fmt;

pub use row::Row;
pub use side_by_side::side_by_side;

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It was.
    Held,
    /// It was not.
    Failed,
    /// It could not be seen.
    Skipped,
}

/// A promise and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Check {
    /// The promise.
    pub name: String,
    /// Whether it was kept.
    pub outcome: Outcome,
    /// The figures, or why it was skipped.
    pub detail: String,
}

/// The findings of a scenario.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Report {
    /// The scenario.
    pub scenario: String,
    /// The collector: `holt` or `go`.
    pub collector: String,
    /// The figures.
    pub rows: Vec<Row>,
    /// The promises.
    pub checks: Vec<Check>,
}

impl Report {
    /// A report without findings.
    pub fn new(scenario: &str, collector: impl fmt::Display) -> Report {
        let collector = collector.to_string();
        Report { scenario: scenario.to_owned(), collector, ..Report::default() }
    }

    /// Notes whether a promise was kept.
    pub fn check(&mut self, name: impl Into<String>, held: bool, detail: impl fmt::Display) {
        let outcome = if held { Outcome::Held } else { Outcome::Failed };
        self.checks.push(Check { name: name.into(), outcome, detail: detail.to_string() });
    }

    /// Notes that a promise could not be seen.
    pub fn skip(&mut self, name: impl Into<String>, why: impl fmt::Display) {
        let (name, detail) = (name.into(), why.to_string());
        self.checks.push(Check { name, outcome: Outcome::Skipped, detail });
    }

    /// The promises that were not kept.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| check.outcome == Outcome::Failed)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {} ({})\n", self.scenario, self.collector)?;
        f.write_str(&table::markdown(&self.rows))?;
        let held = self.checks.iter().filter(|check| check.outcome == Outcome::Held).count();
        writeln!(f, "\n{held} of {} promises were seen to be kept.", self.checks.len())?;
        for check in &self.checks {
            let word = match check.outcome {
                Outcome::Held => continue,
                Outcome::Failed => "FAILED",
                Outcome::Skipped => "SKIPPED",
            };
            writeln!(f, "- {word}: {} ({})", check.name, check.detail)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_tables_and_lists() {
        let mut report = Report::new("kill", "holt");
        report.rows.push(Row::default().with("queue", "none").with("lost", 0));
        report.rows.push(Row::default().with("queue", "memory").with("lost", 12).with("x", 1.5));
        report.check("the rest arrives", true, "88 items");
        report.check("nothing is lost", false, "12 items");
        report.skip("the balance is even", "no metrics");
        let text = "\
## kill (holt)

| queue  | lost | x   |
| ------ | ---: | --: |
| none   |    0 |     |
| memory |   12 | 1.5 |

1 of 3 promises were seen to be kept.
- FAILED: nothing is lost (12 items)
- SKIPPED: the balance is even (no metrics)
";
        assert_eq!(report.to_string(), text);
        assert_eq!(report.failures().count(), 1);
        let json = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
        assert!(json.contains(r#""rows":[{"queue":"none","lost":0}"#), "{json}");
    }
}
