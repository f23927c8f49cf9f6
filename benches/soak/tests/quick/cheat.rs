//! A collector that acknowledges everything and loses an item now and then: whoever compares the
//! client's ledger with the backend's, or a metric with another, must see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Buf;
use holt_load::http2::Http2;
use holt_load::server::{Handler, Meta, Refusal, Server};
use holt_soak::balance::Balance;
use holt_soak::client::{Load, Running};
use holt_soak::items;
use holt_soak::ledger::Ledger;
use holt_soak::scrape::Page;

/// It forwards into the ledger itself, as the backend would.
struct Cheat {
    ledger: Arc<Ledger>,
    /// The item that it keeps to itself.
    loses: u64,
    accepted: AtomicU64,
    sent: AtomicU64,
}

impl Handler for Cheat {
    async fn handle(&self, _: Meta, body: impl Buf + Send) -> Result<(), Refusal> {
        let numbers = items::read(body).unwrap().numbers;
        self.accepted.fetch_add(numbers.len() as u64, Ordering::Relaxed);
        let sent: Vec<u64> = numbers.into_iter().filter(|number| *number != self.loses).collect();
        self.sent.fetch_add(sent.len() as u64, Ordering::Relaxed);
        self.ledger.arrived(sent);
        Ok(())
    }
}

impl Cheat {
    fn page(&self) -> Page {
        Page::parse(&format!(
            "otelcol_receiver_accepted_log_records{{receiver=\"otlp\"}} {}\n\
             otelcol_exporter_sent_log_records{{exporter=\"otlp\"}} {}\n\
             otelcol_exporter_queue_size{{exporter=\"otlp\"}} 0\n",
            self.accepted.load(Ordering::Relaxed),
            self.sent.load(Ordering::Relaxed),
        ))
    }
}

#[tokio::test]
async fn a_collector_that_loses_an_item_is_found_out() {
    for (loses, lost) in [(17, 1), (u64::MAX, 0)] {
        let ledger = Arc::new(Ledger::default());
        let cheat = Arc::new(Cheat {
            ledger: Arc::clone(&ledger),
            loses,
            accepted: AtomicU64::default(),
            sent: AtomicU64::default(),
        });
        let handler = Arc::clone(&cheat);
        let server = Server::start("127.0.0.1:0", Http2::default(), handler).await.unwrap();
        let client = Running::start(&Load::steady(&server.address().to_string()), &ledger);
        while ledger.summary().acknowledged < 100 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let tally = client.stop().await;
        assert_eq!(tally.broken + tally.permanent + tally.retryable, 0, "{tally:?}");
        assert_eq!(ledger.summary().lost, lost);
        let balance = Balance::read(&cheat.page()).unwrap();
        assert_eq!(balance.missing(), i128::from(lost), "{balance}");
    }
}
