//! R205: a storage that is not there.

use holt_grammar::diag::{Applicability, Severity};

use crate::config::ids::ComponentId;
use crate::config::model::ComponentKind;
use crate::lint::edits::add_item;
use crate::lint::subject::text;
use crate::lint::{Report, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "R205",
    title: "storage that is not there",
    severity: Severity::Error,
    explanation: "A component keeps its state in a storage extension that is not configured, or that \
`service::extensions` does not start. The collector does not start. Configure the extension and name \
it in `service::extensions`.",
    bad: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage}
extensions: {file_storage: {}, health_check: {}}
service:
  extensions: [health_check]
  pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}
",
    good: "\
exporters:
  otlp_grpc:
    endpoint: gateway:4317
    sending_queue: {storage: file_storage}
extensions: {file_storage: {}, health_check: {}}
service:
  extensions: [health_check, file_storage]
  pipelines: {logs: {receivers: [otlp], exporters: [otlp_grpc]}}
",
    check,
};

fn check(subject: &Subject<'_>, report: &mut Report<'_>) {
    for kind in [ComponentKind::Receiver, ComponentKind::Processor, ComponentKind::Exporter] {
        for component in subject.config.section(kind).values() {
            let keys: &[&str] = match kind {
                ComponentKind::Exporter => &["sending_queue", "storage"],
                _ => &["storage"],
            };
            let Some((written, location)) = text(&component.settings, keys) else { continue };
            let Ok(id) = written.parse::<ComponentId>() else { continue };
            let used = subject.is_used(kind, &component.id);
            if !used || subject.is_used(ComponentKind::Extension, &id) {
                continue;
            }
            let finding = match subject.config.extensions.get(&id) {
                None => {
                    report.at(location, format!("the extension `{id}` is not configured")).note(
                        format!("add `{id}: {{}}` under `extensions` and to `service::extensions`"),
                    )
                }
                Some(extension) => {
                    let mut finding = report
                        .at(location, format!("the extension `{id}` is not started"))
                        .label(extension.key, "configured here")
                        .note("name it in `service::extensions`");
                    finding.fixes.extend(add_item(
                        &subject.config.service.extensions,
                        written,
                        subject.sources,
                        "start it",
                        Applicability::Safe,
                    ));
                    finding
                }
            };
            report.add(finding);
        }
    }
}
