//! The balance of a collector within one life: what its receivers accepted is what its exporters
//! sent, still hold, or dropped for a reason. Read from its own metrics.

use std::collections::BTreeMap;
use std::fmt;

use crate::scrape::Page;

/// Where the items of a pipeline of logs are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Accepted by receivers.
    pub accepted: u64,
    /// Refused by receivers, because the pipeline would not have them.
    pub refused: u64,
    /// Sent by exporters.
    pub sent: u64,
    /// In queues, or on their way to the backend.
    pub held: u64,
    /// Dropped, by reason.
    pub dropped: BTreeMap<String, u64>,
}

impl Balance {
    /// Reads a page. A collector that shows no receiver has no balance.
    pub fn read(page: &Page) -> Option<Balance> {
        page.named("otelcol_receiver_accepted_log_records").next()?;
        let mut dropped = BTreeMap::new();
        let mut drop = |reason: &str, count: u64| {
            if count > 0 {
                *dropped.entry(reason.to_owned()).or_default() += count;
            }
        };
        let reasons: Vec<_> = page.named("holt_exporter_dropped_log_records").collect();
        for sample in &reasons {
            let reason = sample.labels.get("reason").map_or("unknown", String::as_str);
            drop(reason, sample.value as u64);
        }
        if reasons.is_empty() {
            // The Go collector counts drops without their reasons.
            drop("send failed", page.sum("otelcol_exporter_send_failed_log_records"));
        }
        drop("filtered", page.sum("otelcol_processor_filter_logs.filtered"));
        drop("filtered", page.sum("otelcol_processor_filter_logs_filtered"));
        Some(Balance {
            accepted: page.sum("otelcol_receiver_accepted_log_records"),
            refused: page.sum("otelcol_receiver_refused_log_records"),
            sent: page.sum("otelcol_exporter_sent_log_records"),
            held: page.sum("otelcol_exporter_queue_size"),
            dropped,
        })
    }

    /// Items dropped for any reason.
    pub fn dropped(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// What was accepted and is nowhere; negative if more is somewhere than was accepted.
    pub fn missing(&self) -> i128 {
        i128::from(self.accepted)
            - i128::from(self.sent)
            - i128::from(self.held)
            - i128::from(self.dropped())
    }
}

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Balance { accepted, sent, held, .. } = self;
        write!(f, "{accepted} = {sent} sent + {held} held")?;
        for (reason, count) in &self.dropped {
            write!(f, " + {count} {reason}")?;
        }
        match self.missing() {
            0 => Ok(()),
            missing => write!(f, " + {missing} missing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_item_is_seen() {
        let page = |sent: u32| {
            Page::parse(&format!(
                "otelcol_receiver_accepted_log_records{{receiver=\"otlp\"}} 100\n\
                 otelcol_exporter_sent_log_records{{exporter=\"otlp\"}} {sent}\n\
                 otelcol_exporter_queue_size{{exporter=\"otlp\",data_type=\"logs\"}} 20\n\
                 otelcol_exporter_queue_size{{exporter=\"otlp\",data_type=\"traces\"}} 0\n\
                 holt_exporter_dropped_log_records{{exporter=\"otlp\",reason=\"permanent\"}} 4\n\
                 otelcol_exporter_send_failed_log_records{{exporter=\"otlp\"}} 4\n"
            ))
        };
        let whole = Balance::read(&page(76)).unwrap();
        assert_eq!(whole.missing(), 0);
        assert_eq!(whole.to_string(), "100 = 76 sent + 20 held + 4 permanent");
        let short = Balance::read(&page(75)).unwrap();
        assert_eq!(short.missing(), 1);
        assert!(short.to_string().ends_with("+ 1 missing"));
        assert_eq!(Balance::read(&Page::default()), None);
    }
}
