//! What the recorded answers of the reference cover: every function with each class of outcome that
//! it can have, every path read and written, every pair of types in comparisons and calculations.
//! Printed with `--nocapture`; what is missing fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::answer::texts;
use holt_grammar::ast::{
    ArgumentValue, BoolExpr, BoolExprKind, Call, LambdaBody, Path, Statement, Value, ValueKind,
};
use holt_runtime::functions::{By, FUNCTIONS, FunctionDecl, Shim, Takes, function};
use holt_runtime::paths::{CONTEXTS, ContextDecl, context};
use holt_runtime::types::Type;
use serde_json::Value as Json;

/// What became of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Done,
    Failed,
    Refused,
}

/// What the cases use.
#[derive(Default)]
struct Seen {
    cases: usize,
    functions: BTreeMap<String, BTreeMap<Class, usize>>,
    read: BTreeSet<String>,
    written: BTreeSet<String>,
    compared: BTreeSet<(String, &'static str, String)>,
    calculated: BTreeSet<(String, &'static str, String)>,
}

/// A statement's tree on its way into [`Seen`].
struct Walk<'s> {
    seen: &'s mut Seen,
    class: Class,
    context: Option<&'static ContextDecl>,
}

impl Walk<'_> {
    fn statement(&mut self, statement: &Statement) {
        let call = &statement.editor;
        self.called(&call.name);
        let edits = function(&call.name).is_some_and(|one| {
            matches!(
                one.params.first().map(|param| param.takes),
                Some(Takes::Path | Takes::MapPath | Takes::ListPath)
            )
        });
        for (index, argument) in call.args.iter().enumerate() {
            let path = match &argument.value {
                ArgumentValue::Value(Value { kind: ValueKind::Path(path), .. }) => Some(path),
                _ => None,
            };
            match path.filter(|_| index == 0 && edits) {
                Some(path) => {
                    let name = self.name(path);
                    self.seen.written.extend(name);
                    self.keys(path);
                }
                None => self.argument(&argument.value),
            }
        }
        if let Some(condition) = &statement.condition {
            self.condition(condition);
        }
    }

    fn condition(&mut self, condition: &BoolExpr) {
        match &condition.kind {
            BoolExprKind::Or(parts) | BoolExprKind::And(parts) => {
                parts.iter().for_each(|part| self.condition(part));
            }
            BoolExprKind::Not(part) | BoolExprKind::Group(part) => self.condition(part),
            BoolExprKind::Comparison(comparison) => {
                let (left, right) = (self.kind(&comparison.left), self.kind(&comparison.right));
                self.seen.compared.insert((left, comparison.op.as_str(), right));
                self.value(&comparison.left);
                self.value(&comparison.right);
            }
            BoolExprKind::Converter(call) => self.call(call),
            BoolExprKind::Literal(_) => {}
        }
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            ValueKind::Path(path) => {
                let name = self.name(path);
                self.seen.read.extend(name);
                self.keys(path);
            }
            ValueKind::Call(call) => self.call(call),
            ValueKind::Unary(unary) => self.value(&unary.operand),
            ValueKind::Binary(binary) => {
                let (left, right) = (self.kind(&binary.left), self.kind(&binary.right));
                self.seen.calculated.insert((left, binary.op.as_str(), right));
                self.value(&binary.left);
                self.value(&binary.right);
            }
            ValueKind::Group(inner) => self.value(inner),
            ValueKind::List(items) => items.iter().for_each(|item| self.value(item)),
            ValueKind::Lambda(lambda) => match &lambda.body {
                LambdaBody::Value(value) => self.value(value),
                LambdaBody::Bool(condition) => self.condition(condition),
            },
            ValueKind::Map(entries) => entries.iter().for_each(|entry| self.value(&entry.value)),
            _ => {}
        }
    }

    fn call(&mut self, call: &Call) {
        self.called(&call.name);
        call.args.iter().for_each(|argument| self.argument(&argument.value));
    }

    fn argument(&mut self, argument: &ArgumentValue) {
        match argument {
            ArgumentValue::Value(value) => self.value(value),
            ArgumentValue::FunctionRef(name) => self.called(&name.text),
        }
    }

    fn called(&mut self, name: &str) {
        let classes = self.seen.functions.entry(name.to_owned()).or_default();
        *classes.entry(self.class).or_default() += 1;
    }

    fn keys(&mut self, path: &Path) {
        for key in path.segments.iter().flat_map(|segment| &segment.keys) {
            self.value(&key.value);
        }
    }

    /// The path's row, by its context and name. Nothing is known of paths in refused cases.
    fn name(&self, path: &Path) -> Option<String> {
        if self.class == Class::Refused {
            return None;
        }
        let names: Vec<&str> = path.segments.iter().map(|one| one.name.as_str()).collect();
        let (first, rest) = names.split_first()?;
        let prefix = CONTEXTS.iter().flat_map(|one| one.prefixes).find(|one| one.name == *first);
        match (prefix, self.context) {
            (Some(prefix), _) if !rest.is_empty() => {
                Some(format!("{}.{}", prefix.context, rest.join(".")))
            }
            (_, Some(context)) => Some(format!("{}.{}", context.name, names.join("."))),
            _ => None,
        }
    }

    /// The type of a value as far as it is plain from the text.
    fn kind(&self, value: &Value) -> String {
        match &value.kind {
            ValueKind::Nil => "nil".to_owned(),
            ValueKind::Int(_) | ValueKind::Symbol(_) => "int".to_owned(),
            ValueKind::Float(_) => "float".to_owned(),
            ValueKind::String(_) => "string".to_owned(),
            ValueKind::Bytes(_) => "bytes".to_owned(),
            ValueKind::Bool(_) => "bool".to_owned(),
            ValueKind::List(_) => "list".to_owned(),
            ValueKind::Map(_) => "map".to_owned(),
            ValueKind::Group(inner) => self.kind(inner),
            ValueKind::Call(call) => {
                function(&call.name).map_or("?".to_owned(), |one| one.returns.to_string())
            }
            ValueKind::Path(path) if path.segments.iter().all(|one| one.keys.is_empty()) => {
                let name = self.name(path);
                let rows = CONTEXTS
                    .iter()
                    .flat_map(|one| one.prefixes)
                    .flat_map(|prefix| prefix.paths.iter().map(move |row| (prefix.context, row)));
                let mut rows = rows.filter(|(context, row)| {
                    name.as_deref() == Some(&format!("{context}.{}", row.name))
                });
                rows.next().map_or("?".to_owned(), |(_, row)| row.get.to_string())
            }
            _ => "?".to_owned(),
        }
    }
}

fn seen() -> Seen {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let mut seen = Seen::default();
    let mut files: Vec<_> =
        std::fs::read_dir(root.join("cases")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        let read = |path: &std::path::Path| -> Vec<Json> {
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
        };
        let goldens = read(&root.join("goldens").join(file.file_name().unwrap()));
        let goldens: BTreeMap<&str, &Json> =
            goldens.iter().map(|golden| (golden["name"].as_str().unwrap(), golden)).collect();
        for case in read(&file) {
            let golden = goldens[case["name"].as_str().unwrap()];
            seen.case(&case, golden);
        }
    }
    seen
}

impl Seen {
    fn case(&mut self, case: &Json, golden: &Json) {
        self.cases += 1;
        let warned = golden["warnings"].as_array().is_some_and(|warnings| !warnings.is_empty());
        let class = match golden["outcome"].as_str() {
            Some("ok") if warned => Class::Failed,
            Some("ok") => Class::Done,
            Some("compile_error") => Class::Refused,
            _ => Class::Failed,
        };
        let context = case["context"].as_str().and_then(context);
        let mut walk = Walk { seen: self, class, context };
        for text in texts(&case["statements"]) {
            if let Ok(statement) = holt_grammar::parse_statement(text) {
                walk.statement(&statement);
            }
        }
        for text in texts(&case["conditions"]) {
            if let Ok(condition) = holt_grammar::parse_condition(text) {
                walk.condition(&condition.expr);
            }
        }
    }
}

/// Whether there are arguments that make the function fail when it runs.
fn can_fail(function: &FunctionDecl) -> bool {
    let cannot = |takes: Takes| {
        matches!(takes, Takes::Any | Takes::Literal(_) | Takes::Literals(_) | Takes::Path)
    };
    !function.params.iter().all(|param| cannot(param.takes)) && !matches!(function.run, Shim::Set)
}

#[test]
fn every_function_is_answered_in_every_class() {
    let seen = seen();
    let mut missing = Vec::new();
    let mut pairs = 0;
    // Those of the filter processor have answers of their own, in `tests/conformance/filter`.
    let elsewhere = |one: &FunctionDecl| matches!(one.offered.by, By::Nobody | By::Filter);
    for function in FUNCTIONS.iter().filter(|one| !elsewhere(one)) {
        let none = BTreeMap::new();
        let classes = seen.functions.get(function.name).unwrap_or(&none);
        pairs += classes.len();
        let has = |class| classes.contains_key(&class);
        if !has(Class::Done) {
            missing.push(format!("{}: never succeeds", function.name));
        }
        if can_fail(function) && !has(Class::Failed) && !has(Class::Refused) {
            missing.push(format!("{}: never fails", function.name));
        }
        if function.check.is_some() && !has(Class::Refused) {
            missing.push(format!("{}: never refused", function.name));
        }
    }
    println!("{} cases; {pairs} pairs of function and class of outcome", seen.cases);
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    assert!(seen.cases > 1500, "only {} cases", seen.cases);
}

/// No component of the pinned release runs statements in these contexts, so nobody can be asked.
const UNANSWERED: &[&str] = &["profilesample"];

#[test]
fn every_path_is_read_and_written() {
    let seen = seen();
    let mut missing = Vec::new();
    let mut rows = BTreeMap::new();
    for prefix in CONTEXTS.iter().flat_map(|one| one.prefixes) {
        for row in prefix.paths.iter().filter(|_| !UNANSWERED.contains(&prefix.context)) {
            rows.insert(format!("{}.{}", prefix.context, row.name), row);
        }
    }
    for (name, row) in &rows {
        if !seen.read.contains(name) {
            missing.push(format!("{name} is never read"));
        }
        if row.set != Type::NOTHING && !seen.written.contains(name) {
            missing.push(format!("{name} is never written"));
        }
    }
    let known = |set: &BTreeSet<String>| set.iter().filter(|name| rows.contains_key(*name)).count();
    println!("{} paths, {} read, {} written", rows.len(), known(&seen.read), known(&seen.written));
    assert!(missing.is_empty(), "{} missing:\n{}", missing.len(), missing.join("\n"));
}

#[test]
fn operators_meet_every_pair_of_types() {
    const KINDS: [&str; 10] =
        ["nil", "bool", "int", "float", "string", "bytes", "time", "duration", "map", "list"];
    let seen = seen();
    let mut missing = Vec::new();
    for left in KINDS {
        for right in KINDS {
            for op in ["==", "!=", "<", "<=", ">", ">="] {
                if !seen.compared.contains(&(left.to_owned(), op, right.to_owned())) {
                    missing.push(format!("{left} {op} {right}"));
                }
            }
        }
    }
    for left in ["int", "float", "time", "duration"] {
        for right in ["int", "float", "time", "duration"] {
            for op in ["+", "-", "*", "/"] {
                if !seen.calculated.contains(&(left.to_owned(), op, right.to_owned())) {
                    missing.push(format!("{left} {op} {right}"));
                }
            }
        }
    }
    println!(
        "{} forms of comparison, {} of calculation",
        seen.compared.len(),
        seen.calculated.len()
    );
    assert!(missing.is_empty(), "{} missing:\n{}", missing.len(), missing.join("\n"));
}
