//! Writes the conformance cases of paths from their tables.
//!
//! For each path of each context there is a case that reads it, compares it, and writes values of
//! every type to it; for each parent of a context one that does so with all of its paths. Which
//! answer is right only the reference knows: after the tables have changed, run
//! `cargo test -p holt-runtime --test path_cases -- --ignored` and then the oracle on `paths-*`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use holt_pdata::Signal;
use holt_runtime::functions::Dialect;
use holt_runtime::paths::{CONTEXTS, ContextDecl, Keys, PathDecl, Prefix};
use holt_runtime::types::{Kind, Type};
use serde_json::{Value, json};

/// The values that are written, by type.
const VALUES: &[(Kind, &str)] = &[
    (Kind::Nil, "nil"),
    (Kind::Bool, "true"),
    (Kind::Int, "7"),
    (Kind::Int, "-1"),
    (Kind::Int, "4294967298"),
    (Kind::Float, "2.5"),
    (Kind::String, "\"x\""),
    (Kind::String, "\"0A0b0c0d0e0f101112131415161718aa\""),
    (Kind::String, "\"0a0b0c0d0e0f1011\""),
    (Kind::String, "\"Client\""),
    (Kind::String, "\"SPAN_KIND_PRODUCER\""),
    (Kind::Bytes, "0x0102"),
    (Kind::Time, "Time(\"2024-01-02\", \"%Y-%m-%d\")"),
    (Kind::Duration, "Duration(\"1s\")"),
    (Kind::Map, "{\"a\": 1}"),
    (Kind::List, "[3, 4]"),
    (Kind::List, "[1.5]"),
    (Kind::List, "[\"a\"]"),
    (Kind::List, "[1, 2.5]"),
    (Kind::List, "[]"),
];

/// Paths whose values are of types that have no literal.
const SOURCES: &[(Kind, &str)] = &[
    (Kind::TraceId, "span.trace_id"),
    (Kind::SpanId, "span.parent_span_id"),
    (Kind::TraceId, "log.trace_id"),
    (Kind::SpanId, "log.span_id"),
    (Kind::TraceId, "exemplar.trace_id"),
    (Kind::SpanId, "exemplar.span_id"),
    (Kind::ProfileId, "profile.profile_id"),
    (Kind::Message, "span.events"),
    (Kind::Message, "span.links"),
    (Kind::Message, "span.status"),
    (Kind::Message, "metric.data_points"),
    (Kind::Message, "datapoint.exemplars"),
    (Kind::Message, "datapoint.quantile_values"),
    (Kind::Message, "datapoint.negative"),
    (Kind::List, "datapoint.bucket_counts"),
    (Kind::List, "datapoint.explicit_bounds"),
    (Kind::List, "datapoint.negative.bucket_counts"),
    (Kind::Message, "profile.sample"),
    (Kind::Message, "profile.period_type"),
    (Kind::List, "profile.attribute_indices"),
];

/// Keys and indices behind a map that holds `k`, `m` and `l` or lacks them.
const KEYS: &[&str] = &[
    "[\"k\"]",
    "[\"m\"]",
    "[\"m\"][\"n\"]",
    "[\"m\"][\"n\"][\"o\"]",
    "[\"l\"]",
    "[\"l\"][0]",
    "[\"l\"][2]",
    "[\"l\"][\"k\"]",
    "[\"k\"][\"x\"]",
    "[\"k\"][0]",
    "[\"none\"]",
    "[\"none\"][\"x\"][0]",
    "[0]",
    "[resource.attributes[\"key\"]]",
    "[resource.attributes[\"yes\"]]",
    "[\"l\"][resource.attributes[\"two\"]]",
    "[Concat([\"k\"], \"\")]",
];

/// Writes to elements of the same map.
const ELEMENT_WRITES: &[(&str, &str)] = &[
    ("[\"k\"]", "5"),
    ("[\"k\"]", "Time(\"2024-01-02\", \"%Y-%m-%d\")"),
    ("[\"k\"][\"x\"]", "1"),
    ("[\"l\"][0]", "{\"a\": [1, \"b\"]}"),
    ("[\"l\"][0][\"a\"][1]", "0x0102"),
    ("[\"l\"][2]", "1"),
    ("[\"l\"][\"x\"]", "1"),
    ("[\"m\"][\"n\"]", "nil"),
    ("[\"m\"][\"new\"][\"deep\"]", "true"),
    ("[\"m\"][\"time\"]", "Time(\"2024-01-02\", \"%Y-%m-%d\")"),
    ("[\"new1\"]", "nil"),
    ("[\"new2\"][2]", "2.5"),
    ("[\"new3\"][\"a\"][1]", "\"x\""),
    ("[\"new4\"]", "Duration(\"1s\")"),
    ("[\"new5\"]", "[1, Duration(\"1s\")]"),
    ("[\"new6\"]", "[Duration(\"1s\"), 1]"),
    ("[\"new7\"][\"a\"]", "Duration(\"1s\")"),
    ("[\"new8\"][resource.attributes[\"yes\"]]", "1"),
    ("[resource.attributes[\"host\"]]", "1"),
    ("[0]", "1"),
];

/// As [`KEYS`] and [`ELEMENT_WRITES`], for a path that takes one text key.
const MEMBER_KEYS: &[&str] = &["[\"a\"]", "[\"none\"]", "[span.name]", "[\"BAD KEY\"]"];
const MEMBER_WRITES: &[(&str, &str)] = &[
    ("[\"b\"]", "\"9\""),
    ("[\"new\"]", "\"1\""),
    ("[\"a\"]", "5"),
    ("[\"a\"]", "nil"),
    ("[\"BAD KEY\"]", "\"x\""),
    ("[\"a\"]", "\"not=valid\""),
    ("[Concat([\"a\"], \"\")]", "\"1\""),
];

/// The files in `inputs` that show a prefix in a context.
fn inputs(context: &str, prefix: &str) -> &'static [(Signal, &'static str)] {
    use Signal::{Logs, Metrics, Profiles, Traces};
    match (context, prefix) {
        ("span" | "spanevent", _) => &[(Traces, "span")],
        ("log", _) => &[(Logs, "log")],
        ("profile", _) => &[(Profiles, "profile")],
        ("scope" | "resource", _) => &[(Traces, "span"), (Profiles, "profile")],
        ("metric", "metric") => &[
            (Metrics, "no-data"),
            (Metrics, "gauge"),
            (Metrics, "sum"),
            (Metrics, "histogram"),
            (Metrics, "exponential"),
            (Metrics, "summary"),
        ],
        ("datapoint", "datapoint") => &[
            (Metrics, "gauge"),
            (Metrics, "sum"),
            (Metrics, "histogram"),
            (Metrics, "exponential"),
            (Metrics, "summary"),
        ],
        ("datapoint", "metric") => &[(Metrics, "sum"), (Metrics, "summary")],
        ("exemplar", "exemplar") => &[(Metrics, "gauge"), (Metrics, "sum")],
        ("exemplar", "datapoint" | "metric") => {
            &[(Metrics, "sum"), (Metrics, "histogram"), (Metrics, "exponential")]
        }
        ("metric" | "datapoint" | "exemplar", _) => &[(Metrics, "gauge")],
        _ => &[],
    }
}

/// Whether the reference crashes when it compares the path with itself.
fn is_typed_list(decl: &PathDecl) -> bool {
    const TYPED: [&str; 5] =
        ["bucket_counts", "explicit_bounds", "indices", "values", "timestamps"];
    decl.get.has(Kind::List)
        && decl.get != Type::VALUE
        && TYPED.iter().any(|name| decl.name.contains(name))
}

/// The statements of a case, each of which leaves a note in the resource.
#[derive(Default)]
struct Statements {
    all: Vec<String>,
    notes: usize,
}

impl Statements {
    fn note(&mut self, value: &str) {
        self.notes += 1;
        self.all.push(format!("set(resource.attributes[\"n{}\"], {value})", self.notes));
    }

    fn note_if(&mut self, condition: &str) {
        self.notes += 1;
        self.all
            .push(format!("set(resource.attributes[\"n{}\"], 1) where {condition}", self.notes));
    }

    fn write(&mut self, path: &str, value: &str) {
        self.all.push(format!("set({path}, {value})"));
    }

    fn read(&mut self, path: &str, decl: &PathDecl) {
        self.note(path);
        self.note(&format!("String({path})"));
        for test in ["IsList", "IsMap", "IsEmpty", "Len"] {
            self.note(&format!("{test}({path})"));
        }
        self.note_if(&format!("{path} == nil"));
        self.note_if(&format!("{path} != [1, 2]"));
        if !is_typed_list(decl) {
            self.note_if(&format!("{path} == {path}"));
            self.note_if(&format!("{path} <= {path}"));
        }
    }

    /// Writes values of every type: first those that should be refused.
    fn writes(&mut self, path: &str, decl: &PathDecl, sources: &[(Kind, String)]) {
        let values = || {
            let literals = VALUES.iter().map(|(kind, text)| (*kind, (*text).to_owned()));
            literals.chain(sources.iter().cloned())
        };
        for (_, value) in values().filter(|(kind, _)| !decl.set.has(*kind)) {
            self.write(path, &value);
        }
        self.note(&format!("String({path})"));
        for (_, value) in values().filter(|(kind, _)| decl.set.has(*kind)) {
            self.write(path, &value);
            self.note(&format!("String({path})"));
        }
        // The reference crashes when it clears messages.
        if !decl.get.has(Kind::Message) {
            self.all.push(format!("clear({path})"));
            self.note(&format!("String({path})"));
        }
    }
}

struct Cases {
    all: Vec<Value>,
}

impl Cases {
    fn push(
        &mut self,
        name: String,
        context: Option<&str>,
        (signal, input): (Signal, &str),
        statements: &[String],
    ) {
        self.push_with(name, context, signal, json!(input), statements);
    }

    fn push_with(
        &mut self,
        name: String,
        context: Option<&str>,
        signal: Signal,
        input: Value,
        statements: &[String],
    ) {
        let case = json!({
            "name": name, "signal": signal.name(), "context": context, "statements": statements,
            "client": client(), "input": input,
        });
        self.all.push(case);
    }
}

/// Who sends all payloads.
fn client() -> Value {
    json!({
        "address": "192.0.2.7:4711",
        "metadata": { "X-Tenant": ["blue", "green"] },
        "auth": { "subject": "é", "groups": ["a", "b"], "level": 3, "more": { "k": "v" } },
        "grpc": { "x-tenant": ["red"] },
    })
}

fn text(prefix: &Prefix, decl: &PathDecl) -> String {
    format!("{}.{}", prefix.name, decl.name)
}

/// What stands in for values without a literal where the context is.
fn sources(context: &ContextDecl, besides: &str) -> Vec<(Kind, String)> {
    let reachable = |path: &str| {
        let (prefix, name) = path.split_once('.').unwrap();
        context.path(prefix, name).is_some()
    };
    let known = SOURCES.iter().filter(|(_, path)| reachable(path) && *path != besides);
    known.map(|(kind, path)| (*kind, (*path).to_owned())).collect()
}

/// Everything about one path of the context's own.
fn own(cases: &mut Cases, context: &ContextDecl, prefix: &Prefix, decl: &PathDecl) {
    let path = text(prefix, decl);
    let name = context.name;
    for input in inputs(name, prefix.name) {
        let mut statements = Statements::default();
        statements.read(&path, decl);
        statements.writes(&path, decl, &sources(context, &path));
        let title = format!("{name}: {path} ({})", input.1);
        cases.push(title, Some(name), *input, &statements.all);
    }
    let first = inputs(name, prefix.name).last().unwrap();
    let mut refused = |what: &str, text: String| {
        let statement = format!("set(resource.attributes[\"x\"], {text})");
        cases.push(format!("{name}: {path} {what}"), Some(name), *first, &[statement]);
    };
    refused("below", format!("{path}.foo"));
    let (keys, writes) = match decl.keys {
        Keys::None => return refused("key", format!("{path}[\"x\"]")),
        Keys::Value => (KEYS, ELEMENT_WRITES),
        Keys::Member => {
            refused("two keys", format!("{path}[\"a\"][\"b\"]"));
            refused("index", format!("{path}[0]"));
            (MEMBER_KEYS, MEMBER_WRITES)
        }
    };
    let mut statements = Statements::default();
    keys.iter().for_each(|key| statements.note(&format!("{path}{key}")));
    for (key, value) in writes {
        statements.write(&format!("{path}{key}"), value);
    }
    // A map that is copied into itself holds a part of itself in the reference.
    statements.note(&if name == "resource" { format!("String({path})") } else { path.clone() });
    cases.push(format!("{name}: {path} keys"), Some(name), *first, &statements.all);
}

/// All paths of a parent, read and written.
fn parent(cases: &mut Cases, context: &ContextDecl, prefix: &Prefix) {
    let name = context.name;
    for input in inputs(name, prefix.name) {
        let mut statements = Statements::default();
        for decl in prefix.paths.iter().filter(|decl| decl.name != "cache") {
            let path = text(prefix, decl);
            statements.note(&path);
            statements.note(&format!("String({path})"));
            if decl.keys != Keys::None {
                statements.note(&format!("{path}[\"k\"]"));
                statements.write(&format!("{path}[\"k\"]"), "\"w\"");
            }
            let literals = VALUES.iter().map(|(kind, text)| (*kind, (*text).to_owned()));
            let all: Vec<_> = literals.chain(sources(context, "")).collect();
            // A list that is emptied ends the walk over what is in it, so that comes at the end.
            let takes = |kind: Kind| decl.set.has(kind) && kind != Kind::Nil;
            for (_, value) in all.iter().filter(|(kind, _)| takes(*kind)) {
                statements.write(&path, value);
            }
            statements.note(&format!("String({path})"));
        }
        for decl in prefix.paths.iter().filter(|decl| decl.name != "cache") {
            statements.write(&text(prefix, decl), "nil");
        }
        let title = format!("{name}: all of {} ({})", prefix.name, input.1);
        cases.push(title, Some(name), *input, &statements.all);
        let cache = format!("set({}.cache[\"x\"], 1)", prefix.name);
        cases.push(
            format!("{name}: {} cache ({})", prefix.name, input.1),
            Some(name),
            *input,
            &[cache],
        );
    }
}

/// Which symbols the context knows.
fn symbols(cases: &mut Cases, context: &ContextDecl) {
    let name = context.name;
    let Some(input) = inputs(name, name).first() else { return };
    let mut statements = Statements::default();
    for (symbol, _) in context.enums.iter().flat_map(|table| table.values) {
        statements.note(symbol);
    }
    if !statements.all.is_empty() {
        cases.push(format!("{name}: symbols"), Some(name), *input, &statements.all);
    }
    for table in CONTEXTS.iter().flat_map(|other| other.enums) {
        if let Some((symbol, _)) = table.values.first()
            && context.symbol(symbol).is_none()
            && !cases.all.iter().any(|case| case["name"] == format!("{name}: {symbol}"))
        {
            let statement = format!("set(resource.attributes[\"x\"], {symbol})");
            cases.push(format!("{name}: {symbol}"), Some(name), *input, &[statement]);
        }
    }
}

/// Which context is inferred from paths of two prefixes.
fn inference(cases: &mut Cases, signal: Signal) {
    let contexts =
        || CONTEXTS.iter().filter(|context| context.serves_in(signal, Dialect::TRANSFORM));
    let point = json!({ "exemplars": [{ "asInt": "1" }] });
    let (resources, scopes, items, item) = match signal {
        Signal::Traces => {
            ("resourceSpans", "scopeSpans", "spans", json!({ "events": [{ "name": "e" }] }))
        }
        Signal::Metrics => (
            "resourceMetrics",
            "scopeMetrics",
            "metrics",
            json!({ "name": "m", "gauge": { "dataPoints": [point] } }),
        ),
        Signal::Logs => ("resourceLogs", "scopeLogs", "logRecords", json!({ "flags": 1 })),
        Signal::Profiles => {
            ("resourceProfiles", "scopeProfiles", "profiles", json!({ "period": "1" }))
        }
    };
    let mut input = json!({ resources: [{ scopes: [{ items: [item] }] }] });
    if signal == Signal::Profiles {
        // Without it the reference gives the first text an index that means none.
        input["dictionary"] = json!({ "stringTable": [""] });
    }
    let names: Vec<&str> = contexts()
        .map(|context| context.name)
        .chain(["instrumentation_scope", "otelcol"])
        .collect();
    for one in &names {
        for other in &names {
            let first = |name: &str| {
                let decl = CONTEXTS.iter().find_map(|context| context.prefix(name)).unwrap().paths;
                format!("{name}.{}", decl.first().unwrap().name)
            };
            let (one_path, other_path) = (first(one), first(other));
            let statement = format!(
                "set(resource.attributes[\"x\"], String({one_path})) where {other_path} != 77"
            );
            let title = format!("infer {} {one} {other}", signal.name());
            cases.push_with(title, None, signal, input.clone(), &[statement]);
        }
    }
}

#[test]
#[ignore = "writes the cases of paths; run it when their tables have changed"]
fn write_the_cases_of_paths() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/conformance/cases");
    let write = |name: &str, cases: Cases| {
        let lines: Vec<String> = cases.all.iter().map(ToString::to_string).collect();
        std::fs::write(
            format!("{folder}/paths-{name}.json"),
            format!("[\n{}\n]\n", lines.join(",\n")),
        )
        .unwrap();
    };
    for context in CONTEXTS.iter().filter(|context| context.only.is_none()) {
        let mut cases = Cases { all: Vec::new() };
        for prefix in context.prefixes {
            match prefix.name == context.name {
                true => prefix.paths.iter().for_each(|decl| own(&mut cases, context, prefix, decl)),
                false => parent(&mut cases, context, prefix),
            }
        }
        symbols(&mut cases, context);
        write(context.name, cases);
    }
    let mut cases = Cases { all: Vec::new() };
    Signal::ALL.into_iter().for_each(|signal| inference(&mut cases, signal));
    write("inference", cases);
}
