//! `holt schema`: a JSON Schema of the whole configuration, for editors and other tools.

use std::process::ExitCode;

use holt_collector::reference;

use crate::output;

/// Prints the schema.
pub(crate) fn run() -> ExitCode {
    match serde_json::to_string_pretty(&reference::schema()) {
        Ok(text) => {
            output::line(&text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            output::error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}
