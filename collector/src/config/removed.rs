//! Keys that the reference once had: what took their place. Asked when a configuration has a key that
//! does not exist.
//!
//! Source of the rows: the changelogs of the collector's core; the contract release refuses each of them
//! as an unknown key.

/// A key that is gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Removed {
    /// The end of the path of the map that it stood in.
    within: &'static str,
    /// The key.
    key: &'static str,
    /// What to do, one sentence without a full stop.
    pub(super) instead: &'static str,
    /// The key that has the same values and stands in the same place.
    pub(super) renamed: Option<&'static str>,
}

const fn moved(within: &'static str, key: &'static str, instead: &'static str) -> Removed {
    Removed { within, key, instead, renamed: None }
}

const fn renamed(
    within: &'static str,
    key: &'static str,
    to: &'static str,
    instead: &'static str,
) -> Removed {
    Removed { within, key, instead, renamed: Some(to) }
}

/// All that are known.
const REMOVED: &[Removed] = &[
    renamed("sending_queue", "blocking", "block_on_overflow", "it is `block_on_overflow` today"),
    renamed(
        "sending_queue::batch",
        "min_size_items",
        "min_size",
        "it is `min_size` today, counted as `sizer` says",
    ),
    renamed(
        "sending_queue::batch",
        "max_size_items",
        "max_size",
        "it is `max_size` today, counted as `sizer` says",
    ),
    moved(
        "",
        "batcher",
        "batches are built inside of the queue: `sending_queue: {batch: {min_size: 1000}}`",
    ),
    moved(
        "telemetry::metrics",
        "address",
        "metrics are served by readers: `readers: [{pull: {exporter: {prometheus: {host: localhost, port: 8888}}}}]`",
    ),
    renamed("debug", "loglevel", "verbosity", "it is `verbosity` today: basic, normal or detailed"),
];

/// What took the place of a key in the map at a path such as `exporters::otlp::sending_queue`.
pub(super) fn find(path: &str, key: &str) -> Option<&'static Removed> {
    REMOVED.iter().find(|removed| {
        let below = path.strip_suffix(removed.within).is_some_and(|front| {
            front.is_empty() || removed.within.is_empty() || front.ends_with("::")
        });
        let batcher_outside = removed.key == "batcher" && !path.starts_with("exporters::");
        removed.key == key && below && !batcher_outside
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_where_they_stood() {
        assert!(find("exporters::otlp::sending_queue", "blocking").is_some());
        assert!(find("exporters::otlp", "batcher").is_some());
        assert!(find("service::telemetry::metrics", "address").is_some());
        assert!(find("exporters::otlp", "blocking").is_none());
        assert!(find("processors::batch", "batcher").is_none());
    }
}
