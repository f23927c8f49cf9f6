//! The processors of a pipeline, one behind the other, each as a collector would run it: telemetry of a
//! sample goes in, what the last one passes on comes out.

use std::fmt;
use std::sync::Arc;

use holt_collector::component::Runner;
use holt_collector::config::ids::ComponentId;
use holt_collector::graph::Plan;
use holt_pdata::{Batch, Signal};
use holt_runtime::program::RunError;
use holt_runtime::{Host, Program};

use super::stage::{Configured, Stage};

/// What became of a sample.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What came out of the last processor.
    pub(crate) batches: Vec<Batch>,
    /// Processors that Holt does not have or that could not be made; telemetry went past them.
    pub(crate) left_out: Vec<String>,
    /// Why processors refused batches.
    pub(crate) refused: Vec<String>,
}

/// Takes batches of one signal through processors. Each is stopped behind the last batch, so that it
/// passes on what it holds.
pub(crate) async fn through<'p>(
    processors: impl IntoIterator<Item = &'p ComponentId>,
    plan: &Plan,
    signal: Signal,
    batches: Vec<Batch>,
    runner: &Arc<dyn Runner>,
) -> Outcome {
    let mut outcome = Outcome { batches, ..Outcome::default() };
    for id in processors {
        let Some(config) = plan.processors.get(id) else {
            outcome.left_out.push(id.to_string());
            continue;
        };
        let config = Configured::There(config.as_ref());
        let stage = Stage { id: id.clone(), config, sources: Arc::default() };
        match stage.run(signal, outcome.batches.clone(), runner.clone()).await {
            Ok(passed) => {
                outcome.batches = passed.batches;
                for refusal in passed.refusals {
                    let message = format!("{id}: {refusal}");
                    if !outcome.refused.contains(&message) {
                        outcome.refused.push(message);
                    }
                }
            }
            Err(message) => outcome.left_out.push(message),
        }
    }
    outcome
}

/// Runs programs on a host.
pub(crate) struct On<H>(pub(crate) H);

impl<H> fmt::Debug for On<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On").finish_non_exhaustive()
    }
}

impl<H: Host + Send + Sync> Runner for On<H> {
    fn run(&self, program: &Program, batch: &Batch) -> Result<Batch, RunError> {
        program.run(batch, &self.0)
    }

    fn sort(
        &self,
        program: &Program,
        batch: &Batch,
        asked: Option<&[bool]>,
    ) -> Result<Vec<Option<usize>>, RunError> {
        program.sort(batch, &self.0, asked)
    }
}
