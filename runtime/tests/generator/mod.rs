//! Random statements over random telemetry, driven by the tables of functions and paths.
//!
//! A stream of [`Choices`] enters, a [`Case`] leaves: the same stream, the same case.

pub(crate) mod choices;
mod payload;
mod statements;
mod words;

use choices::Choices;
use holt_pdata::Signal;
use holt_runtime::functions::Dialect;
use holt_runtime::paths::{CONTEXTS, ContextDecl};
use serde_json::Value;

use crate::common::Texts;
use statements::Statements;

/// Groups of statements and the telemetry that they run on.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) signal: Signal,
    /// The context of the groups; none where it is to be inferred.
    pub(crate) context: Option<&'static str>,
    pub(crate) groups: Vec<Texts>,
    /// A request as OTLP/JSON.
    pub(crate) input: Value,
}

/// A case with up to that many groups.
pub(crate) fn case(choices: &mut Choices, groups: usize) -> Case {
    let signals = [Signal::Traces, Signal::Metrics, Signal::Logs].into_iter();
    let contexts: Vec<(Signal, &'static ContextDecl)> = signals
        .flat_map(|signal| {
            CONTEXTS
                .iter()
                .filter(move |one| one.serves_in(signal, Dialect::TRANSFORM))
                .map(move |one| (signal, one))
        })
        .collect();
    let (signal, context) = *choices.of(&contexts);
    let named = choices.percent(60);
    let input = payload::request(choices, signal);
    let count = 1 + choices.below(groups);
    let groups = (0..count).map(|_| group(choices, context)).collect();
    Case { signal, context: named.then_some(context.name), groups, input }
}

fn group(choices: &mut Choices, context: &'static ContextDecl) -> Texts {
    let count = 1 + choices.below(2);
    let error_mode = *choices.of(&["propagate", "ignore", "ignore", "silent"]);
    let mut statements = Statements { choices, context, dialect: Dialect::TRANSFORM };
    let texts = (0..count).map(|_| statements.statement()).collect();
    let mut conditions = Vec::new();
    if statements.choices.percent(10) {
        conditions.push(statements.condition(1));
    }
    Texts { statements: texts, conditions, error_mode: error_mode.to_owned() }
}
