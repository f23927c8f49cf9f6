//! From a configuration to a plan: every section goes to the factory of its type, and everything
//! that is wrong anywhere is reported in one go.

use std::collections::HashSet;

use holt_grammar::diag::{Applicability, Diagnostic, Fix};

use super::fingerprint::Fingerprints;
use super::plan::{PipelinePlan, Plan};
use crate::component::codes::{DEPRECATED_NAME, REMOVED_TYPE, UNKNOWN_TYPE};
use crate::component::registry::{Found, Registry, Unknown};
use crate::component::{Kind, Section, name_elsewhere};
use crate::config::codes::UNKNOWN_REFERENCE;
use crate::config::feature_gates::Gates;
use crate::config::ids::{ComponentId, PipelineId};
use crate::config::model::{CollectorConfig, Component, Reference};

/// What became of a configuration.
pub struct Resolved {
    /// What can be built; complete unless a diagnostic is an error.
    pub plan: Plan,
    /// Everything found, in the order of the sections.
    pub diagnostics: Vec<Diagnostic>,
    /// Pipelines left out because of components Holt lacks.
    pub left_out: Vec<PipelineId>,
}

/// Parses all sections. With `allow_missing`, components Holt lacks are warnings and the pipelines
/// that use them are left out.
pub fn resolve(
    config: &CollectorConfig,
    registry: &Registry,
    gates: &Gates,
    allow_missing: bool,
) -> Resolved {
    let mut plan = Plan::default();
    let mut diagnostics = Vec::new();
    let mut missing = HashSet::new();
    /// Parses one section into one field of the plan.
    macro_rules! sections {
        ($kind:expr, $section:ident, $lookup:ident) => {
            for component in config.$section.values() {
                match registry.$lookup(component.id.component_type()) {
                    Err(unknown) => {
                        missing.insert(($kind, component.id.clone()));
                        diagnostics.push(unknown_type(component, &unknown, allow_missing));
                        let type_name = component.id.component_type();
                        let name = name_elsewhere($kind, type_name);
                        if let Some(name) = name.filter(|name| *name != type_name) {
                            diagnostics.push(deprecated_name(component, name, config));
                        }
                    }
                    Ok(Found { factory, use_instead }) => {
                        if let Some(name) = use_instead {
                            diagnostics.push(deprecated_name(component, name, config));
                        }
                        let section =
                            Section { id: &component.id, node: &component.settings, gates };
                        if let Some(parsed) = factory.parse(section, &mut diagnostics) {
                            plan.$section.insert(component.id.clone(), parsed);
                        }
                    }
                }
            }
        };
    }
    sections!(Kind::Receiver, receivers, receiver);
    sections!(Kind::Processor, processors, processor);
    sections!(Kind::Exporter, exporters, exporter);
    sections!(Kind::Connector, connectors, connector);
    sections!(Kind::Extension, extensions, extension);
    plan.run_extensions = ids(&config.service.extensions);
    plan.run_extensions.retain(|id| !missing.contains(&(Kind::Extension, id.clone())));
    for (id, pipeline) in &config.service.pipelines {
        let parts = PipelinePlan {
            receivers: ids(&pipeline.receivers),
            processors: ids(&pipeline.processors),
            exporters: ids(&pipeline.exporters),
        };
        plan.pipelines.insert(id.clone(), parts);
    }
    plan.fingerprints = Fingerprints::of(config);
    for_signals(&plan, &mut diagnostics);
    for_outputs(&plan, &mut diagnostics);
    let left_out = plan.without(&missing);
    if allow_missing {
        leave_out(&mut plan, &left_out, &mut diagnostics);
    }
    Resolved { plan, diagnostics, left_out }
}

/// What is wrong with processors for the signals of the pipelines that use them, once for each signal.
fn for_signals(plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    let mut asked = HashSet::new();
    for (pipeline, parts) in &plan.pipelines {
        for id in &parts.processors {
            if let Some(processor) = plan.processors.get(id)
                && asked.insert((id, pipeline.signal()))
            {
                diagnostics.extend(processor.findings(pipeline.signal().into()));
            }
        }
    }
}

/// Pipelines that connectors name and do not lead to.
fn for_outputs(plan: &Plan, diagnostics: &mut Vec<Diagnostic>) {
    for (id, connector) in &plan.connectors {
        // What nobody uses is not made.
        if !plan.pipelines.values().any(|pipeline| pipeline.exporters.contains(id)) {
            continue;
        }
        for output in connector.outputs() {
            let why = match plan.pipelines.get(&output.id) {
                None => "is not configured",
                Some(pipeline) if !pipeline.receivers.contains(id) => "does not start with it",
                Some(_) => continue,
            };
            let message = format!("`connectors::{id}` leads to `{}`, which {why}", output.id);
            let mut finding = Diagnostic::error(UNKNOWN_REFERENCE, message)
                .note(format!("the pipeline must have `{id}` among its receivers"))
                .note(format!(
                    "the Go collector says: pipeline not found: missing consumer: \"{}\"",
                    output.id
                ));
            if let Some(location) = output.location {
                finding = finding.label(location, "");
            }
            diagnostics.push(finding);
        }
    }
}

/// Tells connectors which of the pipelines that they lead to are left out, and says so.
fn leave_out(plan: &mut Plan, left_out: &[PipelineId], diagnostics: &mut Vec<Diagnostic>) {
    for (id, connector) in &mut plan.connectors {
        if !plan.pipelines.values().any(|pipeline| pipeline.exporters.contains(id)) {
            continue;
        }
        for output in connector.outputs().iter().filter(|output| left_out.contains(&output.id)) {
            let pipeline = &output.id;
            let message = format!("`connectors::{id}` leads to `{pipeline}`, which is left out");
            let mut finding = Diagnostic::warning(UNKNOWN_REFERENCE, message)
                .note("what is meant for that pipeline goes nowhere else");
            if let Some(location) = output.location {
                finding = finding.label(location, "");
            }
            diagnostics.push(finding);
        }
        connector.leave_out(left_out);
    }
}

fn ids(references: &[Reference]) -> Vec<ComponentId> {
    references.iter().map(|reference| reference.value.clone()).collect()
}

fn unknown_type(component: &Component, unknown: &Unknown, allow_missing: bool) -> Diagnostic {
    let message = unknown.message();
    let mut diagnostic = if allow_missing && unknown.exists_elsewhere {
        Diagnostic::warning(UNKNOWN_TYPE, message)
    } else if unknown.instead.is_some() && !unknown.exists_elsewhere {
        Diagnostic::error(REMOVED_TYPE, message)
    } else {
        Diagnostic::error(UNKNOWN_TYPE, message)
    };
    diagnostic = diagnostic.label(component.key, "");
    for help in unknown.help() {
        diagnostic = diagnostic.note(help);
    }
    diagnostic
}

fn deprecated_name(component: &Component, name: &str, config: &CollectorConfig) -> Diagnostic {
    let old = component.id.component_type();
    let renamed = match component.id.name() {
        "" => name.to_owned(),
        rest => format!("{name}/{rest}"),
    };
    let pipelines = config.service.pipelines.values();
    let references = pipelines
        .flat_map(|one| [&one.receivers, &one.processors, &one.exporters])
        .chain([&config.service.extensions])
        .flatten()
        .filter(|reference| reference.value == component.id)
        .filter_map(|reference| reference.location);
    let edits = std::iter::once(component.key).chain(references);
    Diagnostic::warning(DEPRECATED_NAME, format!("`{old}` is a deprecated name of `{name}`"))
        .label(component.key, "")
        .note("both names work; logs and metrics show the one you write")
        .fix(Fix {
            message: format!("rename it to `{renamed}` here and in the pipelines"),
            edits: edits.map(|place| (place, renamed.clone())).collect(),
            applicability: Applicability::Unsafe,
        })
}
