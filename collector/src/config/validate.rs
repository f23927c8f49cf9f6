//! What can be said about a configuration without knowing any component: are references known, are
//! pipelines complete, are ids clear.
//!
//! A decoded configuration enters, findings leave. Where the reference stops at its first finding,
//! all are told.

use std::collections::HashMap;

use holt_grammar::diag::{Applicability, Diagnostic, Fix};
use holt_grammar::source::Location;

use super::codes::{
    AMBIGUOUS_ID, INCOMPLETE_PIPELINE, MISSING, PROCESSOR_TWICE, UNKNOWN_REFERENCE,
};
use super::de::suggest;
use super::ids::{ComponentId, PipelineId, PipelineSignal};
use super::model::{CollectorConfig, ComponentKind, Pipeline, Reference, Section};

/// What the feature gates of a run allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// A configuration without pipelines (`service.AllowNoPipelines`).
    pub no_pipelines: bool,
    /// Pipelines of profiles (`service.profilesSupport`).
    pub profiles: bool,
}

/// Checks the structure of a configuration. Answers all findings, in no particular order of
/// weight; none means that components can be made.
pub fn validate(config: &CollectorConfig, allowed: Allowed) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    sections(config, allowed, &mut findings);
    ambiguous_ids(config, &mut findings);
    extensions(config, &mut findings);
    if config.service.pipelines.is_empty() && !allowed.no_pipelines {
        findings.push(
            Diagnostic::error(INCOMPLETE_PIPELINE, "the service has no pipeline")
                .label(config.service.pipelines_key, "")
                .note("add one under `service::pipelines`: `traces: {receivers: [otlp], exporters: [debug]}`")
                .note(go_says("service::pipelines: service must have at least one pipeline")),
        );
    }
    for (id, pipeline) in &config.service.pipelines {
        check_pipeline(config, id, pipeline, allowed, &mut findings);
    }
    findings
}

fn go_says(message: &str) -> String {
    format!("the Go collector says: {message}")
}

/// Whether there is anything to run.
fn sections(config: &CollectorConfig, allowed: Allowed, findings: &mut Vec<Diagnostic>) {
    if ComponentKind::ALL.into_iter().all(|kind| config.section(kind).is_empty()) {
        findings.push(
            Diagnostic::error(MISSING, "the configuration is empty")
                .label(config.location, "")
                .note("add `receivers`, `exporters` and `service`")
                .note(go_says("empty configuration file")),
        );
        return;
    }
    if allowed.no_pipelines {
        return;
    }
    for kind in [ComponentKind::Receiver, ComponentKind::Exporter] {
        if config.section(kind).is_empty() {
            let section = kind.section();
            findings.push(
                Diagnostic::error(MISSING, format!("no {kind} is configured"))
                    .label(config.location, "")
                    .note(format!("add one under `{section}`"))
                    .note(go_says(&format!("no {kind} configuration specified in config"))),
            );
        }
    }
}

/// Connectors that share their id with an exporter or a receiver.
fn ambiguous_ids(config: &CollectorConfig, findings: &mut Vec<Diagnostic>) {
    for (id, connector) in &config.connectors {
        for kind in [ComponentKind::Exporter, ComponentKind::Receiver] {
            if let Some(other) = config.section(kind).get(id) {
                let message =
                    format!("the id `{id}` names both a connector and {} {kind}", article(kind));
                findings.push(
                    Diagnostic::error(AMBIGUOUS_ID, message)
                        .label(connector.key, "the connector")
                        .label(other.key, format!("the {kind}"))
                        .note(format!("rename one of them, for example to `{id}/connector`"))
                        .note(go_says(&format!(
                            "connectors::{id}: ambiguous ID: Found both \"{id}\" {kind} and \
                             \"{id}\" connector. Change one of the components' IDs to eliminate \
                             ambiguity (e.g. rename \"{id}\" connector to \"{id}/connector\")"
                        ))),
                );
            }
        }
    }
}

fn article(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Exporter | ComponentKind::Extension => "an",
        _ => "a",
    }
}

/// Extensions that `service` names.
fn extensions(config: &CollectorConfig, findings: &mut Vec<Diagnostic>) {
    let place = config.service.extensions_key;
    for reference in &config.service.extensions {
        if !config.extensions.contains_key(&reference.value) {
            findings.push(unknown_reference(
                reference,
                place,
                ComponentKind::Extension,
                "service::extensions",
                &[&config.extensions],
                config,
            ));
        }
    }
}

/// A reference to what is not configured. `sections` are those it could have come from.
fn unknown_reference(
    reference: &Reference,
    fallback: Location,
    kind: ComponentKind,
    path: &str,
    sections: &[&Section],
    config: &CollectorConfig,
) -> Diagnostic {
    let id = reference.value.to_string();
    let location = reference.location.unwrap_or(fallback);
    let known: Vec<String> =
        sections.iter().flat_map(|section| section.keys()).map(ToString::to_string).collect();
    let near = suggest::nearest(&id, known.iter().map(String::as_str));
    let hint = near.map_or_else(String::new, |near| format!("did you mean `{near}`?"));
    let mut finding =
        Diagnostic::error(UNKNOWN_REFERENCE, format!("the {kind} `{id}` is not configured"))
            .label(location, hint);
    let elsewhere = ComponentKind::ALL.into_iter().find_map(|other| {
        let component = config.section(other).get(&reference.value)?;
        Some((other, component.key)).filter(|_| other != kind)
    });
    if let Some((other, key)) = elsewhere {
        finding = finding.label(key, format!("this is {} {other}", article(other)));
    }
    finding = match known.as_slice() {
        [] => finding.note(format!("configure it under `{}`", kind.section())),
        known => finding.note(format!(
            "configure it under `{}`, or use one of {}",
            kind.section(),
            suggest::list(known.iter().map(String::as_str))
        )),
    };
    finding = finding
        .note(go_says(&format!("{path}: references {kind} \"{id}\" which is not configured")));
    match near {
        None => finding,
        Some(near) => finding.fix(Fix {
            message: format!("use `{near}`"),
            edits: vec![(location, near.to_owned())],
            applicability: Applicability::Unsafe,
        }),
    }
}

fn check_pipeline(
    config: &CollectorConfig,
    id: &PipelineId,
    pipeline: &Pipeline,
    allowed: Allowed,
    findings: &mut Vec<Diagnostic>,
) {
    let path = format!("service::pipelines::{id}");
    if id.signal() == PipelineSignal::Profiles && !allowed.profiles {
        findings.push(
            Diagnostic::error(
                INCOMPLETE_PIPELINE,
                format!("the pipeline `{id}` needs the feature gate `service.profilesSupport`"),
            )
            .label(pipeline.key, "")
            .note("start with `--feature-gates service.profilesSupport`")
            .note(go_says(&format!(
                "service::pipelines: pipeline \"{id}\": profiling signal support is at alpha level, \
                 gated under the \"service.profilesSupport\" feature gate"
            ))),
        );
    }
    for (references, kind) in [
        (&pipeline.receivers, ComponentKind::Receiver),
        (&pipeline.exporters, ComponentKind::Exporter),
    ] {
        if references.is_empty() {
            findings.push(
                Diagnostic::error(
                    INCOMPLETE_PIPELINE,
                    format!("the pipeline `{id}` has no {kind}"),
                )
                .label(pipeline.key, "")
                .note(format!("name one under `{path}::{}`", kind.section()))
                .note(go_says(&format!("{path}: must have at least one {kind}"))),
            );
        }
        for reference in references {
            let sections = [config.section(kind), &config.connectors];
            if !sections.iter().any(|section| section.contains_key(&reference.value)) {
                findings.push(unknown_reference(
                    reference,
                    pipeline.key,
                    kind,
                    &path,
                    &sections,
                    config,
                ));
            }
        }
    }
    let mut seen: HashMap<&ComponentId, Location> = HashMap::new();
    for reference in &pipeline.processors {
        let location = reference.location.unwrap_or(pipeline.key);
        let name = &reference.value;
        if !config.processors.contains_key(name) {
            let sections = [&config.processors];
            let kind = ComponentKind::Processor;
            findings.push(unknown_reference(reference, location, kind, &path, &sections, config));
        }
        match seen.get(name) {
            None => {
                seen.insert(name, location);
            }
            Some(first) => findings.push(
                Diagnostic::error(
                    PROCESSOR_TWICE,
                    format!("the pipeline `{id}` names the processor `{name}` twice"),
                )
                .label(location, "again here")
                .label(*first, "first here")
                .note(format!(
                    "to run it twice, configure it a second time as `{}/again`",
                    name.component_type()
                ))
                .note(go_says(&format!("{path}: references processor \"{name}\" multiple times"))),
            ),
        }
    }
}
