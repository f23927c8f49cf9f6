//! Actions and conditions to the typed tree that runs.
//!
//! Every action becomes one statement on the attributes of an item, `include` and `exclude` become
//! the guard of the group.

use holt_pdata::Signal;
use holt_runtime::compiler::hir::builder::{self, BuildError};
use holt_runtime::compiler::hir::{self, Constant, Expr, Group, Guard, Statement};
use holt_runtime::paths::{self, ContextDecl};
use holt_runtime::program::ErrorMode;

use super::actions::{Action, ActionKind, Source};

/// The context in which the items of a signal are seen.
pub(super) fn context(signal: Signal) -> Option<&'static ContextDecl> {
    paths::context(match signal {
        Signal::Traces => "span",
        Signal::Metrics => "datapoint",
        Signal::Logs => "log",
        Signal::Profiles => return None,
    })
}

/// The group that does the actions on items for which `include` holds, unless `exclude` does.
///
/// # Errors
/// Never for actions that were read from settings: it would be a fault of this file.
pub(super) fn group(
    context: &'static ContextDecl,
    include: Option<Expr>,
    exclude: Option<Expr>,
    actions: &[Action],
) -> Result<Group, BuildError> {
    let mut conditions = Vec::from_iter(include);
    conditions.extend(exclude.map(builder::not));
    let mut statements = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        statement(context, index, action, &mut statements)?;
    }
    let mut group = builder::group(context, statements);
    // Nothing that stands here fails; should it ever, the failing action is skipped and logged.
    // Refusing the batch instead would keep the group from sharing a pass with its neighbours.
    group.error_mode = ErrorMode::Ignore;
    if !conditions.is_empty() {
        let condition = builder::all(conditions);
        group.guards.push(Guard { text: "include and exclude".into(), place: None, condition });
    }
    Ok(group)
}

fn statement(
    context: &'static ContextDecl,
    index: usize,
    action: &Action,
    out: &mut Vec<Statement>,
) -> Result<(), BuildError> {
    let Action { key, kind } = action;
    let attributes = || builder::path(context, context.name, "attributes");
    let named = |function: &str, mut args: Vec<Expr>| {
        args.insert(0, builder::text(key));
        builder::edit(function, attributes()?, args)
    };
    let mut push_if = |verb: &str, condition: Option<Expr>, action: hir::Action| {
        let text = format!("actions[{index}]: {verb} {key}");
        out.push(builder::statement(&text, condition, action));
    };
    let mut push = |verb: &str, action: hir::Action| push_if(verb, None, action);
    match kind {
        ActionKind::Put { mode, source } => {
            let when = builder::text(mode);
            let (condition, action) = match source {
                Source::Value(value) => {
                    (None, named("put_entry", vec![when, Expr::constant(value.clone())])?)
                }
                Source::Attribute { key: from, default } => {
                    let default = Expr::constant(default.clone());
                    (None, named("copy_entry", vec![when, builder::text(from), default])?)
                }
                Source::Client { name, default: Constant::Nil } => {
                    let found = builder::client(name);
                    let condition = builder::is_present(found.clone());
                    (Some(condition), named("put_entry", vec![when, found])?)
                }
                Source::Client { name, default } => {
                    let values = vec![builder::client(name), Expr::constant(default.clone())];
                    let value = builder::call("Coalesce", vec![builder::list(values)])?;
                    (None, named("put_entry", vec![when, value])?)
                }
            };
            push_if(mode, condition, action);
        }
        // As in the reference, an action without a key is about the attribute with the empty key.
        ActionKind::Delete(pattern) => {
            push("delete", named("delete_key", vec![])?);
            if let Some(pattern) = pattern {
                let pattern = vec![pattern.clone()];
                let action = builder::edit("delete_matching_keys", attributes()?, pattern)?;
                push("delete what matches", action);
            }
        }
        ActionKind::Hash(pattern) => {
            push("hash", named("hash_entry", vec![])?);
            if let Some(pattern) = pattern {
                let pattern = vec![pattern.clone()];
                let action = builder::edit("hash_matching_entries", attributes()?, pattern)?;
                push("hash what matches", action);
            }
        }
        ActionKind::Extract(pattern) => {
            push("extract", named("extract_entries", vec![pattern.clone()])?);
        }
        ActionKind::Convert(ty) => {
            push("convert", named("convert_entry", vec![builder::text(ty)])?);
        }
    }
    Ok(())
}
