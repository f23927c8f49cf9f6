//! The engines agree: on random statements over the tables, with and without optimiser passes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use common::{Texts, compile_groups};
use holt_pdata::{Batch, Signal, json};
use holt_runtime::compiler::opt::Pass;
use holt_runtime::functions::{Dialect, FUNCTIONS, FunctionDecl, Shim, Takes};
use holt_runtime::host::FixedHost;
use holt_runtime::paths::{ContextDecl, Keys, context};
use holt_runtime::program::Counts;
use holt_runtime::types::Type;
use holt_runtime::{Engine, Program};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

const KEYS: [&str; 6] = ["s", "i", "m", "l", "e", "new"];

/// Everything a value can be, several times over, in two resources.
fn telemetry(signal: Signal) -> Batch {
    let attributes = json!([
        { "key": "s", "value": { "stringValue": "abc-12" } },
        { "key": "i", "value": { "intValue": "42" } },
        { "key": "f", "value": { "doubleValue": 1.5 } },
        { "key": "b", "value": { "boolValue": true } },
        { "key": "by", "value": { "bytesValue": "AQL/" } },
        { "key": "e", "value": {} },
        { "key": "l", "value": { "arrayValue": { "values": [
            { "stringValue": "x" }, { "intValue": "2" }] } } },
        { "key": "m", "value": { "kvlistValue": { "values": [
            { "key": "s", "value": { "stringValue": "deep" } }] } } },
    ]);
    let resource = |n: u32| {
        json!({ "attributes": [
            { "key": "s", "value": { "stringValue": format!("resource {n}") } },
            { "key": "i", "value": { "intValue": n } },
        ] })
    };
    let scope = json!({ "name": "scope", "attributes": [
        { "key": "s", "value": { "stringValue": "of the scope" } }] });
    let request = match signal {
        Signal::Traces => {
            let span = |kind: u32| {
                json!({ "name": "GET /x", "kind": kind, "traceId": "0102030405060708090a0b0c0d0e0f10",
                    "startTimeUnixNano": "1000", "endTimeUnixNano": "3000", "traceState": "a=1",
                    "attributes": attributes, "status": { "code": 2, "message": "no" } })
            };
            let one = |n| {
                json!({ "resource": resource(n), "scopeSpans": [
                { "scope": scope, "spans": [span(1), span(2)] }] })
            };
            json!({ "resourceSpans": [one(1), one(2)] })
        }
        Signal::Logs => {
            let log = |severity: u32| {
                json!({ "body": { "stringValue": "text 12" }, "severityNumber": severity,
                    "severityText": "INFO", "timeUnixNano": "7", "attributes": attributes })
            };
            let one = |n| {
                json!({ "resource": resource(n), "scopeLogs": [
                { "scope": scope, "logRecords": [log(1), log(9)] }] })
            };
            json!({ "resourceLogs": [one(1), one(2)] })
        }
        _ => {
            let points = json!([
                { "asInt": "5", "attributes": attributes, "timeUnixNano": "9" },
                { "asDouble": 2.5, "attributes": [] }]);
            let histogram = json!({ "dataPoints": [{ "count": "3", "sum": 6.0,
                "bucketCounts": ["1", "2"], "explicitBounds": [2.0], "attributes": attributes }],
                "aggregationTemporality": 1 });
            let one = |n| {
                json!({ "resource": resource(n), "scopeMetrics": [{ "scope": scope,
                "metrics": [
                    { "name": "g", "gauge": { "dataPoints": points } },
                    { "name": "s", "sum": { "dataPoints": points, "isMonotonic": true,
                        "aggregationTemporality": 2 } },
                    { "name": "h", "histogram": histogram }] }] })
            };
            json!({ "resourceMetrics": [one(1), one(2)] })
        }
    };
    json::decode(signal, request.to_string().as_bytes()).unwrap()
}

fn contexts() -> impl Strategy<Value = (Signal, &'static ContextDecl)> {
    select(vec![
        (Signal::Traces, "span"),
        (Signal::Traces, "resource"),
        (Signal::Traces, "scope"),
        (Signal::Logs, "log"),
        (Signal::Metrics, "metric"),
        (Signal::Metrics, "datapoint"),
    ])
    .prop_map(|(signal, name)| (signal, context(name).unwrap()))
}

/// A path that the context can reach; with keys where it takes any.
fn path(context: &'static ContextDecl) -> BoxedStrategy<String> {
    let rows: Vec<(String, Keys)> = context
        .prefixes
        .iter()
        .flat_map(|prefix| {
            let own = prefix.name == context.name;
            let rows = prefix.paths.iter().filter(move |row| own || row.name != "cache");
            rows.map(|row| (format!("{}.{}", prefix.name, row.name), row.keys))
        })
        .collect();
    let keyed = |(path, keys): (String, Keys)| match keys {
        Keys::None => Just(path).boxed(),
        Keys::Member => prop_oneof![Just(path.clone()), Just(format!("{path}[\"a\"]"))].boxed(),
        Keys::Value => prop_oneof![
            1 => Just(path.clone()),
            6 => select(&KEYS[..]).prop_map({
                let path = path.clone();
                move |key| format!("{path}[\"{key}\"]")
            }),
            1 => (select(&KEYS[..]), 0..3u8).prop_map({
                let path = path.clone();
                move |(key, index)| format!("{path}[\"{key}\"][{index}]")
            }),
            1 => (select(&KEYS[..]), select(&KEYS[..]))
                .prop_map(move |(key, inner)| format!("{path}[\"{key}\"][\"{inner}\"]")),
        ]
        .boxed(),
    };
    select(rows).prop_flat_map(keyed).boxed()
}

fn literal() -> BoxedStrategy<String> {
    prop_oneof![
        Just("nil".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        (-3i64..50).prop_map(|value| value.to_string()),
        select(vec!["1.5", "42.0", "0.0"]).prop_map(str::to_owned),
        select(vec!["\"abc-12\"", "\"12\"", "\"\"", "\"x\"", "\"Server\""]).prop_map(str::to_owned),
        Just("0x0102ff".to_owned()),
    ]
    .boxed()
}

fn literal_of(ty: Type) -> BoxedStrategy<String> {
    let of = |words: Vec<&'static str>| select(words).prop_map(str::to_owned).boxed();
    if ty == Type::INT {
        of(vec!["0", "1", "2", "5"])
    } else if ty == Type::FLOAT {
        of(vec!["0.5", "2.0", "50.0"])
    } else if ty == Type::BOOL {
        of(vec!["true", "false"])
    } else {
        of(vec!["\"a\"", "\",\"", "\"upsert\"", "\"value\"", "\"delta\"", "\"\""])
    }
}

/// An argument for a parameter: mostly one that fits.
fn argument(takes: Takes, value: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let text = || select(vec!["\"abc\"", "\"-\"", "\"s\"", "\"m\""]).prop_map(str::to_owned);
    match takes {
        Takes::Exactly(ty) if ty == Type::STRING => prop_oneof![3 => text(), 1 => value].boxed(),
        Takes::Pattern => {
            select(vec!["\"[a-z]+\"", "\"(\\\\d)\"", "\"\""]).prop_map(str::to_owned).boxed()
        }
        Takes::List(ty) => {
            let element = if ty == Type::STRING {
                prop_oneof![3 => text(), 1 => value].boxed()
            } else {
                value
            };
            proptest::collection::vec(element, 0..3)
                .prop_map(|items| format!("[{}]", items.join(", ")))
                .boxed()
        }
        Takes::Literal(ty) => literal_of(ty),
        Takes::Literals(ty) => proptest::collection::vec(literal_of(ty), 0..3)
            .prop_map(|items| format!("[{}]", items.join(", ")))
            .boxed(),
        Takes::Elements => prop_oneof![
            3 => proptest::collection::vec(value.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            1 => value,
        ]
        .boxed(),
        Takes::Function => Just("SHA256".to_owned()).boxed(),
        _ => value,
    }
}

fn call(
    function: &'static FunctionDecl,
    first: String,
    value: &BoxedStrategy<String>,
) -> BoxedStrategy<String> {
    let skip = usize::from(!first.is_empty());
    let required = function.params.iter().filter(|param| !param.optional).count();
    let rest: Vec<_> =
        function.params[skip..].iter().map(|param| argument(param.takes, value.clone())).collect();
    (rest, required - skip..=function.params.len() - skip)
        .prop_map(move |(mut args, count)| {
            args.truncate(count);
            if skip == 1 {
                args.insert(0, first.clone());
            }
            format!("{}({})", function.name, args.join(", "))
        })
        .boxed()
}

fn value(context: &'static ContextDecl) -> BoxedStrategy<String> {
    let leaf = prop_oneof![3 => path(context), 2 => literal()].boxed();
    leaf.prop_recursive(3, 12, 4, |inner| {
        let inner = inner.boxed();
        let converters: Vec<_> = FUNCTIONS
            .iter()
            .filter(|function| {
                !function.is_editor() && Dialect::TRANSFORM.knows_in(function.offered, context)
            })
            .map(|function| call(function, String::new(), &inner))
            .collect();
        let operand = prop_oneof![path_like(&inner), Just("3".to_owned()), Just("1.5".to_owned())];
        prop_oneof![
            3 => proptest::strategy::Union::new(converters),
            1 => (operand.clone(), select(vec!["+", "-", "*", "/"]), operand)
                .prop_map(|(left, op, right)| format!("({left} {op} {right})")),
            1 => proptest::collection::vec(inner.clone(), 0..3)
                .prop_map(|items| format!("[{}]", items.join(", "))),
            1 => inner.prop_map(|value| format!("{{\"a\": {value}}}")),
        ]
    })
    .boxed()
}

/// Arithmetic takes numbers, paths and calls as text, no other literals.
fn path_like(inner: &BoxedStrategy<String>) -> BoxedStrategy<String> {
    inner
        .clone()
        .prop_map(|text| {
            let fits = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '(')
                && !matches!(text.as_str(), "nil" | "true" | "false");
            if fits { text } else { "7".to_owned() }
        })
        .boxed()
}

fn condition(context: &'static ContextDecl) -> BoxedStrategy<String> {
    let compare = (value(context), select(vec!["==", "!=", "<", "<=", ">", ">="]), value(context))
        .prop_map(|(left, op, right)| format!("{left} {op} {right}"));
    let matches = value(context).prop_map(|value| format!("IsMatch({value}, \"[a-z]\")"));
    let leaf =
        prop_oneof![4 => compare, 1 => matches, 1 => any::<bool>().prop_map(|b| b.to_string())];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone())
                .prop_map(|(left, right)| format!("({left} and {right})")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} or {right})")),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
    .boxed()
}

fn statement(context: &'static ContextDecl) -> BoxedStrategy<String> {
    let editors: Vec<&'static FunctionDecl> = FUNCTIONS
        .iter()
        .filter(|function| {
            function.is_editor() && Dialect::TRANSFORM.knows_in(function.offered, context)
        })
        .collect();
    let editor = (select(editors), path(context)).prop_flat_map(move |(function, target)| {
        let has_target = !matches!(function.run, Shim::ItemEditor(_));
        call(function, if has_target { target } else { String::new() }, &value(context))
    });
    let set = (path(context), value(context))
        .prop_map(|(target, value)| format!("set({target}, {value})"));
    let action = prop_oneof![2 => set, 1 => editor];
    prop_oneof![
        2 => action.clone(),
        1 => (action, condition(context)).prop_map(|(action, condition)| format!("{action} where {condition}")),
    ]
    .boxed()
}

fn group(context: &'static ContextDecl) -> impl Strategy<Value = Texts> {
    (
        proptest::collection::vec(statement(context), 1..4),
        prop_oneof![
            4 => Just(Vec::new()),
            1 => proptest::collection::vec(condition(context), 1..3),
        ],
        prop_oneof![8 => Just("ignore"), 1 => Just("silent"), 1 => Just("propagate")],
    )
        .prop_map(|(statements, conditions, mode)| Texts {
            statements,
            conditions,
            error_mode: mode.to_owned(),
        })
}

fn groups() -> impl Strategy<Value = (Signal, &'static ContextDecl, Vec<Texts>)> {
    contexts().prop_flat_map(|(signal, context)| {
        (Just(signal), Just(context), proptest::collection::vec(group(context), 1..4))
    })
}

/// What there is to see of a run: the bytes or the refusal, and the counts.
fn seen(program: &Program, batch: &Batch) -> (Result<Vec<u8>, String>, Vec<Counts>) {
    let result = program.run(batch, &FixedHost::default());
    let result = result.map(|batch| batch.bytes().to_vec()).map_err(|error| error.to_string());
    (result, program.tallies().iter().map(|tally| tally.counts()).collect())
}

#[test]
fn engines_agree_on_random_statements() {
    use std::cell::Cell;
    let (accepted, changed) = (Cell::new(0u32), Cell::new(0u32));
    const CASES: u32 = 400;
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Default::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let fused = Cell::new(0u32);
    let outcome = runner.run(&groups(), |(signal, context, groups)| {
        let compile = |engine| compile_groups(signal, Some(context.name), &groups, engine);
        let Ok(reference) = compile(Engine::Reference) else { return Ok(()) };
        if reference.program.code().count() < groups.len() {
            fused.set(fused.get() + 1);
        }
        accepted.set(accepted.get() + 1);
        let batch = telemetry(signal);
        let wanted = seen(&reference.program, &batch);
        if wanted.0.as_ref().is_ok_and(|bytes| bytes[..] != batch.bytes()[..]) {
            changed.set(changed.get() + 1);
        }
        if let Ok(bytes) = &wanted.0 {
            let again = Batch::decode(signal, bytes.clone().into());
            prop_assert!(again.is_ok_and(|again| again.repairs() == Default::default()));
        }
        prop_assert_eq!(&seen(&compile(Engine::Vm).unwrap().program, &batch), &wanted);
        let trees = || reference.program.trees().cloned().collect::<Vec<_>>();
        for passes in [&[][..], &[Pass::Fold], &[Pass::Hoist]] {
            let program = Program::with_passes(signal, trees(), Engine::Vm, passes);
            prop_assert_eq!(&seen(&program, &batch), &wanted, "with {:?}", passes);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    println!(
        "{} of {CASES} accepted, {} changed something, {} shared a pass",
        accepted.get(),
        changed.get(),
        fused.get()
    );
    assert!(fused.get() > CASES / 20, "only {} shared a pass", fused.get());
    assert!(accepted.get() > CASES / 3, "only {} accepted", accepted.get());
    assert!(changed.get() > CASES / 8, "only {} changed something", changed.get());
}
