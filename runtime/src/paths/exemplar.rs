//! Paths of an exemplar.

use holt_pdata::messages::numbers::EXEMPLAR;

use super::Storage::{Attributes, Double, Fixed64, SpanIdText, TraceIdText};
use super::decl::{CACHE, PathDecl, float, int, map, span_id, string, time, trace_id};

pub(super) const PATHS: &[PathDecl] = &[
    int(
        "time_unix_nano",
        Fixed64(EXEMPLAR::time_unix_nano),
        "When it was measured, in nanoseconds.",
    ),
    time("time", EXEMPLAR::time_unix_nano, "When it was measured."),
    float(
        "double_value",
        Double(EXEMPLAR::as_double),
        "The measurement as a double; 0 when it is an integer. Writing makes it a double.",
    ),
    int(
        "int_value",
        Fixed64(EXEMPLAR::as_int),
        "The measurement as an integer; 0 when it is a double. Writing makes it an integer.",
    ),
    trace_id("trace_id", EXEMPLAR::trace_id, "Trace in which it was measured."),
    string("trace_id.string", TraceIdText(EXEMPLAR::trace_id), "Trace id as hexadecimal text."),
    span_id("span_id", EXEMPLAR::span_id, "Span in which it was measured."),
    string("span_id.string", SpanIdText(EXEMPLAR::span_id), "Span id as hexadecimal text."),
    map("filtered_attributes", Attributes, "Attributes that the datapoint has not."),
    CACHE,
];
