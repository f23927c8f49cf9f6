//! Where the collector's binary is: beside the tests, built if it is not there yet.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Once;

use holt_soak::collector::{Binary, Kind};

/// The debug binary of Holt. `cargo test --workspace` has built it before any test runs.
pub(crate) fn holt() -> Binary {
    static BUILD: Once = Once::new();
    // The tests are in `deps`, the binary one directory above.
    let own = std::env::current_exe().unwrap();
    let directory = own.parent().unwrap().parent().unwrap();
    let path: PathBuf = directory.join(format!("holt{}", std::env::consts::EXE_SUFFIX));
    BUILD.call_once(|| {
        if !path.is_file() {
            let mut cargo = Command::new(env!("CARGO"));
            let status = cargo.args(["build", "--package", "holt", "--bin", "holt"]).status();
            assert!(status.unwrap().success(), "the collector cannot be built");
        }
    });
    Binary { kind: Kind::Holt, path }
}
