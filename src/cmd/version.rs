//! `holt version` and `holt --version`.

use std::process::ExitCode;

use crate::output;

/// The release of the Go collector whose behaviour is the contract.
pub(crate) const CONTRACT: &str = include_str!("../../tests/conformance/VERSION");

/// One line, in the form of the Go collector.
pub(crate) fn short() -> ExitCode {
    output::line(&format!("holt version {}", env!("CARGO_PKG_VERSION")));
    ExitCode::SUCCESS
}

/// The version and the contract.
pub(crate) fn long() -> ExitCode {
    output::line(&format!("holt {}", env!("CARGO_PKG_VERSION")));
    output::line(&format!("behaves like OpenTelemetry Collector Contrib {}", CONTRACT.trim()));
    output::line(&format!("{} {}", std::env::consts::OS, std::env::consts::ARCH));
    ExitCode::SUCCESS
}
