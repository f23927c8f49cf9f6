//! The output agrees with what the reference wrote for the same payloads, byte for byte.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use holt_pdata::{Batch, Signal};

use super::config::Verbosity;
use super::output::Output;
use super::{counts, text};

fn goldens() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/debug")
}

/// The payloads recorded with the reference's output, by name.
fn payloads() -> Vec<(String, Batch)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(goldens()).expect("folder of goldens") {
        let path = entry.expect("entry").path();
        if path.extension().is_none_or(|extension| extension != "pb") {
            continue;
        }
        let name = path.file_stem().expect("name").to_str().expect("UTF-8").to_owned();
        let signal = match name.split('-').next() {
            Some("traces") => Signal::Traces,
            Some("metrics") => Signal::Metrics,
            _ => Signal::Logs,
        };
        let bytes = Bytes::from(std::fs::read(&path).expect("payload"));
        found.push((name, Batch::decode(signal, bytes).expect("valid payload")));
    }
    assert!(found.len() >= 10, "payloads are missing");
    found
}

#[test]
fn output_is_the_references() {
    let dir = tempfile::tempdir().expect("folder");
    let verbosities = [
        ("basic", Verbosity::Basic),
        ("normal", Verbosity::Normal),
        ("detailed", Verbosity::Detailed),
    ];
    for (name, batch) in payloads() {
        for (verbosity_name, verbosity) in verbosities {
            let file = format!("{name}.{verbosity_name}.txt");
            let path = dir.path().join(&file).to_str().expect("UTF-8").to_owned();
            let output = Output::open(std::slice::from_ref(&path)).expect("opens");
            let messages = [Some(counts(&batch)), text(&batch, verbosity)];
            let messages: Vec<&str> = messages.iter().flatten().map(String::as_str).collect();
            output.write(&messages).expect("writes");
            let written = std::fs::read_to_string(&path).expect("output");
            let golden = std::fs::read_to_string(goldens().join(&file)).expect("golden");
            for (index, (ours, theirs)) in written.lines().zip(golden.lines()).enumerate() {
                assert_eq!(ours, theirs, "{file}, line {}", index + 1);
            }
            assert_eq!(written, golden, "{file}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_opened_is_named() {
    let dir = tempfile::tempdir().expect("folder");
    let path = dir.path().join("none/out.txt").to_str().expect("UTF-8").to_owned();
    let error = Output::open(std::slice::from_ref(&path)).err().expect("refused").to_string();
    assert!(error.starts_with(&format!("cannot write to {path}: ")), "{error}");
}
