//! `service::telemetry::resource`.

use holt_grammar::diag::Diagnostic;

use crate::config::codes::WRONG_VALUE;
use crate::config::yaml::Node;

/// The keys of a resource in its current form; any others make it a map of attributes.
const RESOURCE_KEYS: [&str; 3] = ["attributes", "schema_url", "detection/development"];

/// Checks a resource, which has an older form: attributes directly as keys.
pub(super) fn check_resource(resource: &Node, findings: &mut Vec<Diagnostic>) {
    let Some(mapping) = resource.as_mapping() else {
        let message = format!(
            "`service::telemetry::resource`: expected a map, found {}",
            resource.describe()
        );
        findings.push(Diagnostic::error(WRONG_VALUE, message).label(resource.location, ""));
        return;
    };
    let attributes = mapping.entries.get("attributes");
    for (key, entry) in &mapping.entries {
        if RESOURCE_KEYS.contains(&key.as_str()) {
            continue;
        }
        if let Some(attributes) = attributes {
            findings.push(
                Diagnostic::error(
                    WRONG_VALUE,
                    format!("the resource attribute `{key}` stands beside `attributes`"),
                )
                .label(entry.key, "")
                .label(attributes.key, "the list of attributes")
                .note(format!("move it into the list: `- {{name: {key}, value: ...}}`"))
                .note(
                    "the Go collector says: resource::attributes cannot be used together with \
                     legacy inline resource attributes",
                ),
            );
        } else if !entry.value.is_null() && entry.value.as_text().is_none() {
            findings.push(
                Diagnostic::error(
                    WRONG_VALUE,
                    format!("the resource attribute `{key}` is {}", entry.value.describe()),
                )
                .label(entry.value.location, "")
                .note("put the value in quotes, or leave it empty to remove the attribute")
                .note(format!(
                    "the Go collector says: legacy resource attribute {key:?} must be string or null"
                )),
            );
        }
    }
}
