//! From YAML to components, and a consumer that records.

use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use holt_grammar::diag::{Diagnostic, Severity};
use holt_grammar::source::SourceMap;
use holt_pdata::Batch;

use crate::component::{
    AckOutcome, ClientMetadata, Consumer, Context, Kind, Refused, Section, Settings, StatusHub,
    registry,
};
use crate::config::feature_gates::Gates;
use crate::config::ids::ComponentId;
use crate::config::model::{self, CollectorConfig};
use crate::config::yaml::{Node, Place, YamlText, parse};
use crate::graph::{Plan, resolve};
use crate::service::{Running, Service, ServiceOptions};
use crate::telemetry::{Handles, Metrics, Tracer};

/// A YAML text as a node.
pub(crate) fn node(yaml: &str) -> Node {
    let source = SourceMap::default().add("test.yaml", yaml);
    let text = YamlText { text: yaml.into(), place: Place::Source(source) };
    parse(&Arc::new(text)).expect("valid YAML").into_iter().next().expect("a document")
}

/// A configuration, with its sections not parsed yet.
pub(crate) fn config(yaml: &str) -> CollectorConfig {
    model::decode(&node(yaml)).expect("a valid configuration")
}

/// What becomes of a configuration.
pub(crate) fn plan(yaml: &str) -> (Plan, Vec<Diagnostic>) {
    let resolved = resolve(&config(yaml), registry::all(), &Gates::default(), false);
    (resolved.plan, resolved.diagnostics)
}

/// Runs a configuration, which must have no errors.
pub(crate) async fn start(yaml: &str) -> Running {
    let (plan, diagnostics) = plan(yaml);
    let errors: Vec<_> =
        diagnostics.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let options = ServiceOptions { drain_timeout: std::time::Duration::from_secs(10) };
    Service::build(&plan, &Handles::default(), options)
        .expect("build")
        .start()
        .await
        .expect("start")
}

/// The address that a running service listens on for a protocol.
pub(crate) fn address_of(running: &Running, protocol: &str) -> String {
    let listening = running.status().listening();
    listening.into_iter().find(|one| one.protocol == protocol).expect("it listens").address
}

/// A section of the configuration of a run with the default feature gates.
pub(crate) fn section<'a>(id: &'a ComponentId, node: &'a Node) -> Section<'a> {
    static GATES: LazyLock<Gates> = LazyLock::new(Gates::default);
    Section { id, node, gates: &GATES }
}

/// Settings for a component made by hand.
pub(crate) fn settings(kind: Kind, id: &str) -> (Settings, Arc<StatusHub>) {
    let hub = Arc::new(StatusHub::default());
    let id: ComponentId = id.parse().expect("a valid id");
    let status = hub.register(kind, id.clone());
    (Settings { id, status, metrics: Metrics::default(), tracer: Tracer::default() }, hub)
}

/// Takes batches and remembers them, or answers as told.
#[derive(Default)]
pub(crate) struct Recorder {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    taken: Vec<(Batch, Context)>,
    refusals: VecDeque<Refused>,
    offers: usize,
}

impl Recorder {
    /// A recorder that first refuses, once for each of `refusals`.
    pub(crate) fn refusing(refusals: impl IntoIterator<Item = Refused>) -> Arc<Self> {
        let state = State { refusals: refusals.into_iter().collect(), ..State::default() };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// Number of items of each batch taken.
    pub(crate) fn sizes(&self) -> Vec<usize> {
        self.state.lock().unwrap().taken.iter().map(|(batch, _)| batch.items()).collect()
    }

    /// The batches taken.
    pub(crate) fn batches(&self) -> Vec<Batch> {
        self.state.lock().unwrap().taken.iter().map(|(batch, _)| batch.clone()).collect()
    }

    /// The batches taken, with the values of a metadata key.
    pub(crate) fn metadata(&self, key: &str) -> Vec<Vec<String>> {
        let state = self.state.lock().unwrap();
        state.taken.iter().map(|(_, context)| context.metadata(key).to_vec()).collect()
    }

    /// Who sent the batches taken.
    pub(crate) fn clients(&self) -> Vec<Option<Arc<ClientMetadata>>> {
        self.state.lock().unwrap().taken.iter().map(|(_, one)| one.client.clone()).collect()
    }

    /// How often it was offered something.
    pub(crate) fn offers(&self) -> usize {
        self.state.lock().unwrap().offers
    }
}

#[async_trait]
impl Consumer for Recorder {
    async fn consume(&self, batch: Batch, mut context: Context) -> Result<(), Refused> {
        let mut state = self.state.lock().unwrap();
        state.offers += 1;
        if let Some(refused) = state.refusals.pop_front() {
            return Err(refused);
        }
        std::mem::take(&mut context.ack).resolve(AckOutcome::Delivered);
        state.taken.push((batch, context));
        Ok(())
    }
}
