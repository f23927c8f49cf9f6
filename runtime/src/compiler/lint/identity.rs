//! T310: an attribute goes by which backends tell resources apart.

use super::places::Place;
use super::{Findings, Linted};
use crate::compiler::codes;
use crate::compiler::resolve::NodeKind;
use crate::paths::{Slot, Storage};

/// Resource attributes by which backends tell resources apart. `service.name` is the one that the
/// semantic conventions require.
const IDENTITY: &[&str] = &["service.name", "k8s.pod.uid"];

pub(super) fn lint(group: &Linted<'_>, findings: &mut Findings<'_>) {
    for (source, statement) in &group.statements {
        let call = &statement.editor;
        let target = call.args.first().and_then(Option::as_ref).and_then(Place::of_node);
        let is_resource = target.is_some_and(|target| {
            target.keys.is_empty()
                && target.path.slot == Slot::Resource
                && matches!(target.path.decl.storage, Storage::Attributes)
        });
        let Some(argument) = call.args.get(1).and_then(Option::as_ref).filter(|_| is_resource)
        else {
            continue;
        };
        let lost = match (call.function.name, &argument.kind) {
            ("delete_key", NodeKind::Str(key)) => {
                IDENTITY.iter().find(|identity| **identity == key.as_str())
            }
            ("keep_keys", NodeKind::List(keys)) => {
                let keeps = |name: &str| {
                    keys.iter().any(|key| match &key.kind {
                        NodeKind::Str(text) => text == name,
                        // It may be any key.
                        _ => true,
                    })
                };
                IDENTITY.first().filter(|name| !keeps(name))
            }
            _ => None,
        };
        if let Some(lost) = lost {
            findings.warn(
                codes::LOSES_IDENTITY,
                (source, argument.span),
                format!("resources lose `{lost}`, by which they are told apart"),
                "",
                "processors and backends that group by it see all of them as one",
            );
        }
    }
}
