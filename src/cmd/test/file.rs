//! Test files: a text in, the tests that it holds out, or what is wrong with it at its place.

use std::collections::HashMap;
use std::sync::Arc;

use holt_collector::config::TESTS;
use holt_collector::config::codes::{MISSING, WRONG_VALUE};
use holt_collector::config::de::from_node;
use holt_collector::config::values::Text;
use holt_collector::config::yaml::{Node, Place, YamlText, parse};
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::{Location, SourceMap};
use serde::Deserialize;

use super::convert::Converter;
use super::record::{self, Kind, Record};

/// The keys at the top of a test file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct RawFile {
    config: Option<Node>,
    set: Vec<String>,
    feature_gates: Vec<String>,
    env: Option<Node>,
    now: Option<Node>,
    seed: Option<u64>,
    tests: Option<Node>,
}

/// The keys of a test.
#[derive(Debug, Deserialize)]
struct RawTest {
    name: Text,
    #[serde(default)]
    at: Option<Text>,
    #[serde(default)]
    pipeline: Option<Text>,
    #[serde(default)]
    statements: Option<Node>,
    #[serde(default)]
    conditions: Option<Node>,
    #[serde(default)]
    context: Option<Node>,
    #[serde(default)]
    error_mode: Option<Node>,
    #[serde(default)]
    now: Option<Node>,
    #[serde(default)]
    seed: Option<u64>,
    input: Node,
    #[serde(default)]
    expect: Option<Node>,
    #[serde(default)]
    exact: bool,
    #[serde(default)]
    assert: Vec<Text>,
    #[serde(default)]
    dropped: Option<Node>,
    #[serde(default)]
    dropped_by: Option<Text>,
    #[serde(default)]
    errors: Option<u64>,
    #[serde(default)]
    routed_to: Option<Node>,
    #[serde(default)]
    golden: Option<Text>,
    #[serde(default)]
    property: Option<Text>,
}

/// A test file.
pub(super) struct TestFile {
    /// The text, for findings.
    pub(super) sources: Arc<SourceMap>,
    /// The configurations under test, merged.
    pub(super) configs: Vec<Text>,
    /// As `--set`.
    pub(super) sets: Vec<String>,
    /// As `--feature-gates`.
    pub(super) gates: Vec<String>,
    /// The environment variables.
    pub(super) variables: HashMap<String, String>,
    /// The tests that are sound.
    pub(super) tests: Vec<Test>,
    /// What is wrong with the others.
    pub(super) findings: Vec<Diagnostic>,
    /// The names of the others, as far as they have one.
    pub(super) broken: Vec<String>,
}

/// What a test is about.
#[derive(Debug)]
pub(super) enum Subject {
    /// A processor of the configuration.
    Processor(Text),
    /// The processors of a pipeline, in order.
    Pipeline(Text),
    /// Statements and conditions of the test itself.
    Inline(Box<Inline>),
}

/// Statements and conditions of the test itself.
#[derive(Debug)]
pub(super) struct Inline {
    /// The key of the first of them.
    pub(super) place: Location,
    pub(super) statements: Option<Node>,
    pub(super) conditions: Option<Node>,
    pub(super) context: Option<Node>,
    pub(super) error_mode: Option<Node>,
}

/// What a test puts in.
#[derive(Debug)]
pub(super) enum Input {
    /// A record.
    Record(Record),
    /// A file of OTLP, beside the test file.
    File(Text),
    /// A request in OTLP/JSON, written as YAML.
    Otlp(serde_json::Value, Location),
}

/// How many records are to be dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    All,
    Count(u64),
    /// These, counted from 0 in the order they are put in.
    These(Vec<u64>),
}

/// A test.
pub(super) struct Test {
    pub(super) name: String,
    /// Where its name is written.
    pub(super) place: Location,
    pub(super) subject: Subject,
    pub(super) inputs: Vec<Input>,
    pub(super) now: Option<i64>,
    pub(super) seed: u64,
    /// What comes out, record by record.
    pub(super) expect: Option<Vec<Record>>,
    /// Whether what is expected names everything.
    pub(super) exact: bool,
    /// Conditions that hold for everything that comes out.
    pub(super) asserts: Vec<Text>,
    pub(super) dropped: Option<Dropped>,
    pub(super) dropped_by: Option<Text>,
    pub(super) errors: Option<u64>,
    /// The pipelines that everything goes to, behind the connectors at the end of the one under test.
    pub(super) routed_to: Option<Vec<Text>>,
    pub(super) golden: Option<Text>,
    /// Whether what comes out must stay the same when it is put in.
    pub(super) idempotent: bool,
}

/// Reads a test file, or the tests of a configuration.
pub(super) fn read(name: &str, text: &str) -> TestFile {
    let mut sources = SourceMap::default();
    let source = sources.add(name, text);
    let yaml = Arc::new(YamlText { text: text.into(), place: Place::Source(source) });
    let mut file = TestFile {
        sources: Arc::new(sources),
        configs: Vec::new(),
        sets: Vec::new(),
        gates: Vec::new(),
        variables: HashMap::new(),
        tests: Vec::new(),
        findings: Vec::new(),
        broken: Vec::new(),
    };
    match parse(&yaml) {
        Ok(documents) => match documents.first() {
            Some(tree) => file.fill(tree, name),
            None => file.findings.push(Diagnostic::error(MISSING, format!("{name} is empty"))),
        },
        Err(findings) => file.findings.extend(findings),
    }
    // The Go collector reads no tests.
    for finding in &mut file.findings {
        finding.notes.retain(|note| !note.starts_with("the Go collector says"));
    }
    file
}

/// One text or a list of them.
fn texts(node: &Node, key: &str, findings: &mut Vec<Diagnostic>) -> Vec<Text> {
    let outcome = match node.as_sequence() {
        Some(_) => from_node::<Vec<Text>>(node, key),
        None => from_node::<Text>(node, key).map(|text| vec![text]),
    };
    outcome.unwrap_or_else(|found| {
        findings.extend(found);
        Vec::new()
    })
}

/// Whether a tree is a configuration with tests, and not a file of tests.
fn is_configuration(tree: &Node) -> bool {
    ["service", "receivers", "processors", "exporters", "connectors", "extensions"]
        .iter()
        .any(|key| tree.get(key).is_some())
}

impl TestFile {
    fn fill(&mut self, tree: &Node, name: &str) {
        let raw = if is_configuration(tree) {
            let path = std::path::Path::new(name).file_name().unwrap_or_default();
            self.configs.push(Text::unplaced(path.to_string_lossy()));
            RawFile { tests: tree.get(TESTS).cloned(), ..RawFile::default() }
        } else {
            match from_node::<RawFile>(tree, "") {
                Ok(raw) => raw,
                Err(findings) => return self.findings.extend(findings),
            }
        };
        if let Some(node) = &raw.config {
            let mut named = self.texts(node, "config");
            self.configs.append(&mut named);
        }
        self.sets = raw.set;
        self.gates = raw.feature_gates;
        if let Some(env) = &raw.env {
            self.environment(env);
        }
        let now = self.time(raw.now.as_ref());
        let Some(tests) = raw.tests.as_ref().and_then(Node::as_sequence) else {
            let finding = Diagnostic::error(MISSING, "there is no list of tests")
                .label(raw.tests.as_ref().unwrap_or(tree).location, "")
                .note("add `tests:` with a list");
            return self.findings.push(finding);
        };
        for node in tests {
            let mut findings = Vec::new();
            match self.test(node, now, raw.seed, &mut findings) {
                Some(test) if findings.is_empty() => self.tests.push(test),
                _ => {
                    let name = node.get("name").and_then(Node::as_scalar);
                    self.broken
                        .push(name.map_or_else(|| "(no name)".to_owned(), |one| one.text.clone()));
                    self.findings.append(&mut findings);
                }
            }
        }
    }

    fn texts(&mut self, node: &Node, key: &str) -> Vec<Text> {
        texts(node, key, &mut self.findings)
    }

    fn environment(&mut self, node: &Node) {
        let Some(mapping) = node.as_mapping() else {
            let message = format!("`env`: expected a map, found {}", node.describe());
            let finding = Diagnostic::error(WRONG_VALUE, message).label(node.location, "");
            return self.findings.push(finding);
        };
        for (name, entry) in &mapping.entries {
            match entry.value.as_scalar() {
                Some(scalar) => {
                    self.variables.insert(name.clone(), scalar.text.clone());
                }
                None => {
                    let found = entry.value.describe();
                    let message = format!("`env::{name}`: expected text, found {found}");
                    let finding = Diagnostic::error(WRONG_VALUE, message);
                    self.findings.push(finding.label(entry.value.location, ""));
                }
            }
        }
    }

    fn time(&mut self, node: Option<&Node>) -> Option<i64> {
        let mut convert = Converter { findings: &mut self.findings, expected: false };
        convert.time(node?, "now").and_then(|nanos| i64::try_from(nanos).ok())
    }

    fn test(
        &mut self,
        node: &Node,
        now: Option<i64>,
        seed: Option<u64>,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Test> {
        let raw = match from_node::<RawTest>(node, "test") {
            Ok(raw) => raw,
            Err(more) => {
                findings.extend(more);
                // So that its findings are not hidden.
                let input = node.get("input");
                input.into_iter().for_each(|input| drop(inputs(input, findings)));
                return None;
            }
        };
        let place = raw.name.location().unwrap_or(node.location);
        let inputs = inputs(&raw.input, findings);
        let expect = raw.expect.as_ref().and_then(|node| expected(node, findings));
        let dropped = raw.dropped.as_ref().and_then(|node| dropped(node, findings));
        let routed_to = raw.routed_to.as_ref().map(|node| texts(node, "routed_to", findings));
        let idempotent = raw.property.as_ref().is_some_and(|text| property(text, findings));
        let now = match &raw.now {
            Some(node) => {
                let mut convert = Converter { findings, expected: false };
                convert.time(node, "now").and_then(|nanos| i64::try_from(nanos).ok())
            }
            None => now,
        };
        let expects_nothing = raw.expect.is_none()
            && raw.assert.is_empty()
            && raw.dropped.is_none()
            && raw.dropped_by.is_none()
            && raw.errors.is_none()
            && raw.routed_to.is_none()
            && raw.golden.is_none()
            && raw.property.is_none();
        if expects_nothing {
            let finding = Diagnostic::error(MISSING, "the test expects nothing")
                .label(place, "")
                .note("add one of `expect`, `assert`, `dropped`, `dropped_by`, `errors`, `routed_to`, `golden` and `property`");
            findings.push(finding);
        }
        let name = raw.name.as_str().to_owned();
        let exact = raw.exact;
        let errors = raw.errors;
        let seed = raw.seed.or(seed).unwrap_or_default();
        let RawTest { assert, dropped_by, golden, .. } = raw;
        let subject = Subject::of(
            node,
            (raw.at, raw.pipeline),
            [raw.statements, raw.conditions, raw.context, raw.error_mode],
            findings,
        )?;
        Some(Test {
            name,
            place,
            subject,
            inputs,
            now,
            seed,
            expect,
            exact,
            asserts: assert,
            dropped,
            dropped_by,
            errors,
            routed_to,
            golden,
            idempotent,
        })
    }
}

impl Subject {
    fn of(
        node: &Node,
        (at, pipeline): (Option<Text>, Option<Text>),
        [statements, conditions, context, error_mode]: [Option<Node>; 4],
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let inline = [("statements", &statements), ("conditions", &conditions)];
        let written = inline.iter().find(|(_, node)| node.is_some());
        let written = written.map(|(key, _)| node.key_location(key));
        let ways = usize::from(at.is_some())
            + usize::from(pipeline.is_some())
            + usize::from(written.is_some());
        if ways != 1 {
            let message = match ways {
                0 => "the test does not say what it is about",
                _ => "the test is about more than one thing",
            };
            let finding = Diagnostic::error(MISSING, message)
                .label(node.key_location("name"), "")
                .note("give one of `at: transform/x`, `pipeline: logs/in`, and `statements:` or `conditions:`");
            findings.push(finding);
            return None;
        }
        Some(match (at, pipeline, written) {
            (Some(id), ..) => Self::Processor(id),
            (_, Some(id), _) => Self::Pipeline(id),
            (.., written) => Self::Inline(Box::new(Inline {
                place: written.unwrap_or(node.location),
                statements,
                conditions,
                context,
                error_mode,
            })),
        })
    }
}

/// What is put in: a list of records, files and requests, or one of them.
fn inputs(node: &Node, findings: &mut Vec<Diagnostic>) -> Vec<Input> {
    let one = std::slice::from_ref(node);
    let items = node.as_sequence().unwrap_or(one);
    let mut found = Vec::new();
    for item in items {
        if let Some(file) = item.get("file") {
            match from_node::<Text>(file, "file") {
                Ok(path) => found.push(Input::File(path)),
                Err(more) => findings.extend(more),
            }
        } else if let Some(tree) = item.get("otlp_json") {
            found.push(Input::Otlp(plain(tree), item.key_location("otlp_json")));
        } else {
            let others = ["file", "otlp_json"];
            found.extend(record::record(item, &others, false, findings).map(Input::Record));
        }
    }
    found
}

/// A YAML tree as JSON.
fn plain(node: &Node) -> serde_json::Value {
    use holt_collector::config::yaml::{Kind as Form, ScalarValue};
    use serde_json::{Value, json};
    match &node.kind {
        Form::Null => Value::Null,
        Form::Sequence(items) => items.iter().map(plain).collect(),
        Form::Mapping(mapping) => {
            let entries = mapping.entries.iter();
            Value::Object(entries.map(|(key, entry)| (key.clone(), plain(&entry.value))).collect())
        }
        Form::Scalar(scalar) => match scalar.value {
            ScalarValue::Bool(value) => json!(value),
            ScalarValue::Integer(value) => json!(value),
            ScalarValue::Unsigned(value) => json!(value),
            ScalarValue::Float(value) => json!(value),
            _ => json!(scalar.text),
        },
    }
}

fn expected(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Vec<Record>> {
    let one = std::slice::from_ref(node);
    let items = node.as_sequence().unwrap_or(one);
    let before = findings.len();
    let records: Vec<Record> =
        items.iter().filter_map(|item| record::record(item, &[], true, findings)).collect();
    let has = |kind| records.iter().find(|record| record.kind == kind);
    if let (Some(metric), Some(point)) = (has(Kind::Metric), has(Kind::Datapoint)) {
        let message = "metrics and datapoints cannot be expected together";
        let finding = Diagnostic::error(WRONG_VALUE, message)
            .label(point.place, "a datapoint")
            .label(metric.place, "a metric")
            .note("write the datapoints into their metrics, or all of them by themselves");
        findings.push(finding);
    }
    (findings.len() == before).then_some(records)
}

fn dropped(node: &Node, findings: &mut Vec<Diagnostic>) -> Option<Dropped> {
    if node.as_scalar().is_some_and(|scalar| scalar.text == "all") {
        return Some(Dropped::All);
    }
    let outcome = match node.as_sequence() {
        Some(_) => from_node::<Vec<u64>>(node, "dropped").map(Dropped::These),
        None => from_node::<u64>(node, "dropped").map(Dropped::Count),
    };
    outcome
        .map_err(|more| {
            let note = "write a number, `all`, or a list of records counted from 0, such as [0, 2]";
            findings.extend(more.into_iter().map(|finding| finding.note(note)));
        })
        .ok()
}

fn property(text: &Text, findings: &mut Vec<Diagnostic>) -> bool {
    if text.as_str() == "idempotent" {
        return true;
    }
    let mut finding =
        Diagnostic::error(WRONG_VALUE, format!("`property`: unknown property `{}`", text.as_str()))
            .note("the properties are `idempotent`");
    if let Some(place) = text.location() {
        finding = finding.label(place, "");
    }
    findings.push(finding);
    false
}
