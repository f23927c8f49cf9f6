//! `holt validate`: would this configuration start? Silent and 0 if so.

use std::process::ExitCode;

use holt_collector::service::ServiceOptions;
use holt_collector::telemetry::Handles;

use super::ConfigArgs;
use crate::output;
use crate::session::Session;

/// Loads, resolves, compiles and builds the graph; starts nothing.
pub(crate) fn run(arguments: &ConfigArgs) -> ExitCode {
    let Some(runtime) = super::small_runtime() else { return ExitCode::FAILURE };
    let session = runtime.block_on(Session::load(arguments));
    output::diagnostics(&session.diagnostics, &session.sources, session.threshold());
    match session.build(&Handles::default(), ServiceOptions::default()) {
        Some(Ok(_)) => ExitCode::SUCCESS,
        Some(Err(error)) => {
            output::error(&format!("failed to build pipelines: {error}"));
            ExitCode::FAILURE
        }
        None => ExitCode::FAILURE,
    }
}
