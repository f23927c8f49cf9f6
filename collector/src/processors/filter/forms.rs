//! The forms in which a signal is filtered, and which of them exclude each other.
//!
//! Settings enter; for each signal leaves what is configured for it, in one shape for all signals.

use holt_grammar::diag::Diagnostic;
use holt_pdata::Signal;

use super::config::{List, Settings};
use crate::component::{Report, WRONG_VALUE};
use crate::config::yaml::Node;

/// What is configured for a signal.
pub(super) struct Form<'s> {
    /// The signal.
    pub(super) signal: Signal,
    /// The key of the conditions whose context may be inferred.
    pub(super) conditions: &'static str,
    /// Whether that key is set.
    has_conditions: bool,
    /// The section of the older forms.
    section: &'static str,
    /// The lists of the older form: key, context, conditions.
    pub(super) lists: Vec<(&'static str, &'static str, &'s List)>,
    /// Where matchers stand, and which of them there are.
    matchers: (&'static str, Vec<&'static str>),
}

/// All signals with what is configured for them.
pub(super) fn forms(settings: &Settings) -> [Form<'_>; 4] {
    let sides = |include: bool, exclude: bool| {
        let sides = [("include", include), ("exclude", exclude)].into_iter();
        sides.filter(|(_, is_set)| *is_set).map(|(key, _)| key).collect()
    };
    let Settings { traces, metrics, logs, profiles, spans, .. } = settings;
    [
        Form {
            signal: Signal::Traces,
            conditions: "trace_conditions",
            has_conditions: settings.trace_conditions.is_some(),
            section: "traces",
            lists: vec![
                ("resource", "resource", &traces.resource),
                ("span", "span", &traces.span),
                ("spanevent", "spanevent", &traces.spanevent),
            ],
            matchers: ("spans", sides(spans.include.is_some(), spans.exclude.is_some())),
        },
        Form {
            signal: Signal::Metrics,
            conditions: "metric_conditions",
            has_conditions: settings.metric_conditions.is_some(),
            section: "metrics",
            lists: vec![
                ("resource", "resource", &metrics.resource),
                ("metric", "metric", &metrics.metric),
                ("datapoint", "datapoint", &metrics.datapoint),
            ],
            matchers: ("metrics", sides(metrics.include.is_some(), metrics.exclude.is_some())),
        },
        Form {
            signal: Signal::Logs,
            conditions: "log_conditions",
            has_conditions: settings.log_conditions.is_some(),
            section: "logs",
            lists: vec![
                ("resource", "resource", &logs.resource),
                ("log_record", "log", &logs.log_record),
            ],
            matchers: ("logs", sides(logs.include.is_some(), logs.exclude.is_some())),
        },
        Form {
            signal: Signal::Profiles,
            conditions: "profile_conditions",
            has_conditions: settings.profile_conditions.is_some(),
            section: "profiles",
            lists: vec![
                ("resource", "resource", &profiles.resource),
                ("profile", "profile", &profiles.profile),
            ],
            matchers: ("profiles", Vec::new()),
        },
    ]
}

impl Form<'_> {
    /// The lists of the older form that are set, empty ones among them.
    pub(super) fn set_lists(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let set = self.lists.iter().filter(|(_, _, list)| list.is_some());
        set.map(|(key, context, _)| (*key, *context))
    }

    /// Reports forms that are used together and must not be. `node` is the component's section.
    pub(super) fn check(&self, node: &Node, report: &mut Report<'_>) {
        let lists: Vec<_> = self.set_lists().map(|(key, _)| (self.section, key)).collect();
        let (place, sides) = &self.matchers;
        let matchers: Vec<_> = sides.iter().map(|key| (*place, *key)).collect();
        let older = match self.signal {
            // The reference lets the conditions win over the oldest form for traces.
            Signal::Traces => lists.clone(),
            _ => [lists.as_slice(), &matchers].concat(),
        };
        if self.has_conditions && !older.is_empty() {
            let key = node.key_location(self.conditions);
            let mut finding = Diagnostic::error(
                WRONG_VALUE,
                format!(
                    "`{}`: `{}` and {} cannot be used together",
                    report.path,
                    self.conditions,
                    quoted(&older)
                ),
            )
            .label(key, "");
            for (section, key) in &older {
                finding = finding.label(key_location(node, section, key), "");
            }
            report.findings.push(
                finding
                    .note(format!("write all conditions under `{}`", self.conditions))
                    .note(format!("the Go collector says: {}", self.said_of_conditions())),
            );
        }
        if !lists.is_empty() && !matchers.is_empty() {
            let mut finding = Diagnostic::error(
                WRONG_VALUE,
                format!(
                    "`{}`: {} and {} cannot be used together",
                    report.path,
                    quoted(&lists),
                    quoted(&matchers)
                ),
            );
            for (section, key) in lists.iter().chain(&matchers) {
                finding = finding.label(key_location(node, section, key), "");
            }
            report.findings.push(
                finding
                    .note(format!("write all conditions under `{}`", self.conditions))
                    .note(format!("the Go collector says: {}", self.said_of_matchers())),
            );
        }
    }

    /// What the reference says of the newest form beside older ones.
    const fn said_of_conditions(&self) -> &'static str {
        match self.signal {
            Signal::Traces => {
                "cannot use context inferred trace conditions \"trace_conditions\" and the \
                 settings \"traces.resource\", \"traces.span\", \"traces.spanevent\" at the same \
                 time"
            }
            Signal::Metrics => {
                "cannot use context inferred metric conditions \"metric_conditions\" and the \
                 settings \"metrics.resource\", \"metrics.metric\", \"metrics.datapoint\", \
                 \"metrics.include\", \"metrics.exclude\" at the same time"
            }
            Signal::Logs => {
                "cannot use context inferred log conditions \"log_conditions\" and the settings \
                 \"logs.resource\", \"logs.log\", \"logs.include\", \"logs.exclude\" at the same \
                 time"
            }
            Signal::Profiles => {
                "cannot use context inferred profile conditions \"profile_conditions\" and the \
                 settings \"profiles.resource\", \"profiles.profile\" at the same time"
            }
        }
    }

    /// What the reference says of lists beside matchers.
    const fn said_of_matchers(&self) -> &'static str {
        match self.signal {
            Signal::Metrics => {
                "cannot use \"metrics.resource\", \"metrics.metric\", \"metrics.datapoint\" and \
                 the settings \"metrics.include\", \"metrics.exclude\" at the same time"
            }
            Signal::Logs => {
                "cannot use \"logs.resource\", \"logs.log\" and the settings \"logs.include\", \
                 \"logs.exclude\" at the same time"
            }
            Signal::Traces | Signal::Profiles => {
                "cannot use \"traces.resource\", \"traces.span\", \"traces.spanevent\" and the \
                 span settings \"spans.include\", \"spans.exclude\" at the same time"
            }
        }
    }
}

fn key_location(node: &Node, section: &str, key: &str) -> holt_grammar::source::Location {
    node.get(section).map_or(node.location, |section| section.key_location(key))
}

fn quoted(keys: &[(&str, &str)]) -> String {
    let names: Vec<String> =
        keys.iter().map(|(section, key)| format!("`{section}::{key}`")).collect();
    names.join(", ")
}
