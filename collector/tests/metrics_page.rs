//! `docs/metrics.md` says what the tables say.
//!
//! After a change of the tables,
//! `RENEW=1 cargo test -p holt-collector --test metrics_page` writes the page anew.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use holt_collector::reference::metrics;

#[test]
fn the_page_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/metrics.md");
    let page = metrics::page();
    if std::env::var_os("RENEW").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        page == committed,
        "docs/metrics.md is stale; run `RENEW=1 cargo test -p holt-collector --test metrics_page`"
    );
}
