//! The committed captures of real SDKs are whole: every folder and protocol tells the same story.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use holt_load::count::{count_items, count_json_items};
use holt_load::inspect::inspect;
use holt_load::signal::Signal;

/// Items of each signal in every capture, by `tests/live/sdk/README.md`.
const ITEMS: [(Signal, u64); 3] = [(Signal::Traces, 4), (Signal::Metrics, 7), (Signal::Logs, 3)];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/otlp")
}

fn folders() -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

/// The requests of a folder by protocol (`grpc`, `http-protobuf`, `http-json`) and signal.
fn requests(folder: &Path) -> BTreeMap<(String, Signal), Vec<PathBuf>> {
    let mut requests: BTreeMap<_, Vec<PathBuf>> = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for signal in Signal::ALL {
            if let Some((protocol, _)) = name.split_once(&format!("-{}-", signal.name())) {
                requests.entry((protocol.to_owned(), signal)).or_default().push(path.clone());
            }
        }
    }
    requests
}

#[test]
fn every_capture_has_all_items_of_all_signals() {
    let folders = folders();
    let names: Vec<&str> =
        folders.iter().map(|folder| folder.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["go", "java", "node", "python", "rust"]);
    for folder in folders {
        let requests = requests(&folder);
        let protocols: Vec<&str> = ["grpc", "http-protobuf", "http-json"]
            .into_iter()
            .filter(|protocol| requests.keys().any(|(known, _)| known == protocol))
            .collect();
        assert!(protocols.len() >= 2, "{} has only {protocols:?}", folder.display());
        for protocol in protocols {
            for (signal, expected) in ITEMS {
                let files = &requests[&(protocol.to_owned(), signal)];
                let items: u64 = files
                    .iter()
                    .map(|file| {
                        let bytes = fs::read(file).unwrap();
                        match file.extension().unwrap().to_str().unwrap() {
                            "json" => count_json_items(signal, &bytes).unwrap(),
                            _ => count_items(signal, bytes.as_slice()).unwrap(),
                        }
                    })
                    .sum();
                assert_eq!(items, expected, "{} {protocol} {}", folder.display(), signal.name());
            }
        }
    }
}

#[test]
fn grpc_and_http_carry_the_same_records() {
    for folder in folders() {
        let requests = requests(&folder);
        let told: Vec<Vec<String>> = ["grpc", "http-protobuf"]
            .into_iter()
            .map(|protocol| {
                let only = tempfile::tempdir().unwrap();
                for (_, files) in requests.iter().filter(|((known, _), _)| known == protocol) {
                    for file in files {
                        fs::copy(file, only.path().join(file.file_name().unwrap())).unwrap();
                    }
                }
                inspect(only.path()).unwrap()
            })
            .collect();
        assert_eq!(told[0].len(), 14);
        assert_eq!(told[0], told[1], "{}", folder.display());
    }
}
