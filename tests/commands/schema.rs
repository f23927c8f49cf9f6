//! `holt schema`: what `validate` takes the schema takes, and unknown keys neither.

use std::path::Path;
use std::sync::Arc;

use holt_collector::component::{Kind, registry};
use holt_collector::config::yaml::{Place, YamlText, parse};
use holt_collector::config::{manifest, print};
use holt_grammar::source::SourceMap;
use serde_json::Value;

use crate::common::Sandbox;

fn schema() -> jsonschema::Validator {
    let printed = Sandbox::new().holt(&["schema"]);
    assert_eq!(printed.code, Some(0), "{printed}");
    let schema: Value = serde_json::from_str(&printed.stdout).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// The configurations in a text, with their placeholders.
fn trees(yaml: &str) -> Vec<Value> {
    let source = SourceMap::default().add("test.yaml", yaml);
    let text = Arc::new(YamlText { text: yaml.into(), place: Place::Source(source) });
    let trees = manifest::configurations(parse(&text).unwrap(), &mut Vec::new()).unwrap();
    trees.iter().map(print::plain).collect()
}

fn refusals(schema: &jsonschema::Validator, instance: &Value) -> Vec<String> {
    let errors = schema.iter_errors(instance);
    errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn files(folder: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_name().unwrap().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

#[test]
fn what_validate_takes_the_schema_takes() {
    let schema = schema();
    let mut taken = Vec::new();
    let folders = ["tests/seed", "tests/check", "tests/commands/bad"];
    for (name, text) in folders.map(files).concat() {
        let sandbox = Sandbox::new().file("config.yaml", &text);
        if sandbox.holt(&["validate", "--config", "config.yaml"]).code != Some(0) {
            continue;
        }
        for tree in trees(&text) {
            assert_eq!(refusals(&schema, &tree), Vec::<String>::new(), "{name}");
            taken.push(name.clone());
        }
    }
    assert!(taken.len() >= 20, "{taken:?}");
}

#[test]
fn keys_that_validate_does_not_know_the_schema_does_not_know() {
    let schema = schema();
    let mut refused = 0;
    for (name, text) in ["tests/check", "tests/commands/bad"].map(files).concat() {
        let sandbox = Sandbox::new().file("config.yaml", &text);
        let validated = sandbox.holt(&["validate", "--config", "config.yaml"]);
        if validated.stderr.contains("error[C002]") {
            let trees = trees(&text);
            assert!(trees.iter().any(|tree| !refusals(&schema, tree).is_empty()), "{name}");
            refused += 1;
        }
    }
    assert!(refused >= 5, "{refused}");
}

#[test]
fn the_examples_are_taken_by_both() {
    let schema = schema();
    for kind in Kind::ALL {
        for descriptor in registry::all().descriptors(kind) {
            let example = descriptor.example.trim().replace('\n', "\n  ");
            let name = descriptor.type_name;
            let section = kind.section();
            let mut text = match kind {
                Kind::Receiver => "exporters: {nop: }\n",
                Kind::Exporter => "receivers: {nop: }\n",
                _ => "receivers: {nop: }\nexporters: {nop: }\n",
            }
            .to_owned();
            text.push_str(&format!("{section}:\n  {example}\nservice:\n"));
            if kind == Kind::Extension {
                text.push_str(&format!("  extensions: [{name}]\n"));
            }
            let of = |wanted, other: &str| {
                if kind == wanted { name.to_owned() } else { other.to_owned() }
            };
            let signal = if name == "filter" { "traces" } else { "logs" };
            text.push_str(&format!(
                "  pipelines:\n    {signal}:\n      receivers: [{}]\n      processors: [{}]\n      \
                 exporters: [{}]\n",
                of(Kind::Receiver, "nop"),
                of(Kind::Processor, ""),
                of(Kind::Exporter, "nop"),
            ));
            let sandbox = Sandbox::new().file("config.yaml", &text).variable("TOKEN", "sesame");
            let validated = sandbox.holt(&["validate", "--config", "config.yaml"]);
            assert_eq!(validated.to_string(), "exit 0\n", "{text}");
            for tree in trees(&text) {
                assert_eq!(refusals(&schema, &tree), Vec::<String>::new(), "{text}");
            }
        }
    }
}

#[test]
fn defaults_are_taken() {
    let text = "\
receivers: {otlp: {protocols: {grpc: , http: }}}
processors: {batch: , filter: , transform: }
exporters: {debug: , otlp_grpc: {endpoint: 'localhost:4317'}, otlp_http: {endpoint: 'http://localhost:4318'}}
extensions: {health_check: , zpages: , pprof: }
service:
  extensions: [health_check, zpages, pprof]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch, filter, transform]
      exporters: [debug, otlp_grpc, otlp_http]
";
    let sandbox = Sandbox::new().file("config.yaml", text);
    let printed = sandbox.holt(&["print-config", "--config", "config.yaml", "--format", "json"]);
    assert_eq!(printed.code, Some(0), "{printed}");
    let tree: Value = serde_json::from_str(&printed.stdout).unwrap();
    assert_eq!(refusals(&schema(), &tree), Vec::<String>::new());
}

#[test]
fn what_is_written_wrongly_is_refused() {
    let schema = schema();
    for name in [
        "bad_duration",
        "bad_enumeration",
        "section_is_a_list",
        "unknown_key_with_suggestion",
        "unknown_nested_key",
        "unknown_receiver",
        "unknown_service_keys",
        "unknown_signal",
        "unknown_top_level_key",
        "wrong_type",
    ] {
        let files = files("tests/commands/bad");
        let (_, text) = files.iter().find(|(file, _)| *file == format!("{name}.yaml")).unwrap();
        for tree in trees(text) {
            assert_ne!(refusals(&schema, &tree), Vec::<String>::new(), "{name}");
        }
    }
}
