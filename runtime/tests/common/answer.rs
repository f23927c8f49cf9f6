//! What an engine answers to a conformance case, and how that compares with the golden.

use holt_pdata::{Batch, Signal, json};
use holt_runtime::Engine;
use holt_runtime::functions::Dialect;
use serde_json::Value;

use super::client::ClientHost;
use super::{assert_readable, compile_case_in, normalised, normalised_unordered};

/// The texts of a list; none when it is absent.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

pub(crate) fn signal(case: &Value) -> Signal {
    let name = case["signal"].as_str().unwrap();
    Signal::ALL.into_iter().find(|signal| signal.name() == name).unwrap()
}

/// What an engine answered: outcome, number of failures that were skipped, output.
pub(crate) struct Answer {
    pub(crate) outcome: &'static str,
    pub(crate) failures: u64,
    pub(crate) message: String,
    pub(crate) output: Option<Batch>,
}

pub(crate) fn answer(case: &Value, engine: Engine) -> Answer {
    let refused =
        |message: String| Answer { outcome: "compile_error", failures: 0, message, output: None };
    let gates = texts(&case["gates"]);
    let lambdas = gates.contains(&"ottl.functions.enableLambda");
    let program = match compile_case_in(
        Dialect { lambdas, ..Dialect::TRANSFORM },
        signal(case),
        case["context"].as_str(),
        (&texts(&case["statements"]), &texts(&case["conditions"])),
        case["error_mode"].as_str().unwrap_or_default(),
        engine,
    ) {
        Ok(compiled) => compiled.program,
        Err(message) => return refused(message),
    };
    let input = json::decode(signal(case), case["input"].to_string().as_bytes()).unwrap();
    let host = ClientHost::of(&case["client"]);
    match program.run(&input, &host) {
        Ok(output) => {
            let failures = program.tallies().iter().map(|tally| tally.counts().errors).sum();
            Answer { outcome: "ok", failures, message: String::new(), output: Some(output) }
        }
        Err(error) => {
            Answer { outcome: "run_error", failures: 1, message: error.to_string(), output: None }
        }
    }
}

/// Whether an engine answers a case as the golden says; `unordered` where the order of attributes
/// does not count.
///
/// # Errors
/// The difference.
pub(crate) fn compare(
    case: &Value,
    golden: &Value,
    engine: Engine,
    unordered: bool,
) -> Result<(), String> {
    let answer = answer(case, engine);
    let wanted = golden["outcome"].as_str().unwrap();
    if answer.outcome != wanted {
        return Err(format!(
            "outcome {} ({}), the reference says {wanted} ({})",
            answer.outcome, answer.message, golden["message"]
        ));
    }
    let Some(output) = answer.output else { return Ok(()) };
    assert_readable(&output);
    let expected = match &golden["output"] {
        Value::Null => return Err("no output in the golden".to_owned()),
        output => json::decode(signal(case), output.to_string().as_bytes()).unwrap(),
    };
    let form = if unordered { normalised_unordered } else { normalised };
    let (ours, theirs) = (form(&output), form(&expected));
    if ours != theirs {
        let (ours, theirs) = around_difference(&ours, &theirs);
        return Err(format!("output differs\n  ours:   {ours}\n  theirs: {theirs}"));
    }
    // Some functions log on their own account.
    let is_failure = |text: &&str| text.starts_with("failed to e");
    let warnings = texts(&golden["warnings"]).into_iter().filter(is_failure).count() as u64;
    let silent = case["error_mode"] == "silent";
    if !silent && answer.failures != warnings {
        return Err(format!("{} failures, the reference logs {warnings}", answer.failures));
    }
    Ok(())
}

/// The parts of two texts around the first place where they differ.
fn around_difference<'t>(one: &'t str, other: &'t str) -> (&'t str, &'t str) {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let part = |text: &'t str| {
        let start = text.floor_char_boundary(same.saturating_sub(160));
        let end = text.floor_char_boundary(text.len().min(same + 160));
        &text[start..end]
    };
    (part(one), part(other))
}
