//! Functions for metrics on random metrics: the order of fields and the way numbers are packed make
//! no difference, and what is written reads back without repair.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a test fails.

// Random requests, of the tests of the telemetry model; not all of it is needed here.
#[path = "../pdata/tests/common/hostile.rs"]
#[allow(dead_code)]
mod hostile;
#[path = "../pdata/tests/common/mirror.rs"]
#[allow(dead_code)]
mod mirror;
#[path = "../pdata/tests/common/source.rs"]
#[allow(dead_code)]
mod source;
#[path = "../pdata/tests/common/strategies.rs"]
#[allow(dead_code)]
mod strategies;

use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Repairs, Signal};
use holt_runtime::functions::Dialect;
use holt_runtime::host::FixedHost;
use holt_runtime::program::{Group, RunError, SourceText, compile};
use holt_runtime::{Engine, Program};
use hostile::{Liberties, disturb};
use mirror::{by_views, generate};
use proptest::prelude::*;
use source::Source;
use strategies::{choices, decode};

/// Statements with their contexts. Metrics that are added by a name are not added again.
const STATEMENTS: &[(&str, &str)] = &[
    ("metric", "convert_sum_to_gauge()"),
    ("metric", r#"convert_gauge_to_sum("delta", true)"#),
    ("metric", r#"extract_count_metric(true) where metric.unit != "1""#),
    ("metric", r#"extract_sum_metric(false, ".s") where metric.type != METRIC_DATA_TYPE_SUM"#),
    ("metric", "extract_percentile_metric(75.0)"),
    ("metric", "convert_summary_quantile_val_to_gauge()"),
    ("metric", r#"copy_metric(name="copy", unit=metric.name) where metric.name != "copy""#),
    ("metric", r#"scale_metric(0.5, "half")"#),
    ("metric", r#"aggregate_on_attributes("sum", [])"#),
    ("metric", r#"aggregate_on_attributes("median", ["a", "b"])"#),
    ("metric", r#"aggregate_on_attribute_value("max", "a", ["", "b"], "c")"#),
    ("metric", r#"convert_exponential_histogram_to_histogram("uniform", [0.0, 0.5, 1.0, 8.0])"#),
    ("metric", r#"convert_exponential_histogram_to_histogram("upper", [2.0, 1024.0])"#),
    ("datapoint", r#"convert_summary_count_val_to_sum("delta", true)"#),
    ("datapoint", r#"convert_summary_sum_val_to_sum("cumulative", false)"#),
    ("datapoint", r#"merge_histogram_buckets(2, "limit_buckets")"#),
    ("datapoint", "merge_histogram_buckets(0)"),
];

fn program((context, statement): (&str, &str)) -> Program {
    let mut sources = SourceMap::default();
    let mut text = |text: &str| {
        let source = sources.add("statement", text);
        SourceText::new(text, Verbatim { source, offset: 0 })
    };
    let group = Group {
        context: Some(text(context)),
        statements: vec![text(statement)],
        ..Group::default()
    };
    compile(Signal::Metrics, &[group], Dialect::TRANSFORM, Engine::Vm).unwrap().program
}

/// The result by its meaning, and how often the statement failed.
fn outcome(statement: (&str, &str), batch: &Batch) -> Result<(Vec<u8>, usize, u64), RunError> {
    let program = program(statement);
    let output = program.run(batch, &FixedHost::default())?;
    let again = decode(Signal::Metrics, output.bytes());
    assert_eq!(again.repairs(), Repairs::default(), "{}", statement.1);
    assert_eq!(again.items(), output.items(), "{}", statement.1);
    let failures = program.tallies().iter().map(|tally| tally.counts().errors).sum();
    Ok((by_views(&output, true), output.items(), failures))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_of_fields_makes_no_difference(
        choices in choices(), more in choices(), statement in prop::sample::select(STATEMENTS),
    ) {
        let bytes = generate(Signal::Metrics, &mut Source::new(&choices.0));
        let liberties = Liberties { repeat: false, break_text: false };
        let shuffled =
            disturb(Signal::Metrics, &bytes, liberties, &mut Source::new(&more.0)).bytes;
        let plain = outcome(statement, &decode(Signal::Metrics, &bytes));
        let other = outcome(statement, &decode(Signal::Metrics, &shuffled));
        prop_assert_eq!(plain, other);
    }
}
