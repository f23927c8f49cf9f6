//! The language as users meet it: texts that are accepted with their trees, texts that are refused
//! with the message shown, the oddities of the reference, and properties of any text.

// A test that cannot go on has failed; the configured leave for tests does not reach helpers.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::print_stdout, clippy::unwrap_used)]

mod accepted;
mod checks;
mod compact;
mod generate;
mod properties;
mod quirks;
mod refused;
mod tree;

use tree::{Tree, parse};

/// The lines of a file of cases: entry point, text.
fn cases(path: &std::path::Path) -> Vec<(String, String)> {
    let file = std::fs::read_to_string(path).unwrap();
    file.lines()
        .map(|line| {
            let (entry, text) = line.split_once(' ').unwrap();
            (entry.to_owned(), text.to_owned())
        })
        .collect()
}
