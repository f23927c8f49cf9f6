//! Keeps the invariants of `docs/architecture.md` that a compiler cannot.
//!
//! Reads the source tree as text; each test names the files that break its rule and how to mend
//! them.

#![allow(clippy::unwrap_used, clippy::panic)] // A panic is how a test fails.

use std::fs;
use std::path::{Path, PathBuf};

/// A file beyond this many lines is more than one concept.
const MOST_LINES: usize = 700;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files of the tree with their path from the root and their text.
fn rust_files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for folder in ["src", "grammar", "runtime", "collector", "tests", "benches", "fuzz"] {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50, "the walk over the tree found only {} files", files.len());
    files
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
            let text = fs::read_to_string(&path).unwrap();
            (name, text)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules" | ".venv" | "corpus") {
                collect(&path, files);
            }
        } else if name.ends_with(".rs") {
            files.push(path);
        }
    }
}

fn complain(rule: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

#[test]
fn dependencies_point_one_way() {
    // grammar <- runtime (pdata <-) <- collector <- src
    let allowed: [(&str, &[&str]); 4] = [
        ("grammar", &[]),
        ("runtime/pdata", &[]),
        ("runtime", &["holt-grammar", "holt-pdata"]),
        ("collector", &["holt-grammar", "holt-pdata", "holt-runtime"]),
    ];
    let mut offenders = Vec::new();
    for (folder, allowed) in allowed {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        for line in manifest.lines().filter(|line| line.starts_with("holt-")) {
            let name = line.split([' ', '=', '.']).next().unwrap();
            if !allowed.contains(&name) {
                offenders.push(format!("{folder}/Cargo.toml depends on {name}"));
            }
        }
    }
    complain("Packages depend on lower layers only", &offenders);
}

#[test]
fn components_do_not_import_each_other() {
    let kinds = ["receivers", "processors", "connectors", "exporters", "extensions"];
    let mut offenders = Vec::new();
    for (name, text) in rust_files() {
        let mut parts = name.split('/').skip_while(|part| *part != "src").skip(1);
        let (Some(kind), Some(component)) = (parts.next(), parts.next()) else { continue };
        if !name.starts_with("collector/") || !kinds.contains(&kind) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let foreign = kinds.iter().any(|other| {
                line.split(&format!("crate::{other}::"))
                    .skip(1)
                    .any(|rest| !(*other == kind && rest.starts_with(&format!("{component}::"))))
            });
            // A component's own tests may place it beside others.
            if foreign && !name.contains("tests") {
                offenders.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    complain("What two components share belongs to net, queue or component", &offenders);
}

#[test]
fn unsafe_code_stays_where_it_was_measured_to_pay() {
    let mut offenders = Vec::new();
    for (name, text) in rust_files() {
        let allowed = name.starts_with("runtime/src/jit/") || name == "src/cmd/run/pages.rs";
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let found = ["unsafe {", "unsafe fn", "unsafe impl", "allow(unsafe_code)"]
                .iter()
                .any(|word| code.contains(word));
            if found && !allowed && name != "tests/tidy.rs" {
                offenders.push(format!("{name}:{}", number + 1));
            }
        }
    }
    complain("unsafe lives in runtime/src/jit and src/cmd/run/pages.rs only", &offenders);
}

#[test]
fn files_hold_one_concept_each() {
    let offenders: Vec<_> = rust_files()
        .iter()
        .filter(|(_, text)| text.lines().count() > MOST_LINES)
        .map(|(name, text)| format!("{name}: {} lines", text.lines().count()))
        .collect();
    complain("A file beyond 700 lines holds a second concept that wants its own", &offenders);
}

#[test]
fn modules_say_what_they_are_for() {
    let offenders: Vec<_> = rust_files()
        .iter()
        .filter(|(_, text)| !text.trim_start().starts_with("//!") && !text.starts_with("#!["))
        .map(|(name, _)| name.clone())
        .collect();
    complain("A module begins with `//!`: its purpose, how data enters and leaves", &offenders);
}

#[test]
fn no_loose_ends() {
    let words = ["TODO", "FIXME", "XXX", "HACK"];
    let mut offenders = Vec::new();
    for (name, text) in rust_files().iter().filter(|(name, _)| name != "tests/tidy.rs") {
        for (number, line) in text.lines().enumerate() {
            // An issue number makes it a plan.
            if words.iter().any(|word| line.contains(word)) && !line.contains("issue #") {
                offenders.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    complain("A loose end names its issue", &offenders);
}

#[test]
fn the_top_level_is_as_documented() {
    let documented = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE",
        "NOTICE",
        "src",
        "grammar",
        "runtime",
        "collector",
        "tests",
        "fuzz",
        "benches",
        "docs",
        "target",
        "clippy.toml",
        "rustfmt.toml",
        "deny.toml",
    ];
    let mut offenders = Vec::new();
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !documented.contains(&name.as_str()) {
            offenders.push(name);
        }
    }
    complain("The top level stays as docs/architecture.md lists it", &offenders);
}
