//! The outcome of a comparison: medians and ratios, as a table or as JSON lines.

use std::fmt;

use serde::Serialize;

use crate::generate::Report;
use crate::generate::megabytes;

/// One measurement.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose.
    pub contender: String,
    /// What the generator saw.
    pub report: Report,
    /// Items that reached the sink.
    pub delivered: u64,
}

/// All measurements.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

/// The medians of one contender and signal.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// The signal.
    pub signal: &'static str,
    /// The contender.
    pub contender: String,
    /// Median CPU-seconds per million accepted items.
    pub cpu_seconds_per_million: Option<f64>,
    /// Least and most of the rounds.
    pub spread: Option<(f64, f64)>,
    /// How many times less than the first contender.
    pub ratio: Option<f64>,
    /// Median of the accepted items a second.
    pub items_per_second: f64,
    /// Largest peak of resident memory, in bytes.
    pub peak_resident_bytes: u64,
    /// Items sent, all rounds.
    pub sent: u64,
    /// Items accepted, all rounds.
    pub accepted: u64,
    /// Items that reached the sink, all rounds.
    pub delivered: u64,
}

impl Table {
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// One summary for each signal and contender, in the order in which they were measured.
    pub fn summaries(&self) -> Vec<Summary> {
        let mut keys: Vec<(&'static str, &str)> = Vec::new();
        for row in &self.rows {
            let key = (row.report.signal, row.contender.as_str());
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let mut summaries: Vec<Summary> =
            keys.iter().map(|(signal, contender)| self.summary(signal, contender)).collect();
        let references: Vec<(&'static str, Option<f64>)> =
            summaries.iter().map(|s| (s.signal, s.cpu_seconds_per_million)).collect();
        for summary in &mut summaries {
            // The first row of a signal is its first contender.
            let reference = references.iter().find(|(signal, _)| *signal == summary.signal);
            summary.ratio = reference
                .and_then(|(_, cost)| *cost)
                .zip(summary.cpu_seconds_per_million)
                .filter(|(_, own)| *own > 0.0)
                .map(|(cost, own)| cost / own);
        }
        summaries
    }

    /// Each summary as one line of JSON.
    pub fn json_lines(&self) -> Result<String, serde_json::Error> {
        let lines: Result<Vec<String>, _> =
            self.summaries().iter().map(serde_json::to_string).collect();
        Ok(lines?.join("\n"))
    }

    fn summary(&self, signal: &'static str, contender: &str) -> Summary {
        let rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.report.signal == signal && row.contender == contender)
            .collect();
        let costs: Vec<f64> =
            rows.iter().filter_map(|row| row.report.cpu_seconds_per_million).collect();
        let rates: Vec<f64> = rows.iter().map(|row| row.report.items_per_second).collect();
        let peaks = rows.iter().filter_map(|row| row.report.process.as_ref());
        let least = costs.iter().copied().reduce(f64::min);
        let most = costs.iter().copied().reduce(f64::max);
        Summary {
            signal,
            contender: contender.to_owned(),
            cpu_seconds_per_million: median(costs),
            spread: least.zip(most),
            ratio: None,
            items_per_second: median(rates).unwrap_or_default(),
            peak_resident_bytes: peaks.map(|p| p.peak_resident_bytes).max().unwrap_or_default(),
            sent: rows.iter().map(|row| row.report.items_sent).sum(),
            accepted: rows.iter().map(|row| row.report.items_accepted).sum(),
            delivered: rows.iter().map(|row| row.delivered).sum(),
        }
    }
}

/// The middle value; the mean of the two middle ones if there are two.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).copied()?;
    let lower = values.get(values.len().checked_sub(1)? / 2).copied()?;
    Some(f64::midpoint(lower, upper))
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<8} {:<20} {:>9} {:>15} {:>7} {:>11} {:>9}  delivered",
            "signal", "contender", "CPU-s/M", "least-most", "ratio", "items/s", "peak MB"
        )?;
        for summary in self.summaries() {
            let number = |value: Option<f64>, digits: usize| {
                value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
            };
            let spread = summary
                .spread
                .map_or_else(|| "-".to_owned(), |(least, most)| format!("{least:.3}-{most:.3}"));
            let delivered = match (summary.sent, summary.accepted, summary.delivered) {
                (sent, accepted, delivered) if sent == accepted && accepted == delivered => {
                    "all".to_owned()
                }
                (sent, accepted, delivered) => {
                    format!("{delivered} of {accepted} accepted of {sent} sent")
                }
            };
            writeln!(
                f,
                "{:<8} {:<20} {:>9} {:>15} {:>7} {:>11.0} {:>9.1}  {delivered}",
                summary.signal,
                summary.contender,
                number(summary.cpu_seconds_per_million, 3),
                spread,
                number(summary.ratio, 2),
                summary.items_per_second,
                megabytes(summary.peak_resident_bytes),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn row(contender: &str, cost: f64, delivered: u64) -> Row {
        Row {
            contender: contender.into(),
            report: Report {
                signal: "traces",
                protocol: "grpc",
                gzip: false,
                items_per_request: 1000,
                connections: 4,
                bytes_per_item: 616.0,
                requests: 1,
                items_sent: 1000,
                items_accepted: 1000,
                items_rejected: 0,
                items_refused: 0,
                items_failed: 0,
                reasons: BTreeMap::new(),
                seconds: 1.0,
                items_per_second: 1000.0,
                cpu_seconds_per_million: Some(cost),
                process: None,
            },
            delivered,
        }
    }

    #[test]
    fn ratios_are_of_medians_to_the_first_contender() {
        let mut table = Table::default();
        for (contender, cost, delivered) in [
            ("baseline", 2.0, 1000),
            ("holt", 0.6, 1000),
            ("baseline", 9.0, 1000),
            ("holt", 0.5, 990),
            ("baseline", 2.5, 1000),
            ("holt", 0.4, 1000),
        ] {
            table.add(row(contender, cost, delivered));
        }
        let summaries = table.summaries();
        assert_eq!(summaries[0].cpu_seconds_per_million, Some(2.5));
        assert_eq!(summaries[0].ratio, Some(1.0));
        assert_eq!(summaries[1].ratio, Some(5.0));
        assert_eq!(summaries[1].spread, Some((0.4, 0.6)));
        let text = table.to_string();
        assert!(text.contains("2990 of 3000 accepted of 3000 sent"), "{text}");
        assert_eq!(table.json_lines().unwrap().lines().count(), 2);
    }

    #[test]
    fn medians() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3.0]), Some(3.0));
        assert_eq!(median(vec![3.0, 1.0]), Some(2.0));
        assert_eq!(median(vec![9.0, 1.0, 2.0]), Some(2.0));
    }
}
