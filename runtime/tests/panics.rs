//! A function that panics costs its statement, on every engine: the record keeps its earlier edits,
//! and later statements run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use holt_pdata::{Batch, Signal, json};
use holt_runtime::compiler::hir::{
    Action, Expr, ExprKind, Group, Lambda, LocalId, Place, Statement, builder,
};
use holt_runtime::functions::{FunctionDecl, Offered, Shim, function};
use holt_runtime::host::FixedHost;
use holt_runtime::paths::{ContextDecl, context};
use holt_runtime::program::ErrorMode;
use holt_runtime::types::Type;
use holt_runtime::{Engine, Program};
use serde_json::{Value, json};

const fn decl(name: &'static str, run: Shim) -> FunctionDecl {
    FunctionDecl {
        name,
        doc: "Panics.",
        params: &[],
        returns: Type::INT,
        pure: false,
        offered: Offered::INTERNAL,
        check: None,
        examples: &[],
        run,
    }
}

static CONVERTER: FunctionDecl =
    decl("Panic", Shim::Converter(|_, _| panic!("this converter panics")));
static HIGHER: FunctionDecl =
    decl("PanicHigher", Shim::HigherOrder(|_, _| panic!("this function panics")));
static EDITOR: FunctionDecl = decl("panic", Shim::Editor(|_, _, _| panic!("this editor panics")));
static ITEM_EDITOR: FunctionDecl =
    decl("panic_item", Shim::ItemEditor(|_, _| panic!("this editor of items panics")));

fn log() -> &'static ContextDecl {
    context("log").unwrap()
}

fn attribute(key: &str) -> Place {
    builder::attribute(log(), "log", key).unwrap()
}

fn set(key: &str, value: Expr) -> Action {
    Action::Store { target: attribute(key), value }
}

fn call(function: &'static FunctionDecl, args: Vec<Expr>) -> Expr {
    Expr { kind: ExprKind::Call(function, args), ty: Type::ANY }
}

/// A list of the numbers 1 and 2, each through a lambda that panics at 2.
fn through_lambda() -> Expr {
    let number = LocalId(1);
    let local = Expr { kind: ExprKind::Local(number), ty: Type::ANY };
    let is_one = builder::compare(holt_grammar::ast::CompareOp::Eq, local.clone(), builder::int(1));
    let body = Expr {
        kind: ExprKind::Choice(Box::new([is_one, local, call(&CONVERTER, Vec::new())])),
        ty: Type::ANY,
    };
    let lambda = Lambda { params: vec![None, Some(number)], body };
    let lambda = Expr { kind: ExprKind::Lambda(Box::new(lambda)), ty: Type::ANY };
    let list = builder::list(vec![builder::int(1), builder::int(2)]);
    call(function("MapEach").unwrap(), vec![list, lambda])
}

/// Every place where a panic may come from, as an action.
fn actions() -> Vec<Action> {
    vec![
        set("value", call(&CONVERTER, Vec::new())),
        set("value", call(&HIGHER, Vec::new())),
        set("value", through_lambda()),
        Action::Edit { function: &EDITOR, target: attribute("value"), args: Vec::new() },
        Action::EditItem { function: &ITEM_EDITOR, args: Vec::new() },
    ]
}

fn statement(action: Action) -> Statement {
    builder::statement("statement", None, action)
}

fn program(action: Action, error_mode: ErrorMode, engine: Engine) -> Program {
    let statements = vec![
        statement(set("before", builder::int(1))),
        statement(action),
        statement(set("after", builder::int(2))),
    ];
    let group = Group { error_mode, ..builder::group(log(), statements) };
    Program::new(Signal::Logs, vec![group], engine)
}

fn batch() -> Batch {
    let record = json!({ "body": { "stringValue": "text" } });
    let request =
        json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": [record, record] }] }] });
    json::decode(Signal::Logs, request.to_string().as_bytes()).unwrap()
}

/// The keys of the attributes of both records.
fn keys(batch: &Batch) -> Vec<Vec<String>> {
    let output: Value = serde_json::from_slice(&json::encode(batch)).unwrap();
    let records = output["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap();
    let key = |entry: &Value| entry["key"].as_str().unwrap().to_owned();
    let keys = |record: &Value| record["attributes"].as_array().unwrap().iter().map(key).collect();
    records.iter().map(keys).collect()
}

#[test]
fn a_panic_costs_its_statement() {
    for engine in Engine::ALL {
        for action in actions() {
            let what = format!("{action:?} on {engine:?}");
            let program = program(action, ErrorMode::Ignore, engine);
            let output = program.run(&batch(), &FixedHost::default()).unwrap();
            assert_eq!(keys(&output), [["before", "after"], ["before", "after"]], "{what}");
            let counts: Vec<_> = program.tallies().iter().map(|tally| tally.counts()).collect();
            let seen: Vec<_> = counts.iter().map(|one| (one.executed, one.errors)).collect();
            assert_eq!(seen, [(2, 0), (2, 2), (2, 0)], "{what}");
        }
    }
}

#[test]
fn a_panic_refuses_the_batch_where_errors_do() {
    for engine in Engine::ALL {
        for action in actions() {
            let program = program(action, ErrorMode::Propagate, engine);
            let error = program.run(&batch(), &FixedHost::default()).unwrap_err();
            let wanted = "failed to execute statement: statement, \
                          internal error: a function panicked";
            assert_eq!(error.to_string(), wanted, "{engine:?}");
        }
    }
}

#[test]
fn a_late_argument_that_panics_counts_when_it_is_needed() {
    for engine in Engine::ALL {
        let late =
            Expr { kind: ExprKind::Late(Box::new(call(&CONVERTER, Vec::new()))), ty: Type::ANY };
        let args = vec![builder::pattern("x").unwrap(), late, builder::nil(), builder::nil()];
        let edit = Action::Edit {
            function: function("replace_pattern").unwrap(),
            target: attribute("missing"),
            args,
        };
        let program = program(edit, ErrorMode::Propagate, engine);
        assert!(program.run(&batch(), &FixedHost::default()).is_ok(), "{engine:?}");
    }
}

#[test]
fn the_panic_of_a_listener_is_the_listeners() {
    for engine in Engine::ALL {
        let failing = set("value", call(&CONVERTER, Vec::new()));
        let program = program(failing, ErrorMode::Ignore, engine)
            .on_failure(Arc::new(|_| panic!("this listener panics")));
        let run = || program.run(&batch(), &FixedHost::default());
        let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"this listener panics"), "{engine:?}");
        // Afterwards the program still runs.
        let quiet = program.on_failure(Arc::new(|_| {}));
        assert!(quiet.run(&batch(), &FixedHost::default()).is_ok(), "{engine:?}");
    }
}
