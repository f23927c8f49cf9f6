//! A file for each value of a resource attribute: a batch in, the parts of it with their paths out.

use std::path::PathBuf;

use holt_pdata::wire::{Fields, WireType};
use holt_pdata::{AttributesView, Batch, Builder, ValueView, messages::numbers::RESOURCE};

/// In a request, the messages around resources; in these, the resource.
const RESOURCES: u32 = 1;
const HEAD: u32 = 1;

/// Where files are.
pub(super) struct Paths {
    /// What stands before the value, without `.` and `..`.
    before: String,
    /// What stands behind it.
    after: String,
}

impl Paths {
    /// Paths with a value in place of the `*`.
    pub(super) fn new(path: &str) -> Self {
        let (before, after) = path.split_once('*').unwrap_or((path, ""));
        let mut cleaned = clean(before);
        if before.ends_with('/') && !cleaned.ends_with('/') {
            cleaned.push('/');
        }
        Self { before: cleaned, after: after.to_owned() }
    }

    /// The path for a value, which stays below the directory whatever the value is.
    pub(super) fn of(&self, value: &str) -> PathBuf {
        let value = match (value.strip_prefix("./"), value.strip_prefix("../")) {
            (Some(rest), _) | (_, Some(rest)) => format!("/{rest}"),
            (None, None) => value.to_owned(),
        };
        let Self { before, after } = self;
        let path = clean(&format!("{before}{value}{after}"));
        if path.starts_with(before.as_str()) {
            return path.into();
        }
        // From the root nothing leads further up.
        let inside = clean(&format!("/{value}{after}"));
        clean(&format!("{before}/{inside}")).into()
    }
}

/// A path without empty steps, `.` and `..`, as far as there is something to leave.
fn clean(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            ".." if is_absolute => {}
            step => steps.push(step),
        }
    }
    match (is_absolute, steps.is_empty()) {
        (true, _) => format!("/{}", steps.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => steps.join("/"),
    }
}

/// The parts of a batch by the text of a resource attribute, in the order in which these come.
/// Resources without it are left out.
pub(super) fn split(batch: &Batch, attribute: &str) -> Vec<(String, Batch)> {
    let mut groups: Vec<(String, Vec<&[u8]>)> = Vec::new();
    let mut others: Vec<(u32, &[u8])> = Vec::new();
    for field in Fields::new(batch.bytes()) {
        if field.number != RESOURCES {
            // The dictionary of profiles goes with each part.
            if field.wire == WireType::Len {
                others.push((field.number, field.bytes));
            }
            continue;
        }
        let head = Fields::new(field.bytes).find(|inner| inner.number == HEAD);
        let attributes =
            AttributesView::new(head.map_or(&[], |head| head.bytes), RESOURCE::attributes);
        let Some(ValueView::Str(value)) = attributes.get(attribute) else {
            tracing::debug!(attribute, "Resource does not contain the attribute, dropping it");
            continue;
        };
        match groups.iter_mut().find(|(known, _)| known == value) {
            Some((_, resources)) => resources.push(field.bytes),
            None => groups.push((value.to_owned(), vec![field.bytes])),
        }
    }
    let parts = groups.into_iter().map(|(value, resources)| {
        let part = Builder::batch(batch.signal(), |request| {
            resources.iter().for_each(|resource| request.encoded(RESOURCES, resource));
            others.iter().for_each(|(number, bytes)| request.encoded(*number, bytes));
        });
        (value, part)
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_leads_out_of_the_directory() {
        let paths = Paths::new("/data/./x/../*.json");
        for (value, expected) in [
            ("a", "/data/a.json"),
            ("a/b", "/data/a/b.json"),
            ("./a", "/data/a.json"),
            ("../a", "/data/a.json"),
            ("a/../../../etc/x", "/data/etc/x.json"),
            ("", "/data/.json"),
        ] {
            assert_eq!(paths.of(value).to_str(), Some(expected), "{value}");
        }
        assert_eq!(
            Paths::new("out/team-*.json").of("/../../up").to_str(),
            Some("out/team-/up.json")
        );
        assert_eq!(Paths::new("out/*").of("../../up").to_str(), Some("out/up"));
    }
}
