//! The life of compiled code: shared by threads, freed with its program.
#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::sync::Arc;

use common::compile_case;
use holt_pdata::{Batch, Signal, json};
use holt_runtime::compiler::lower::lower;
use holt_runtime::host::FixedHost;
use holt_runtime::ir::{Code, Instruction, Op, Reg};
use holt_runtime::jit::Compiled;
use holt_runtime::{Engine, Program};
use serde_json::{Value, json};

const STATEMENTS: [&str; 3] = [
    r#"set(span.attributes["sum"], span.attributes["n"] + 1) where span.attributes["n"] != nil"#,
    r#"set(span.attributes["big"], true) where span.attributes["sum"] > 5"#,
    r#"set(span.attributes["text"], Concat([span.name, "x"], "-"))"#,
];

fn program(engine: Engine) -> Program {
    compile_case(Signal::Traces, None, &STATEMENTS, &[], "", engine).unwrap().program
}

fn spans(count: usize) -> Batch {
    let span = |n: usize| {
        json!({ "name": format!("span {n}"),
            "attributes": [{ "key": "n", "value": { "intValue": n } }] })
    };
    let spans: Vec<Value> = (0..count).map(span).collect();
    let request = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] });
    json::decode(Signal::Traces, request.to_string().as_bytes()).unwrap()
}

#[test]
fn code_is_compiled_here() {
    let groups: Vec<_> = program(Engine::Jit).trees().cloned().collect();
    let code = Arc::new(lower(&groups).unwrap());
    Compiled::new(&code).unwrap();
}

#[test]
fn code_that_breaks_a_rule_is_refused() {
    let instruction =
        Instruction { op: Op::Move { to: Reg(0), from: Reg(1 << 20) }, on_error: None };
    let code = Code { instructions: vec![instruction], ..Code::default() };
    let refusal = Compiled::new(&Arc::new(code)).unwrap_err();
    assert_eq!(refusal.to_string(), "instruction 0: a register does not exist");
}

#[test]
fn threads_share_compiled_code() {
    let program = program(Engine::Jit);
    let batch = spans(200);
    let wanted = self::program(Engine::Vm).run(&batch, &FixedHost::default()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    let output = program.run(&batch, &FixedHost::default()).unwrap();
                    assert_eq!(output.bytes(), wanted.bytes());
                }
            });
        }
    });
}

/// Bytes of memory that hold code and belong to no file.
#[cfg(target_os = "linux")]
fn code_in_memory() -> usize {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let code = maps.lines().filter(|line| line.contains(" r-xp 00000000 00:00 0"));
    let size = |line: &str| {
        let (from, to) = line.split_once(' ').unwrap().0.split_once('-').unwrap();
        usize::from_str_radix(to, 16).unwrap() - usize::from_str_radix(from, 16).unwrap()
    };
    code.map(size).sum()
}

#[test]
#[cfg(target_os = "linux")]
fn compiled_code_is_freed_with_its_program() {
    const PAGE: usize = 4096;
    let batch = spans(1);
    let run = |program: &Program| program.run(&batch, &FixedHost::default()).unwrap();
    let before = code_in_memory();
    let programs: Vec<Program> = (0..100).map(|_| program(Engine::Jit)).collect();
    programs.iter().for_each(|program| drop(run(program)));
    // Other tests run meanwhile, with a program or two.
    let between = code_in_memory();
    assert!(between >= before + 90 * PAGE, "{before} bytes of code before, {between} now");
    drop(programs);
    let after = code_in_memory();
    assert!(after <= before + 10 * PAGE, "{before} bytes of code before, {after} afterwards");
}
