//! `routing`: sends telemetry to pipelines by conditions, in whole requests, by resource, or item by
//! item.
//!
//! The conditions are compiled when the configuration is read ([`table`]). A batch is asked about
//! once for all neighbouring routes that see the same items; its parts are then cut out of its bytes
//! and offered to their pipelines at the same time.

mod config;
mod request;
mod table;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::{Batch, Hollow, Level, Signal};
use holt_runtime::Program;
use holt_runtime::functions::Dialect;
use holt_runtime::program::{ErrorMode, RunError};

use self::config::Settings as Keys;
use self::table::{Edits, SIGNALS, Step, Steps, Terms, Way};
use crate::component::{
    AckOutcome, Component, Connector, ConnectorConfig, Consumer, Context, CreateError, Descriptor,
    Kind, MISSING_KEY, Output, PipelineOutput, Refused, Report, Section, Settings, Stability,
    TypedConfig, TypedFactory,
};
use crate::config::de::from_node;
use crate::config::ids::PipelineId;
use crate::config::values::Text;
use crate::graph::fan_out;
use crate::ottl::{ProcessHost, dialect, engine, run, sort};
use crate::telemetry::Counter;

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Connector,
    type_name: "routing",
    aliases: &[],
    stability: &[
        ("traces-to-traces", Stability::Alpha),
        ("metrics-to-metrics", Stability::Alpha),
        ("logs-to-logs", Stability::Alpha),
    ],
    summary: "sends telemetry to pipelines by conditions",
    example: r#"
routing:
  default_pipelines: [logs/rest]
  table:
    - condition: resource.attributes["tenant"] == "acme"
      pipelines: [logs/acme]
"#,
};

/// The gate that makes `ignore` the default of `error_mode`.
const IGNORES: &str = "connector.routing.defaultErrorModeIgnore";

/// Makes `routing` connectors.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Keys;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let path = section.path(Kind::Connector);
        let node = section.node;
        let keys = match from_node::<Keys>(node, &path) {
            Ok(keys) => keys,
            Err(more) => {
                diagnostics.extend(more);
                return None;
            }
        };
        let mut report = Report { path, location: node.location, findings: diagnostics };
        let usual = match section.gates.is_enabled(IGNORES) {
            true => ErrorMode::Ignore,
            false => ErrorMode::Propagate,
        };
        let error_mode = keys.error_mode.resolve(node, usual, &mut report);
        table::pipelines(&keys.default_pipelines, &mut report.at("default_pipelines", None));
        if keys.table.is_empty() {
            let message = ("there are no routes", "add a `table:` of conditions and pipelines");
            let reference = "invalid routing table: the routing table is empty";
            report.refuse(MISSING_KEY, None, message, reference);
        }
        let terms = Terms {
            dialect: dialect(Dialect::STANDARD, section.gates),
            error_mode,
            engine: engine(),
            id: section.id,
            section: node.location,
        };
        let steps = table::compile(&keys.table, terms, &mut report);
        Some(Self { keys, steps, left_out: Vec::new() })
    }

    fn settings(&self) -> &Self::Settings {
        &self.keys
    }
}

pub(crate) struct Config {
    keys: Keys,
    /// By signal.
    steps: Vec<Steps>,
    /// Pipelines that are not there in this run.
    left_out: Vec<PipelineId>,
}

impl ConnectorConfig for Config {
    fn supports(&self, from: Signal, to: Signal) -> bool {
        from == to && SIGNALS.contains(&from)
    }

    fn outputs(&self) -> Vec<Output> {
        let routes = self.keys.table.iter().flat_map(|item| &item.pipelines);
        routes.chain(&self.keys.default_pipelines).filter_map(Output::of).collect()
    }

    fn leave_out(&mut self, pipelines: &[PipelineId]) {
        self.left_out = pipelines.to_vec();
    }

    fn programs(&self) -> Vec<&Program> {
        let steps = self.steps.iter().flat_map(|steps| &steps.steps);
        let programs = steps.flat_map(|step| match step {
            Step::Request(..) => Vec::new(),
            Step::Items { program, edits, .. } => {
                let edits = edits.as_deref().map(|edits| &edits.program);
                std::iter::once(program.as_ref()).chain(edits).collect()
            }
        });
        programs.collect()
    }

    fn create(
        &self,
        settings: Settings,
        from: Signal,
        mut outputs: Vec<PipelineOutput>,
    ) -> Result<Arc<dyn Connector>, CreateError> {
        let dropped = settings
            .metrics
            .counter("holt_connector_dropped_items", [("connector", settings.id.to_string())]);
        let nowhere: Arc<dyn Consumer> = Arc::new(Nowhere(dropped.clone()));
        let left_out = self.left_out.iter();
        outputs.extend(
            left_out.map(|id| PipelineOutput { id: id.clone(), consumer: nowhere.clone() }),
        );
        let steps = self.steps.iter().find(|steps| steps.signal == from);
        let steps = steps.ok_or(CreateError::UnsupportedSignal)?.steps.clone();
        let mut targets = Vec::new();
        let mut target = |names: &[Text]| target(names, &outputs, &mut targets);
        let routes = self.keys.table.iter().map(|item| target(&item.pipelines));
        let routes = routes.collect::<Result<Vec<_>, _>>()?;
        let rest = match self.keys.default_pipelines.as_slice() {
            [] => None,
            names => Some(target(names)?),
        };
        let targets = targets.into_iter().map(|(_, consumer)| consumer).collect();
        let host = ProcessHost::new();
        Ok(Arc::new(Routing { steps, routes, rest, targets, host, dropped }))
    }
}

/// The place among `targets` of the pipelines named; equal lists have one place.
fn target(
    names: &[Text],
    outputs: &[PipelineOutput],
    targets: &mut Vec<(Vec<PipelineId>, Arc<dyn Consumer>)>,
) -> Result<usize, CreateError> {
    let mut ids = Vec::new();
    let mut consumers = Vec::new();
    for name in names {
        let output = outputs.iter().find(|output| output.id.to_string() == name.trim());
        let output = output.ok_or_else(|| {
            CreateError::Other(format!("pipeline not found: missing consumer: {:?}", name.as_str()))
        })?;
        if !ids.contains(&output.id) {
            ids.push(output.id.clone());
            consumers.push(output.consumer.clone());
        }
    }
    if let Some(place) = targets.iter().position(|(known, _)| *known == ids) {
        return Ok(place);
    }
    targets.push((ids, fan_out(consumers)));
    Ok(targets.len() - 1)
}

/// In the place of a pipeline that is left out: what takes a route to it is dropped and counted.
struct Nowhere(Counter);

#[async_trait]
impl Consumer for Nowhere {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.0.add(batch.items());
        context.ack.resolve(AckOutcome::Delivered);
        Ok(())
    }
}

/// The connector of one signal.
struct Routing {
    steps: Vec<Step>,
    /// The target of each route of the table.
    routes: Vec<usize>,
    /// The target of what no route takes.
    rest: Option<usize>,
    targets: Vec<Arc<dyn Consumer>>,
    host: ProcessHost,
    dropped: Counter,
}

impl Component for Routing {}

/// Parts of a batch for each target.
struct Parts(Vec<Vec<Batch>>);

impl Parts {
    fn add(&mut self, target: Option<usize>, part: Batch) {
        if part.has_no_resources() {
            return;
        }
        if let Some(parts) = target.and_then(|target| self.0.get_mut(target)) {
            parts.push(part);
        }
    }
}

impl Routing {
    /// The parts of a batch.
    fn parts(&self, batch: Batch, context: &Context) -> Result<Parts, RunError> {
        let mut parts = Parts(vec![Vec::new(); self.targets.len()]);
        let mut rest = batch;
        for step in &self.steps {
            if rest.has_no_resources() {
                break;
            }
            rest = match step {
                Step::Request(condition, way) if condition.holds(context) => {
                    parts.add(self.routes.get(way.route).copied(), rest.clone());
                    if way.copies { rest } else { Batch::empty(rest.signal()) }
                }
                Step::Request(..) => rest,
                Step::Items { program, level, ways, edits } => {
                    let mut places = sort(program, &rest, &self.host, context, None)?;
                    if let Some(edits) = edits {
                        rest = self.edit(edits, rest, *level, &mut places, context)?;
                    }
                    self.take(rest, &places, *level, ways, &mut parts)
                }
            };
        }
        if self.rest.is_none() {
            self.dropped.add(rest.items());
        }
        parts.add(self.rest, rest);
        Ok(parts)
    }

    /// Does to the items of a route what its statement says. An item for which that fails does not
    /// take the route.
    fn edit(
        &self,
        edits: &Edits,
        batch: Batch,
        level: Level,
        places: &mut [Option<usize>],
        context: &Context,
    ) -> Result<Batch, RunError> {
        let before = edits.failures();
        let edited = run(&edits.program, &batch, &self.host, context)?;
        // Failures of requests that are handled at the same time count here too: then there is only
        // more to do.
        if edits.failures() > before {
            let taken = places.iter().enumerate().filter(|(_, place)| place.is_some());
            let taken: Vec<usize> = taken.map(|(item, _)| item).collect();
            let part = batch.select(level, Hollow::Go, |item| taken.binary_search(&item).is_ok());
            for item in self.failing(edits, &part, level, &taken, context) {
                if let Some(place) = places.get_mut(item) {
                    *place = None;
                }
            }
        }
        Ok(edited)
    }

    /// The items for which a statement fails, out of a batch that consists of these. Batches are halved
    /// until a half has none or is one item: a failure is rare, and a batch of many must not be gone
    /// through for each of them.
    fn failing(
        &self,
        edits: &Edits,
        batch: &Batch,
        level: Level,
        items: &[usize],
        context: &Context,
    ) -> Vec<usize> {
        if run(&edits.strict, batch, &self.host, context).is_ok() {
            return Vec::new();
        }
        let middle = items.len() / 2;
        let (first, second) = items.split_at(middle);
        if first.is_empty() {
            return items.to_vec();
        }
        let half = |wanted: fn(usize, usize) -> bool| {
            batch.select(level, Hollow::Go, |item| wanted(item, middle))
        };
        let mut failing =
            self.failing(edits, &half(|item, middle| item < middle), level, first, context);
        failing.extend(self.failing(
            edits,
            &half(|item, middle| item >= middle),
            level,
            second,
            context,
        ));
        failing
    }

    /// Takes out of a batch what routes take; answers with what is left.
    fn take(
        &self,
        batch: Batch,
        places: &[Option<usize>],
        level: Level,
        ways: &[Way],
        parts: &mut Parts,
    ) -> Batch {
        let place = |item: usize| places.get(item).copied().flatten();
        let (of_parts, of_rest) = match level {
            Level::Resource => (Hollow::Stay, Hollow::Stay),
            // A metric that holds nothing is an item of its own, but no parent of datapoints.
            Level::DataPoint => (Hollow::GoAll, Hollow::Go),
            _ => (Hollow::Go, Hollow::Go),
        };
        let mut leaves = true;
        for (index, way) in ways.iter().enumerate() {
            let taken = places.iter().filter(|place| **place == Some(index)).count();
            if taken == 0 {
                continue;
            }
            let target = self.routes.get(way.route).copied();
            if taken == places.len() && level == Level::Resource {
                parts.add(target, batch.clone());
            } else {
                parts.add(target, batch.select(level, of_parts, |item| place(item) == Some(index)));
            }
            leaves &= way.copies;
        }
        if leaves { batch } else { batch.select(level, of_rest, |item| place(item).is_none()) }
    }
}

#[async_trait]
impl Consumer for Routing {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        let Parts(parts) = self.parts(batch, &context).map_err(|error| {
            tracing::error!(%error, "failed to route");
            Refused::retryable(error.to_string())
        })?;
        let offers: Vec<_> = parts
            .into_iter()
            .zip(&self.targets)
            .filter_map(|(parts, target)| Some((Batch::concat(&parts)?, target)))
            .map(|(part, target)| target.consume(part, context.clone()))
            .collect();
        // The shares made above are the ones that count; without any, all was dropped on purpose.
        context.ack.resolve(AckOutcome::Delivered);
        let answers = futures_util::future::join_all(offers).await;
        Refused::combine(answers.into_iter().filter_map(Result::err)).map_or(Ok(()), Err)
    }
}
