//! Finds connectors that lead back to where they came from: pipelines in, the path of a cycle or
//! an order without cycles out.

use indexmap::IndexMap;

use super::plan::{BuildError, Plan};
use crate::config::ids::{ComponentId, PipelineId};

/// Pipelines in the order to build them: what a connector feeds comes before what feeds it.
///
/// # Errors
/// [`BuildError::Cycle`] when there is no such order.
pub(super) fn build_order(plan: &Plan) -> Result<Vec<PipelineId>, BuildError> {
    let mut search = Search { plan, marks: IndexMap::new(), path: Vec::new(), order: Vec::new() };
    for id in plan.pipelines.keys() {
        search.visit(id)?;
    }
    Ok(search.order)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Open,
    Done,
}

struct Search<'a> {
    plan: &'a Plan,
    marks: IndexMap<&'a PipelineId, Mark>,
    /// The pipelines from the start of the search, each with the connector that leads out of it.
    path: Vec<(&'a PipelineId, &'a ComponentId)>,
    order: Vec<PipelineId>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, id: &'a PipelineId) -> Result<(), BuildError> {
        match self.marks.get(id) {
            Some(Mark::Done) => return Ok(()),
            Some(Mark::Open) => return Err(BuildError::Cycle(self.describe(id))),
            None => {}
        }
        self.marks.insert(id, Mark::Open);
        if let Some(pipeline) = self.plan.pipelines.get(id) {
            let connectors =
                pipeline.exporters.iter().filter(|id| self.plan.connectors.contains_key(*id));
            for connector in connectors {
                for next in fed_by(self.plan, connector, id) {
                    self.path.push((id, connector));
                    self.visit(next)?;
                    self.path.pop();
                }
            }
        }
        self.marks.insert(id, Mark::Done);
        self.order.push(id.clone());
        Ok(())
    }

    /// From connector to connector, with the processors between them.
    fn describe(&self, again: &PipelineId) -> String {
        let start = self.path.iter().position(|(id, _)| *id == again).unwrap_or(0);
        let cycle = self.path.get(start..).unwrap_or_default();
        let mut steps = Vec::new();
        let mut previous = cycle.last();
        for step in cycle {
            let (pipeline, _) = step;
            if let Some((from, entry)) = previous {
                let (from, to) = (from.signal(), pipeline.signal());
                steps.push(format!("connector \"{entry}\" ({from} to {to})"));
            }
            let processors = self.plan.pipelines.get(*pipeline).map(|plan| &plan.processors);
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
