//! What components that run OTTL share: from configuration text to the compiler's, the host that
//! statements run on, and the processor that runs a program over each batch.

pub mod layout;
mod lists;
pub mod places;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use holt_grammar::parse::Locate;
use holt_grammar::source::Location;
use holt_grammar::span::Span;
use holt_pdata::Batch;
use holt_runtime::Program;
use holt_runtime::functions::Dialect;
use holt_runtime::host::{Client, Host};
use holt_runtime::program::{Engine, Failure, RunError, SourceText};
use holt_runtime::text::time::zone::Zone;
use holt_runtime::value::Time;
use tokio::runtime::{Handle, RuntimeFlavor};

use crate::component::{ClientMetadata, Component, Consumer, Context, Kind, Processor, Refused};
use crate::config::feature_gates::Gates;
use crate::config::ids::ComponentId;
use crate::config::values::Text;

pub(crate) use lists::{Entries, Entry, Items, ModeSetting, entries, named};

/// Where a configured text stands, for the compiler's diagnostics.
struct Place {
    text: Text,
    /// Stands in when the text has no place of its own.
    section: Location,
}

impl Locate for Place {
    fn locate(&self, span: Span) -> Location {
        self.text.locate(span).unwrap_or(self.section)
    }

    fn edit(&self, span: Span, text: &str) -> Option<(Location, String)> {
        self.text.edit(span, text)
    }
}

/// A configured text as the compiler takes it; `section` is where the component is configured.
pub(crate) fn source(text: &Text, section: Location) -> SourceText {
    SourceText::new(text.as_str(), Place { text: text.clone(), section })
}

/// What a component's texts may use with the feature gates of the run.
pub fn dialect(component: Dialect, gates: &Gates) -> Dialect {
    Dialect {
        lambdas: gates.is_enabled("ottl.functions.enableLambda"),
        sets_nil: gates.is_enabled("ottl.set.allowNil"),
        ..component
    }
}

/// The engine that `HOLT_ENGINE` asks for; another word than its values is ignored with a warning.
pub(crate) fn engine() -> Engine {
    let Ok(name) = std::env::var("HOLT_ENGINE") else { return Engine::Auto };
    name.parse().unwrap_or_else(|error| {
        tracing::warn!(HOLT_ENGINE = name, "{error}");
        Engine::Auto
    })
}

/// The clock, randomness and environment of this process.
#[derive(Debug)]
pub struct ProcessHost {
    random: RandomState,
    drawn: AtomicU64,
}

impl ProcessHost {
    /// A host with a random sequence of its own.
    pub fn new() -> Self {
        Self { random: RandomState::new(), drawn: AtomicU64::new(0) }
    }
}

impl Default for ProcessHost {
    fn default() -> Self {
        Self::new()
    }
}

impl Host for ProcessHost {
    fn now(&self) -> Time {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Time::from_unix_nanos(i64::try_from(elapsed.as_nanos()).unwrap_or_default())
    }

    fn local_zone(&self) -> Zone {
        static LOCAL: OnceLock<Zone> = OnceLock::new();
        *LOCAL.get_or_init(Zone::system)
    }

    fn random(&self, bytes: &mut [u8]) {
        // A keyed hash of a counter: unpredictable without the key, which the standard library
        // draws from the operating system.
        for chunk in bytes.chunks_mut(8) {
            let mut hasher = self.random.build_hasher();
            hasher.write_u64(self.drawn.fetch_add(1, Ordering::Relaxed));
            let word = hasher.finish().to_le_bytes();
            for (byte, random) in chunk.iter_mut().zip(word) {
                *byte = random;
            }
        }
    }

    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

/// The process, and the client whose request brought a batch.
struct RequestHost<'r> {
    process: &'r ProcessHost,
    client: Option<&'r ClientMetadata>,
}

/// Asks the conditions of a program about each item of a batch, or about those wanted, as
/// [`Program::sort`].
///
/// # Errors
/// As [`Program::sort`].
pub(crate) fn sort(
    program: &Program,
    batch: &Batch,
    process: &ProcessHost,
    context: &Context,
    wanted: Option<&[bool]>,
) -> Result<Vec<Option<usize>>, RunError> {
    if let Some(runner) = &context.runner {
        return runner.sort(program, batch, wanted);
    }
    let host = RequestHost { process, client: context.client.as_deref() };
    aside(batch, || program.sort(batch, &host, wanted))
}

/// Runs a program over a batch, as [`Program::run`].
///
/// # Errors
/// As [`Program::run`].
pub(crate) fn run(
    program: &Program,
    batch: &Batch,
    process: &ProcessHost,
    context: &Context,
) -> Result<Batch, RunError> {
    if let Some(runner) = &context.runner {
        return runner.run(program, batch);
    }
    let host = RequestHost { process, client: context.client.as_deref() };
    aside(batch, || program.run(batch, &host))
}

/// Does work on a batch, apart from the other tasks of the thread if it will take long.
fn aside<T>(batch: &Batch, work: impl FnOnce() -> T) -> T {
    let aside = batch.encoded_len() > LONG_BATCH
        && Handle::try_current()
            .is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    if aside { tokio::task::block_in_place(work) } else { work() }
}

impl Host for RequestHost<'_> {
    fn now(&self) -> Time {
        self.process.now()
    }

    fn local_zone(&self) -> Zone {
        self.process.local_zone()
    }

    fn random(&self, bytes: &mut [u8]) {
        self.process.random(bytes);
    }

    fn env(&self, name: &str) -> Option<String> {
        self.process.env(name)
    }

    fn client(&self) -> Option<&dyn Client> {
        self.client.map(|client| client as &dyn Client)
    }
}

/// Batches beyond this size run apart from the other tasks of their thread, so that a transform
/// with many regular expressions cannot starve health checks.
const LONG_BATCH: usize = 1 << 20;

/// Lets a program's failing statements be logged in the name of a component. Failures under
/// `ignore` are thinned by the program; those under `silent` never get here.
pub(crate) fn with_failure_log(program: Program, kind: Kind, id: &ComponentId) -> Program {
    let id = id.clone();
    program.on_failure(Arc::new(move |failure: &Failure<'_>| {
        let message = match failure.is_guard {
            true => "failed to eval condition",
            false => "failed to execute statement",
        };
        tracing::warn!(
            otelcol.component.id = %id,
            otelcol.component.kind = kind.as_str(),
            statement = failure.statement,
            error = %failure.error,
            unreported = failure.unreported,
            "{message}"
        );
    }))
}

/// Runs a program over each batch and passes the result on.
pub(crate) struct ProgramProcessor {
    /// `None` when there is nothing to do for the signal.
    program: Option<Arc<Program>>,
    /// Whether nothing may remain of a batch.
    drops: bool,
    host: ProcessHost,
    next: Arc<dyn Consumer>,
}

impl ProgramProcessor {
    /// The processor of one pipeline. When the next one runs a program too, both become one: their
    /// statements share a walk over the batch where nobody can tell the difference.
    pub(crate) fn create(
        program: Option<Arc<Program>>,
        next: Arc<dyn Consumer>,
    ) -> Arc<dyn Processor> {
        let host = ProcessHost::new();
        if let (Some(first), Some((second, after))) = (&program, next.program())
            && let Some(joined) = Program::join(&[first, second])
        {
            let drops = joined.drops();
            let program = Some(Arc::new(joined));
            return Arc::new(Self { program, drops, host, next: after.clone() });
        }
        let drops = program.as_ref().is_some_and(|program| program.drops());
        Arc::new(Self { program, drops, host, next })
    }
}

impl Component for ProgramProcessor {}

#[async_trait]
impl Consumer for ProgramProcessor {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        let batch = match &self.program {
            None => batch,
            Some(program) => run(program, &batch, &self.host, &context).map_err(|error| {
                tracing::error!(%error, "failed processing {}", batch.signal().name());
                // Retryable, as in the reference: its processors return a plain error.
                Refused::retryable(error.to_string())
            })?,
        };
        if self.drops && batch.has_no_resources() {
            // Everything was dropped on purpose: that is an outcome, not a failure.
            context.ack.resolve(crate::component::AckOutcome::Delivered);
            return Ok(());
        }
        self.next.consume(batch, context).await
    }

    fn program(&self) -> Option<(&Arc<Program>, &Arc<dyn Consumer>)> {
        self.program.as_ref().map(|program| (program, &self.next))
    }
}
