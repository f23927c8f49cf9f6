//! Puts a running collector under load, faults, crashes and overload, and proves what was
//! delivered.
//!
//! A client sends items with sequence numbers and writes into a ledger what the collector
//! acknowledged; a backend that can be told to misbehave writes into it what arrived. The scenarios
//! move the collector's process, the backend and the client, and compare the ledger with the
//! collector's own metrics. Any collector that reads the Go collector's configurations can be
//! tested.

pub mod backend;
pub mod balance;
pub mod client;
pub mod collector;
pub mod items;
pub mod ledger;
pub mod ports;
pub mod report;
pub mod scenario;
pub mod scrape;
