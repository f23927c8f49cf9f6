//! Creates and wires the components of a plan.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use holt_pdata::Signal;

use super::cycle::{build_order, fed_by};
use super::fan_out;
use super::plan::{BuildError, PipelinePlan, Plan};
use crate::component::{
    Component, Connector, Consumer, CreateError, Exporter, Extension, Kind, Outputs,
    PipelineOutput, Settings, StatusHub, StatusReporter,
};
use crate::config::ids::{ComponentId, PipelineId};
use crate::telemetry::Counters;

/// A created component.
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: ComponentId,
    /// The component.
    pub component: Arc<dyn Component>,
    /// Where its state is reported.
    pub status: StatusReporter,
}

/// Created and wired components.
#[derive(Default)]
pub struct Graph {
    /// Components in start order: whatever a component feeds comes before it. Stop in reverse.
    pub nodes: Vec<Node>,
    /// Extensions in start order.
    pub extensions: Vec<(ComponentId, Arc<dyn Extension>, StatusReporter)>,
}

/// Creates everything that pipelines and the service use. Nothing is started.
///
/// # Errors
/// When references do not resolve, connectors run in a circle, or a factory refuses.
pub fn build(
    plan: &Plan,
    status: &Arc<StatusHub>,
    counters: &Counters,
) -> Result<Graph, BuildError> {
    check_references(plan)?;
    check_connectors(plan)?;
    let order = build_order(plan)?;
    let mut builder = Builder {
        plan,
        status,
        counters,
        graph: Graph::default(),
        exporters: HashMap::new(),
        connectors: HashMap::new(),
        heads: HashMap::new(),
    };
    builder.exporters()?;
    for id in &order {
        builder.pipeline(id)?;
    }
    builder.receivers()?;
    builder.extensions()?;
    Ok(builder.graph)
}

fn check_references(plan: &Plan) -> Result<(), BuildError> {
    for (pipeline, parts) in &plan.pipelines {
        let missing = |kind, id: &ComponentId| {
            let (pipeline, id) = (pipeline.clone(), id.clone());
            Err(BuildError::NotConfigured { pipeline, kind, id })
        };
        let is_connector = |id: &ComponentId| plan.connectors.contains_key(id);
        for id in &parts.receivers {
            if !plan.receivers.contains_key(id) && !is_connector(id) {
                return missing(Kind::Receiver, id);
            }
        }
        for id in &parts.processors {
            if !plan.processors.contains_key(id) {
                return missing(Kind::Processor, id);
            }
        }
        for id in &parts.exporters {
            if !plan.exporters.contains_key(id) && !is_connector(id) {
                return missing(Kind::Exporter, id);
            }
        }
    }
    match plan.run_extensions.iter().find(|id| !plan.extensions.contains_key(*id)) {
        Some(id) => Err(BuildError::ExtensionNotConfigured(id.clone())),
        None => Ok(()),
    }
}

/// Every connector that is used must lead somewhere, and from somewhere, with signals it handles.
fn check_connectors(plan: &Plan) -> Result<(), BuildError> {
    for (id, config) in &plan.connectors {
        let pipelines_with = |side: fn(&PipelinePlan) -> &Vec<ComponentId>| {
            plan.pipelines
                .iter()
                .filter(|(_, pipeline)| side(pipeline).contains(id))
                .map(|(pipeline, _)| pipeline)
                .collect::<Vec<_>>()
        };
        let sources = pipelines_with(|pipeline| &pipeline.exporters);
        let targets = pipelines_with(|pipeline| &pipeline.receivers);
        let joins = |from: &&PipelineId, to: &&PipelineId| {
            config.supports(from.signal().into(), to.signal().into())
        };
        let half_used = |used, pipeline: &PipelineId, missing| {
            let (id, pipelines) = (id.clone(), pipeline.to_string());
            Err(BuildError::ConnectorHalfUsed { id, used, pipelines, missing })
        };
        for from in &sources {
            if !targets.iter().any(|to| joins(from, to)) {
                return half_used(Kind::Exporter, from, Kind::Receiver);
            }
        }
        for to in &targets {
            if !sources.iter().any(|from| joins(from, to)) {
                return half_used(Kind::Receiver, to, Kind::Exporter);
            }
        }
    }
    Ok(())
}

struct Builder<'a> {
    plan: &'a Plan,
    status: &'a Arc<StatusHub>,
    counters: &'a Counters,
    graph: Graph,
    exporters: HashMap<(Signal, &'a ComponentId), Arc<dyn Exporter>>,
    connectors: HashMap<(Signal, &'a ComponentId), Arc<dyn Connector>>,
    /// First consumers of the pipelines built so far.
    heads: HashMap<&'a PipelineId, Arc<dyn Consumer>>,
}

impl<'a> Builder<'a> {
    fn settings(&self, kind: Kind, id: &ComponentId) -> Settings {
        let status = self.status.register(kind, id.clone());
        Settings { id: id.clone(), status, counters: self.counters.clone() }
    }

    fn keep(
        &mut self,
        kind: Kind,
        id: &ComponentId,
        status: StatusReporter,
        component: Arc<dyn Component>,
    ) {
        self.graph.nodes.push(Node { kind, id: id.clone(), component, status });
    }

    fn exporters(&mut self) -> Result<(), BuildError> {
        for (pipeline, parts) in &self.plan.pipelines {
            let signal = Signal::from(pipeline.signal());
            for id in &parts.exporters {
                let Some(config) = self.plan.exporters.get(id) else { continue };
                if self.exporters.contains_key(&(signal, id)) {
                    continue;
                }
                let settings = self.settings(Kind::Exporter, id);
                let status = settings.status.clone();
                let exporter = config
                    .create(settings, signal)
                    .map_err(|source| refused(Kind::Exporter, id, for_signal(signal), source))?;
                self.keep(Kind::Exporter, id, status, exporter.clone());
                self.exporters.insert((signal, id), exporter);
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, id: &PipelineId) -> Result<(), BuildError> {
        let Some((id, parts)) = self.plan.pipelines.get_key_value(id) else { return Ok(()) };
        let signal = Signal::from(id.signal());
        let mut ends: Vec<Arc<dyn Consumer>> = Vec::new();
        let mut seen = HashSet::new();
        for exporter in parts.exporters.iter().filter(|exporter| seen.insert(*exporter)) {
            if let Some(exporter) = self.exporters.get(&(signal, exporter)) {
                ends.push(exporter.clone());
            } else {
                ends.push(self.connector(signal, exporter, id)?);
            }
        }
        let mut next = fan_out(ends);
        for processor in parts.processors.iter().rev() {
            let Some(config) = self.plan.processors.get(processor) else { continue };
            let settings = self.settings(Kind::Processor, processor);
            let status = settings.status.clone();
            let created = config.create(settings, signal, next).map_err(|source| {
                refused(Kind::Processor, processor, format!("in pipeline \"{id}\""), source)
            })?;
            self.keep(Kind::Processor, processor, status, created.clone());
            next = created;
        }
        self.heads.insert(id, next);
        Ok(())
    }

    /// The connector that ends pipelines of `from`'s signal. Everything it feeds is built already.
    fn connector(
        &mut self,
        signal: Signal,
        id: &'a ComponentId,
        from: &'a PipelineId,
    ) -> Result<Arc<dyn Consumer>, BuildError> {
        if let Some(connector) = self.connectors.get(&(signal, id)) {
            return Ok(connector.clone());
        }
        let Some(config) = self.plan.connectors.get(id) else {
            let (pipeline, id, kind) = (from.clone(), id.clone(), Kind::Exporter);
            return Err(BuildError::NotConfigured { pipeline, kind, id });
        };
        let outputs = fed_by(self.plan, id, from)
            .filter_map(|to| {
                let consumer = self.heads.get(to)?.clone();
                Some(PipelineOutput { id: to.clone(), consumer })
            })
            .collect();
        let settings = self.settings(Kind::Connector, id);
        let status = settings.status.clone();
        let connector = config
            .create(settings, signal, outputs)
            .map_err(|source| refused(Kind::Connector, id, for_signal(signal), source))?;
        self.keep(Kind::Connector, id, status, connector.clone());
        self.connectors.insert((signal, id), connector.clone());
        Ok(connector)
    }

    fn receivers(&mut self) -> Result<(), BuildError> {
        for (id, config) in &self.plan.receivers {
            let mut outputs = Outputs::default();
            let mut used = false;
            for signal in Signal::ALL {
                let heads: Vec<Arc<dyn Consumer>> = self
                    .plan
                    .pipelines
                    .iter()
                    .filter(|(pipeline, parts)| {
                        Signal::from(pipeline.signal()) == signal && parts.receivers.contains(id)
                    })
                    .filter_map(|(pipeline, _)| self.heads.get(pipeline).cloned())
                    .collect();
                if !heads.is_empty() {
                    used = true;
                    outputs.set(signal, fan_out(heads));
                }
            }
            if !used {
                continue;
            }
            let settings = self.settings(Kind::Receiver, id);
            let status = settings.status.clone();
            let receiver = config
                .create(settings, outputs)
                .map_err(|source| refused(Kind::Receiver, id, String::new(), source))?;
            self.keep(Kind::Receiver, id, status, receiver);
        }
        Ok(())
    }

    fn extensions(&mut self) -> Result<(), BuildError> {
        for id in &self.plan.run_extensions {
            let Some(config) = self.plan.extensions.get(id) else { continue };
            let settings = self.settings(Kind::Extension, id);
            let status = settings.status.clone();
            let extension = config
                .create(settings)
                .map_err(|source| refused(Kind::Extension, id, String::new(), source))?;
            self.graph.extensions.push((id.clone(), extension, status));
        }
        Ok(())
    }
}

fn for_signal(signal: Signal) -> String {
    format!("for data type \"{}\"", signal.name())
}

fn refused(kind: Kind, id: &ComponentId, place: String, source: CreateError) -> BuildError {
    BuildError::Create { kind, id: id.clone(), place, source }
}
