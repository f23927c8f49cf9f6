//! `holt man`: the manual pages, made from the command line's own declaration.
//!
//! Exit codes: 0; 1 when the pages cannot be written; 2 when there is no such subcommand.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use holt_grammar::did_you_mean;

use super::Cli;
use crate::output;

#[derive(Args, Clone, Debug)]
pub(crate) struct ManArgs {
    /// The subcommand whose page is printed; without it the page of the whole command.
    #[arg(value_name = "SUBCOMMAND", conflicts_with = "out")]
    subcommand: Option<String>,

    /// Write all pages into this directory, which is made if need be.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints a page, or writes all of them.
pub(crate) fn run(arguments: &ManArgs) -> ExitCode {
    let pages = pages();
    if let Some(directory) = &arguments.out {
        return match write(directory, &pages) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => {
                output::error(&message);
                ExitCode::FAILURE
            }
        };
    }
    let wanted = match &arguments.subcommand {
        Some(subcommand) => format!("holt-{subcommand}"),
        None => "holt".to_owned(),
    };
    if let Some(page) = pages.iter().find(|page| page.name == wanted) {
        output::text(&page.text);
        return ExitCode::SUCCESS;
    }
    let subcommand = wanted.trim_start_matches("holt-");
    output::error(&format!("there is no subcommand `{subcommand}`"));
    let known = pages.iter().filter_map(|page| page.name.strip_prefix("holt-"));
    if let Some(near) = did_you_mean(subcommand, known) {
        output::note(&format!("did you mean `{near}`?"));
    }
    ExitCode::from(2)
}

/// A page by the name it is looked up with.
struct Page {
    name: String,
    text: String,
}

/// The page of the whole command, then one for each subcommand.
fn pages() -> Vec<Page> {
    let mut command = Cli::command();
    command.build();
    let subcommands = command.get_subcommands().filter(|known| known.get_name() != "help");
    std::iter::once(("holt".to_owned(), command.clone()))
        .chain(subcommands.map(|known| (format!("holt-{}", known.get_name()), known.clone())))
        .map(|(name, command)| Page { name, text: render(command) })
        .collect()
}

fn render(command: Command) -> String {
    let mut page = Vec::new();
    // A vector takes all that is written to it.
    let _ = Man::new(command).render(&mut page);
    String::from_utf8_lossy(&page).into_owned()
}

fn write(directory: &Path, pages: &[Page]) -> Result<(), String> {
    std::fs::create_dir_all(directory)
        .map_err(|error| format!("cannot make {}: {error}", directory.display()))?;
    for page in pages {
        let path = directory.join(format!("{}.1", page.name));
        std::fs::write(&path, &page.text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}
