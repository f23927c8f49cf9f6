//! The reference pages in `docs` say what the tables say.
//!
//! After a change of the tables, `RENEW=1 cargo test -p holt-runtime --test reference` writes them
//! anew.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use holt_runtime::functions::{FUNCTIONS, Offered};
use holt_runtime::paths::CONTEXTS;
use holt_runtime::reference::{functions_page, paths_page};

fn is_current(name: &str, page: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    if std::env::var_os("RENEW").is_some() {
        std::fs::write(&file, page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let mut lines = page.lines().zip(committed.lines().chain(std::iter::repeat(""))).enumerate();
    if let Some((line, (wanted, found))) = lines.find(|(_, (wanted, found))| wanted != found) {
        panic!(
            "docs/{name}:{} is stale; run `RENEW=1 cargo test -p holt-runtime --test reference`\n\
             tables: {wanted}\npage:   {found}",
            line + 1
        );
    }
    assert_eq!(page, committed, "docs/{name} goes on after its end");
}

#[test]
fn functions_are_current() {
    is_current("functions.md", &functions_page());
}

#[test]
fn paths_are_current() {
    is_current("paths.md", &paths_page());
}

#[test]
fn every_function_and_path_has_its_place() {
    let functions = functions_page();
    for function in FUNCTIONS.iter().filter(|function| function.offered != Offered::INTERNAL) {
        assert!(functions.contains(&format!("\n### `{}`\n", function.name)), "{}", function.name);
    }
    let paths = paths_page();
    for context in &CONTEXTS {
        for prefix in context.prefixes.iter().filter(|prefix| prefix.name == prefix.context) {
            for path in prefix.paths {
                let start = format!("\n| `{}.{}", prefix.name, path.name);
                assert!(paths.contains(&start), "{}.{}", prefix.name, path.name);
            }
        }
    }
}
