//! `count`: makes metrics of how many spans, span events, metrics, datapoints, log records and
//! profiles there are.
//!
//! For each batch leaves one of metrics: for each of its resources the sums of what was counted
//! since the last batch, that is, in this one. Conditions run as those of any program; counting
//! reads the bytes of the items.

mod config;
mod counter;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use holt_grammar::diag::Diagnostic;
use holt_pdata::messages::numbers;
use holt_pdata::messages::numbers::{
    LOG_RECORD, METRIC, METRICS, NUMBER_DATA_POINT, PROFILE, RESOURCE_METRICS, SCOPE_METRICS, SPAN,
    SPAN_EVENT, SUM,
};
use holt_pdata::{Batch, Builder, Level, Signal};
use holt_runtime::functions::Dialect;
use holt_runtime::program::{ErrorMode, Group, compile};
use holt_runtime::{Engine, Program};

use self::config::Settings as Keys;
use self::counter::{Counted, Counts, Definition, Resource};
use crate::component::{
    AckOutcome, Component, Connector, ConnectorConfig, Consumer, Context, CreateError, Descriptor,
    Kind, PipelineOutput, Refused, Report, Section, Settings, Stability, TypedConfig, TypedFactory,
    WRONG_VALUE,
};
use crate::config::de::from_node_ignoring_unknown;
use crate::config::values::Text;
use crate::graph::fan_out;
use crate::matching::any_value;
use crate::ottl::{ProcessHost, dialect, engine, sort, source};

static DESCRIPTOR: Descriptor = Descriptor {
    kind: Kind::Connector,
    type_name: "count",
    aliases: &[],
    stability: &[
        ("traces-to-metrics", Stability::Alpha),
        ("metrics-to-metrics", Stability::Alpha),
        ("logs-to-metrics", Stability::Alpha),
        ("profiles-to-metrics", Stability::Development),
    ],
    summary: "makes metrics of how much telemetry there is",
    example: r#"
count:
  logs:
    errors.count:
      description: Errors by service.
      conditions: ['log.severity_number >= SEVERITY_NUMBER_ERROR']
      attributes: [{key: service.name, default_value: unknown}]
"#,
};

/// The scope of the metrics, which is that of the reference.
const SCOPE: &str =
    "github.com/open-telemetry/opentelemetry-collector-contrib/connector/countconnector";

/// A kind of item that can be counted.
struct Countable {
    signal: Signal,
    /// The key of its metrics.
    key: &'static str,
    context: &'static str,
    level: Level,
    times: &'static [u32],
}

const COUNTABLE: [Countable; 6] = [
    Countable {
        signal: Signal::Traces,
        key: "spans",
        context: "span",
        level: Level::Record,
        times: &[SPAN::start_time_unix_nano, SPAN::end_time_unix_nano],
    },
    Countable {
        signal: Signal::Traces,
        key: "spanevents",
        context: "spanevent",
        level: Level::SpanEvent,
        times: &[SPAN_EVENT::time_unix_nano],
    },
    Countable {
        signal: Signal::Metrics,
        key: "metrics",
        context: "metric",
        level: Level::Record,
        times: &[],
    },
    Countable {
        signal: Signal::Metrics,
        key: "datapoints",
        context: "datapoint",
        level: Level::DataPoint,
        // The times of all kinds of datapoints have this number.
        times: &[NUMBER_DATA_POINT::time_unix_nano],
    },
    Countable {
        signal: Signal::Logs,
        key: "logs",
        context: "log",
        level: Level::Record,
        times: &[LOG_RECORD::time_unix_nano],
    },
    Countable {
        signal: Signal::Profiles,
        key: "profiles",
        context: "profile",
        level: Level::Record,
        times: &[PROFILE::time_unix_nano],
    },
];

/// Makes `count` connectors.
pub(crate) type Factory = TypedFactory<Config>;

impl TypedConfig for Config {
    type Settings = Keys;

    const DESCRIPTOR: &'static Descriptor = &DESCRIPTOR;

    fn read(section: Section<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        Self::compile(section, engine(), diagnostics)
    }

    fn settings(&self) -> &Self::Settings {
        &self.keys
    }
}

pub(crate) struct Config {
    keys: Keys,
    /// In the order of [`COUNTABLE`].
    counted: Vec<(Signal, Arc<Counted>)>,
}

impl Config {
    /// Reads and compiles a section.
    fn compile(
        section: Section<'_>,
        engine: Engine,
        findings: &mut Vec<Diagnostic>,
    ) -> Option<Self> {
        let path = section.path(Kind::Connector);
        let node = section.node;
        let (keys, more) = from_node_ignoring_unknown::<Keys>(node, &path);
        findings.extend(more);
        let keys = keys?.complete();
        let mut report = Report { path, location: node.location, findings };
        let dialect = dialect(Dialect::FILTER, section.gates);
        let mut counted = Vec::new();
        for countable in &COUNTABLE {
            let mut report =
                report.at(countable.key, node.get(countable.key).map(|at| at.location));
            let definitions = definitions(countable, &keys, (dialect, engine), &mut report);
            let Countable { signal, level, times, .. } = *countable;
            counted.push((signal, Arc::new(Counted { level, times, definitions })));
        }
        Some(Self { keys, counted })
    }
}

fn definitions(
    countable: &Countable,
    keys: &Keys,
    (dialect, engine): (Dialect, Engine),
    report: &mut Report<'_>,
) -> Vec<Definition> {
    let key = countable.key;
    let section = report.location;
    // What the reference calls the kind in messages about attributes.
    let says = if key == "datapoints" { "spans" } else { key };
    let mut definitions = Vec::new();
    for (name, metric) in keys.of(key) {
        let mut refuse = |what: &str, help: &str, reference: &str| {
            report.refuse(WRONG_VALUE, None, (what, help), reference);
        };
        if name.is_empty() {
            refuse("a metric has no name", "name it", &format!("{key}: metric name missing"));
        }
        if key == "metrics" && !metric.attributes.is_empty() {
            let reference = format!("metrics attributes not supported: metric {name:?}");
            refuse("metrics have no attributes", "remove `attributes`", &reference);
        }
        if metric.attributes.iter().any(|attribute| attribute.key.is_empty()) {
            let reference = format!("{says} attributes: metric {name:?}: attribute key missing");
            refuse(&format!("an attribute of `{name}` has no key"), "name it", &reference);
        }
        let attributes = metric.attributes.iter().map(|attribute| {
            let default = attribute.default_value.as_ref().map(any_value);
            let default = default.transpose().unwrap_or_else(|date| {
                let reference = format!(
                    "{says} attributes: metric {name:?}: invalid default value specified for \
                     attribute {}",
                    attribute.key
                );
                let message = ("a date is no value of an attribute", "put it in quotes");
                report.refuse(WRONG_VALUE, Some(date.location), message, &reference);
                None
            });
            (attribute.key.clone(), default)
        });
        let mut definition = Definition {
            name: name.clone(),
            description: metric.description.clone(),
            attributes: attributes.collect(),
            condition: None,
        };
        if !metric.conditions.is_empty() {
            let group = Group {
                context: Some(source(&Text::unplaced(countable.context), section)),
                conditions: metric.conditions.iter().map(|text| source(text, section)).collect(),
                drops: true,
                error_mode: ErrorMode::Propagate,
                shows_contexts: true,
                ..Group::default()
            };
            match compile(countable.signal, &[group], dialect, engine) {
                Ok(compiled) => {
                    report.findings.extend(compiled.warnings);
                    definition.condition = Some(Arc::new(compiled.program));
                }
                Err(errors) => report.findings.extend(errors),
            }
        }
        definitions.push(definition);
    }
    definitions
}

impl ConnectorConfig for Config {
    fn supports(&self, _from: Signal, to: Signal) -> bool {
        to == Signal::Metrics
    }

    fn programs(&self) -> Vec<&Program> {
        let definitions = self.counted.iter().flat_map(|(_, counted)| &counted.definitions);
        definitions.filter_map(|definition| definition.condition.as_deref()).collect()
    }

    fn create(
        &self,
        _settings: Settings,
        from: Signal,
        outputs: Vec<PipelineOutput>,
    ) -> Result<Arc<dyn Connector>, CreateError> {
        let kinds = self.counted.iter().filter(|(signal, _)| *signal == from);
        let kinds = kinds.map(|(_, counted)| counted.clone()).collect();
        let next = fan_out(outputs.into_iter().map(|output| output.consumer).collect());
        Ok(Arc::new(Count { kinds, host: ProcessHost::new(), next }))
    }
}

/// The connector of one signal.
struct Count {
    kinds: Vec<Arc<Counted>>,
    host: ProcessHost,
    next: Arc<dyn Consumer>,
}

impl Component for Count {}

impl Count {
    /// The metrics of a batch; `None` when nothing was counted.
    fn metrics(&self, batch: &Batch, context: &Context) -> Result<Option<Batch>, String> {
        let mut resources = counter::resources(batch, self.kinds.len());
        for (place, counted) in self.kinds.iter().enumerate() {
            let matches =
                counted.definitions.iter().map(|definition| match &definition.condition {
                    None => Ok(None),
                    Some(program) => {
                        let wanted = counter::complete(batch, counted.level, definition);
                        let wanted = wanted.as_deref();
                        sort(program, batch, &self.host, context, wanted).map(Some)
                    }
                });
            let matches: Result<Vec<_>, _> = matches.collect();
            let matches = matches.map_err(|error| error.to_string())?;
            counter::count(batch, counted, &matches, place, &mut resources)
                .map_err(|error| error.to_string())?;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        let has_counts =
            |counts: &Counts| counts.metrics.iter().any(|points| !points.all.is_empty());
        resources.retain(|resource| resource.counts.iter().any(has_counts));
        if resources.is_empty() {
            return Ok(None);
        }
        Ok(Some(Builder::batch(Signal::Metrics, |request| {
            for resource in &resources {
                request.message(METRICS::resource_metrics, |out| self.resource(resource, now, out));
            }
        })))
    }

    fn resource(&self, resource: &Resource, now: u64, out: &mut Builder) {
        out.encoded(RESOURCE_METRICS::resource, &resource.attributes);
        out.message(RESOURCE_METRICS::scope_metrics, |out| {
            out.message(SCOPE_METRICS::scope, |scope| {
                scope.text(numbers::INSTRUMENTATION_SCOPE::name, SCOPE);
            });
            for (counted, counts) in self.kinds.iter().zip(&resource.counts) {
                let metrics = counted.definitions.iter().zip(&counts.metrics);
                for (definition, points) in metrics.filter(|(_, points)| !points.all.is_empty()) {
                    let times = counts.times.unwrap_or((now, now));
                    out.message(SCOPE_METRICS::metrics, |out| {
                        metric(definition, &points.all, times, out);
                    });
                }
            }
        });
    }
}

/// A sum of what came since the last time.
fn metric(
    definition: &Definition,
    points: &[(Vec<u8>, u64)],
    (start, end): (u64, u64),
    out: &mut Builder,
) {
    /// `AGGREGATION_TEMPORALITY_DELTA`
    const DELTA: u64 = 1;
    out.text(METRIC::name, &definition.name);
    out.text(METRIC::description, &definition.description);
    out.message(METRIC::sum, |sum| {
        for (attributes, count) in points {
            let point = Builder::message_bytes(|point| {
                point.fixed64(NUMBER_DATA_POINT::start_time_unix_nano, start);
                point.fixed64(NUMBER_DATA_POINT::time_unix_nano, end);
                point.present_fixed64(NUMBER_DATA_POINT::as_int, *count);
            });
            // Attributes have the highest number of these fields.
            sum.encoded(SUM::data_points, &[point.as_slice(), attributes].concat());
        }
        sum.varint(SUM::aggregation_temporality, DELTA);
        sum.varint(SUM::is_monotonic, 1);
    });
}

#[async_trait]
impl Consumer for Count {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        // Retryable, as in the reference, which returns a plain error.
        let metrics = self.metrics(&batch, &context).map_err(|error| {
            tracing::error!(error, "failed to count {}", batch.signal().name());
            Refused::retryable(error)
        })?;
        match metrics {
            Some(metrics) => self.next.consume(metrics, context).await,
            None => {
                context.ack.resolve(AckOutcome::Delivered);
                Ok(())
            }
        }
    }
}
