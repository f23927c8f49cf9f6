//! The diagnostic codes of configurations.
//!
//! The constants are what this folder's findings carry; [`CODES`] is for `explain` and the
//! documentation.

use holt_grammar::diag::codes::Code;

/// Text that is not YAML, or YAML that says two things at once.
pub const NOT_YAML: &str = "C001";
/// A key that does not exist.
pub const UNKNOWN_KEY: &str = "C002";
/// A value of the wrong type, outside its range, or that contradicts another.
pub const WRONG_VALUE: &str = "C003";
/// Something that must be there is not.
pub const MISSING: &str = "C004";
/// Text behind a URI or placeholder that cannot be had.
pub const UNRESOLVED: &str = "C006";
/// A reference to a component that is not configured.
pub const UNKNOWN_REFERENCE: &str = "P101";
/// A pipeline that cannot carry anything.
pub const INCOMPLETE_PIPELINE: &str = "P106";
/// The same processor twice in a pipeline.
pub const PROCESSOR_TWICE: &str = "P109";
/// One id for a connector and for a receiver or exporter.
pub const AMBIGUOUS_ID: &str = "P123";
/// A key that the reference once had.
pub const REMOVED_KEY: &str = "D503";
/// A feature gate that does not exist or cannot be set as asked.
pub const FEATURE_GATE: &str = "D504";

/// Every code above, in order of its name.
pub const CODES: &[Code] = &[
    Code {
        code: NOT_YAML,
        title: "text that is not valid YAML",
        explanation: "The text cannot be read as YAML, or gives the same key or id twice. A syntax \
error hides what follows it, so further findings may appear once it is mended. Common causes are \
tabs in the indentation, an unclosed bracket or quote, and a plain value with `: ` inside. Only the \
first document of a plain file is read.",
    },
    Code {
        code: UNKNOWN_KEY,
        title: "unknown key",
        explanation: "The section or component has no such key. Keys are never silently ignored: \
a mistyped one would keep its default. (Where the Go collector ignores keys, as in `count`, so does \
Holt, with a warning.) The message lists the keys there are and, where one is near, \
the key that was probably meant.",
    },
    Code {
        code: WRONG_VALUE,
        title: "value of the wrong type or out of range",
        explanation: "The value does not fit its key. Numbers and booleans are not turned into \
strings nor strings into numbers: write `\"5\"` where a string is wanted and 5 where a number is. \
Durations have units (200ms, 1m30s); a bare number counts nanoseconds. A string with commas is \
taken for a list of strings. A value out of ${env:NAME} is taken as its text where a string is \
wanted and as what the text means as YAML elsewhere.",
    },
    Code {
        code: MISSING,
        title: "something required is missing",
        explanation: "A key, a section or the configuration itself is not there. A key that is set \
to nothing counts as absent.",
    },
    Code {
        code: UNRESOLVED,
        title: "text that cannot be had",
        explanation: "A --config source or a ${...} placeholder names a file, variable or address \
that gives no text, or has a scheme that does not exist; the schemes are env, file, http, https and \
yaml. As a warning it says that a variable is not set and the value therefore empty: give it a \
default with ${env:NAME:-default}. A literal ${ is written $${.",
    },
    Code {
        code: UNKNOWN_REFERENCE,
        title: "reference to a component that is not configured",
        explanation: "A pipeline or service::extensions names an id that has no entry in its \
section. Receivers and exporters of a pipeline may also be connectors. Ids are compared whole: \
otlp and otlp/2 are two components.",
    },
    Code {
        code: INCOMPLETE_PIPELINE,
        title: "incomplete pipeline",
        explanation: "Every configuration needs at least one pipeline, and every pipeline at least \
one receiver and one exporter. Pipelines of profiles are behind the feature gate \
service.profilesSupport; configurations without pipelines behind service.AllowNoPipelines.",
    },
    Code {
        code: PROCESSOR_TWICE,
        title: "processor named twice in a pipeline",
        explanation: "A pipeline names each processor once. To run the same settings twice, \
configure a second id of the same type, such as batch/again.",
    },
    Code {
        code: AMBIGUOUS_ID,
        title: "id shared by a connector and another component",
        explanation: "Pipelines name receivers, exporters and connectors alike, so a connector may \
not have the id of a receiver or an exporter. Give one of them a name, such as forward/connector.",
    },
    Code {
        code: REMOVED_KEY,
        title: "key that is gone",
        explanation: "Earlier releases had this key; today's refuse the configuration because of it. \
The message says what took its place. Where the key was only renamed, `holt check --fix` does it.",
    },
    Code {
        code: FEATURE_GATE,
        title: "feature gate that cannot be set",
        explanation: "The --feature-gates flag names a gate that does not exist, switches a stable \
one off or a deprecated one on, or has an empty item. `holt featuregate` lists the gates.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_once_each() {
        let mut codes: Vec<&str> = CODES.iter().map(|code| code.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CODES.len());
    }
}
