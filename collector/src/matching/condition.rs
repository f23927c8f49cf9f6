//! `include` and `exclude`: settings in, a condition out, or everything that is wrong with them.
//!
//! What may be matched depends on the signal, so each signal has a condition of its own. The parts
//! of a condition that depend on the resource or the scope alone stand together in front, where the
//! optimiser finds them and computes them once for each.

use holt_grammar::ast::CompareOp;
use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;
use holt_runtime::compiler::hir::builder::{self, BuildError};
use holt_runtime::compiler::hir::{Constant, Depends, Expr};
use holt_runtime::paths::ContextDecl;

use super::constant::{constant, reference_type};
use super::properties::{MatchType, Texts, check_kinds, check_properties, refuse_match_type};
use super::settings::{AttributeSettings, MatchSettings, SeveritySettings};
use crate::component::{MISSING_KEY, Report, WRONG_VALUE};
use crate::config::de::from_node;
use crate::config::values::{Spanned, Text};
use crate::config::yaml::Node;

/// What the reference compares with when a resource has no service name.
const NO_SERVICE: &str = "<nil-service-name>";

/// A condition that cannot be made.
pub(crate) struct NoCondition {
    /// How many of the properties do not exist for the signal.
    pub(crate) foreign: usize,
    /// What is wrong.
    pub(crate) findings: Vec<Diagnostic>,
}

/// The condition of `include` or `exclude` for a signal; `None` when it matches everything that the
/// reference never asks about.
pub(crate) fn condition(
    settings: &Spanned<MatchSettings>,
    signal: Signal,
    context: &'static ContextDecl,
    report: &mut Report<'_>,
) -> Result<Option<Expr>, NoCondition> {
    let location = settings.location.unwrap_or(report.location);
    let mut findings = Vec::new();
    let mut report = Report { path: report.path.clone(), location, findings: &mut findings };
    let foreign = check_properties(&settings.value, signal, &mut report);
    let mut condition = None;
    if foreign == 0 {
        condition = built(&settings.value, context, &mut report, |matcher, parts| match signal {
            Signal::Traces => matcher.span(parts),
            Signal::Logs => matcher.log(parts),
            Signal::Metrics | Signal::Profiles => matcher.metric(parts),
        });
    }
    match findings.is_empty() {
        true => Ok(condition),
        false => Err(NoCondition { foreign, findings }),
    }
}

/// Whether the resource has all attributes of `resources`; `None` when there are none, or when
/// something is wrong with them.
pub(crate) fn resources(
    settings: &MatchSettings,
    context: &'static ContextDecl,
    report: &mut Report<'_>,
) -> Option<Expr> {
    built(settings, context, report, |matcher, parts| {
        matcher.attributes("resources", "resource", &matcher.settings.resources, parts)
    })
}

/// Whether the name of a metric is one of `metric_names`; `None` when there are none, or when
/// something is wrong with them.
pub(crate) fn metric_names(
    settings: &MatchSettings,
    context: &'static ContextDecl,
    report: &mut Report<'_>,
) -> Option<Expr> {
    built(settings, context, report, |matcher, parts| matcher.metric(parts))
}

/// The parts that `build` makes, all of which must hold; `None` when there are none.
fn built<'s>(
    settings: &'s MatchSettings,
    context: &'static ContextDecl,
    report: &mut Report<'_>,
    build: impl FnOnce(&mut Matcher<'s, '_, '_>, &mut Vec<Expr>) -> Built,
) -> Option<Expr> {
    let match_type = MatchType::of(settings);
    let mut matcher = Matcher { settings, match_type, context, report, no_type_told: false };
    let mut parts = Vec::new();
    // A path that does not exist would be a fault of this file, and every path is tested.
    if let Err(error) = build(&mut matcher, &mut parts) {
        report.findings.push(Diagnostic::error(WRONG_VALUE, error.to_string()));
    }
    (!parts.is_empty()).then(|| by_dependence(parts))
}

/// All parts, those that need not be computed for each record in groups of their own.
fn by_dependence(parts: Vec<Expr>) -> Expr {
    let mut groups = [Depends::Resource, Depends::Scope, Depends::Record].map(|one| (one, vec![]));
    for part in parts {
        let depends = part.depends().max(Depends::Resource);
        if let Some((_, group)) = groups.iter_mut().find(|(one, _)| *one == depends) {
            group.push(part);
        }
    }
    let groups = groups.into_iter().filter(|(_, group)| !group.is_empty());
    builder::all(groups.map(|(_, group)| builder::all(group)).collect())
}

/// Makes the parts of one condition.
struct Matcher<'s, 'r, 'f> {
    settings: &'s MatchSettings,
    match_type: MatchType<'s>,
    context: &'static ContextDecl,
    report: &'r mut Report<'f>,
    /// Whether it was reported that `match_type` says nothing useful.
    no_type_told: bool,
}

type Built = Result<(), BuildError>;

impl Matcher<'_, '_, '_> {
    fn span(&mut self, parts: &mut Vec<Expr>) -> Built {
        let settings = self.settings;
        if let Some(services) = self.texts("services", &settings.services, "service name") {
            parts.push(self.service(&services)?);
        }
        if let Some(names) = self.texts("span_names", &settings.span_names, "span name") {
            parts.push(names.contain(self.load("span", "name")?)?);
        }
        check_kinds(settings, self.match_type, self.report);
        if let Some(kinds) = self.texts("span_kinds", &settings.span_kinds, "span kind") {
            parts.push(kinds.contain(self.load("span", "kind.deprecated_string")?)?);
        }
        self.common("span", parts)
    }

    fn log(&mut self, parts: &mut Vec<Expr>) -> Built {
        let settings = self.settings;
        if let Some(bodies) = self.texts("log_bodies", &settings.log_bodies, "log record body") {
            parts.push(bodies.contain(self.load("log", "body.string")?)?);
        }
        let texts = &settings.log_severity_texts;
        if let Some(texts) = self.texts("log_severity_texts", texts, "log record severity text") {
            parts.push(texts.contain(self.load("log", "severity_text")?)?);
        }
        if let Some(severity) = &settings.log_severity_number {
            parts.push(self.severity(severity)?);
        }
        self.common("log", parts)
    }

    /// The reference looks at nothing but the name.
    fn metric(&mut self, parts: &mut Vec<Expr>) -> Built {
        if let Some(names) = self.texts("metric_names", &self.settings.metric_names, "") {
            parts.push(names.contain(self.load("metric", "name")?)?);
        }
        Ok(())
    }

    fn common(&mut self, prefix: &str, parts: &mut Vec<Expr>) -> Built {
        let settings = self.settings;
        for (index, library) in settings.libraries.iter().enumerate() {
            for (key, value) in [("name", &library.name), ("version", &library.version)] {
                let missing = Text::unplaced("");
                let value = match (key, value) {
                    (_, Some(value)) => value,
                    // A library without a name is one with an empty name.
                    ("name", None) => &missing,
                    _ => continue,
                };
                let step = format!("libraries::{index}::{key}");
                let one = std::slice::from_ref(value);
                if let Some(texts) = self.texts(&step, one, &format!("library {key}")) {
                    parts.push(texts.contain(self.load("scope", key)?)?);
                }
            }
        }
        self.attributes("resources", "resource", &settings.resources, parts)?;
        self.attributes("attributes", prefix, &settings.attributes, parts)
    }

    fn load(&self, prefix: &str, name: &str) -> Result<Expr, BuildError> {
        builder::path(self.context, prefix, name).map(builder::load)
    }

    /// The texts of a property; `None` when there are none, or when they are reported.
    fn texts(&mut self, key: &str, texts: &[Text], what: &str) -> Option<Texts> {
        if texts.is_empty() {
            return None;
        }
        let reference = match what {
            "" => String::new(),
            _ => format!("error creating {what} filters: "),
        };
        if self.has_no_type(&reference) {
            return None;
        }
        let key = self.settings.names.of(key);
        self.match_type.texts(texts, &reference, &mut self.report.at(key, None))
    }

    /// Whether texts cannot be compared; the first time, that is reported.
    fn has_no_type(&mut self, reference: &str) -> bool {
        let MatchType::Unknown(name) = self.match_type else { return false };
        if !self.no_type_told {
            self.no_type_told = true;
            refuse_match_type(name, reference, self.report);
        }
        true
    }

    fn service(&self, services: &Texts) -> Result<Expr, BuildError> {
        let key = "service.name";
        let has = builder::has_attribute(self.context, "resource", key)?;
        let name = builder::load(builder::attribute(self.context, "resource", key)?);
        let matches = services.contain(builder::call("TextOf", vec![name])?)?;
        Ok(match services.has(NO_SERVICE) {
            true => builder::any(vec![builder::not(has), matches]),
            false => builder::all(vec![has, matches]),
        })
    }

    fn severity(&self, severity: &SeveritySettings) -> Result<Expr, BuildError> {
        let compare = |op, value: i32| {
            let number = self.load("log", "severity_number")?;
            Ok::<_, BuildError>(builder::compare(op, number, builder::int(i64::from(value))))
        };
        let enough = compare(CompareOp::Ge, severity.min)?;
        Ok(match severity.match_undefined {
            true => builder::any(vec![compare(CompareOp::Eq, 0)?, enough]),
            false => builder::all(vec![compare(CompareOp::Ne, 0)?, enough]),
        })
    }

    fn attributes(
        &mut self,
        list: &str,
        prefix: &str,
        settings: &[Spanned<AttributeSettings>],
        parts: &mut Vec<Expr>,
    ) -> Built {
        let what = if list == "resources" { "resource" } else { "attribute" };
        let list = self.settings.names.of(list);
        let reference = format!("error creating {what} filters: ");
        for (index, attribute) in settings.iter().enumerate() {
            let Some(key) = attribute.key.as_ref().filter(|key| !key.is_empty()) else {
                let help = ("`key` is missing", "add `key:` with the attribute's key");
                let reference =
                    format!("{reference}can't have empty key in the list of attributes");
                let mut report = self.report.at(&format!("{list}::{index}"), attribute.location);
                report.refuse(MISSING_KEY, None, help, &reference);
                continue;
            };
            let Some(value) = &attribute.value.value else {
                parts.push(builder::has_attribute(self.context, prefix, key)?);
                continue;
            };
            let held = builder::load(builder::attribute(self.context, prefix, key)?);
            if self.has_no_type(&reference) {
                continue;
            }
            let step = format!("{list}::{index}::value");
            let mut report = self.report.at(&step, Some(value.location));
            let part = value_matches(self.match_type, held, (key, value), &reference, &mut report)?;
            parts.extend(part);
        }
        Ok(())
    }
}

/// Whether an attribute's value matches; `None` when a finding says why that cannot be known.
fn value_matches(
    match_type: MatchType<'_>,
    held: Expr,
    (key, node): (&str, &Node),
    reference: &str,
    report: &mut Report<'_>,
) -> Result<Option<Expr>, BuildError> {
    let Ok(value) = constant(node) else {
        let help = ("a date is not a value of an attribute", "put it in quotes to make it text");
        let reference = format!("{reference}<Invalid value type time.Time>");
        report.refuse(WRONG_VALUE, None, help, &reference);
        return Ok(None);
    };
    let MatchType::Regexp(_) = match_type else {
        let list = builder::list(vec![Expr::constant(value)]);
        return builder::call("IsAnyOf", vec![held, list]).map(Some);
    };
    let text = from_node::<Text>(node, &report.path).ok();
    if let (Constant::Str(_), Some(text)) = (&value, text) {
        let texts = match_type.texts(&[text], reference, report);
        return texts.map(|texts| texts.match_scalar(held)).transpose();
    }
    let found = reference_type(&value);
    let reference =
        format!("{reference}match_type=regexp for {key:?} only supports Str, but found {found}");
    let help = ("a regular expression is text", "put the value in quotes");
    report.refuse(WRONG_VALUE, None, help, &reference);
    Ok(None)
}
