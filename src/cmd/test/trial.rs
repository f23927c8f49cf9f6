//! One test: what it puts in goes through the components it is about; what came out and how.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use holt_collector::config::codes::{MISSING, UNRESOLVED, WRONG_VALUE};
use holt_grammar::diag::Diagnostic;
use holt_grammar::source::Location;
use holt_pdata::{Batch, Signal};

use super::coverage::Coverage;
use super::file::{Input, Test, TestFile};
use super::host::TestHost;
use super::look::Look;
use super::record::Record;
use super::requests::{self, number_all, numbers, request};
use super::subject::{Broken, Configuration};
use crate::cmd::eval::input;
use crate::cmd::eval::show;
use crate::cmd::stage::Stage;

/// What became of a run.
#[derive(Default)]
pub(super) struct Outcome {
    /// What was put in.
    pub(super) inputs: Vec<Batch>,
    /// What came out.
    pub(super) outputs: Vec<Batch>,
    /// The records that each component dropped, by their numbers, in the order of the components.
    pub(super) dropped: Vec<(String, BTreeSet<u64>)>,
    /// What the pipelines got that start with connectors; nothing when none was followed.
    pub(super) routed: BTreeMap<String, Vec<Batch>>,
    /// Why components refused batches.
    pub(super) refusals: Vec<String>,
    /// How often statements and conditions failed.
    pub(super) errors: u64,
    /// What every statement did to every record.
    pub(super) trace: String,
    /// What ran.
    pub(super) coverage: Coverage,
}

impl Outcome {
    /// The numbers of all records that were put in, with a few words on each.
    pub(super) fn labels(&self) -> BTreeMap<u64, String> {
        let mut labels = BTreeMap::new();
        for batch in &self.inputs {
            let points = requests::records(batch, true);
            for record in requests::records(batch, false).iter().chain(&points) {
                if record.number > 0 {
                    labels.insert(record.number, label(record));
                }
            }
        }
        labels
    }

    /// The numbers of the records of which nothing came out.
    pub(super) fn gone(&self) -> BTreeSet<u64> {
        let there = numbers(&self.outputs);
        numbers(&self.inputs).into_iter().filter(|number| !there.contains(number)).collect()
    }
}

/// A record in a few words.
pub(super) fn label(record: &requests::Output) -> String {
    let kind = record.kind.name();
    let of = match (kind, record.value.get("metric")) {
        ("datapoint", Some(metric)) => format!("{} ", show::label("metric", metric)),
        _ => String::new(),
    };
    format!("{kind} {of}{}", show::label(kind, &record.value)).trim_end().to_owned()
}

/// Runs a test.
pub(super) async fn run(
    test: &Test,
    file: &TestFile,
    configuration: &Configuration,
    directory: &Path,
) -> Result<Outcome, Broken> {
    let inputs = inputs(test, file, directory)?;
    through(test, file, configuration, inputs).await
}

/// Takes batches through the components of a test.
pub(super) async fn through(
    test: &Test,
    file: &TestFile,
    configuration: &Configuration,
    inputs: Vec<Batch>,
) -> Result<Outcome, Broken> {
    let host = Arc::new(TestHost::new(test.now, test.seed, file.variables.clone()));
    let mut outcome = Outcome { inputs: inputs.clone(), ..Outcome::default() };
    let mut signals: Vec<Signal> = Vec::new();
    for batch in &inputs {
        if !signals.contains(&batch.signal()) {
            signals.push(batch.signal());
        }
    }
    for signal in signals {
        let of_signal = |batch: &&Batch| batch.signal() == signal;
        let mut batches: Vec<Batch> = inputs.iter().filter(of_signal).cloned().collect();
        for stage in configuration.stages(file, &test.subject, signal)? {
            batches = staged(&stage, signal, batches, (test, file, &host), &mut outcome).await?;
        }
        if test.routed_to.is_some() {
            let stages = configuration.connectors(&test.subject)?;
            if !stages.is_empty() {
                // All of them get all of it.
                let mut passed = Vec::new();
                for stage in stages {
                    let batches = batches.clone();
                    let context = (test, file, &host);
                    passed.extend(staged(&stage, signal, batches, context, &mut outcome).await?);
                }
                batches = passed;
            }
        }
        outcome.outputs.append(&mut batches);
    }
    Ok(outcome)
}

/// Takes batches through one component, and notes what became of them.
async fn staged(
    stage: &Stage<'_>,
    signal: Signal,
    batches: Vec<Batch>,
    (test, file, host): (&Test, &TestFile, &Arc<TestHost>),
    outcome: &mut Outcome,
) -> Result<Vec<Batch>, Broken> {
    let before = numbers(&batches);
    let look = Arc::new(Look::new(host.clone(), stage.sources.clone()));
    let passed = stage.run(signal, batches, look.clone()).await.map_err(|message| {
        let finding = Diagnostic::error(WRONG_VALUE, message).label(test.place, "");
        Broken { findings: vec![finding], sources: file.sources.clone() }
    })?;
    let seen = look.take();
    if !seen.text.is_empty() {
        outcome.trace.push_str(&format!("{}\n", stage.id));
        for line in seen.text.lines() {
            outcome.trace.push_str(&format!("  {line}\n"));
        }
    }
    outcome.errors += seen.errors;
    outcome.coverage.add(seen.coverage);
    let id = &stage.id;
    let refusals = passed.refusals.into_iter();
    outcome.refusals.extend(refusals.map(|refusal| format!("{id} refused a batch: {refusal}")));
    for (pipeline, batches) in passed.routed {
        outcome.routed.entry(pipeline.to_string()).or_default().extend(batches);
    }
    // What is made of telemetry is other telemetry.
    if passed.batches.iter().all(|batch| batch.signal() == signal) {
        let after = numbers(&passed.batches);
        let dropped = before.difference(&after).copied().collect();
        outcome.dropped.push((id.to_string(), dropped));
    }
    Ok(passed.batches)
}

/// What a test puts in, numbered. Records that follow each other and are of one signal come in one
/// batch.
fn inputs(test: &Test, file: &TestFile, directory: &Path) -> Result<Vec<Batch>, Broken> {
    let broken = |code, message: String, place: Location| {
        let finding = Diagnostic::error(code, message).label(place, "");
        Broken { findings: vec![finding], sources: file.sources.clone() }
    };
    let mut batches = Vec::new();
    let mut next = 1;
    let mut waiting: Vec<Record> = Vec::new();
    let flush = |waiting: &mut Vec<Record>, next: &mut u64, batches: &mut Vec<Batch>| {
        let records = std::mem::take(waiting);
        let place = records.first().map_or(test.place, |record| record.place);
        let batch = request(&records, *next).map_err(|message| {
            broken(WRONG_VALUE, format!("this makes no request: {message}"), place)
        })?;
        *next += records.len() as u64;
        batches.extend(batch);
        Ok::<_, Broken>(())
    };
    for input in &test.inputs {
        let (found, place) = match input {
            Input::Record(record) => {
                let signal = record.kind.signal();
                if waiting.first().is_some_and(|first| first.kind.signal() != signal) {
                    flush(&mut waiting, &mut next, &mut batches)?;
                }
                waiting.push(record.clone());
                continue;
            }
            Input::File(path) => {
                let place = path.location().unwrap_or(test.place);
                let name = path.as_str();
                let bytes = std::fs::read(directory.join(name)).map_err(|error| {
                    broken(UNRESOLVED, format!("cannot read {name}: {error}"), place)
                })?;
                (input::requests(&bytes, None, name), place)
            }
            Input::Otlp(tree, place) => {
                (input::requests(tree.to_string().as_bytes(), None, "otlp_json"), *place)
            }
        };
        flush(&mut waiting, &mut next, &mut batches)?;
        for batch in found.map_err(|message| broken(WRONG_VALUE, message, place))? {
            let (batch, behind) = number_all(&batch, next);
            next = behind;
            batches.push(batch);
        }
    }
    flush(&mut waiting, &mut next, &mut batches)?;
    if batches.is_empty() {
        return Err(broken(MISSING, "the test puts nothing in".to_owned(), test.place));
    }
    Ok(batches)
}
