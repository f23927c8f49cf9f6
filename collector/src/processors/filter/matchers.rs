//! `include` and `exclude`: what stays and what of that goes, to the typed trees that drop the rest.

use holt_pdata::Signal;
use holt_pdata::schema::enums::SEVERITY_NUMBER;
use holt_runtime::compiler::hir::{self, Action, Expr, Guard, builder};
use holt_runtime::paths;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::config::{LogSettings, MetricSettings, SpanSettings};
use crate::component::{Report, WRONG_VALUE};
use crate::config::de::suggest;
use crate::config::values::{Spanned, Text};
use crate::matching::{
    self, AttributeSettings, MatchSettings, Names, RegexpSettings, SeveritySettings,
};

/// Properties of metrics: all that are named must match.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct MetricMatch {
    /// How texts are compared: `strict`, `regexp`; `expr` for expressions.
    match_type: Option<Text>,
    /// Options of `regexp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    regexp: Option<RegexpSettings>,
    /// Names.
    metric_names: Spanned<Vec<Text>>,
    /// Expressions of the language `expr`.
    expressions: Spanned<Vec<Text>>,
    /// Attributes of the resource.
    resource_attributes: Spanned<Vec<Spanned<AttributeSettings>>>,
}

/// Properties of log records: all that are named must match.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(super) struct LogMatch {
    /// How texts are compared: `strict` or `regexp`.
    match_type: Option<Text>,
    /// Attributes of the resource.
    resource_attributes: Spanned<Vec<Spanned<AttributeSettings>>>,
    /// Attributes of the log record.
    record_attributes: Spanned<Vec<Spanned<AttributeSettings>>>,
    /// Severity texts.
    severity_texts: Spanned<Vec<Text>>,
    /// A range of severities.
    #[serde(skip_serializing_if = "Option::is_none")]
    severity_number: Option<Spanned<Severity>>,
    /// Bodies as text.
    bodies: Spanned<Vec<Text>>,
}

/// Severities to match.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
struct Severity {
    /// The lowest, by its short name or number.
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Text>,
    /// Whether records without a severity match.
    match_undefined: bool,
}

/// The trees for spans.
pub(super) fn spans(settings: &SpanSettings, report: &mut Report<'_>) -> Vec<hir::Group> {
    let mut condition = |key: &str, side: &Option<Spanned<MatchSettings>>| {
        let side = side.as_ref()?;
        matched(side, Signal::Traces, "span", &mut report.at(key, side.location))
    };
    let include = condition("include", &settings.include);
    let exclude = condition("exclude", &settings.exclude);
    Vec::from_iter(drops("span", "spans", include, exclude))
}

/// The trees for log records.
pub(super) fn logs(settings: &LogSettings, report: &mut Report<'_>) -> Vec<hir::Group> {
    let mut condition = |key: &str, side: &Option<Spanned<LogMatch>>| {
        let side = side.as_ref()?;
        let mut report = report.at(key, side.location);
        let settings = side.value.settings(&mut report)?;
        let settings = Spanned { value: settings, location: side.location };
        matched(&settings, Signal::Logs, "log", &mut report)
    };
    let include = condition("include", &settings.include);
    let exclude = condition("exclude", &settings.exclude);
    Vec::from_iter(drops("log", "logs", include, exclude))
}

/// The trees for metrics: those for whole resources come first.
pub(super) fn metrics(settings: &MetricSettings, report: &mut Report<'_>) -> Vec<hir::Group> {
    let mut conditions = |key: &str, side: &Option<Spanned<MetricMatch>>| match side {
        Some(side) => side.value.conditions(&mut report.at(key, side.location)),
        None => (None, None),
    };
    let (include_resources, include) = conditions("include", &settings.include);
    let (exclude_resources, exclude) = conditions("exclude", &settings.exclude);
    let resources = drops("resource", "metrics", include_resources, exclude_resources);
    resources.into_iter().chain(drops("metric", "metrics", include, exclude)).collect()
}

/// The condition of one side; `None` when a finding says what is wrong with it.
fn matched(
    settings: &Spanned<MatchSettings>,
    signal: Signal,
    context: &str,
    report: &mut Report<'_>,
) -> Option<Expr> {
    match matching::condition(settings, signal, paths::context(context)?, report) {
        Ok(condition) => condition,
        Err(fault) => {
            report.findings.extend(fault.findings);
            None
        }
    }
}

/// The tree that drops what `include` does not hold for, and what `exclude` holds for.
fn drops(
    context: &str,
    section: &str,
    include: Option<Expr>,
    exclude: Option<Expr>,
) -> Option<hir::Group> {
    let guard = |key: &str, condition| Guard {
        text: format!("{section}.{key}").into(),
        place: None,
        condition,
    };
    let include = include.map(|include| guard("include", builder::not(include)));
    let guards: Vec<_> = include.into_iter().chain(exclude.map(|e| guard("exclude", e))).collect();
    if guards.is_empty() {
        return None;
    }
    let drop = builder::statement("drop", None, Action::Drop);
    let mut group = builder::group(paths::context(context)?, vec![drop]);
    group.guards = guards;
    Some(group)
}

impl MetricMatch {
    /// The conditions on the resource and on the metric.
    fn conditions(&self, report: &mut Report<'_>) -> (Option<Expr>, Option<Expr>) {
        let settings = MatchSettings {
            match_type: self.match_type.clone(),
            regexp: self.regexp.clone(),
            metric_names: self.metric_names.clone(),
            resources: self.resource_attributes.clone(),
            names: Names::Filter,
            ..MatchSettings::default()
        };
        let resources = paths::context("resource")
            .and_then(|context| matching::resources(&settings, context, report));
        if self.match_type.as_ref().is_some_and(|name| name.as_str() == "expr") {
            if !self.expressions.is_empty() {
                report.not_supported_yet(
                    self.expressions.location,
                    "the language `expr`",
                    "write OTTL under `metric_conditions`: `MetricName == \"cpu\"` is \
                     `metric.name == \"cpu\"`, `HasLabel(\"k\")` is \
                     `datapoint.attributes[\"k\"] != nil`",
                );
            }
            return (resources, None);
        }
        if !self.expressions.is_empty() {
            let why = "expressions are looked at with `match_type: expr` only";
            report.warn_no_effect(self.expressions.location, "expressions", why);
        }
        let names = paths::context("metric")
            .and_then(|context| matching::metric_names(&settings, context, report));
        (resources, names)
    }
}

impl LogMatch {
    /// As the matchers of all components take it; `None` when nothing is to be matched, or when a
    /// finding says what is wrong.
    fn settings(&self, report: &mut Report<'_>) -> Option<MatchSettings> {
        let log_severity_number = match &self.severity_number {
            Some(severity) => {
                let value = SeveritySettings {
                    min: severity.number(&mut report.at("severity_number", severity.location))?,
                    match_undefined: severity.match_undefined,
                };
                Some(Spanned { value, location: severity.location })
            }
            None => None,
        };
        let is_empty = self.resource_attributes.is_empty()
            && self.record_attributes.is_empty()
            && self.severity_texts.is_empty()
            && self.bodies.is_empty()
            && log_severity_number.is_none();
        (!is_empty).then(|| MatchSettings {
            match_type: self.match_type.clone(),
            log_bodies: self.bodies.clone(),
            log_severity_texts: self.severity_texts.clone(),
            log_severity_number,
            attributes: self.record_attributes.clone(),
            resources: self.resource_attributes.clone(),
            names: Names::Filter,
            ..MatchSettings::default()
        })
    }
}

impl Severity {
    /// The number of the lowest severity, 0 when it is not set.
    fn number(&self, report: &mut Report<'_>) -> Option<i32> {
        let Some(min) = self.min.as_ref().filter(|min| !min.is_empty()) else { return Some(0) };
        let wanted = min.to_ascii_uppercase();
        let known = || {
            SEVERITY_NUMBER.values.iter().filter(|(_, number)| *number != 0).filter_map(
                |(name, number)| Some((name.strip_prefix("SEVERITY_NUMBER_")?, *number)),
            )
        };
        let found = known().find(|(name, number)| *name == wanted || number.to_string() == wanted);
        if let Some((_, number)) = found {
            return Some(number);
        }
        let name = min.as_str();
        let help = match suggest::nearest(&wanted, known().map(|(name, _)| name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                "TRACE, DEBUG, INFO, WARN, ERROR and FATAL are severities, each with 2, 3 and 4 \
                     behind it for higher ones"
                    .to_owned()
            }
        };
        let message = format!("there is no severity `{name}`");
        let reference = format!("'{name}' is not a valid severity: not a valid severity");
        report.at("min", min.location()).refuse(WRONG_VALUE, None, (&message, &help), &reference);
        None
    }
}
