//! The `holt` command: parses the command line and hands over to a subcommand.
//!
//! Exit codes: 0 success, 1 the configuration or the run failed, 2 the command line is wrong.

mod cmd;
mod codes;
mod files;
mod output;
mod session;

use std::process::ExitCode;

use clap::Parser;

/// mimalloc: batches of some hundred kilobytes come and go for every request, which the system
/// allocator maps and unmaps each time. Measured in `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cmd::dispatch(cmd::Cli::parse())
}
