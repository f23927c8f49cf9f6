//! The page that Prometheus scrapes: readings of metrics and the resource in, text out.

mod names;
mod page;
mod server;
#[cfg(test)]
mod tests;

pub(super) use page::{Page, PageOptions};
pub(super) use server::{BindError, MetricsServer};
