//! Findings point at the very characters: a statement with one mistake, written in every style of YAML,
//! inside of manifests, behind anchors, placeholders, `--set` and files that are merged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // A panic is how a test fails.

use std::collections::HashMap;

use holt_collector::component::registry;
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::yaml::Node;
use holt_collector::config::{LoadRequest, decode, load, load_text};
use holt_collector::graph::resolve;
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::SourceMap;
use proptest::prelude::*;

/// The code of a path that does not exist.
const UNKNOWN_PATH: &str = "T103";

/// A statement as a scalar, behind `indent` blanks where it needs lines of its own.
fn scalar(style: usize, statement: &str, indent: usize) -> String {
    let blanks = " ".repeat(indent);
    match style {
        0 => statement.to_owned(),
        1 => format!("'{}'", statement.replace('\'', "''")),
        2 => format!("\"{}\"", statement.replace('\\', "\\\\").replace('"', "\\\"")),
        3 => format!("|-\n{blanks}{statement}"),
        _ => format!(">\n{blanks}{}", statement.replacen(", ", format!(",\n{blanks}").as_str(), 1)),
    }
}

/// A configuration whose transform processor has the statement.
fn configuration(style: usize, statement: &str, anchored: bool) -> String {
    let written = scalar(style, statement, 10);
    let (list, second) = match anchored {
        false => (format!("\n      - {written}"), String::new()),
        true => (
            format!(" &shared\n      - {written}"),
            "\n  transform/again:\n    log_statements: *shared".to_owned(),
        ),
    };
    format!(
        "receivers: {{nop: }}\nprocessors:\n  transform: # a comment\n    log_statements:{list}{second}\n\
         exporters: {{nop: }}\nservice:\n  pipelines:\n    logs: {{receivers: [nop], processors: \
         [transform], exporters: [nop]}}\n"
    )
}

/// The configuration inside of a manifest.
fn contained(container: usize, configuration: &str) -> String {
    let indented = |by: usize| {
        let blanks = " ".repeat(by);
        let lines = configuration.lines();
        lines.map(|line| format!("{blanks}{line}\n")).collect::<String>()
    };
    match container {
        0 => configuration.to_owned(),
        1 => format!(
            "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nspec:\n  config:\n{}",
            indented(4)
        ),
        2 => format!(
            "apiVersion: opentelemetry.io/v1alpha1\nkind: OpenTelemetryCollector\nspec:\n  config: |\n{}",
            indented(4)
        ),
        _ => format!(
            "kind: Service\n---\napiVersion: v1\nkind: ConfigMap\ndata:\n  relay: |\n{}",
            indented(4)
        ),
    }
}

fn environment() -> HashMap<String, String> {
    HashMap::from([("SHORT".to_owned(), "s".to_owned()), ("LONG".to_owned(), "값 ".repeat(9))])
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// What the unknown paths in a configuration point at.
fn pointed(tree: &Node, sources: &SourceMap) -> Vec<(String, u32)> {
    let config = decode(tree).unwrap_or_else(|findings| panic!("{findings:?}"));
    let found = resolve(&config, registry::all(), &Gates::default(), false).diagnostics;
    let place = |finding: &Diagnostic| {
        let location = finding.labels.first().unwrap().location;
        let text = &sources.get(location.source).unwrap().text;
        (text.get(location.span.range()).unwrap().to_owned(), location.span.start)
    };
    found.iter().filter(|finding| finding.code == UNKNOWN_PATH).map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_mistake_is_pointed_at_wherever_it_is_written(
        style in 0_usize..5,
        container in 0_usize..4,
        anchored in any::<bool>(),
        key in "[a-z가é'😀.]{1,9}",
        placeholder in prop::sample::select(vec!["", "${env:SHORT}", "${env:LONG}", "${SHORT}"]),
        mistake in "zz[a-z]{3,6}",
    ) {
        let statement = format!("set(log.attributes[\"{key}{placeholder}\"], log.{mistake})");
        let text = contained(container, &configuration(style, &statement, anchored));
        let mut sources = SourceMap::default();
        let environment = environment();
        let loaded = block(load_text("config.yaml", &text, &mut sources, &environment));
        let (trees, _) = loaded.unwrap_or_else(|findings| panic!("{findings:?}\n{text}"));
        let pointed = pointed(trees.first().unwrap(), &sources);
        prop_assert!(!pointed.is_empty(), "{}", text);
        let start = u32::try_from(text.find(&mistake).unwrap()).unwrap();
        for one in pointed {
            prop_assert_eq!(one, (mistake.clone(), start), "{}", text);
        }
    }

    #[test]
    fn a_mistake_in_a_merged_file_or_a_flag_is_pointed_at(
        style in 0_usize..5,
        flag in any::<bool>(),
        mistake in "zz[a-z]{3,6}",
    ) {
        let good = configuration(style, "set(log.body, \"x\")", false);
        let bad = format!("set(log.body, log.{mistake})");
        let overlay =
            format!("# Later wins.\nprocessors: {{transform: {{log_statements: ['{bad}']}}}}\n");
        let mut request =
            LoadRequest { configs: vec![format!("yaml:{good}")], ..LoadRequest::default() };
        if flag {
            request.sets.push(format!("processors.transform.log_statements=['{bad}']"));
        } else {
            request.configs.push(format!("yaml:{overlay}"));
        }
        let loaded = block(load(&request, &environment())).unwrap_or_else(|_| panic!("{overlay}"));
        let pointed = pointed(&loaded.tree, &loaded.sources);
        prop_assert_eq!(pointed.len(), 1);
        prop_assert_eq!(&pointed[0].0, &mistake);
    }
}
