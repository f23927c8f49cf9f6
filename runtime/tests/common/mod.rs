//! What several tests share: compiling texts, comparing batches.
#![allow(dead_code)]

pub(crate) mod answer;
pub(crate) mod client;
mod profiles;

use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_pdata::schema::{self, Kind};
use holt_pdata::wire::Fields;
use holt_pdata::{Batch, Repairs, Signal, json};
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{Compiled, ErrorMode, Group, SourceText, compile};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::Value;

/// A text in a source of its own.
pub(crate) fn source(sources: &mut SourceMap, text: &str) -> SourceText {
    let source = sources.add("statement", text);
    SourceText::new(text, Verbatim { source, offset: 0 })
}

/// Compiles one group; the error is all messages.
pub(crate) fn compile_case(
    signal: Signal,
    context: Option<&str>,
    statements: &[&str],
    conditions: &[&str],
    error_mode: &str,
    engine: Engine,
) -> Result<Compiled, String> {
    let texts = (statements, conditions);
    compile_case_in(Dialect::TRANSFORM, signal, context, texts, error_mode, engine)
}

/// As [`compile_case`], in a dialect; `texts` are statements and conditions.
pub(crate) fn compile_case_in(
    dialect: Dialect,
    signal: Signal,
    context: Option<&str>,
    (statements, conditions): (&[&str], &[&str]),
    error_mode: &str,
    engine: Engine,
) -> Result<Compiled, String> {
    let group = Texts {
        statements: statements.iter().map(ToString::to_string).collect(),
        conditions: conditions.iter().map(ToString::to_string).collect(),
        error_mode: error_mode.to_owned(),
    };
    compile_groups_in(dialect, signal, context, &[group], engine)
}

/// The texts of a group.
#[derive(Clone, Debug)]
pub(crate) struct Texts {
    pub(crate) statements: Vec<String>,
    pub(crate) conditions: Vec<String>,
    pub(crate) error_mode: String,
}

/// Compiles groups; the error is all messages.
pub(crate) fn compile_groups(
    signal: Signal,
    context: Option<&str>,
    groups: &[Texts],
    engine: Engine,
) -> Result<Compiled, String> {
    compile_groups_in(Dialect::TRANSFORM, signal, context, groups, engine)
}

/// As [`compile_groups`], in a dialect.
pub(crate) fn compile_groups_in(
    dialect: Dialect,
    signal: Signal,
    context: Option<&str>,
    groups: &[Texts],
    engine: Engine,
) -> Result<Compiled, String> {
    let mut sources = SourceMap::default();
    let mut sourced = Vec::new();
    for group in groups {
        let error_mode = match group.error_mode.as_str() {
            "" => ErrorMode::default(),
            name => name.parse().map_err(|error| format!("{error}"))?,
        };
        sourced.push(Group {
            context: context.map(|name| source(&mut sources, name)),
            statements: group.statements.iter().map(|text| source(&mut sources, text)).collect(),
            conditions: group.conditions.iter().map(|text| source(&mut sources, text)).collect(),
            error_mode,
            ..Group::default()
        });
    }
    compile(signal, &sourced, dialect, engine).map_err(|findings| {
        let messages: Vec<_> = findings
            .iter()
            .map(|finding| format!("{} {}", finding.code, finding.message))
            .collect();
        messages.join("; ")
    })
}

/// Panics unless a batch that was written reads back without repair, holds as many items as it says
/// and has every field in the order of the numbers.
pub(crate) fn assert_readable(batch: &Batch) {
    let again = Batch::decode(batch.signal(), batch.bytes().clone()).unwrap();
    assert_eq!(again.repairs(), Repairs::default());
    assert_eq!(again.items(), batch.items());
    assert_in_order(batch.signal().request(), batch.bytes());
}

fn assert_in_order(message: &'static schema::Message, bytes: &[u8]) {
    let mut last = 0;
    for field in Fields::new(bytes) {
        let declared = message.field(field.number).unwrap();
        assert!(field.number >= last, "{}.{}", message.name, declared.name);
        last = field.number;
        if let Kind::Message(inner) = declared.kind {
            assert_in_order(inner, field.bytes);
        }
    }
}

/// A batch as a canonical text without regard to the order of attributes and map entries.
pub(crate) fn normalised_unordered(batch: &Batch) -> String {
    let mut value: Value = match batch.signal() {
        Signal::Profiles => serde_json::from_str(&profiles::resolved(batch)).unwrap(),
        _ => serde_json::from_slice(&json::encode(batch)).unwrap(),
    };
    make_canonical(&mut value);
    value.to_string()
}

/// Members that say something even when they hold nothing: those of a value, and the data of a
/// metric.
const TELLING: &[&str] = &[
    "stringValue",
    "intValue",
    "doubleValue",
    "boolValue",
    "bytesValue",
    "arrayValue",
    "kvlistValue",
    "asInt",
    "asDouble",
    "gauge",
    "sum",
    "histogram",
    "exponentialHistogram",
    "summary",
    "min",
    "max",
];

/// Sorts what has no order, and leaves out what is as good as absent.
fn make_canonical(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(make_canonical);
            if items.iter().any(|item| item.get("key").is_some()) {
                items.sort_by_key(ToString::to_string);
            }
        }
        Value::Object(members) => {
            members.values_mut().for_each(make_canonical);
            // What aggregation makes has no order either.
            if let Some(Value::Array(points)) = members.get_mut("dataPoints") {
                points.sort_by_key(ToString::to_string);
            }
            members.retain(|name, member| {
                let nothing = match member {
                    Value::Null => true,
                    Value::Bool(value) => !*value,
                    Value::Number(number) => number.as_f64() == Some(0.0),
                    Value::String(text) => text.is_empty() || text == "0",
                    Value::Array(items) => items.is_empty(),
                    Value::Object(members) => members.is_empty(),
                };
                !nothing || TELLING.contains(&name.as_str())
            });
        }
        _ => {}
    }
}

/// A batch as a canonical text: what OTLP does not tell apart is made equal.
pub(crate) fn normalised(batch: &Batch) -> String {
    let bytes = batch.bytes().clone();
    match batch.signal() {
        Signal::Traces => {
            let mut request = ExportTraceServiceRequest::decode(bytes).unwrap();
            for resource in &mut request.resource_spans {
                resource.resource.get_or_insert_default();
                for scope in &mut resource.scope_spans {
                    scope.scope.get_or_insert_default();
                    for span in &mut scope.spans {
                        span.status.get_or_insert_default();
                    }
                }
            }
            text_of(&request)
        }
        Signal::Metrics => {
            let mut request = ExportMetricsServiceRequest::decode(bytes).unwrap();
            for resource in &mut request.resource_metrics {
                resource.resource.get_or_insert_default();
                for scope in &mut resource.scope_metrics {
                    scope.scope.get_or_insert_default();
                }
            }
            text_of(&request)
        }
        Signal::Logs => {
            let mut request = ExportLogsServiceRequest::decode(bytes).unwrap();
            for resource in &mut request.resource_logs {
                resource.resource.get_or_insert_default();
                for scope in &mut resource.scope_logs {
                    scope.scope.get_or_insert_default();
                    for record in &mut scope.log_records {
                        record.body.get_or_insert_default();
                    }
                }
            }
            text_of(&request)
        }
        Signal::Profiles => profiles::resolved(batch),
    }
}

/// An absent value and an empty one are the same.
fn text_of(request: &impl std::fmt::Debug) -> String {
    format!("{request:?}").replace("value: None", "value: Some(AnyValue { value: None })").replace(
        "value: Some(AnyValue { value: Some(AnyValue { value: None }) })",
        "value: Some(AnyValue { value: None })",
    )
}
