//! What leads into a connector and out of it: the pipelines that name it go in, those that it does not
//! join to any other come out. The graph refuses such a plan, and a lint says where it stands.

use crate::component::Kind;
use crate::config::ids::{ComponentId, PipelineId, PipelineSignal};

/// A pipeline that names a connector which joins it to no other pipeline.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "connector \"{connector}\" used as {used} in [{pipeline}] pipeline but not used in any supported \
     {missing} pipeline"
)]
pub struct LooseEnd {
    /// The connector.
    pub connector: ComponentId,
    /// The pipeline.
    pub pipeline: PipelineId,
    /// What it is used as there.
    pub used: Kind,
    /// What it would have to be used as in another pipeline.
    pub missing: Kind,
}

/// All loose ends of a connector: of the pipelines that lead into it, then of those that start with it.
pub(crate) fn loose_ends(
    connector: &ComponentId,
    into: &[&PipelineId],
    out: &[&PipelineId],
    converts: impl Fn(PipelineSignal, PipelineSignal) -> bool,
) -> Vec<LooseEnd> {
    let loose = |pipeline: &PipelineId, used, missing| LooseEnd {
        connector: connector.clone(),
        pipeline: pipeline.clone(),
        used,
        missing,
    };
    let joined = |from: &PipelineId, to: &PipelineId| converts(from.signal(), to.signal());
    let starts = into.iter().filter(|from| !out.iter().any(|to| joined(from, to)));
    let ends = out.iter().filter(|to| !into.iter().any(|from| joined(from, to)));
    starts
        .map(|from| loose(from, Kind::Exporter, Kind::Receiver))
        .chain(ends.map(|to| loose(to, Kind::Receiver, Kind::Exporter)))
        .collect()
}
