//! The tutorial of the language is its suite: every block of `tests/lang/*.md` on every engine.
//!
//! `tests/lang/README.md` says how blocks are written. With `LANG_CASES=FILE`, all blocks are also
//! written to that file as cases of `tests/conformance`, so that the reference can be asked.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]

mod blocks;
#[path = "../common/mod.rs"]
mod common;
mod compact;
mod examples;
mod run;

use std::path::{Path, PathBuf};

use examples::Example;
use holt_runtime::Engine;
use serde_json::{Value, json};

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/lang");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "md")).collect();
    pages.sort();
    pages
}

fn case(place: &str, example: &Example) -> Value {
    json!({
        "name": place,
        "signal": example.input.signal.name(),
        "context": example.context,
        "error_mode": example.error_mode,
        "conditions": example.guards,
        "statements": example.statements,
        "gates": if example.lambdas { vec!["ottl.functions.enableLambda"] } else { Vec::new() },
        "input": example.input.request,
    })
}

#[test]
fn every_block_does_what_it_says() {
    let (mut checked, mut wrong, mut cases) = (0, Vec::new(), Vec::new());
    for page in pages() {
        let name = format!("tests/lang/{}", page.file_name().unwrap().to_str().unwrap());
        let text = std::fs::read_to_string(&page).unwrap();
        let found = match blocks::blocks(&text).and_then(|blocks| examples::examples(&blocks)) {
            Ok(found) => found,
            Err((line, why)) => {
                wrong.push(format!("{name}:{line}: {why}"));
                continue;
            }
        };
        for example in found {
            let place = format!("{name}:{}", example.line);
            for engine in Engine::ALL {
                checked += 1;
                if let Err(why) = run::check(&example, engine) {
                    wrong.push(format!("{place}: on {engine:?}, {why}"));
                    break;
                }
            }
            // Cases have no word for shared caches.
            if !example.shared_cache {
                cases.push(case(&place, &example));
            }
        }
    }
    if let Some(file) = std::env::var_os("LANG_CASES") {
        std::fs::write(file, serde_json::to_vec_pretty(&cases).unwrap()).unwrap();
    }
    println!("{checked} examples checked");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 400, "only {checked} examples were found");
}
