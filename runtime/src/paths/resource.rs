//! Paths of the resource.

use holt_pdata::messages::numbers::RESOURCE;

use super::Storage::{Attributes, EnvelopeText, Uint32};
use super::decl::{CACHE, PathDecl, int, map, string};

/// Field of the resource's schema URL in every message around a resource.
const SCHEMA_URL: u32 = 3;

pub(super) const PATHS: &[PathDecl] = &[
    map("attributes", Attributes, "Attributes of the resource."),
    int(
        "dropped_attributes_count",
        Uint32(RESOURCE::dropped_attributes_count),
        "Number of attributes that were left out.",
    ),
    string("schema_url", EnvelopeText(SCHEMA_URL), "Schema that the resource follows."),
    CACHE,
];
