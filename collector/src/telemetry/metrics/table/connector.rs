//! Metrics of connectors.

use super::Definition;

pub(super) const ROWS: &[Definition] = &[Definition::counter(
    "holt_connector_dropped_items",
    "{item}",
    "Number of items that the connector led nowhere.",
)
.with_labels(&["connector"])
.of_scope("holt/connector")];
