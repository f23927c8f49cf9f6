//! Paths of the instrumentation scope.

use holt_pdata::messages::numbers::INSTRUMENTATION_SCOPE as SCOPE;

use super::Storage::{Attributes, EnvelopeText, Uint32};
use super::decl::{CACHE, PathDecl, int, map, string, text};

/// Field of the scope's schema URL in every message around a scope.
const SCHEMA_URL: u32 = 3;

pub(super) const PATHS: &[PathDecl] = &[
    text("name", SCOPE::name, "Name of the library that made the telemetry."),
    text("version", SCOPE::version, "Version of that library."),
    map("attributes", Attributes, "Attributes of the scope."),
    int(
        "dropped_attributes_count",
        Uint32(SCOPE::dropped_attributes_count),
        "Number of attributes that were left out.",
    ),
    string("schema_url", EnvelopeText(SCHEMA_URL), "Schema that the telemetry follows."),
    CACHE,
];
