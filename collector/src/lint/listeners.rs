//! The addresses that a configuration listens on.

use holt_grammar::source::Location;

use super::Subject;
use super::endpoint::Endpoint;
use super::subject::{has, text};
use crate::config::ids::ComponentId;
use crate::config::model::{Component, ComponentKind};

/// A socket that is opened.
#[derive(Clone, Debug)]
pub(super) struct Listener<'c> {
    /// The kind of its component.
    pub(super) kind: ComponentKind,
    /// The component.
    pub(super) id: &'c ComponentId,
    /// Today's name of its type.
    pub(super) type_name: &'c str,
    /// The address, written or by default.
    pub(super) address: &'c str,
    /// Where the address is written; where the component is when it is the default.
    pub(super) location: Location,
    /// Whether the address is the default.
    pub(super) is_default: bool,
}

/// Where a component listens: its kind and type, the key that turns the listener on (none: always),
/// the key of the address, and its default (empty: none).
type Row =
    (ComponentKind, &'static str, &'static [&'static str], &'static [&'static str], &'static str);

const TABLE: &[Row] = &[
    (
        ComponentKind::Receiver,
        "otlp",
        &["protocols", "grpc"],
        &["protocols", "grpc", "endpoint"],
        "localhost:4317",
    ),
    (
        ComponentKind::Receiver,
        "otlp",
        &["protocols", "http"],
        &["protocols", "http", "endpoint"],
        "localhost:4318",
    ),
    (ComponentKind::Receiver, "zipkin", &[], &["endpoint"], "localhost:9411"),
    (ComponentKind::Receiver, "prometheus_remote_write", &[], &["endpoint"], "localhost:9090"),
    (ComponentKind::Receiver, "splunk_hec", &[], &["endpoint"], "localhost:8088"),
    (ComponentKind::Receiver, "tcp_log", &[], &["listen_address"], ""),
    (ComponentKind::Exporter, "prometheus", &[], &["endpoint"], ""),
    (ComponentKind::Extension, "health_check", &[], &["endpoint"], "localhost:13133"),
    (ComponentKind::Extension, "pprof", &[], &["endpoint"], "localhost:1777"),
    (ComponentKind::Extension, "zpages", &[], &["endpoint"], "localhost:55679"),
];

/// All listeners of components that are used.
pub(super) fn listeners<'c>(subject: Subject<'c>) -> Vec<Listener<'c>> {
    let mut found = Vec::new();
    for kind in ComponentKind::ALL {
        for (type_name, component) in subject.components(kind) {
            if !subject.is_used(kind, &component.id) {
                continue;
            }
            let rows = TABLE.iter().filter(|row| (row.0, row.1) == (kind, type_name));
            found.extend(rows.filter_map(|row| listener(row, type_name, component)));
        }
    }
    found
}

fn listener<'c>(row: &Row, type_name: &'c str, component: &'c Component) -> Option<Listener<'c>> {
    let (kind, _, on, keys, default) = *row;
    let settings = &component.settings;
    // A protocol without settings of its own (`grpc:`) is on as well.
    if !on.is_empty() && settings.at(on).is_none() {
        return None;
    }
    let written = text(settings, keys);
    if written.is_none() && (default.is_empty() || has(settings, keys)) {
        return None;
    }
    let (address, location) = written.unwrap_or((default, component.key));
    let is_default = written.is_none();
    Some(Listener { kind, id: &component.id, type_name, address, location, is_default })
}

impl Listener<'_> {
    /// Whether both cannot listen at once: the same port on the same or on every address.
    pub(super) fn collides(&self, other: &Self) -> bool {
        let (one, two) = (Endpoint::new(self.address), Endpoint::new(other.address));
        let same_host = one.host == two.host
            || one.is_everywhere()
            || two.is_everywhere()
            || (is_loopback(one.host) && is_loopback(two.host));
        same_host && one.port.is_some() && one.port == two.port && one.port != Some("0")
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1")
}
