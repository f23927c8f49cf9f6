//! Formatting random statements in every way that YAML has to write them: what they compile to stays,
//! so does everything around them, and once is enough.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

#[path = "../../runtime/tests/generator/mod.rs"]
#[allow(dead_code)] // Only the statements are used here.
mod generator;

mod common {
    //! What the generator makes.

    /// The texts of a group.
    #[derive(Clone, Debug)]
    #[allow(dead_code)] // Only the statements are used here.
    pub(crate) struct Texts {
        pub(crate) statements: Vec<String>,
        pub(crate) conditions: Vec<String>,
        pub(crate) error_mode: String,
    }
}

use generator::choices::Choices;
use holt_collector::config::yaml::Node;
use holt_collector::config::{decode, read_text};
use holt_collector::lint::lint;
use holt_collector::ottl::layout::{Layout, layout, same_but_blanks};
use holt_collector::ottl::places::of_tree;
use holt_grammar::diag::{Applicability, fix};
use holt_grammar::layout::{Language, gaps};
use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_grammar::token::{TokenKind, lex};
use holt_pdata::Signal;
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{Group, SourceText, compile};

/// Ways to write a text.
#[derive(Clone, Copy, Debug)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

const STYLES: [Style; 5] =
    [Style::Plain, Style::Single, Style::Double, Style::Literal, Style::Folded];

#[test]
fn formatted_configurations_compile_to_the_same() {
    const CASES: u64 = 1500;
    let (mut formatted, mut compiled) = (0, 0);
    for seed in 0..CASES {
        let mut choices = Choices::new(seed);
        let mut case = generator::case(&mut choices, 1);
        // Some are no statements on purpose.
        case.groups[0].statements.retain(|text| holt_grammar::parse_statement(text).is_ok());
        if case.groups[0].statements.is_empty() {
            continue;
        }
        let statements: Vec<String> = case.groups[0]
            .statements
            .iter()
            .map(|text| with_other_blanks(text, &mut choices))
            .collect();
        let text = configuration(case.signal, case.context, &statements, &mut choices);
        let before = texts(&text).unwrap_or_else(|| panic!("seed {seed}:\n{text}"));
        let once = format(&text);
        assert_eq!(format(&once), once, "seed {seed}:\n{text}");
        let after = texts(&once).unwrap();
        let blanks = |text: &str| text.replace(' ', "");
        assert_eq!(blanks(&text), blanks(&once), "seed {seed}");
        assert!(same_but_blanks(&tree(&text), &tree(&once)), "seed {seed}:\n{text}\n{once}");
        let programs = [&before, &after].map(|texts| program(case.signal, case.context, texts));
        assert_eq!(programs[0], programs[1], "seed {seed}:\n{text}\n{once}");
        formatted += u64::from(once != text);
        compiled += u64::from(programs[0].is_some());
    }
    println!("{CASES} configurations: {formatted} changed, {compiled} compiled");
    assert!(formatted > CASES / 2, "only {formatted} changed");
    assert!(compiled > CASES / 3, "only {compiled} compiled");
}

#[test]
fn what_can_be_canonical_is() {
    for seed in 0..500 {
        let mut choices = Choices::new(seed);
        let mut case = generator::case(&mut choices, 1);
        // Some are no statements on purpose.
        case.groups[0].statements.retain(|text| holt_grammar::parse_statement(text).is_ok());
        if case.groups[0].statements.is_empty() {
            continue;
        }
        let written = with_other_blanks(&case.groups[0].statements[0], &mut choices);
        let one_line = written.replace('\n', " ").replace('$', "$$");
        let text = configuration_of(case.signal, case.context, &[quoted(&one_line, Style::Double)]);
        for text in texts(&format(&text)).unwrap() {
            assert_eq!(gaps(Language::Statement, &text).unwrap(), [], "seed {seed}: {text}");
        }
    }
}

#[test]
fn flattened_groups_compile_to_the_same() {
    const CASES: u64 = 600;
    const REST: &str = "receivers: {otlp: {}}\nexporters: {debug: {}}\nservice: {pipelines: \
                        {logs: {receivers: [otlp], processors: [transform], exporters: [debug]}}}\n";
    let (mut flattened, mut kept) = (0, 0);
    for seed in 0..CASES {
        let mut choices = Choices::new(seed);
        let mut case = generator::case(&mut choices, 1);
        case.groups[0].statements.retain(|text| holt_grammar::parse_statement(text).is_ok());
        let Some(context) = case.context.filter(|_| !case.groups[0].statements.is_empty()) else {
            continue;
        };
        let written: Vec<String> = case.groups[0]
            .statements
            .iter()
            .map(|text| {
                let text = with_other_blanks(text, &mut choices).replace('$', "$$");
                quoted(&text, *choices.of(&STYLES))
            })
            .collect();
        let text = configuration_of(case.signal, Some(context), &written) + REST;
        let mut sources = SourceMap::default();
        let trees = read_text("a.yaml", &text, &mut sources).unwrap();
        let config = decode(&trees[0]).unwrap();
        let mut findings = lint(&config, &sources);
        findings.retain(|finding| finding.code == "T111");
        let applied = fix::apply(&findings, &sources, Applicability::Safe, &|_| true);
        let before = program(case.signal, Some(context), &texts(&text).unwrap());
        let Some((_, flat)) = applied.texts.into_iter().next() else {
            kept += 1;
            continue;
        };
        assert!(!flat.contains("context:"), "seed {seed}:\n{flat}");
        let (old, new) = (texts(&text).unwrap(), texts(&flat).unwrap());
        assert_eq!(old, new, "seed {seed}:\n{text}\n{flat}");
        assert_eq!(program(case.signal, None, &new), before, "seed {seed}:\n{text}\n{flat}");
        flattened += 1;
    }
    println!("{flattened} groups became lists, {kept} did not");
    assert!(flattened > 100 && kept > 5, "{flattened} became lists, {kept} did not");
}

/// The statement with random blanks where blanks may stand.
fn with_other_blanks(statement: &str, choices: &mut Choices) -> String {
    let mut out = String::new();
    let mut last: Option<TokenKind> = None;
    for token in lex(statement).into_iter().filter(|token| !token.kind.is_trivia()) {
        let text = token.span.slice(statement);
        let blank = *choices.of(&["", "", " ", " ", "  ", "\n"]);
        let joined = format!("{}{text}", out.rsplit([' ', '\n']).next().unwrap_or_default());
        let tokens = lex(&joined);
        // Some tokens become one without a blank between them.
        let apart = tokens.last().is_some_and(|token| token.span.slice(&joined) == text);
        out.push_str(match (last, blank) {
            (None, _) => "",
            (_, "") if !apart => " ",
            (_, blank) => blank,
        });
        out.push_str(text);
        last = Some(token.kind);
    }
    out
}

/// A configuration with statements in random styles, alone or in a ConfigMap.
fn configuration(
    signal: Signal,
    context: Option<&str>,
    statements: &[String],
    choices: &mut Choices,
) -> String {
    let in_brackets = choices.percent(20);
    let styles = if in_brackets { &[Style::Single, Style::Double][..] } else { &STYLES };
    let written: Vec<String> = statements
        .iter()
        .map(|statement| quoted(&statement.replace('$', "$$"), *choices.of(styles)))
        .collect();
    let text = match in_brackets {
        true => {
            let list = written.join(" , ").replace('\n', "\n        ");
            let list = match context {
                Some(context) => format!("[{{context: {context}, statements: [ {list}]}}]"),
                None => format!("[{list} ]"),
            };
            format!("processors:\n  transform:\n    {}: {list} # comment\n", key(signal))
        }
        false => configuration_of(signal, context, &written),
    };
    if choices.percent(30) {
        let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  relay: |\n";
        let lines = text.lines().map(|line| format!("    {line}\n"));
        return format!("{head}{}", lines.collect::<String>());
    }
    text
}

fn configuration_of(signal: Signal, context: Option<&str>, written: &[String]) -> String {
    let key = key(signal);
    let items = |indent: &str| {
        written
            .iter()
            .map(|text| {
                format!("{indent}- {}  # comment\n", text.replace('\n', &format!("\n{indent}")))
            })
            .map(|item| item.replace("\u{0}  # comment", ""))
            .collect::<String>()
    };
    let list = match context {
        Some(context) => {
            format!("      - context: {context}\n        statements:\n{}", items("          "))
        }
        None => items("      "),
    };
    format!("processors:\n  transform:\n    {key}:\n{list}")
}

fn key(signal: Signal) -> &'static str {
    match signal {
        Signal::Traces => "trace_statements",
        Signal::Metrics => "metric_statements",
        _ => "log_statements",
    }
}

/// A text in a style; styles that cannot hold it give way to one that can. Ends with a mark where no
/// comment can follow.
fn quoted(text: &str, style: Style) -> String {
    let lines = |text: &str| text.replace('\n', "\n  ");
    match style {
        Style::Plain => {
            let breaks = [": ", " #", ":\n", "\n#"].iter().any(|part| text.contains(part));
            match breaks || text.ends_with(':') {
                true => quoted(text, Style::Single),
                false => lines(text),
            }
        }
        Style::Single => format!("'{}'", lines(&text.replace('\'', "''"))),
        Style::Double => {
            format!("\"{}\"", lines(&text.replace('\\', "\\\\").replace('"', "\\\"")))
        }
        Style::Literal => format!("|\n  {}\u{0}", lines(text)),
        Style::Folded => format!(">-\n  {}\u{0}", lines(text)),
    }
}

fn tree(text: &str) -> Node {
    let mut trees = read_text("a.yaml", text, &mut SourceMap::default()).unwrap();
    assert_eq!(trees.len(), 1, "{text}");
    trees.remove(0)
}

/// The statements that a configuration holds; none when one of them is none.
fn texts(text: &str) -> Option<Vec<String>> {
    let texts = of_tree(&tree(text)).into_iter().map(|written| written.text.to_string());
    texts.map(|text| holt_grammar::parse_statement(&text).is_ok().then_some(text)).collect()
}

fn format(text: &str) -> String {
    let mut sources = SourceMap::default();
    let trees = read_text("a.yaml", text, &mut sources).unwrap();
    let findings: Vec<_> = trees
        .iter()
        .flat_map(of_tree)
        .filter_map(|written| match layout(&written, &sources) {
            Layout::Good => None,
            Layout::Bad(finding) => Some(finding),
            Layout::Unreadable(errors) => panic!("{errors:#?}\n{text}"),
        })
        .collect();
    let applied = fix::apply(&findings, &sources, Applicability::Safe, &|_| true);
    assert_eq!(applied.overlapping, 0);
    applied.texts.into_iter().next().map_or_else(|| text.to_owned(), |(_, text)| text)
}

/// What statements compile to, if they do; without their places and texts.
fn program(signal: Signal, context: Option<&str>, texts: &[String]) -> Option<String> {
    let mut sources = SourceMap::default();
    let source = sources.add("a", "");
    let text = |text: &str| SourceText::new(text, Verbatim { source, offset: 0 });
    let group = Group {
        context: context.map(text),
        statements: texts.iter().map(|one| text(one)).collect(),
        ..Group::default()
    };
    let compiled = compile(signal, &[group], Dialect::TRANSFORM, Engine::Vm).ok()?;
    let trees = compiled.program.trees();
    Some(trees.map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}
