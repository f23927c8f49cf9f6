//! A key by its path: `protocols`, `grpc`, `endpoint`.

use super::{Key, Shape};

/// Why there is no key at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// How many steps were right.
    pub steps: usize,
    /// The keys that are there instead of the wrong one.
    pub known: Vec<String>,
}

/// The key at a path. Numbers of list items may be left out; names that users choose are steps.
///
/// # Errors
/// When there is none.
pub fn find<'k>(keys: &'k [Key], path: &[&str]) -> Result<&'k Key, Missing> {
    let Some((first, rest)) = path.split_first() else {
        return Err(Missing { steps: 0, known: names(keys) });
    };
    let key = keys.iter().find(|key| key.name == *first);
    let key = key.ok_or_else(|| Missing { steps: 0, known: names(keys) })?;
    if rest.is_empty() {
        return Ok(key);
    }
    let skipped = skipped(&key.shape, rest);
    let below = rest.get(skipped..).unwrap_or_default();
    if below.is_empty() {
        return Ok(key);
    }
    find(key.shape.keys(), below)
        .map_err(|missing| Missing { steps: missing.steps + 1 + skipped, ..missing })
}

/// How many steps at the start are numbers of items or names that the user chose.
fn skipped(shape: &Shape, path: &[&str]) -> usize {
    match shape {
        Shape::Map(inner) | Shape::Pairs(inner) => {
            1 + skipped(inner, path.get(1..).unwrap_or_default())
        }
        Shape::List(inner) => {
            let is_number = path.first().is_some_and(|step| step.parse::<usize>().is_ok());
            usize::from(is_number)
                + skipped(inner, path.get(usize::from(is_number)..).unwrap_or_default())
        }
        _ => 0,
    }
}

fn names(keys: &[Key]) -> Vec<String> {
    keys.iter().map(|key| key.name.clone()).collect()
}
