//! Creates and wires the components of a plan, or goes on with running ones where nothing changed.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use holt_pdata::Signal;

use super::count::Counting;
use super::cycle::{build_order, fed_by};
use super::ends::loose_ends;
use super::fan_out;
use super::node::{Description, Feed, Instance, Node, Place, Role};
use super::plan::{BuildError, PipelinePlan, Plan};
use super::switch::Switch;
use crate::component::{
    Component, Consumer, CreateError, Kind, Outputs, PipelineOutput, Settings, SharedFacts,
    StatusHub,
};
use crate::config::ids::{ComponentId, PipelineId, PipelineSignal};
use crate::telemetry::Handles;

/// What the components of all graphs of a process share.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    /// Where they report their states.
    pub status: Arc<StatusHub>,
    /// What they count with and start spans with.
    pub telemetry: Handles,
    /// What extensions can show of the service.
    pub facts: SharedFacts,
}

/// Created and wired components.
#[derive(Default)]
pub struct Graph {
    /// Components in start order: whatever a component feeds comes before it. Stop in reverse.
    pub nodes: Vec<Node>,
    /// Extensions in start order.
    pub extensions: Vec<Node>,
    /// Switches of receivers that run already, with where they are to lead.
    pub turns: Vec<(Arc<Switch>, Arc<dyn Consumer>)>,
}

/// Creates everything that pipelines and the service use. Nothing is started, and nothing of the
/// components `running` is touched; those that are configured as before become part of the graph.
///
/// # Errors
/// When references do not resolve, connectors run in a circle, or a factory refuses.
pub fn build(plan: &Plan, shared: &Shared, running: &[Node]) -> Result<Graph, BuildError> {
    check_references(plan)?;
    check_connectors(plan)?;
    let order = build_order(plan)?;
    let running = running.iter().map(|node| (&node.description.place, node)).collect();
    let mut builder = Builder {
        plan,
        shared,
        running,
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
            let all = plan.pipelines.iter().filter(|(_, pipeline)| side(pipeline).contains(id));
            all.map(|(pipeline, _)| pipeline).collect::<Vec<_>>()
        };
        let into = pipelines_with(|pipeline| &pipeline.exporters);
        let out = pipelines_with(|pipeline| &pipeline.receivers);
        let converts =
            |from: PipelineSignal, to: PipelineSignal| config.supports(from.into(), to.into());
        if let Some(end) = loose_ends(id, &into, &out, converts).into_iter().next() {
            return Err(BuildError::LooseEnd(end));
        }
    }
    Ok(())
}

/// A new component that takes batches, as both of the things it is.
type Created = (Arc<dyn Component>, Arc<dyn Consumer>);

/// A consumer, and the components it is made of. Two links with the same components are as good as
/// each other.
#[derive(Clone)]
struct Link {
    consumer: Arc<dyn Consumer>,
    instances: Vec<Instance>,
}

impl Link {
    /// A link to all of several.
    fn to_all(links: Vec<Self>) -> Self {
        let instances = links.iter().flat_map(|link| link.instances.iter().copied()).collect();
        Self { consumer: fan_out(links.into_iter().map(|link| link.consumer).collect()), instances }
    }
}

struct Builder<'a> {
    plan: &'a Plan,
    shared: &'a Shared,
    running: HashMap<&'a Place, &'a Node>,
    graph: Graph,
    exporters: HashMap<(Signal, &'a ComponentId), Link>,
    connectors: HashMap<(Signal, &'a ComponentId), Link>,
    /// First consumers of the pipelines built so far.
    heads: HashMap<&'a PipelineId, Link>,
}

impl<'a> Builder<'a> {
    fn describe(&self, kind: Kind, id: &ComponentId, feeds: Vec<Feed>) -> Description {
        let place = Place { kind, id: id.clone(), signal: None, pipeline: None };
        Description { place, fingerprint: self.plan.fingerprints.get(kind, id), feeds }
    }

    /// The running component that does the same.
    fn as_before(&self, description: &Description) -> Option<&'a Node> {
        let node = self.running.get(&description.place).copied()?;
        let is_same = node.description == *description && !node.status.has_failed();
        is_same.then(|| {
            node.status.belongs_to(self.pipelines(&description.place));
            node
        })
    }

    /// The pipelines that the component of a place is part of.
    fn pipelines(&self, place: &Place) -> Vec<PipelineId> {
        if let Some(pipeline) = &place.pipeline {
            return vec![pipeline.clone()];
        }
        let pipelines = self.plan.pipelines.iter().filter(|(id, parts)| match place.kind {
            Kind::Receiver => parts.receivers.contains(&place.id),
            Kind::Exporter => {
                place.signal == Some(id.signal().into()) && parts.exporters.contains(&place.id)
            }
            Kind::Connector => {
                parts.receivers.contains(&place.id) || parts.exporters.contains(&place.id)
            }
            Kind::Processor | Kind::Extension => false,
        });
        pipelines.map(|(id, _)| id.clone()).collect()
    }

    fn settings(&self, description: &Description) -> Settings {
        let Place { kind, id, .. } = &description.place;
        let status = self.shared.status.register(*kind, id.clone());
        status.belongs_to(self.pipelines(&description.place));
        let Handles { metrics, tracer } = self.shared.telemetry.clone();
        Settings { id: id.clone(), status, metrics, tracer }
    }

    /// A consumer that runs already, or a new one.
    fn consumer(
        &mut self,
        description: Description,
        create: impl FnOnce(Settings) -> Result<Created, CreateError>,
    ) -> Result<Link, CreateError> {
        if let Some(node) = self.as_before(&description)
            && let Role::Consumer(consumer) = &node.role
        {
            self.graph.nodes.push(node.clone());
            return Ok(Link { consumer: consumer.clone(), instances: vec![node.instance] });
        }
        let settings = self.settings(&description);
        let status = settings.status.clone();
        let (component, consumer) = create(settings)?;
        let instance = Instance::new();
        let Place { kind, id, .. } = description.place.clone();
        let role = Role::Consumer(consumer.clone());
        self.graph.nodes.push(Node { kind, id, component, status, instance, description, role });
        Ok(Link { consumer, instances: vec![instance] })
    }

    fn exporters(&mut self) -> Result<(), BuildError> {
        for (pipeline, parts) in &self.plan.pipelines {
            let signal = Signal::from(pipeline.signal());
            for id in &parts.exporters {
                let Some(config) = self.plan.exporters.get(id) else { continue };
                if self.exporters.contains_key(&(signal, id)) {
                    continue;
                }
                let mut description = self.describe(Kind::Exporter, id, Vec::new());
                description.place.signal = Some(signal);
                let link = self
                    .consumer(description, |settings| {
                        let exporter = config.create(settings, signal)?;
                        Ok((exporter.clone(), exporter))
                    })
                    .map_err(|source| refused(Kind::Exporter, id, for_signal(signal), source))?;
                self.exporters.insert((signal, id), link);
            }
        }
        Ok(())
    }

    fn pipeline(&mut self, id: &PipelineId) -> Result<(), BuildError> {
        let Some((id, parts)) = self.plan.pipelines.get_key_value(id) else { return Ok(()) };
        let signal = Signal::from(id.signal());
        let mut ends: Vec<Link> = Vec::new();
        let mut seen = HashSet::new();
        for exporter in parts.exporters.iter().filter(|exporter| seen.insert(*exporter)) {
            if let Some(exporter) = self.exporters.get(&(signal, exporter)) {
                ends.push(exporter.clone());
            } else {
                ends.push(self.connector(signal, exporter, id)?);
            }
        }
        let mut next = Link::to_all(ends);
        for processor in parts.processors.iter().rev() {
            let Some(config) = self.plan.processors.get(processor) else { continue };
            let feed = Feed { pipeline: None, signal, instances: next.instances };
            let mut description = self.describe(Kind::Processor, processor, vec![feed]);
            description.place.pipeline = Some(id.clone());
            let consumer = next.consumer;
            next = self
                .consumer(description, |settings| {
                    if !config.counts_items() {
                        let processor = config.create(settings, signal, consumer)?;
                        return Ok((processor.clone(), processor));
                    }
                    let counting = Counting::new(&settings.metrics, &settings.id, signal);
                    let behind = counting.behind(consumer);
                    let processor = config.create(settings, signal, behind.clone())?;
                    Ok((processor.clone(), counting.before(&processor, &behind)))
                })
                .map_err(|source| {
                    refused(Kind::Processor, processor, format!("in pipeline \"{id}\""), source)
                })?;
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
    ) -> Result<Link, BuildError> {
        if let Some(connector) = self.connectors.get(&(signal, id)) {
            return Ok(connector.clone());
        }
        let Some(config) = self.plan.connectors.get(id) else {
            let (pipeline, id, kind) = (from.clone(), id.clone(), Kind::Exporter);
            return Err(BuildError::NotConfigured { pipeline, kind, id });
        };
        let fed: Vec<(&PipelineId, Link)> = fed_by(self.plan, id, from)
            .filter_map(|to| Some((to, self.heads.get(to)?.clone())))
            .collect();
        let feeds = fed.iter().map(|(to, link)| Feed {
            pipeline: Some((*to).clone()),
            signal: to.signal().into(),
            instances: link.instances.clone(),
        });
        let mut description = self.describe(Kind::Connector, id, feeds.collect());
        description.place.signal = Some(signal);
        let outputs = fed
            .into_iter()
            .map(|(to, link)| PipelineOutput { id: to.clone(), consumer: link.consumer })
            .collect();
        let link = self
            .consumer(description, |settings| {
                let connector = config.create(settings, signal, outputs)?;
                Ok((connector.clone(), connector))
            })
            .map_err(|source| refused(Kind::Connector, id, for_signal(signal), source))?;
        self.connectors.insert((signal, id), link.clone());
        Ok(link)
    }

    fn receivers(&mut self) -> Result<(), BuildError> {
        for (id, config) in &self.plan.receivers {
            let ways = self.ways_from(id);
            if ways.is_empty() {
                continue;
            }
            let feeds = ways.iter().map(|(signal, _)| Feed {
                pipeline: None,
                signal: *signal,
                instances: Vec::new(),
            });
            let description = self.describe(Kind::Receiver, id, feeds.collect());
            if let Some(node) = self.as_before(&description)
                && let Role::Source(switches) = &node.role
            {
                let turns = switches.iter().zip(ways);
                self.graph.turns.extend(turns.map(|((_, switch), (_, way))| (switch.clone(), way)));
                self.graph.nodes.push(node.clone());
                continue;
            }
            let mut outputs = Outputs::default();
            let mut switches = Vec::new();
            for (signal, way) in ways {
                let switch = Arc::new(Switch::new(way));
                outputs.set(signal, switch.clone());
                switches.push((signal, switch));
            }
            let settings = self.settings(&description);
            let status = settings.status.clone();
            let component = config
                .create(settings, outputs)
                .map_err(|source| refused(Kind::Receiver, id, String::new(), source))?;
            let (kind, id) = (Kind::Receiver, id.clone());
            let (instance, role) = (Instance::new(), Role::Source(switches));
            let node = Node { kind, id, component, status, instance, description, role };
            self.graph.nodes.push(node);
        }
        Ok(())
    }

    /// Where the batches of a receiver go, for the signals that go anywhere.
    fn ways_from(&self, id: &ComponentId) -> Vec<(Signal, Arc<dyn Consumer>)> {
        let heads = |signal| {
            let pipelines = self.plan.pipelines.iter().filter(move |(pipeline, parts)| {
                Signal::from(pipeline.signal()) == signal && parts.receivers.contains(id)
            });
            pipelines
                .filter_map(|(pipeline, _)| self.heads.get(pipeline))
                .map(|head| head.consumer.clone())
                .collect::<Vec<_>>()
        };
        let ways = Signal::ALL.into_iter().map(|signal| (signal, heads(signal)));
        ways.filter(|(_, heads)| !heads.is_empty())
            .map(|(signal, heads)| (signal, fan_out(heads)))
            .collect()
    }

    fn extensions(&mut self) -> Result<(), BuildError> {
        for id in &self.plan.run_extensions {
            let Some(config) = self.plan.extensions.get(id) else { continue };
            let description = self.describe(Kind::Extension, id, Vec::new());
            if let Some(node) = self.as_before(&description) {
                self.graph.extensions.push(node.clone());
                continue;
            }
            let settings = self.settings(&description);
            let status = settings.status.clone();
            let extension = config
                .create(settings)
                .map_err(|source| refused(Kind::Extension, id, String::new(), source))?;
            let component: Arc<dyn Component> = extension.clone();
            let (kind, id) = (Kind::Extension, id.clone());
            let (instance, role) = (Instance::new(), Role::Extension(extension));
            let node = Node { kind, id, component, status, instance, description, role };
            self.graph.extensions.push(node);
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
