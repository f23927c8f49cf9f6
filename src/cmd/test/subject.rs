//! What a test is about: a test file and its configuration in, the components that a test runs out.

use std::path::Path;
use std::sync::Arc;

use holt_collector::component::{Section, registry};
use holt_collector::config::codes::{UNKNOWN_REFERENCE, WRONG_VALUE};
use holt_collector::config::de::suggest;
use holt_collector::config::feature_gates::Gates;
use holt_collector::config::ids::ComponentId;
use holt_collector::config::model::CollectorConfig;
use holt_collector::config::values::Text;
use holt_collector::config::yaml::{Entry, Kind, Mapping, Node};
use holt_collector::graph::Plan;
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::{Location, SourceMap};
use holt_pdata::Signal;

use super::coverage::Coverage;
use super::file::{Inline, Subject, TestFile};
use crate::cmd::ConfigArgs;
use crate::cmd::stage::{Configured, Stage};
use crate::session::Session;

/// Findings and the texts they are about.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) findings: Vec<Diagnostic>,
    pub(super) sources: Arc<SourceMap>,
}

/// The configuration under test.
pub(super) struct Configuration {
    session: Option<Session>,
    sources: Arc<SourceMap>,
    gates: Gates,
}

impl Configuration {
    /// Loads what a test file names; `directory` is where the test file is.
    pub(super) async fn load(file: &TestFile, directory: &Path) -> Result<Self, Broken> {
        let mut gates = Gates::default();
        let broken = |findings| Broken { findings, sources: file.sources.clone() };
        gates.apply(file.gates.iter().map(String::as_str)).map_err(broken)?;
        if file.configs.is_empty() {
            return Ok(Self { session: None, sources: Arc::default(), gates });
        }
        let configs = file.configs.iter().map(|path| {
            let path = directory.join(path.as_str()).display().to_string();
            path.strip_prefix("./").unwrap_or(&path).to_owned()
        });
        let arguments = ConfigArgs {
            configs: configs.collect(),
            sets: file.sets.clone(),
            feature_gates: file.gates.clone(),
            // What else the configuration needs does not matter here.
            allow_missing: true,
        };
        let session = Session::load_in(&arguments, &file.variables).await;
        let sources = Arc::new(session.sources.clone());
        if session.read().is_none() {
            let findings = session.diagnostics;
            return Err(Broken { findings, sources });
        }
        Ok(Self { session: Some(session), sources, gates })
    }

    /// The feature gates of the test file.
    pub(super) const fn gates(&self) -> &Gates {
        &self.gates
    }

    fn read(&self) -> Option<(&CollectorConfig, &Plan)> {
        self.session.as_ref().and_then(Session::read)
    }

    /// Lists everything that can run.
    pub(super) fn declare(&self, coverage: &mut Coverage) {
        let Some((_, plan)) = self.read() else { return };
        for (id, config) in &plan.processors {
            for program in config.programs() {
                coverage.declare(&id.to_string(), program, &self.sources);
            }
        }
        for (id, config) in &plan.connectors {
            for program in config.programs() {
                coverage.declare(&id.to_string(), program, &self.sources);
            }
        }
    }

    /// The components that a test runs, for a signal of its input.
    pub(super) fn stages(
        &self,
        file: &TestFile,
        subject: &Subject,
        signal: Signal,
    ) -> Result<Vec<Stage<'_>>, Broken> {
        match subject {
            Subject::Processor(id) => Ok(vec![self.processor(file, id)?]),
            Subject::Pipeline(id) => self.pipeline(file, id, signal),
            Subject::Inline(inline) => self.inline(file, inline, signal),
        }
    }

    fn processor(&self, file: &TestFile, text: &Text) -> Result<Stage<'_>, Broken> {
        let id = text.as_str();
        let id = id.strip_prefix("processors::").or(id.strip_prefix("processors/")).unwrap_or(id);
        let there = self.read().and_then(|(config, plan)| {
            config.processors.keys().find(|known| known.to_string() == id).map(|id| (id, plan))
        });
        let connector = || {
            let (config, plan) = self.read()?;
            let id =
                id.strip_prefix("connectors::").or(id.strip_prefix("connectors/")).unwrap_or(id);
            let id = config.connectors.keys().find(|known| known.to_string() == id)?;
            Some(self.connector(id, plan))
        };
        match there {
            Some((id, plan)) => self.stage(id, plan),
            None => connector().unwrap_or_else(|| {
                let names =
                    self.read().into_iter().flat_map(|(config, _)| config.processors.keys());
                let names: Vec<String> = names.map(ToString::to_string).collect();
                Err(unknown(file, text, id, "processor", &names))
            }),
        }
    }

    /// The connectors at the end of the pipeline that a test is about.
    pub(super) fn connectors(&self, subject: &Subject) -> Result<Vec<Stage<'_>>, Broken> {
        let (Subject::Pipeline(text), Some((config, plan))) = (subject, self.read()) else {
            return Ok(Vec::new());
        };
        let id = pipeline_id(text);
        let pipeline = config.service.pipelines.iter().find(|(known, _)| known.to_string() == id);
        let ends = pipeline.into_iter().flat_map(|(_, pipeline)| &pipeline.exporters);
        let connectors = ends.filter(|end| config.connectors.contains_key(&end.value));
        connectors.map(|end| self.connector(&end.value, plan)).collect()
    }

    fn connector<'s>(&'s self, id: &ComponentId, plan: &'s Plan) -> Result<Stage<'s>, Broken> {
        let sources = self.sources.clone();
        match plan.connectors.get(id) {
            Some(config) => {
                let starts = plan.pipelines.iter().filter(|(_, one)| one.receivers.contains(id));
                let pipelines = starts.map(|(pipeline, _)| pipeline.clone()).collect();
                let config = Configured::Joins(config.as_ref(), pipelines);
                Ok(Stage { id: id.clone(), config, sources })
            }
            None => Err(Broken { findings: self.findings_about(id), sources }),
        }
    }

    fn stage<'s>(&'s self, id: &ComponentId, plan: &'s Plan) -> Result<Stage<'s>, Broken> {
        let sources = self.sources.clone();
        match plan.processors.get(id) {
            Some(config) => {
                Ok(Stage { id: id.clone(), config: Configured::There(config.as_ref()), sources })
            }
            None => Err(Broken { findings: self.findings_about(id), sources }),
        }
    }

    /// What is wrong with a processor that could not be read.
    fn findings_about(&self, id: &ComponentId) -> Vec<Diagnostic> {
        let Some(session) = &self.session else { return Vec::new() };
        let component = session.read().and_then(|(config, _)| {
            config.processors.get(id).or_else(|| config.connectors.get(id))
        });
        let Some(component) = component else { return session.diagnostics.clone() };
        let section = component.settings.location;
        let within = |place: Location| {
            let span = section.span.start..=section.span.end;
            place == component.key
                || place.source == section.source && span.contains(&place.span.start)
        };
        let mine = |finding: &&Diagnostic| {
            finding.labels.first().is_some_and(|label| within(label.location))
        };
        let mine: Vec<_> = session.diagnostics.iter().filter(mine).cloned().collect();
        if mine.is_empty() { session.diagnostics.clone() } else { mine }
    }

    fn pipeline(
        &self,
        file: &TestFile,
        text: &Text,
        signal: Signal,
    ) -> Result<Vec<Stage<'_>>, Broken> {
        let id = pipeline_id(text);
        let pipelines = self.read().map(|(config, plan)| (&config.service.pipelines, plan));
        let found = pipelines.and_then(|(pipelines, plan)| {
            let found = pipelines.iter().find(|(known, _)| known.to_string() == id);
            found.map(|(id, pipeline)| (id, pipeline, plan))
        });
        let Some((known, pipeline, plan)) = found else {
            let names = pipelines.into_iter().flat_map(|(pipelines, _)| pipelines.keys());
            let names: Vec<String> = names.map(ToString::to_string).collect();
            return Err(unknown(file, text, id, "pipeline", &names));
        };
        let carries = Signal::from(known.signal());
        if carries != signal {
            let message =
                format!("`{id}` carries {}, the input has {}", carries.name(), signal.name());
            return Err(at(file, text, Diagnostic::error(WRONG_VALUE, message)));
        }
        pipeline.processors.iter().map(|id| self.stage(&id.value, plan)).collect()
    }

    /// Statements and conditions of the test, as a section of a processor.
    fn inline(
        &self,
        file: &TestFile,
        inline: &Inline,
        signal: Signal,
    ) -> Result<Vec<Stage<'_>>, Broken> {
        let transforms = inline.statements.is_some();
        let name = match signal {
            Signal::Traces => "trace",
            Signal::Metrics => "metric",
            Signal::Logs => "log",
            Signal::Profiles => "profile",
        };
        let place = inline.place;
        let mapping = |entries: Vec<(&str, Option<Node>)>| {
            let entries = entries.into_iter().filter_map(|(key, node)| {
                let node = node?;
                Some((key.to_owned(), Entry::new(node.location, node)))
            });
            Node::new(Kind::Mapping(Mapping { entries: entries.collect() }), place)
        };
        let group = mapping(vec![
            ("context", inline.context.clone()),
            ("statements", inline.statements.clone()),
            ("conditions", inline.conditions.clone()),
            ("error_mode", inline.error_mode.clone()),
        ]);
        let (kind, list) = match transforms {
            true => ("transform", format!("{name}_statements")),
            false => ("filter", format!("{name}_conditions")),
        };
        let groups = Node::new(Kind::Sequence(vec![group]), place);
        let section = mapping(vec![(list.as_str(), Some(groups))]);
        let broken = |findings| Broken { findings, sources: file.sources.clone() };
        let missing =
            || broken(vec![Diagnostic::error(WRONG_VALUE, format!("there is no {kind}"))]);
        let found = registry::all().processor(kind).map_err(|_| missing())?;
        let id: ComponentId = kind.parse().map_err(|_| missing())?;
        let mut findings = Vec::new();
        let section = Section { id: &id, node: &section, gates: &self.gates };
        match found.factory.parse(section, &mut findings) {
            Some(config) => {
                let config = Configured::Here(config);
                Ok(vec![Stage { id, config, sources: file.sources.clone() }])
            }
            None => {
                findings.retain(|finding| finding.severity == Severity::Error);
                Err(broken(findings))
            }
        }
    }
}

/// The id of a pipeline as tests write it.
pub(super) fn pipeline_id(text: &Text) -> &str {
    let id = text.as_str();
    id.strip_prefix("pipelines::").or(id.strip_prefix("pipelines/")).unwrap_or(id)
}

/// A finding about a text of the test file.
fn at(file: &TestFile, text: &Text, finding: Diagnostic) -> Broken {
    let finding = match text.location() {
        Some(place) => finding.label(place, ""),
        None => finding,
    };
    Broken { findings: vec![finding], sources: file.sources.clone() }
}

fn unknown(file: &TestFile, text: &Text, id: &str, what: &str, names: &[String]) -> Broken {
    let message = match file.configs.is_empty() {
        true => format!("`{id}`: the test file names no configuration that has a {what}"),
        false => format!("the configuration has no {what} `{id}`"),
    };
    let mut finding = Diagnostic::error(UNKNOWN_REFERENCE, message);
    if file.configs.is_empty() {
        finding = finding.note("name one at the top: `config: gateway.yaml`");
    } else if let Some(near) = suggest::nearest(id, names.iter().map(String::as_str)) {
        finding = finding.note(format!("did you mean `{near}`?"));
    } else {
        let list = suggest::list(names.iter().map(String::as_str));
        finding = finding.note(format!("it has {list}"));
    }
    at(file, text, finding)
}
