//! The attributes that tell which file telemetry was read from: on spans and log records, and on
//! metrics in their metadata. Profiles get none, as in the reference.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use holt_grammar::parse::Verbatim;
use holt_grammar::source::SourceMap;
use holt_pdata::{Batch, Signal};
use holt_runtime::functions::Dialect;
use holt_runtime::program::{ErrorMode, Group, SourceText, compile};
use holt_runtime::{Engine, Program};

use super::config::Config;
use crate::component::Context;
use crate::ottl::{ProcessHost, run};

/// Names files in telemetry.
pub(super) struct Naming {
    config: Config,
    host: ProcessHost,
    /// By file and signal; `None` where there is nothing to add.
    programs: HashMap<(PathBuf, Signal), Option<Program>>,
}

/// Most files whose names are kept at hand.
const MOST_FILES: usize = 1024;

impl Naming {
    pub(super) fn new(config: &Config) -> Self {
        Self { config: config.clone(), host: ProcessHost::new(), programs: HashMap::new() }
    }

    /// What was read from a file, with the attributes that are asked for.
    pub(super) fn name(&mut self, batch: Batch, path: &Path) -> Batch {
        if self.programs.len() >= MOST_FILES {
            self.programs.clear();
        }
        let key = (path.to_owned(), batch.signal());
        let config = &self.config;
        let made = self.programs.entry(key);
        let program = made.or_insert_with(|| program(batch.signal(), &attributes(config, path)));
        match program {
            // It sets texts, which cannot fail.
            Some(program) => run(program, &batch, &self.host, &Context::none()).unwrap_or(batch),
            None => batch,
        }
    }
}

/// What is known about a file, as far as it is asked for.
fn attributes(config: &Config, path: &Path) -> Vec<(&'static str, String)> {
    let shown = |path: &Path| path.to_string_lossy().into_owned();
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let resolved = match config.include_file_name_resolved || config.include_file_path_resolved {
        // One that is gone meanwhile keeps the path that it had.
        true => std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()),
        false => PathBuf::new(),
    };
    let known = [
        (config.include_file_name, "log.file.name", name(path)),
        (config.include_file_path, "log.file.path", Some(shown(path))),
        (config.include_file_name_resolved, "log.file.name_resolved", name(&resolved)),
        (config.include_file_path_resolved, "log.file.path_resolved", Some(shown(&resolved))),
    ];
    let asked = known.into_iter().filter(|(asked, ..)| *asked);
    asked.filter_map(|(_, key, value)| Some((key, value?))).collect()
}

fn program(signal: Signal, attributes: &[(&str, String)]) -> Option<Program> {
    let (context, place) = match signal {
        Signal::Traces => ("span", "span.attributes"),
        Signal::Logs => ("log", "log.attributes"),
        Signal::Metrics => ("metric", "metric.metadata"),
        Signal::Profiles => return None,
    };
    if attributes.is_empty() {
        return None;
    }
    let text = |text: String| {
        let source = SourceMap::default().add("otlpjsonfile", text.as_str());
        SourceText::new(text, Verbatim { source, offset: 0 })
    };
    let set = |(key, value): &(&str, String)| {
        // Strings are escaped alike in both languages.
        let value = serde_json::Value::from(value.as_str());
        text(format!("set({place}[\"{key}\"], {value})"))
    };
    let group = Group {
        context: Some(text(context.to_owned())),
        statements: attributes.iter().map(set).collect(),
        error_mode: ErrorMode::Silent,
        ..Group::default()
    };
    Some(compile(signal, &[group], Dialect::TRANSFORM, Engine::Auto).ok()?.program)
}
