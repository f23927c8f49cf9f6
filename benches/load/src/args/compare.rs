//! The arguments of `compare`: which commands are measured, and with what load.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use holt_load::baseline::Edit;
use holt_load::compare::{self, Contender};
use holt_load::http2::Http2;
use holt_load::signal::{Protocol, Signal};
use holt_load::units;

use super::{EditArgs, LoadArgs};

#[derive(Debug, Args)]
pub(crate) struct CompareArgs {
    /// A command to measure, `NAME=program arguments` or only the command; may be repeated. It
    /// must receive on --listen and send to --sink; `{listen}` and `{sink}` stand for them
    #[arg(long, value_name = "COMMAND")]
    command: Vec<String>,
    /// Where commands and baseline receive
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:4317")]
    listen: String,
    /// Where commands and baseline send
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:24317")]
    sink: String,
    /// Signals to measure [default: traces]
    #[arg(long, value_enum)]
    signal: Vec<Signal>,
    /// Measurements of each; the table shows the median
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Length of one measurement
    #[arg(long, value_parser = units::duration, default_value = "20s")]
    duration: Duration,
    /// Uncounted load before each measurement
    #[arg(long, value_parser = units::duration, default_value = "3s")]
    warmup: Duration,
    /// Connections from the baseline to the sink
    #[arg(long, value_name = "N", default_value_t = 1)]
    baseline_connections: usize,
    /// Worker threads of the baseline
    #[arg(long, value_name = "N", default_value_t = 2)]
    baseline_threads: usize,
    /// Keep what the children print in this directory
    #[arg(long, value_name = "DIR")]
    logs: Option<PathBuf>,
    /// Print JSON lines instead of a table
    #[arg(long)]
    pub(crate) json: bool,
    /// Threads of generator and sink
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) threads: usize,
    #[command(flatten)]
    edit: EditArgs,
    #[command(flatten)]
    load: LoadArgs,
    #[command(flatten)]
    http2: Http2,
}

impl CompareArgs {
    pub(crate) fn options(&self) -> std::io::Result<compare::Options> {
        let mut contenders = vec![self.baseline()?];
        for (number, command) in self.command.iter().enumerate() {
            contenders.push(self.contender(number + 1, command));
        }
        let signals = match self.signal.as_slice() {
            [] => vec![Signal::Traces],
            given => given.to_vec(),
        };
        Ok(compare::Options {
            contenders,
            sink: self.sink.clone(),
            shape: self.load.shape(Signal::Traces),
            signals,
            protocol: self.load.protocol,
            gzip: self.load.gzip,
            connections: self.load.connections,
            concurrency: self.load.concurrency,
            rate: self.load.rate,
            warmup: self.warmup,
            duration: self.duration,
            rounds: self.rounds,
            logs: self.logs.clone(),
            http2: self.http2,
        })
    }

    /// This very program as the baseline, with the same windows as everyone else.
    fn baseline(&self) -> std::io::Result<Contender> {
        let program = std::env::current_exe()?.to_string_lossy().into_owned();
        let listen = match self.load.protocol {
            Protocol::Grpc => "--listen",
            Protocol::Http => "--listen-http",
        };
        let mut command = vec![program, "baseline".into(), listen.into(), self.listen.clone()];
        let mut flag = |name: &str, value: String| command.extend([name.to_owned(), value]);
        flag("--to", self.sink.clone());
        flag("--connections", self.baseline_connections.to_string());
        flag("--threads", self.baseline_threads.to_string());
        flag("--stream-window", self.http2.stream_window.to_string());
        flag("--connection-window", self.http2.connection_window.to_string());
        flag("--max-frame", self.http2.max_frame.to_string());
        if let Some(Edit { key, value, where_key, at_least }) = self.edit.edit() {
            flag("--set", format!("{key}={value}"));
            flag("--where-at-least", format!("{where_key}={at_least}"));
        }
        Ok(Contender { name: "baseline".into(), command, listen: self.listen.clone() })
    }

    /// Words of a command are separated by blanks; a name may stand in front.
    fn contender(&self, number: usize, text: &str) -> Contender {
        let named = text.split_once('=').filter(|(name, _)| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
        });
        let (name, command) = match named {
            Some((name, command)) => (name.to_owned(), command),
            None => (format!("command-{number}"), text),
        };
        let fill =
            |word: &str| word.replace("{listen}", &self.listen).replace("{sink}", &self.sink);
        let command = command.split_whitespace().map(fill).collect();
        Contender { name, command, listen: self.listen.clone() }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::args::{Cli, Command};

    #[test]
    fn a_command_gets_its_name_and_the_addresses() {
        let cli = Cli::try_parse_from([
            "holt-load",
            "compare",
            "--listen=127.0.0.1:1",
            "--sink=127.0.0.1:2",
            "--command",
            "holt=target/release/holt --set a={listen} --to {sink}",
            "--command",
            "other --flag=x",
            "--set",
            "k=v",
        ])
        .unwrap();
        let Command::Compare(args) = cli.command else { panic!("not compare") };
        let options = args.options().unwrap();
        let [baseline, holt, other] = options.contenders.as_slice() else {
            panic!("{:?}", options.contenders)
        };
        assert_eq!(baseline.name, "baseline");
        assert!(baseline.command.windows(2).any(|pair| pair == ["--set", "k=v"]));
        assert_eq!(holt.name, "holt");
        assert_eq!(
            holt.command,
            ["target/release/holt", "--set", "a=127.0.0.1:1", "--to", "127.0.0.1:2"]
        );
        assert_eq!(other.name, "command-2");
        assert_eq!(other.command, ["other", "--flag=x"]);
    }
}
