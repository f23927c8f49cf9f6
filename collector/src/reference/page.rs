//! The page of `docs` that lists every component with its keys.

use std::fmt::Write as _;

use crate::component::{Descriptor, Kind, registry};
use crate::config::keys::{Key, Shape};
use crate::config::model::service_keys;

/// The page as Markdown.
pub fn page() -> String {
    let mut out = "\
# Configuration

Every component and every key, with its type, what counts when it is not set, and what it means.
Printed from the tables that the collector itself goes by: `holt explain processors/batch` says the
same about one component, `holt explain processors.batch.timeout` about one key, and `holt schema`
prints a JSON Schema for editors. Durations are written `200ms`, `5s` or `1m30s`. A key behind `[]`
stands in every entry of a list or map.
"
    .to_owned();
    for kind in Kind::ALL {
        let _ = writeln!(out, "\n## {}", capital(kind.section()));
        let declared = registry::all().declared(kind);
        if declared.is_empty() {
            let _ = writeln!(out, "\nThere are none yet.");
        }
        for (descriptor, keys) in declared {
            component(descriptor, &keys, &mut out);
        }
    }
    let _ = writeln!(out, "\n## Service\n\nWhich components run, and how.");
    table(&service_keys(), &mut out);
    out
}

fn component(descriptor: &Descriptor, keys: &[Key], out: &mut String) {
    let _ = writeln!(out, "\n### `{}`\n\nIt {}.", descriptor.type_name, descriptor.summary);
    let stability: Vec<String> = descriptor
        .stability
        .iter()
        .map(|(what, level)| format!("{what} ({})", level.name().to_lowercase()))
        .collect();
    let _ = writeln!(out, "Stability: {}.", stability.join(", "));
    for alias in descriptor.aliases {
        let is = if alias.deprecated { "is its former name" } else { "is another name of it" };
        let _ = writeln!(out, "`{}` {is}.", alias.name);
    }
    let _ = writeln!(out, "\n```yaml\n{}\n```", descriptor.example.trim());
    if keys.is_empty() {
        let _ = writeln!(out, "\nThere is nothing to set.");
    } else {
        table(keys, out);
    }
}

fn table(keys: &[Key], out: &mut String) {
    let _ = writeln!(out, "\n| key | type | default | meaning |\n| --- | --- | --- | --- |");
    rows("", keys, out);
}

fn rows(prefix: &str, keys: &[Key], out: &mut String) {
    for key in keys {
        let path = format!("{prefix}{}", key.name);
        let default = match key.shown_default() {
            Some(value) => format!("`{value}`"),
            None if key.required => "must be set".to_owned(),
            None => String::new(),
        };
        let cells = [key.shape.describe(), default, key.doc.clone()];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(out, "| `{path}` | {} |", cells.join(" | "));
        let entry = if matches!(key.shape, Shape::Block { .. }) { "" } else { "[]" };
        rows(&format!("{path}{entry}."), key.shape.keys(), out);
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
