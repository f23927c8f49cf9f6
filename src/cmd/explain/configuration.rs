//! What `holt explain` says of components and their keys.

use std::fmt::Write as _;

use holt_collector::component::{Descriptor, Kind, instead_of_removed, name_elsewhere, registry};
use holt_collector::config::keys::{Key, Shape, find};
use holt_collector::config::model::service_keys;
use holt_grammar::did_you_mean;

use super::wrapped;

/// Blocks with at most so many keys are shown with them.
const SHOWN: usize = 8;

/// What was looked for.
pub(super) enum Found {
    /// The explanation.
    Text(String),
    /// There is no such component or key: what is wrong, and what may have been meant.
    Nothing(String, Option<String>),
}

/// Explains `otlp`, `processors/batch`, `processors.batch.timeout` or `service.telemetry`; `None`
/// when the name is of none of these forms.
pub(super) fn explain(name: &str) -> Option<Found> {
    let name = name.replace("::", ".");
    let section = |kind: &Kind| {
        let rest = name.strip_prefix(kind.section())?;
        rest.strip_prefix(['.', '/'])
    };
    if let Some((kind, rest)) = Kind::ALL.iter().find_map(|kind| Some((*kind, section(kind)?))) {
        return Some(of_kind(kind, rest));
    }
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.section() == name) {
        return Some(Found::Text(section_page(kind)));
    }
    if let Some(rest) = name.strip_prefix("service") {
        let path = match rest.strip_prefix('.') {
            Some(path) => path.split('.').collect(),
            None if rest.is_empty() => Vec::new(),
            None => return None,
        };
        return Some(match path.is_empty() {
            true => Found::Text(with_keys(
                "service, the section of what runs\n",
                "service",
                &service_keys(),
            )),
            false => of_key("service", "the service section", &service_keys(), &path),
        });
    }
    let (type_name, path) = name.split_once('.').unwrap_or((&name, ""));
    let all: Vec<(Kind, &Descriptor, Vec<Key>)> = Kind::ALL
        .into_iter()
        .flat_map(|kind| {
            let declared = registry::all().declared(kind).into_iter();
            declared.map(move |(descriptor, keys)| (kind, descriptor, keys))
        })
        .filter(|(_, descriptor, _)| is_called(descriptor, type_name))
        .collect();
    if all.is_empty() {
        return None;
    }
    if path.is_empty() {
        let pages: Vec<String> =
            all.iter().map(|(_, descriptor, keys)| component(descriptor, keys)).collect();
        return Some(Found::Text(pages.join("\n")));
    }
    let path: Vec<&str> = path.split('.').collect();
    let mut found: Vec<Found> = all
        .iter()
        .map(|(kind, descriptor, keys)| {
            let component = format!("{}.{}", kind.section(), descriptor.type_name);
            of_key(&component, &format!("the {kind} {}", descriptor.type_name), keys, &path)
        })
        .collect();
    let texts: Vec<&str> = found
        .iter()
        .filter_map(|one| match one {
            Found::Text(text) => Some(text.as_str()),
            Found::Nothing(..) => None,
        })
        .collect();
    if texts.is_empty() { found.pop() } else { Some(Found::Text(texts.join("\n"))) }
}

/// The names that [`explain`] knows at its outermost level.
pub(super) fn names() -> Vec<String> {
    let each = |kind: Kind| {
        let descriptors = registry::all().descriptors(kind).into_iter();
        let names = descriptors.flat_map(|descriptor| {
            let aliases = descriptor.aliases.iter().map(|alias| alias.name);
            std::iter::once(descriptor.type_name).chain(aliases)
        });
        names.flat_map(move |name| [name.to_owned(), format!("{}/{name}", kind.section())])
    };
    Kind::ALL.into_iter().flat_map(each).collect()
}

fn is_called(descriptor: &Descriptor, name: &str) -> bool {
    descriptor.type_name == name || descriptor.aliases.iter().any(|alias| alias.name == name)
}

/// All components of a kind.
fn section_page(kind: Kind) -> String {
    let descriptors = registry::all().descriptors(kind);
    let mut out = format!("{}, the section of {kind}s by type and name\n", kind.section());
    if descriptors.is_empty() {
        out.push_str("\nthere are none yet\n");
        return out;
    }
    out.push('\n');
    let width = descriptors.iter().map(|one| one.type_name.len()).max().unwrap_or_default();
    for descriptor in descriptors {
        let _ = writeln!(out, "  {:width$}  {}", descriptor.type_name, descriptor.summary);
    }
    let _ = writeln!(out, "\nholt explain {}/NAME says more about each", kind.section());
    out
}

/// A component of a kind, or a key of it: `batch`, `batch/two.timeout`.
fn of_kind(kind: Kind, rest: &str) -> Found {
    let (id, path) = rest.split_once('.').unwrap_or((rest, ""));
    let type_name = id.split('/').next().unwrap_or(id);
    let declared = registry::all().declared(kind);
    let Some((descriptor, keys)) =
        declared.iter().find(|(descriptor, _)| is_called(descriptor, type_name))
    else {
        if name_elsewhere(kind, type_name).is_some() {
            let message = format!(
                "OpenTelemetry Collector Contrib has the {kind} `{type_name}`, Holt does not have \
                 it yet"
            );
            return Found::Nothing(message, None);
        }
        if let Some(instead) = instead_of_removed(kind, type_name) {
            let message = format!(
                "the {kind} `{type_name}` has been removed from the Go collector; {instead}"
            );
            return Found::Nothing(message, None);
        }
        let known = registry::all().descriptors(kind).into_iter().map(|one| one.type_name);
        let near = did_you_mean(type_name, known);
        let near = near.map(|near| format!("{}/{near}", kind.section()));
        return Found::Nothing(format!("there is no {kind} `{type_name}`"), near);
    };
    if path.is_empty() {
        return Found::Text(component(descriptor, keys));
    }
    let path: Vec<&str> = path.split('.').collect();
    let section = format!("{}.{}", kind.section(), descriptor.type_name);
    of_key(&section, &format!("the {kind} {}", descriptor.type_name), keys, &path)
}

/// A key.
fn of_key(section: &str, of: &str, keys: &[Key], path: &[&str]) -> Found {
    match find(keys, path) {
        Ok(key) => Found::Text(key_page(&format!("{section}.{}", path.join(".")), of, key)),
        Err(missing) => {
            let wrong = path.get(missing.steps).copied().unwrap_or_default();
            let before: Vec<&str> = path.iter().take(missing.steps).copied().collect();
            let parent = std::iter::once(section).chain(before).collect::<Vec<_>>().join(".");
            let known = missing.known.iter().map(String::as_str);
            let near = did_you_mean(wrong, known).map(|near| format!("{parent}.{near}"));
            Found::Nothing(format!("`{parent}` has no key `{wrong}`"), near)
        }
    }
}

fn key_page(path: &str, of: &str, key: &Key) -> String {
    let mut out = format!("{path}, a key of {of}\n\n{}", wrapped(&key.doc, ""));
    let _ = writeln!(out, "\ntype     {}", key.shape.describe());
    match key.shown_default() {
        Some(value) => {
            let _ = writeln!(out, "default  {value}");
        }
        None if key.required => out.push_str("it must be set\n"),
        None => {}
    }
    if let Shape::Choice { words, .. } = &key.shape {
        out.push('\n');
        let width = words.iter().map(|word| word.name.len()).max().unwrap_or_default();
        for word in words {
            let line = format!("  {:width$}  {}", word.name, word.doc);
            let _ = writeln!(out, "{}", line.trim_end());
        }
    }
    if key.shape.keys().is_empty() { out } else { with_keys(&out, path, key.shape.keys()) }
}

/// A component with its keys.
fn component(descriptor: &Descriptor, keys: &[Key]) -> String {
    let kind = descriptor.kind;
    let article = if matches!(kind, Kind::Exporter | Kind::Extension) { "an" } else { "a" };
    let mut out = format!("{}, {article} {kind}\n\n", descriptor.type_name);
    out.push_str(&wrapped(&format!("It {}.", descriptor.summary), ""));
    out.push_str("\nstability\n");
    for (what, level) in descriptor.stability {
        let _ = writeln!(out, "  {what}: {}", level.name());
    }
    for alias in descriptor.aliases {
        let former = if alias.deprecated { "formerly" } else { "also" };
        let _ = writeln!(out, "{former} called {}", alias.name);
    }
    let _ = writeln!(out, "\nexample\n\n    {}:", kind.section());
    for line in descriptor.example.trim().lines() {
        let _ = writeln!(out, "      {line}");
    }
    if keys.is_empty() {
        out.push_str("\nthere is nothing to set\n");
        return out;
    }
    with_keys(&out, &format!("{}.{}", kind.section(), descriptor.type_name), keys)
}

/// A text with the keys at a path below it.
fn with_keys(text: &str, path: &str, keys: &[Key]) -> String {
    let mut out = format!("{text}\nkeys\n");
    list(path, keys, 1, &mut out);
    out
}

fn list(path: &str, keys: &[Key], depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    for key in keys {
        let default = match key.shown_default() {
            Some(value) => format!(" = {value}"),
            None if key.required => ", must be set".to_owned(),
            None => String::new(),
        };
        let _ = writeln!(out, "{indent}{}: {}{default}", key.name, key.shape.describe());
        out.push_str(&wrapped(&key.doc, &"  ".repeat(depth + 2)));
        let below = key.shape.keys();
        let path = format!("{path}.{}", key.name);
        if below.len() <= SHOWN {
            list(&path, below, depth + 1, out);
        } else {
            let _ = writeln!(out, "{indent}    {} keys: holt explain {path}", below.len());
        }
    }
}
