//! The codes of what the compiler finds, beside those of the grammar.
//!
//! Families: T1 names, T2 types, T3 meaning, T4 patterns. A code is never used for something else.

use holt_grammar::diag::codes::Code;

/// A function that does not exist.
pub const UNKNOWN_FUNCTION: &str = "T102";
/// A path that the context does not have.
pub const UNKNOWN_PATH: &str = "T103";
/// A symbol that the context does not know.
pub const UNKNOWN_SYMBOL: &str = "T104";
/// Wrong count, name or order of arguments.
pub const ARGUMENTS: &str = "T105";
/// A context or path of another signal.
pub const OTHER_SIGNAL: &str = "T106";
/// No context supports everything that a group uses.
pub const NO_CONTEXT: &str = "T107";
/// A path without its context.
pub const NO_PREFIX: &str = "T110";
/// A context that does not exist.
pub const UNKNOWN_CONTEXT: &str = "T113";
/// A feature that is off.
pub const GATE: &str = "T116";
/// An argument of a type that never fits.
pub const ARGUMENT_TYPE: &str = "T201";
/// A value of a type that its target never takes.
pub const STORE_TYPE: &str = "T202";
/// A comparison of types that are never equal.
pub const COMPARE_TYPE: &str = "T203";
/// Nil where an entry was probably to be removed.
pub const SET_NIL: &str = "T205";
/// A constant argument that the function does not take.
pub const ARGUMENT_VALUE: &str = "T211";
/// A value that may be of a type that its function does not take.
pub const MAY_FAIL: &str = "T204";
/// A write that has no effect.
pub const IGNORED_WRITE: &str = "T206";
/// Arithmetic on types that it does not take.
pub const MATH_TYPE: &str = "T207";
/// A division by zero.
pub const DIVISION: &str = "T208";
/// An index on what cannot be indexed so.
pub const INDEX_TYPE: &str = "T209";
/// An operator that means nothing for the types.
pub const OPERATOR: &str = "T210";
/// A condition that is always true or always false.
pub const CONSTANT_CONDITION: &str = "T301";
/// A condition that an earlier statement keeps from holding.
pub const UNREACHABLE: &str = "T302";
/// A value that is set again before anything reads it.
pub const OVERWRITTEN: &str = "T303";
/// A value that an earlier statement removed.
pub const READS_DELETED: &str = "T305";
/// Alternatives of which one always holds.
pub const ALWAYS_TRUE: &str = "T307";
/// A parent that is written from each of its children.
pub const PARENT_WRITE: &str = "T308";
/// A resource loses what it is told apart by.
pub const LOSES_IDENTITY: &str = "T310";
/// A statement that may fail where a failure refuses the batch.
pub const PROPAGATE: &str = "T311";
/// A statement that adds records without end.
pub const ENDLESS: &str = "T312";
/// A regular expression that does not compile.
pub const PATTERN: &str = "T401";
/// A regular expression that matches no text.
pub const NEVER_MATCHES: &str = "T402";
/// A regular expression that is large and slow.
pub const EXPENSIVE_PATTERN: &str = "T403";
/// A replacement that refers to a group which the pattern lacks.
pub const UNKNOWN_GROUP: &str = "T405";

/// A regular expression where a glob is taken.
pub const GLOB_OR_REGEX: &str = "T406";
/// A pattern without named groups where only these count.
pub const NO_NAMED_GROUP: &str = "T408";

/// Every code of the compiler, in order of its name.
pub const CODES: &[Code] = &[
    Code {
        code: UNKNOWN_FUNCTION,
        title: "unknown function",
        explanation: "No function has this name. Editors, which start a statement, are written in \
lower case (set, delete_key); converters, which yield values, start with an upper-case letter \
(Concat, IsMatch).",
    },
    Code {
        code: UNKNOWN_PATH,
        title: "unknown path",
        explanation: "The context has no field of this name, or the field cannot be indexed. Each \
context has its own fields; those of its parents are reached by their prefix, such as \
resource.attributes.",
    },
    Code {
        code: UNKNOWN_SYMBOL,
        title: "unknown symbol",
        explanation: "A word in upper case stands for a number of an enumeration, such as \
SPAN_KIND_SERVER, and only in the contexts that have the enumeration. Text needs double quotes.",
    },
    Code {
        code: ARGUMENTS,
        title: "wrong arguments",
        explanation: "The function takes another number of arguments, has no parameter of that name, \
or got one twice. Named arguments stand behind positional ones.",
    },
    Code {
        code: OTHER_SIGNAL,
        title: "context of another signal",
        explanation: "Statements for traces, metrics and logs each have their own contexts: a group \
of log statements cannot reach spans.",
    },
    Code {
        code: NO_CONTEXT,
        title: "no context fits all statements",
        explanation: "Statements without a `context:` run in the one context that has all their \
paths, functions and symbols. Split the list into groups, or name the context.",
    },
    Code {
        code: NO_PREFIX,
        title: "path without its context",
        explanation: "Where the group names its context, paths may leave it out. Writing it \
(span.name instead of name) is clearer and lets the context be inferred.",
    },
    Code {
        code: UNKNOWN_CONTEXT,
        title: "unknown context",
        explanation: "A context is one of resource, scope, span, spanevent, metric, datapoint, log.",
    },
    Code {
        code: GATE,
        title: "feature that is off",
        explanation: "Lambda expressions are experimental and need the feature gate \
ottl.functions.enableLambda.",
    },
    Code {
        code: ARGUMENT_TYPE,
        title: "argument type never fits",
        explanation: "The function fails for every value of the argument's type. A literal of the \
wrong type keeps the collector from starting; anything else fails when the statement runs. Convert the \
value with String(), Int() or another converter.",
    },
    Code {
        code: STORE_TYPE,
        title: "value type never fits the target",
        explanation: "The field takes another type, so the statement fails each time it runs. Nothing \
is converted on the way: use String(), Int() or another converter.",
    },
    Code {
        code: COMPARE_TYPE,
        title: "values that are never equal",
        explanation: "Values of different types are unequal and not ordered, so the comparison has \
always the same outcome. Symbols such as SPAN_KIND_SERVER are integers; ids have a .string form.",
    },
    Code {
        code: MAY_FAIL,
        title: "argument that may not fit",
        explanation: "Many functions take one type only and fail for every other one, and for \
a missing value. An attribute can hold anything. Ask for its type in the statement's condition: \
where IsString(log.attributes[\"k\"]), or where log.attributes[\"k\"] != nil.",
    },
    Code {
        code: SET_NIL,
        title: "nil leaves an empty value",
        explanation: "Setting an entry to nil keeps its key with an empty value. To remove the entry, \
use delete_key.",
    },
    Code {
        code: IGNORED_WRITE,
        title: "write without effect",
        explanation: "The field ignores writes; the statement does nothing.",
    },
    Code {
        code: MATH_TYPE,
        title: "arithmetic on types that it does not take",
        explanation: "Arithmetic takes integers and doubles; times and durations can be added and \
subtracted. Anything else fails when the statement runs. Text is joined with Concat.",
    },
    Code {
        code: DIVISION,
        title: "division by zero",
        explanation: "A division by zero fails, also of doubles.",
    },
    Code {
        code: INDEX_TYPE,
        title: "index never fits",
        explanation: "Maps are indexed by text, lists by integers from 0 on. Anything else fails when \
the statement runs.",
    },
    Code {
        code: OPERATOR,
        title: "operator without meaning for these types",
        explanation: "Maps, lists and ids are equal or not, but have no order: <, <=, > and >= are \
always false. A converter that stands alone as a condition must yield a truth value.",
    },
    Code {
        code: ARGUMENT_VALUE,
        title: "argument out of its range",
        explanation: "The function looks at this argument when the collector starts, and does not \
take its value: an unknown option, a limit below zero, an invalid format. `holt explain` with the \
function's name says what it takes.",
    },
    Code {
        code: CONSTANT_CONDITION,
        title: "constant condition",
        explanation: "The condition does not depend on the telemetry: the statement runs always or \
never.",
    },
    Code {
        code: UNREACHABLE,
        title: "condition that cannot hold any more",
        explanation: "An earlier statement of the group removes the entry that this condition \
asks for, for every record. The statement never runs. Move it up, or drop it.",
    },
    Code {
        code: OVERWRITTEN,
        title: "value set twice",
        explanation: "Two statements set the same path, and nothing reads it in between: the first \
one has no effect. Often the second was meant for another path, or to have a condition.",
    },
    Code {
        code: READS_DELETED,
        title: "value that was removed",
        explanation: "An earlier statement of the group removes this entry from every record, \
so reading it always yields nil.",
    },
    Code {
        code: ALWAYS_TRUE,
        title: "alternatives of which one always holds",
        explanation: "A value cannot equal two things at once, so `a != 1 or a != 2` \
holds for every record; so do two conditions of a group, of which one is enough. Join the \
comparisons with `and`.",
    },
    Code {
        code: PARENT_WRITE,
        title: "parent written from its children",
        explanation: "A resource, scope or other parent is shared by many records. Written from each \
of them, it keeps what the last one wrote, and the records before it get that value as well.",
    },
    Code {
        code: LOSES_IDENTITY,
        title: "resource without its identity",
        explanation: "Backends and processors tell resources apart by attributes such as \
service.name. Without them, telemetry of different services ends up under one.",
    },
    Code {
        code: PROPAGATE,
        title: "one failure refuses the batch",
        explanation: "With `error_mode: propagate`, a statement that fails for one record \
refuses the whole batch it came in; the sender may try again for ever. `ignore` logs the failure \
and goes on with the next statement.",
    },
    Code {
        code: ENDLESS,
        title: "records added without end",
        explanation: "A group comes by the metrics that its statements add, and copies the copies as \
well. When a scope has grown by ten times its size, and by 16 MiB, the batch is refused. Let a condition \
tell the copies from what is to be copied.",
    },
    Code {
        code: PATTERN,
        title: "invalid regular expression",
        explanation: "Regular expressions follow Go's RE2 syntax: there is no look-ahead, no \
look-behind and no back-reference, so that matching takes linear time. In an OTTL string every \
backslash is written twice.",
    },
    Code {
        code: NEVER_MATCHES,
        title: "pattern that matches no text",
        explanation: "A `^` that must follow something, or a `$` before something, can never be \
satisfied; neither can a class that was escaped once too often.",
    },
    Code {
        code: EXPENSIVE_PATTERN,
        title: "pattern that repeats too much",
        explanation: "Counted repetitions are copied: (a{1,50}){1,50} is 2500 copies of its \
inner part, which takes memory and time for every record.",
    },
    Code {
        code: UNKNOWN_GROUP,
        title: "unknown group in a replacement",
        explanation: "A reference to a group that the pattern does not have is replaced by nothing. \
$1x refers to a group named 1x; write ${1}x for group 1 followed by x. A dollar sign itself is \
written $$.",
    },
    Code {
        code: GLOB_OR_REGEX,
        title: "regular expression where a glob is taken",
        explanation: "replace_match and replace_all_matches take globs: `*` stands for any text, `?` \
for one character, and the whole value must match. For regular expressions there are replace_pattern \
and replace_all_patterns.",
    },
    Code {
        code: NO_NAMED_GROUP,
        title: "pattern without named groups",
        explanation: "ExtractPatterns makes a map of what the named groups of its pattern match. \
Without one the statement is taken at start and fails for every record. Name the groups: \
`(?P<user>\\w+)`.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use holt_grammar::diag::codes;

    #[test]
    fn codes_are_sorted_explained_and_no_ones_else() {
        for pair in CODES.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} before {}", pair[0].code, pair[1].code);
        }
        for entry in CODES {
            assert!(entry.explanation.ends_with('.'), "{}", entry.code);
            assert!(codes::CODES.iter().all(|other| other.code != entry.code), "{}", entry.code);
        }
    }
}
