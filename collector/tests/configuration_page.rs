//! `docs/configuration.md` says what the tables say, and every example works.
//!
//! After a change of the tables,
//! `RENEW=1 cargo test -p holt-collector --test configuration_page` writes the page anew.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::Path;

use holt_collector::component::{Kind, registry};
use holt_collector::reference::page;

#[test]
fn the_page_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/configuration.md");
    let page = page();
    if std::env::var_os("RENEW").is_some() {
        std::fs::write(&file, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    let mut lines = page.lines().zip(committed.lines().chain(std::iter::repeat(""))).enumerate();
    if let Some((line, (wanted, found))) = lines.find(|(_, (wanted, found))| wanted != found) {
        panic!(
            "docs/configuration.md:{} is stale; run `RENEW=1 cargo test -p holt-collector --test \
             configuration_page`\ntables: {wanted}\npage:   {found}",
            line + 1
        );
    }
    assert_eq!(page, committed, "docs/configuration.md goes on after its end");
}

#[test]
fn every_component_has_its_place() {
    let page = page();
    for kind in Kind::ALL {
        for descriptor in registry::all().descriptors(kind) {
            let name = descriptor.type_name;
            assert!(page.contains(&format!("\n### `{name}`\n")), "{name}");
            let example = descriptor.example.trim();
            assert!(example.starts_with(&format!("{name}:")), "the example of {name}: {example}");
        }
    }
}
