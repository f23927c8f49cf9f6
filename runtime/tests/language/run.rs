//! Runs an example and compares what comes of it with what is expected.

use std::sync::{Arc, Mutex};

use holt_grammar::diag::Diagnostic;
use holt_grammar::source::SourceMap;
use holt_pdata::json as otlp;
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use holt_runtime::host::FixedHost;
use holt_runtime::program::{Compiled, ErrorMode, Group, compile};
use serde_json::Value;

use super::common::source;
use super::compact::output;
use super::examples::Example;

/// Whether an engine does with an example what is expected.
///
/// # Errors
/// The difference.
pub(crate) fn check(example: &Example, engine: Engine) -> Result<(), String> {
    let expected = &example.expected;
    let compiled = match (compiled(example, engine), &expected.refusals) {
        (Err(findings), Some(wanted)) => return compare("it is refused with", wanted, &findings),
        (Err(findings), None) => return Err(format!("it is refused: {}", findings.join("; "))),
        (Ok(_), Some(_)) => return Err("it is not refused".to_owned()),
        (Ok(compiled), None) => compiled,
    };
    if let Some(wanted) = &expected.warnings {
        compare("it is warned of", wanted, &shown(&compiled.warnings))?;
    }
    let failures = Arc::new(Mutex::new(Vec::new()));
    let heard = failures.clone();
    let program = compiled.program.on_failure(Arc::new(move |failure| {
        heard.lock().unwrap().push(failure.error.to_string());
    }));
    let input = otlp::decode(example.input.signal, example.input.request.to_string().as_bytes())
        .map_err(|error| format!("the record cannot be read: {error}"))?;
    let outcome = program.run(&input, &FixedHost::default());
    let mut failures = failures.lock().unwrap().clone();
    if let Err(error) = &outcome {
        failures.push(error.to_string());
    }
    compare("it fails with", expected.failures.as_deref().unwrap_or_default(), &failures)?;
    let Ok(batch) = outcome else { return Ok(()) };
    let records = output(&batch);
    if let Some(wanted) = &expected.records
        && records != *wanted
    {
        return Err(format!("it yields\n{}", pretty(&records)));
    }
    if let Some(wanted) = &expected.result {
        let found = result(&records);
        if found != *wanted {
            return Err(format!("it yields {found}"));
        }
    }
    Ok(())
}

/// The attribute `result` of the first record or datapoint.
fn result(records: &[Value]) -> Value {
    let first = records.first().unwrap_or(&Value::Null);
    let kinds = ["gauge", "sum", "histogram", "exponentialHistogram", "summary"];
    let point = kinds.iter().find_map(|kind| first[*kind]["dataPoints"].get(0)).unwrap_or(first);
    point["attributes"]["result"].clone()
}

fn pretty(records: &[Value]) -> String {
    match records {
        [one] => serde_json::to_string(one).unwrap(),
        all => serde_json::to_string(all).unwrap(),
    }
}

/// Messages and what they should be or end with.
fn compare(what: &str, wanted: &[String], found: &[String]) -> Result<(), String> {
    let agree = wanted.len() == found.len()
        && wanted.iter().zip(found).all(|(wanted, found)| found.ends_with(wanted.as_str()));
    if agree { Ok(()) } else { Err(format!("{what}\n{}", found.join("\n"))) }
}

fn shown(findings: &[Diagnostic]) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {}", finding.code, finding.message)).collect()
}

fn compiled(example: &Example, engine: Engine) -> Result<Compiled, Vec<String>> {
    let mut sources = SourceMap::default();
    let error_mode = match example.error_mode.as_str() {
        "" => ErrorMode::default(),
        name => name.parse().map_err(|error| vec![format!("{error}")])?,
    };
    let group = Group {
        context: example.context.as_ref().map(|name| source(&mut sources, name)),
        statements: example.statements.iter().map(|text| source(&mut sources, text)).collect(),
        conditions: example.guards.iter().map(|text| source(&mut sources, text)).collect(),
        error_mode,
        shared_cache: example.shared_cache,
        ..Group::default()
    };
    let dialect = Dialect { lambdas: example.lambdas, ..Dialect::TRANSFORM };
    compile(example.input.signal, &[group], dialect, engine).map_err(|findings| shown(&findings))
}
