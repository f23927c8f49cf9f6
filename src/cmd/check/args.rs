//! The flags of `holt check`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};
use holt_collector::component::known::{self, Release};
use holt_grammar::diag::Severity;
use holt_grammar::diag::render::Format;

use crate::cmd::ConfigArgs;

/// What to check, and how to say what was found.
#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArgs {
    /// Files and directories: collector YAML, OpenTelemetryCollector resources, ConfigMaps, streams of
    /// manifests; `-` for standard input. The current directory if neither paths nor --config are
    /// given.
    pub(crate) paths: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) config: ConfigArgs,

    /// The form of the report. By default `full`, and `github` where GitHub Actions runs.
    #[arg(long, value_parser = PossibleValuesParser::new(Format::ALL.map(|(name, _)| name)))]
    pub(crate) output_format: Option<String>,

    /// Write the report to a file.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// Report only findings whose codes begin so: `T`, `T3`, `T308`; separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    pub(crate) select: Vec<String>,

    /// Leave out findings whose codes begin so.
    #[arg(long, value_delimiter = ',', value_name = "CODES")]
    pub(crate) ignore: Vec<String>,

    /// The least weight that is reported and that makes the exit code 1.
    #[arg(long, value_enum)]
    pub(crate) severity: Option<Weight>,

    /// Exit with 1 also for warnings that --severity leaves out.
    #[arg(long)]
    pub(crate) deny_warnings: bool,

    /// Exit with 0 whatever is found.
    #[arg(long)]
    pub(crate) exit_zero: bool,

    /// An earlier release of the Go collector that must also run the configuration, such as v0.148.
    #[arg(long, value_name = "VERSION", value_parser = release)]
    pub(crate) target_version: Option<Release>,

    /// The distribution of the Go collector that is to run the configuration: what only Holt lacks is not
    /// reported, what the distribution lacks is.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(known::distributions()))]
    pub(crate) distribution: Option<String>,

    /// Telemetry (OTLP JSON or protobuf) to run the statements on: those whose conditions never hold on it
    /// are reported.
    #[arg(long, value_name = "FILE")]
    pub(crate) sample: Option<PathBuf>,

    /// Mend what can be mended without changing what the configuration means.
    #[arg(long)]
    pub(crate) fix: bool,

    /// With --fix or --diff: also changes that may change the meaning.
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,

    /// Show what --fix would change, and change nothing.
    #[arg(long, conflicts_with = "fix")]
    pub(crate) diff: bool,

    /// Leave out the findings that this file lists.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// Write all findings into the --baseline file, and report none.
    #[arg(long, requires = "baseline")]
    pub(crate) write_baseline: bool,

    /// Count findings by code instead of showing them.
    #[arg(long)]
    pub(crate) statistics: bool,

    /// Check again whenever a file changes.
    #[arg(long, conflicts_with_all = ["fix", "diff", "write_baseline"])]
    pub(crate) watch: bool,

    /// The name that reports give standard input.
    #[arg(long, value_name = "NAME", default_value = "<stdin>")]
    pub(crate) stdin_filename: String,

    /// Read no `.holt.toml`.
    #[arg(long)]
    pub(crate) isolated: bool,
}

fn release(text: &str) -> Result<Release, String> {
    Release::parse(text).ok_or_else(|| "versions are written as v0.148".to_owned())
}

/// The weight of a finding, as flags name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Weight {
    /// A better way exists.
    Info,
    /// It starts, and does not do what was meant.
    Warning,
    /// It does not start.
    Error,
}

impl From<Weight> for Severity {
    fn from(weight: Weight) -> Self {
        match weight {
            Weight::Info => Self::Info,
            Weight::Warning => Self::Warning,
            Weight::Error => Self::Error,
        }
    }
}
