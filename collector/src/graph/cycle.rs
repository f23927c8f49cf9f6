//! Finds connectors that lead back to where they came from: pipelines in, the path of a cycle or
//! an order without cycles out.

use indexmap::IndexMap;

use super::plan::{BuildError, Plan};
use crate::config::ids::{ComponentId, PipelineId};

/// A pipeline and a connector that leads out of it.
pub(crate) type Step<'a> = (&'a PipelineId, &'a ComponentId);

/// Pipelines in the order to build them: what a connector feeds comes before what feeds it.
///
/// # Errors
/// [`BuildError::Cycle`] when there is no such order.
pub(super) fn build_order(plan: &Plan) -> Result<Vec<PipelineId>, BuildError> {
    let ways = |id| {
        let exporters = plan.pipelines.get(id).map(|pipeline| &pipeline.exporters);
        let connectors =
            exporters.into_iter().flatten().filter(|id| plan.connectors.contains_key(*id));
        connectors
            .flat_map(|connector| fed_by(plan, connector, id).map(move |next| (connector, next)))
            .collect()
    };
    order(plan.pipelines.keys(), &ways)
        .map(|order| order.into_iter().cloned().collect())
        .map_err(|cycle| BuildError::Cycle(describe(plan, &cycle)))
}

/// Pipelines in an order in which those that a pipeline leads to come before it; `ways` answers with
/// the connectors out of a pipeline and where each leads.
///
/// # Errors
/// The steps of a cycle when there is no such order.
pub(crate) fn order<'a>(
    pipelines: impl Iterator<Item = &'a PipelineId>,
    ways: &dyn Fn(&'a PipelineId) -> Vec<(&'a ComponentId, &'a PipelineId)>,
) -> Result<Vec<&'a PipelineId>, Vec<Step<'a>>> {
    let mut search = Search { ways, marks: IndexMap::new(), path: Vec::new(), order: Vec::new() };
    for id in pipelines {
        search.visit(id)?;
    }
    Ok(search.order)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Done,
}

struct Search<'a, 'w> {
    ways: &'w dyn Fn(&'a PipelineId) -> Vec<(&'a ComponentId, &'a PipelineId)>,
    marks: IndexMap<&'a PipelineId, Mark>,
    /// The steps from the start of the search.
    path: Vec<Step<'a>>,
    order: Vec<&'a PipelineId>,
}

impl<'a> Search<'a, '_> {
    fn visit(&mut self, id: &'a PipelineId) -> Result<(), Vec<Step<'a>>> {
        match self.marks.get(id) {
            Some(Mark::Done) => return Ok(()),
            Some(Mark::Open) => {
                let start = self.path.iter().position(|(known, _)| *known == id).unwrap_or(0);
                return Err(self.path.split_off(start));
            }
            None => {}
        }
        self.marks.insert(id, Mark::Open);
        for (connector, next) in (self.ways)(id) {
            self.path.push((id, connector));
            self.visit(next)?;
            self.path.pop();
        }
        self.marks.insert(id, Mark::Done);
        self.order.push(id);
        Ok(())
    }
}

/// From connector to connector, with the processors between them.
fn describe(plan: &Plan, cycle: &[Step<'_>]) -> String {
    let mut steps = Vec::new();
    let mut previous = cycle.last();
    for step in cycle {
        let (pipeline, _) = step;
        if let Some((from, entry)) = previous {
            let (from, to) = (from.signal(), pipeline.signal());
            steps.push(format!("connector \"{entry}\" ({from} to {to})"));
        }
        let processors = plan.pipelines.get(*pipeline).map(|plan| &plan.processors);
        for processor in processors.into_iter().flatten() {
            steps.push(format!("processor \"{processor}\" in pipeline \"{pipeline}\""));
        }
        previous = Some(step);
    }
    if let Some(first) = steps.first().cloned() {
        steps.push(first);
    }
    steps.join(" -> ")
}

/// The pipelines that start with a connector which ends `from`, of signals it can make.
pub(super) fn fed_by<'a>(
    plan: &'a Plan,
    connector: &'a ComponentId,
    from: &'a PipelineId,
) -> impl Iterator<Item = &'a PipelineId> {
    let config = plan.connectors.get(connector);
    plan.pipelines
        .iter()
        .filter(move |(to, pipeline)| {
            pipeline.receivers.contains(connector)
                && config
                    .is_some_and(|config| config.supports(from.signal().into(), to.signal().into()))
        })
        .map(|(id, _)| id)
}
