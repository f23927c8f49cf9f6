//! Groups that add metrics and make them over: what later statements and groups see, and where it
//! ends.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::collections::BTreeSet;

use common::{Texts, assert_readable, compile_case, compile_groups, normalised};
use holt_pdata::{Batch, Signal, json};
use holt_runtime::error::EvalError;
use holt_runtime::host::{FixedHost, Host};
use holt_runtime::value::Time;
use holt_runtime::{Engine, Program};
use serde_json::{Value, json};

fn point(value: i64) -> Value {
    json!({ "asInt": value.to_string(), "timeUnixNano": "1" })
}

fn gauge(name: &str, values: &[i64]) -> Value {
    let points: Vec<Value> = values.iter().map(|value| point(*value)).collect();
    json!({ "name": name, "gauge": { "dataPoints": points } })
}

/// A request with these metrics in one scope, and a gauge in a second one.
fn batch(metrics: &[Value]) -> Batch {
    let scopes = json!([
        { "scope": { "name": "first" }, "metrics": metrics, "schemaUrl": "https://example.org" },
        { "scope": { "name": "second" }, "metrics": [gauge("other", &[9])] },
    ]);
    let request = json!({ "resourceMetrics": [{ "scopeMetrics": scopes }] });
    json::decode(Signal::Metrics, request.to_string().as_bytes()).unwrap()
}

/// The names of the metrics, scope by scope.
fn names(batch: &Batch) -> Vec<Vec<String>> {
    assert_readable(batch);
    let text: Value = serde_json::from_slice(&json::encode(batch)).unwrap();
    let scopes = text["resourceMetrics"][0]["scopeMetrics"].as_array().unwrap();
    let names = |scope: &Value| {
        let metrics = scope["metrics"].as_array().unwrap().iter();
        metrics.map(|metric| metric["name"].as_str().unwrap().to_owned()).collect()
    };
    scopes.iter().map(names).collect()
}

fn program(context: &str, statements: &[&str], mode: &str, engine: Engine) -> Program {
    compile_case(Signal::Metrics, Some(context), statements, &[], mode, engine).unwrap().program
}

fn groups(context: &str, groups: &[&[&str]], engine: Engine) -> Program {
    let texts = |statements: &&[&str]| Texts {
        statements: statements.iter().map(ToString::to_string).collect(),
        conditions: Vec::new(),
        error_mode: String::new(),
    };
    let groups: Vec<Texts> = groups.iter().map(texts).collect();
    compile_groups(Signal::Metrics, Some(context), &groups, engine).unwrap().program
}

#[test]
fn groups_that_add_metrics_have_a_pass_of_their_own() {
    const COPY: &[&str] = &[r#"copy_metric(name="b") where metric.name == "a""#];
    const NAME: &[&str] = &[r#"set(metric.name, Concat([metric.name, "x"], "."))"#];
    const UNIT: &[&str] = &[r#"set(metric.unit, "u")"#];
    for engine in Engine::ALL {
        assert_eq!(groups("metric", &[NAME, UNIT], engine).code().count(), 1);
        for pair in [[COPY, NAME], [NAME, COPY], [COPY, COPY]] {
            assert_eq!(groups("metric", &pair, engine).code().count(), 2);
        }
        let input = batch(&[gauge("a", &[1])]);
        let run = |texts: &[&[&str]]| {
            names(&groups("metric", texts, engine).run(&input, &FixedHost::default()).unwrap())
        };
        assert_eq!(run(&[COPY, NAME]), [vec!["a.x", "b.x"], vec!["other.x"]]);
        assert_eq!(run(&[NAME, COPY]), [vec!["a.x"], vec!["other.x"]]);
        assert_eq!(run(&[COPY, COPY]), [vec!["a", "b", "b"], vec!["other"]]);
    }
}

#[test]
fn a_group_that_adds_without_end_refuses_the_batch_in_every_error_mode() {
    let endless = [
        ("metric", "copy_metric()"),
        ("metric", r#"extract_percentile_metric(50.0, "") where false"#),
        ("metric", r#"copy_metric(name=Concat([metric.name, "x"], ""))"#),
    ];
    let input = batch(&[gauge("a", &[7; 10_000])]);
    for engine in Engine::ALL {
        for mode in ["ignore", "silent", "propagate"] {
            for (context, statement) in endless {
                let program = program(context, &[statement], mode, engine);
                let result = program.run(&input, &FixedHost::default());
                if statement.ends_with("where false") {
                    assert!(result.is_ok());
                } else {
                    assert_eq!(result.unwrap_err().cause, EvalError::TooManyRecords, "{mode}");
                }
            }
        }
    }
}

#[test]
fn a_batch_that_was_refused_leaves_no_trace_in_the_next() {
    for engine in Engine::ALL {
        let statement = r#"copy_metric() where resource.attributes["loop"] == true"#;
        let program = program("metric", &[statement], "", engine);
        let mut request: Value =
            serde_json::from_slice(&json::encode(&batch(&[gauge("a", &[1; 5000])]))).unwrap();
        request["resourceMetrics"][0]["resource"]["attributes"] =
            json!([{ "key": "loop", "value": { "boolValue": true } }]);
        let endless = json::decode(Signal::Metrics, request.to_string().as_bytes()).unwrap();
        program.run(&endless, &FixedHost::default()).unwrap_err();
        let input = batch(&[gauge("a", &[1])]);
        let output = program.run(&input, &FixedHost::default()).unwrap();
        assert_eq!(output.bytes().as_ptr(), input.bytes().as_ptr());
    }
}

#[test]
fn neighbours_of_an_added_metric_stay_as_they_are() {
    for engine in Engine::ALL {
        let input = batch(&[gauge("a", &[1]), gauge("b", &[2, 3])]);
        let statements = [r#"copy_metric(name="c") where metric.name == "a""#];
        let output =
            program("metric", &statements, "", engine).run(&input, &FixedHost::default()).unwrap();
        let expected = batch(&[gauge("a", &[1]), gauge("b", &[2, 3]), gauge("c", &[1])]);
        assert_eq!(output.bytes(), expected.bytes());
        assert_eq!((input.items(), output.items()), (4, 5));
    }
}

#[test]
fn metrics_added_from_datapoints_are_walked_with_all_their_datapoints() {
    let summary = json!({ "name": "s", "summary": { "dataPoints": [
        { "count": "1", "sum": 0.5, "timeUnixNano": "1" }, { "count": "2", "sum": 1.5, "timeUnixNano": "2" },
    ] } });
    let input = batch(&[summary, gauge("a", &[7])]);
    let statements = [
        r#"set(datapoint.attributes["seen"], metric.name)"#,
        r#"convert_summary_count_val_to_sum("delta", true) where datapoint.count == 1"#,
    ];
    for engine in Engine::ALL {
        let program = program("datapoint", &statements, "propagate", engine);
        let output = program.run(&input, &FixedHost::default()).unwrap();
        assert_eq!(names(&output), [vec!["s", "a", "s_count"], vec!["other"]]);
        let text: Value = serde_json::from_slice(&json::encode(&output)).unwrap();
        let points =
            &text["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][2]["sum"]["dataPoints"];
        let seen = |point: &Value| {
            let seen = point["attributes"][0]["value"]["stringValue"].as_str().unwrap().to_owned();
            (point["asInt"].as_str().unwrap().to_owned(), seen)
        };
        let seen: Vec<_> = points.as_array().unwrap().iter().map(seen).collect();
        let of = |value: &str| (value.to_owned(), "s_count".to_owned());
        assert_eq!(seen, [of("1"), of("2")]);
        assert_eq!(output.items(), 6);
    }
}

/// An exponential histogram datapoint with a bucket at an index.
fn bucket(index: i64, group: i64) -> Value {
    json!({ "count": "1", "timeUnixNano": group.to_string(),
        "positive": { "offset": index, "bucketCounts": ["1"] } })
}

#[test]
fn gaps_between_buckets_do_not_fill_the_memory() {
    let aggregate = |points: Vec<Value>| {
        let input =
            batch(&[json!({ "name": "e", "exponentialHistogram": { "dataPoints": points } })]);
        let program =
            program("metric", &[r#"aggregate_on_attributes("sum")"#], "propagate", Engine::Vm);
        program.run(&input, &FixedHost::default())
    };
    let output = aggregate(vec![bucket(0, 1), bucket(1000, 1)]).unwrap();
    assert_readable(&output);
    aggregate(vec![bucket(0, 1), bucket(1 << 30, 1)]).unwrap_err();
    // Each gap is bearable, all of them are not.
    let gaps = |groups: i64| {
        (0..groups).flat_map(|group| [bucket(0, group), bucket(60_000, group)]).collect::<Vec<_>>()
    };
    assert_readable(&aggregate(gaps(3)).unwrap());
    aggregate(gaps(40)).unwrap_err();
}

#[test]
fn quantiles_with_large_attributes_do_not_fill_the_memory() {
    let quantiles = |count: usize| {
        let text = "x".repeat(100_000);
        let quantiles: Vec<Value> = (0..count).map(|_| json!({ "value": 1 })).collect();
        let input = batch(&[json!({ "name": "s", "summary": { "dataPoints": [{
            "attributes": [{ "key": "k", "value": { "stringValue": text } }],
            "quantileValues": quantiles,
        }] } })]);
        let statements = ["convert_summary_quantile_val_to_gauge()"];
        program("metric", &statements, "", Engine::Vm).run(&input, &FixedHost::default())
    };
    assert_readable(&quantiles(5).unwrap());
    assert_eq!(quantiles(10_000).unwrap_err().cause, EvalError::TooManyRecords);
}

/// A host whose random numbers follow from a seed.
struct Dice(std::sync::Mutex<u64>);

impl Host for Dice {
    fn now(&self) -> Time {
        Time::default()
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap();
        for byte in bytes {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *byte = (*state >> 56) as u8;
        }
    }

    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

#[test]
fn buckets_that_chance_spreads_keep_their_counts() {
    let histogram = |counts: &[u64]| {
        let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
        json!({ "name": "e", "exponentialHistogram": { "dataPoints": [
            { "count": "1", "scale": -2, "positive": { "bucketCounts": counts } },
        ] } })
    };
    let input = batch(&[histogram(&[1000, 5, 1 << 62])]);
    let statement =
        r#"convert_exponential_histogram_to_histogram("random", [2.0, 4.0, 8.0, 100.0, 5000.0])"#;
    let mut outcomes = BTreeSet::new();
    for seed in 0..4 {
        let host = Dice(std::sync::Mutex::new(seed));
        let output = program("metric", &[statement], "", Engine::Vm).run(&input, &host).unwrap();
        assert_readable(&output);
        let text: Value = serde_json::from_slice(&json::encode(&output)).unwrap();
        let metric = &text["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0];
        let counts = metric["histogram"]["dataPoints"][0]["bucketCounts"].as_array().unwrap();
        let counts: Vec<u64> =
            counts.iter().map(|count| count.as_str().unwrap().parse().unwrap()).collect();
        assert_eq!(counts.iter().sum::<u64>(), 1005 + (1 << 62));
        // A bucket from 1 to 16 meets the first four, one from 256 to 4096 only the last.
        assert!(counts[..4].iter().sum::<u64>() >= 1000);
        outcomes.insert(counts);
    }
    assert!(outcomes.len() > 1, "chance decides nothing");
}

#[test]
fn aggregation_keeps_the_order_of_what_it_merges() {
    let point = |key: &str, value: i64| {
        json!({ "asInt": value.to_string(), "timeUnixNano": "1",
            "attributes": [{ "key": "k", "value": { "stringValue": key } }] })
    };
    let metric = |points: Vec<Value>| json!({ "name": "m", "gauge": { "dataPoints": points } });
    let input = batch(&[metric(vec![point("b", 1), point("a", 2), point("b", 4), point("c", 8)])]);
    let expected = batch(&[metric(vec![point("b", 5), point("a", 2), point("c", 8)])]);
    for engine in Engine::ALL {
        let statement = r#"aggregate_on_attributes("sum", ["k"]) where metric.name == "m""#;
        let program = program("metric", &[statement], "", engine);
        let output = program.run(&input, &FixedHost::default()).unwrap();
        assert_eq!(normalised(&output), normalised(&expected));
        assert_eq!((input.items(), output.items()), (5, 4));
    }
}
