//! What a program offers beside its result: counts, reports, traces, shared caches, joining.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::sync::{Arc, Mutex};

use common::{compile_case, source};
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Open, Signal, json};
use holt_runtime::compiler::hir::{Action, builder};
use holt_runtime::functions::Dialect;
use holt_runtime::host::FixedHost;
use holt_runtime::paths::context;
use holt_runtime::program::{ErrorMode, Group, Step, Trace, compile};
use holt_runtime::value::Time;
use holt_runtime::{Engine, Program};
use serde_json::{Value, json};

/// Spans with an attribute `n` that counts from 0, in resources of two.
fn spans(count: usize) -> Batch {
    let span = |n: usize| {
        json!({ "name": format!("span {n}"),
            "attributes": [{ "key": "n", "value": { "intValue": n } }] })
    };
    let numbers: Vec<usize> = (0..count).collect();
    let resources: Vec<Value> = numbers
        .chunks(2)
        .map(|pair| {
            let spans: Vec<Value> = pair.iter().map(|n| span(*n)).collect();
            json!({ "scopeSpans": [{ "spans": spans }] })
        })
        .collect();
    let request = json!({ "resourceSpans": resources }).to_string();
    json::decode(Signal::Traces, request.as_bytes()).unwrap()
}

fn program(statements: &[&str], mode: &str, engine: Engine) -> Program {
    compile_case(Signal::Traces, None, statements, &[], mode, engine).unwrap().program
}

/// The names of all spans.
fn names(batch: &Batch) -> Vec<String> {
    let text: Value = serde_json::from_slice(&json::encode(batch)).unwrap();
    let resources = text["resourceSpans"].as_array().into_iter().flatten();
    resources
        .flat_map(|resource| resource["scopeSpans"][0]["spans"].as_array().unwrap())
        .map(|span| span["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn an_untouched_batch_shares_its_bytes() {
    for engine in Engine::ALL {
        let batch = spans(3);
        let program = program(&[r#"set(span.name, "x") where span.name == "y""#], "", engine);
        let output = program.run(&batch, &FixedHost::default()).unwrap();
        assert_eq!(output.bytes().as_ptr(), batch.bytes().as_ptr());
    }
}

#[test]
fn statements_are_counted() {
    for engine in Engine::ALL {
        let program = program(
            &[
                r#"set(span.attributes["x"], 1) where span.attributes["n"] >= 2"#,
                r#"set(span.name, span.attributes["n"])"#,
            ],
            "ignore",
            engine,
        );
        program.run(&spans(5), &FixedHost::default()).unwrap();
        program.run(&spans(1), &FixedHost::default()).unwrap();
        let counts: Vec<_> = program.tallies().iter().map(|tally| tally.counts()).collect();
        assert_eq!((counts[0].executed, counts[0].matched, counts[0].errors), (6, 3, 0));
        assert_eq!((counts[1].executed, counts[1].matched, counts[1].errors), (6, 6, 6));
    }
}

#[test]
fn failures_are_reported_at_most_every_ten_seconds() {
    for engine in Engine::ALL {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let program = {
            let heard = heard.clone();
            program(&[r#"set(span.name, span.attributes["n"])"#], "ignore", engine).on_failure(
                Arc::new(move |failure| {
                    let text = format!("{}: {}", failure.statement, failure.error);
                    heard.lock().unwrap().push((text, failure.unreported));
                }),
            )
        };
        let at = |seconds: i64| FixedHost { now: Time::from_unix_nanos(seconds * 1_000_000_000) };
        for second in [100, 105, 111] {
            program.run(&spans(2), &at(second)).unwrap();
        }
        let text = r#"set(span.name, span.attributes["n"]): expected string but got int"#;
        let heard = heard.lock().unwrap();
        assert_eq!(*heard, [(text.to_owned(), 0), (text.to_owned(), 3)]);
    }
}

#[test]
fn silent_reports_nothing_and_propagate_refuses() {
    for engine in Engine::ALL {
        let statement = r#"set(span.name, span.attributes["n"])"#;
        let quiet = program(&[statement], "silent", engine)
            .on_failure(Arc::new(|failure| panic!("{} was reported", failure.statement)));
        assert_eq!(names(&quiet.run(&spans(1), &FixedHost::default()).unwrap()), ["span 0"]);
        let refusing = program(&[r#"set(span.name, "x")"#, statement], "propagate", engine);
        let error = refusing.run(&spans(1), &FixedHost::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("failed to execute statement: {statement}, expected string but got int")
        );
    }
}

#[derive(Default)]
struct Steps(Vec<String>);

impl Trace for Steps {
    fn step(&mut self, statement: usize, step: Step<'_>, open: &Open<'_>) {
        let step = match step {
            Step::NotMatched => "skipped".to_owned(),
            Step::Matched => "ran".to_owned(),
            Step::Failed(error) => format!("failed: {error}"),
        };
        self.0.push(format!("{statement} {step}, now {:?}", open.record.text(5)));
    }
}

#[test]
fn a_trace_sees_every_step() {
    for engine in Engine::ALL {
        let program = program(
            &[
                r#"set(span.name, "new") where span.attributes["n"] == 1"#,
                r#"set(span.kind, span.name)"#,
            ],
            "ignore",
            engine,
        );
        let mut steps = Steps::default();
        program.run_traced(&spans(2), &FixedHost::default(), &mut steps).unwrap();
        let failed = "1 failed: expected int but got string";
        let wanted = [
            r#"0 skipped, now "span 0""#.to_owned(),
            format!(r#"{failed}, now "span 0""#),
            r#"0 ran, now "new""#.to_owned(),
            format!(r#"{failed}, now "new""#),
        ];
        assert_eq!(steps.0, wanted);
    }
}

#[test]
fn caches_are_fresh_unless_shared() {
    let count = r#"set(span.cache["seen"], Int(Concat([span.cache["seen"]], "")) + 1) where span.cache["seen"] != nil"#;
    let start = r#"set(span.cache["seen"], 1) where span.cache["seen"] == nil"#;
    let show = r#"set(span.name, String(span.cache["seen"]))"#;
    for engine in Engine::ALL {
        for (shared, wanted) in [(false, ["1", "1", "1"]), (true, ["4", "5", "6"])] {
            let mut sources = SourceMap::default();
            let mut group = |statements: &[&str]| Group {
                statements: statements.iter().map(|text| source(&mut sources, text)).collect(),
                shared_cache: shared,
                ..Group::default()
            };
            // The second group goes on where the first one stopped.
            let groups = [group(&[count, start]), group(&[count, start, show])];
            let program =
                compile(Signal::Traces, &groups, Dialect::TRANSFORM, engine).unwrap().program;
            let output = program.run(&spans(3), &FixedHost::default()).unwrap();
            assert_eq!(names(&output), wanted, "{engine:?}");
        }
    }
}

#[test]
fn what_depends_on_the_resource_is_forgotten_when_it_is_written() {
    let statements = [
        r#"set(span.name, resource.attributes["last"])"#,
        r#"set(resource.attributes["last"], span.attributes["n"])"#,
        r#"set(span.attributes["last"], resource.attributes["last"])"#,
        r#"set(span.name, String(resource.attributes["last"]))"#,
    ];
    for engine in Engine::ALL {
        let output = program(&statements, "silent", engine).run(&spans(4), &FixedHost::default());
        assert_eq!(names(&output.unwrap()), ["0", "1", "2", "3"]);
    }
}

#[test]
fn items_can_be_dropped() {
    let span = context("span").unwrap();
    let odd = builder::compare(
        holt_grammar::ast::CompareOp::Ge,
        builder::load(builder::attribute(span, "span", "n").unwrap()),
        builder::int(2),
    );
    let statement = builder::statement("drop", Some(odd), Action::Drop);
    for engine in Engine::ALL {
        let group = builder::group(span, vec![statement.clone()]);
        let program = Program::new(Signal::Traces, vec![group], engine);
        let output = program.run(&spans(5), &FixedHost::default()).unwrap();
        assert_eq!((names(&output).len(), output.items()), (2, 2));
        let counts = program.tallies()[0].counts();
        assert_eq!((counts.executed, counts.matched, counts.dropped), (5, 3, 3));
    }
}

#[test]
fn what_holds_nothing_goes_with_what_is_dropped() {
    let scope = json!({"scope": {"name": "empty"}});
    let spans = json!({"spans": [{"name": "a"}, {"name": "b"}]});
    let request = json!({"resourceSpans": [
        {"resource": {}},
        {"scopeSpans": [scope]},
        {"scopeSpans": [scope, spans]},
    ]});
    let batch = json::decode(Signal::Traces, request.to_string().as_bytes()).unwrap();
    for (name, expected) in [
        (
            "resource",
            json!({"resourceSpans": [{"scopeSpans": [scope]}, {"scopeSpans": [scope, spans]}]}),
        ),
        ("scope", json!({"resourceSpans": [{"scopeSpans": [spans]}]})),
        ("span", json!({"resourceSpans": [{"scopeSpans": [spans]}]})),
        ("spanevent", json!({"resourceSpans": [{"scopeSpans": [spans]}]})),
    ] {
        for engine in Engine::ALL {
            let never = builder::statement("drop", Some(builder::truth(false)), Action::Drop);
            let group = builder::group(context(name).unwrap(), vec![never]);
            let output = Program::new(Signal::Traces, vec![group], engine)
                .run(&batch, &FixedHost::default())
                .unwrap();
            let expected = json::decode(Signal::Traces, expected.to_string().as_bytes()).unwrap();
            let shown = |batch| String::from_utf8(json::encode(batch)).unwrap();
            assert_eq!(shown(&output), shown(&expected), "{name} {engine:?}");
        }
    }
}

#[test]
fn joined_programs_do_what_they_do_one_after_the_other() {
    let first = program(&[r#"set(span.attributes["a"], span.name)"#], "", Engine::Vm);
    let second = program(&[r#"set(span.name, span.attributes["a"])"#], "silent", Engine::Vm);
    let joined = Program::join(&[&first, &second]).unwrap();
    assert_eq!(joined.code().count(), 1);
    let host = FixedHost::default();
    let one_by_one = second.run(&first.run(&spans(3), &host).unwrap(), &host).unwrap();
    assert_eq!(joined.run(&spans(3), &host).unwrap().bytes(), one_by_one.bytes());
    assert!(Program::join(&[]).is_none());
}

#[test]
fn names_of_modes_and_engines() {
    assert_eq!("Propagate".parse(), Ok(ErrorMode::Propagate));
    assert_eq!(
        "loud".parse::<ErrorMode>().unwrap_err().to_string(),
        "unknown error mode, expected `ignore`, `silent` or `propagate`"
    );
    assert_eq!("ref".parse(), Ok(Engine::Reference));
    assert_eq!("jit".parse(), Ok(Engine::Jit));
    assert!("llvm".parse::<Engine>().is_err());
}
