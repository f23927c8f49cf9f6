//! Verbosity `detailed`: every field on a line of its own. Batches come in, text comes out.

mod logs;
mod metrics;
mod traces;

pub(super) use logs::logs;
pub(super) use metrics::metrics;
pub(super) use traces::traces;

use std::fmt::{self, Write as _};

use holt_pdata::AttributesView;
use holt_pdata::messages::{ResourceView, ScopeView};

use super::value::typed_text;

/// The indentation of everything below a line that names a thing.
const BELOW: &str = "     ->";

/// Text that grows line by line.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    /// `header:` and a line for each attribute; nothing without attributes.
    fn attributes(&mut self, header: &str, attributes: AttributesView<'_>) {
        if attributes.is_empty() {
            return;
        }
        self.line(format_args!("{header}:"));
        // Attributes of an indented header stand one step further in.
        let indent = header.split_once("->").map_or("", |(indent, _)| indent);
        for entry in attributes.iter() {
            let value = typed_text(entry.get());
            self.line(format_args!("{indent}{BELOW} {}: {value}", entry.key()));
        }
    }

    fn resource(&mut self, resource: ResourceView<'_>, schema_url: &str) {
        self.line(format_args!("Resource SchemaURL: {schema_url}"));
        self.attributes("Resource attributes", resource.attributes());
        if resource.entity_refs().is_empty() {
            return;
        }
        self.line(format_args!("Resource entity refs:"));
        for (index, entity) in resource.entity_refs().iter().enumerate() {
            self.line(format_args!("{BELOW} Entity ref #{index}:"));
            self.line(format_args!("     {BELOW} Type: {}", entity.r#type()));
            if !entity.schema_url().is_empty() {
                self.line(format_args!("     {BELOW} Schema URL: {}", entity.schema_url()));
            }
            self.keys("ID keys", entity.id_keys().iter());
            self.keys("Description keys", entity.description_keys().iter());
        }
    }

    fn keys<'a>(&mut self, header: &str, keys: impl Iterator<Item = &'a str>) {
        for (index, key) in keys.enumerate() {
            if index == 0 {
                self.line(format_args!("     {BELOW} {header}:"));
            }
            self.line(format_args!("          {BELOW} {key}"));
        }
    }

    fn scope(&mut self, scope: ScopeView<'_>) {
        self.line(format_args!("InstrumentationScope {} {}", scope.name(), scope.version()));
        self.attributes("InstrumentationScope attributes", scope.attributes());
    }
}
