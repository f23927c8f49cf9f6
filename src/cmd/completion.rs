//! `holt completion`: a script that lets a shell complete Holt's subcommands and flags.
//!
//! The script is made from the command line's own declaration, so it knows whatever the command
//! knows.

use std::process::ExitCode;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use crate::output;

#[derive(Args, Clone, Debug)]
pub(crate) struct CompletionArgs {
    /// The shell that reads the script.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(arguments: &CompletionArgs) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "holt", &mut script);
    output::text(&String::from_utf8_lossy(&script));
    ExitCode::SUCCESS
}
