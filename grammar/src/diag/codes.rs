//! The registry of diagnostic codes: one entry for each code that a release has ever used.
//!
//! The first letter (and for OTTL the first digit) names the family: C config text, P pipeline
//! topology, T1 OTTL syntax and names, T2 types, T3 meaning, T4 patterns, T5 cost and style,
//! N network, R reliability, S security, D deprecation, M metrics and many clusters. A code that has
//! been given away is never used for something else. Stages name codes through the constants here;
//! `explain` and the documentation read [`CODES`].

/// What there is to say about a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code, such as `T101`.
    pub code: &'static str,
    /// A few words: what kind of finding it is.
    pub title: &'static str,
    /// What it means, why it matters and how it is mended; plain sentences.
    pub explanation: &'static str,
}

/// The text does not follow the grammar.
pub const SYNTAX: &str = "T101";
/// A function is used where its kind does not belong.
pub const FUNCTION_KIND: &str = "T108";
/// A string has an escape that does not exist.
pub const ESCAPE: &str = "T109";
/// A literal stands for no value.
pub const LITERAL: &str = "T114";
/// The text is too long or nested too deeply.
pub const LIMIT: &str = "T115";

/// Every code, in order of its name.
pub const CODES: &[Code] = &[
    Code {
        code: SYNTAX,
        title: "syntax error",
        explanation: "The text is not a statement, condition or value expression of OTTL. A \
statement calls one editor and may have a condition: set(span.name, \"x\") where span.kind == \
SPAN_KIND_SERVER. Strings stand in double quotes; operators are == != < <= > >= + - * / and the \
lower-case words not, and, or. There are no comments. The message says what was expected at the \
marked place.",
    },
    Code {
        code: FUNCTION_KIND,
        title: "function used in the wrong place",
        explanation: "Editors (lower-case first letter, such as set) change telemetry: a statement \
calls exactly one, and nothing else may. Converters (upper-case first letter, such as Concat) yield \
a value: they stand where a value is expected and never as a statement. Only paths and what a \
converter yields can be indexed with [ ].",
    },
    Code {
        code: ESCAPE,
        title: "invalid escape in a string",
        explanation: "Inside double quotes a backslash starts one of these escapes: \\a \\b \\f \\n \
\\r \\t \\v \\\\ \\\" \\xHH \\NNN \\uHHHH \\UHHHHHHHH. A backslash that belongs to the text, for \
instance in a regular expression, is written twice: \"\\\\d+\" is the pattern \\d+. Inside a \
double-quoted YAML string each of these is written twice once more.",
    },
    Code {
        code: LITERAL,
        title: "literal out of range",
        explanation: "Integers reach from 0 to 9223372036854775807 (a sign is an operator of its \
own), floats must be finite, and a byte literal such as 0x0a1b needs an even number of hexadecimal \
digits.",
    },
    Code {
        code: LIMIT,
        title: "text too long or nested too deeply",
        explanation: "The length of a statement and the depth of its brackets and arithmetic are \
limited, so that no text can exhaust the memory of the collector. Split the statement, or keep \
intermediate results in the cache.",
    },
];

/// Finds the entry of a code; letter case does not matter.
pub fn lookup(code: &str) -> Option<&'static Code> {
    CODES.iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_explained() {
        for pair in CODES.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for entry in CODES {
            assert!(entry.code.len() == 4, "{}", entry.code);
            assert!(!entry.title.is_empty() && !entry.title.ends_with('.'), "{}", entry.code);
            assert!(entry.explanation.ends_with('.'), "{}", entry.code);
        }
    }

    #[test]
    fn lookup_ignores_case() {
        assert_eq!(lookup("t101").map(|entry| entry.code), Some(SYNTAX));
        assert_eq!(lookup("X999"), None);
    }
}
