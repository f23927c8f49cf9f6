//! What else must run a configuration: an earlier release of the Go collector, or one distribution of it.
//!
//! A configuration enters, findings about the target leave; [`Target::concerns`] says which findings of
//! the other stages do not matter there.

use holt_grammar::diag::codes::Code;
use holt_grammar::diag::{Applicability, Diagnostic};
use holt_grammar::source::SourceMap;

use super::edits::add_entry;
use super::subject::{Subject, has};
use crate::component::codes::{DEPRECATED_NAME, NOT_SUPPORTED_YET, UNKNOWN_TYPE};
use crate::component::known::{self, Release};
use crate::component::registry::known_name;
use crate::config::model::{CollectorConfig, Component, ComponentKind};

/// A default that the configuration relies on and that the target has not.
pub const OTHER_DEFAULT: &str = "D505";

/// The code above, for `explain` and the documentation.
pub const CODES: &[Code] = &[Code {
    code: OTHER_DEFAULT,
    title: "default that differs in the target release",
    explanation: "The configuration leaves a key out, and the release given by --target-version takes \
another value for it than today's. The same file then does two things. Write the value down.",
}];

/// What else must run the configuration.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// A release of the Go collector.
    pub version: Option<Release>,
    /// A distribution of it, by the name in the table of components.
    pub distribution: Option<String>,
}

/// A key whose default changed.
struct ChangedDefault {
    kind: ComponentKind,
    type_names: &'static [&'static str],
    key: &'static [&'static str],
    /// Counts only where this section is there.
    within: &'static [&'static str],
    since: Release,
    before: &'static str,
    now: &'static str,
    consequence: &'static str,
}

/// The defaults that are known to have changed. Sources: `factory.go` of the transform and filter
/// processors at v0.152 and v0.153; the gate `component.UseLocalHostAsDefaultHost`, beta in v0.104.
const DEFAULTS: &[ChangedDefault] = &[
    ChangedDefault {
        kind: ComponentKind::Processor,
        type_names: &["transform", "filter"],
        key: &["error_mode"],
        within: &[],
        since: Release::minor(153),
        before: "propagate",
        now: "ignore",
        consequence: "there, one record for which a statement fails refuses its whole batch",
    },
    ChangedDefault {
        kind: ComponentKind::Receiver,
        type_names: &["otlp"],
        key: &["protocols", "grpc", "endpoint"],
        within: &["protocols", "grpc"],
        since: Release::minor(104),
        before: "0.0.0.0:4317",
        now: "localhost:4317",
        consequence: "there, it can be reached from other machines",
    },
    ChangedDefault {
        kind: ComponentKind::Receiver,
        type_names: &["otlp"],
        key: &["protocols", "http", "endpoint"],
        within: &["protocols", "http"],
        since: Release::minor(104),
        before: "0.0.0.0:4318",
        now: "localhost:4318",
        consequence: "there, it can be reached from other machines",
    },
];

impl Target {
    /// Whether anything is asked.
    pub const fn is_some(&self) -> bool {
        self.version.is_some() || self.distribution.is_some()
    }

    /// Whether a finding of another stage matters for the target: what only Holt lacks does not where a
    /// distribution of the Go collector is to run the configuration, nor do names that were still young.
    pub fn concerns(&self, finding: &Diagnostic, config: &CollectorConfig) -> bool {
        let component = || {
            let place = finding.labels.first().map(|label| label.location)?;
            let mut all = ComponentKind::ALL.into_iter().flat_map(|kind| {
                config.section(kind).values().map(move |component| (kind, component))
            });
            all.find(|(_, component)| component.key == place)
        };
        match finding.code {
            NOT_SUPPORTED_YET => self.distribution.is_none(),
            UNKNOWN_TYPE if self.distribution.is_some() => {
                !component().is_some_and(|(kind, one)| {
                    known::name_elsewhere(kind, one.id.component_type()).is_some()
                })
            }
            DEPRECATED_NAME => !component().is_some_and(|(kind, one)| {
                let today = known_name(kind, one.id.component_type());
                let renamed = today.and_then(|today| known::renamed_in(kind, today));
                self.version.zip(renamed).is_some_and(|(target, renamed)| target < renamed)
            }),
            _ => true,
        }
    }

    /// What the target would say or do otherwise.
    pub fn findings(&self, config: &CollectorConfig, sources: &SourceMap) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for kind in ComponentKind::ALL {
            for component in config.section(kind).values() {
                findings.extend(self.distribution(kind, component));
                findings.extend(self.name(kind, component));
            }
        }
        if let Some(version) = self.version {
            let subject = Subject::new(config, sources);
            for default in DEFAULTS.iter().filter(|default| version < default.since) {
                for component in subject.of_type(default.kind, default.type_names) {
                    let settings = &component.settings;
                    let within = default.within.is_empty() || settings.at(default.within).is_some();
                    if within && !has(settings, default.key) {
                        findings.push(other_default(default, component, version, sources));
                    }
                }
            }
        }
        findings
    }

    fn distribution(&self, kind: ComponentKind, component: &Component) -> Option<Diagnostic> {
        let distribution = self.distribution.as_deref()?;
        let type_name = component.id.component_type();
        if known::is_in(distribution, kind, type_name)? {
            return None;
        }
        let others: Vec<&str> = known::distributions()
            .into_iter()
            .filter(|other| known::is_in(other, kind, type_name) == Some(true))
            .collect();
        let message =
            format!("the {kind} `{type_name}` is not in the distribution `{distribution}`");
        let finding = Diagnostic::error(UNKNOWN_TYPE, message).label(component.key, "");
        Some(finding.note(format!("it is in {}", others.join(", "))))
    }

    /// A name that is younger than the target.
    fn name(&self, kind: ComponentKind, component: &Component) -> Option<Diagnostic> {
        let version = self.version?;
        let written = component.id.component_type();
        let renamed = known::renamed_in(kind, written).filter(|renamed| version < *renamed)?;
        let today = known::name_elsewhere(kind, written)?;
        if written != today {
            return None;
        }
        let message = format!("{version} does not know the {kind} `{written}`");
        let finding = Diagnostic::error(UNKNOWN_TYPE, message).label(component.key, "");
        Some(finding.note(format!(
            "{renamed} gave it this name; before, it was `{}`, which later releases understand as well",
            old_name(kind, today)
        )))
    }
}

/// The former name of a component: mostly the present one without underscores.
fn old_name(kind: ComponentKind, today: &str) -> String {
    match (kind, today) {
        (ComponentKind::Exporter, "otlp_grpc") => "otlp".to_owned(),
        _ => today.replace('_', ""),
    }
}

fn other_default(
    default: &ChangedDefault,
    component: &Component,
    version: Release,
    sources: &SourceMap,
) -> Diagnostic {
    let ChangedDefault { key, before, now, since, consequence, .. } = default;
    let message = format!(
        "`{}` of `{}` is `{before}` in {version}, and `{now}` since {since}",
        key.join("::"),
        component.id
    );
    let finding =
        Diagnostic::warning(OTHER_DEFAULT, message).label(component.key, "").note(*consequence);
    let name = key.last().copied().unwrap_or_default();
    let finding = finding.note(format!("write `{name}: {now}` to have the same in both"));
    let mut finding = finding;
    if let [_] = key {
        let message = format!("add `{name}: {now}`");
        let entry = format!("{name}: {now}");
        let settings = &component.settings;
        finding.fixes.extend(add_entry(settings, &entry, sources, message, Applicability::Safe));
    }
    finding
}
