//! What is written about configurations from the tables: a JSON Schema and a page.
//!
//! Components and the `service` section enter as their declared keys
//! ([`keys`](crate::config::keys)); text leaves.

pub mod metrics;
mod page;
mod schema;

pub use page::page;
pub use schema::schema;
