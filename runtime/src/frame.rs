//! What an engine holds while a program runs, shared by all engines and by the functions they call.
//!
//! Nothing here keeps the address of a record across calls: records are reached through
//! [`Frame::open`], values live in the request, the program or the arena.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;

use bumpalo::Bump;
use holt_pdata::{ArrayView, Level, MapView, Open, ValueView};

use crate::compiler::hir::LocalId;
use crate::error::EvalError;
use crate::host::Host;
use crate::text::regex::Pattern;
use crate::value::{Elements, PatternId, Value};
use crate::whole::{ElementType, TypedList};

/// What a function may use besides its arguments.
pub struct Workspace<'a> {
    /// New text, lists and maps.
    pub arena: &'a Bump,
    /// Clock, random numbers, environment.
    pub host: &'a dyn Host,
    /// Regular expressions that were constant when the program was compiled.
    compiled: &'a [Pattern],
    /// What was compiled while running.
    kept: Kept,
    /// The errors of late arguments of the record.
    failures: Vec<EvalError>,
}

/// What was compiled while a program ran, kept from batch to batch.
#[derive(Debug, Default)]
pub struct Kept {
    /// Regular expressions that were not constant.
    patterns: Vec<Pattern>,
    /// Their places.
    pattern_places: HashMap<Box<str>, u32>,
    /// Anything else, by its type and the text that it was made from.
    prepared: HashMap<TypeId, HashMap<Box<str>, Arc<dyn Any + Send + Sync>>>,
}

/// Longest text that a function makes, in bytes: no record may exhaust the memory of the collector.
pub const MAX_TEXT: usize = 16 << 20;

/// So many compiled things of each sort are kept; beyond, all are forgotten before the next record.
const MAX_KEPT: usize = 256;

impl<'a> Workspace<'a> {
    /// A workspace with the constant patterns of a program.
    pub fn new(arena: &'a Bump, host: &'a dyn Host, compiled: &'a [Pattern]) -> Self {
        Self::with_kept(arena, host, compiled, Kept::default())
    }

    /// As [`Self::new`], with what an earlier run kept.
    pub const fn with_kept(
        arena: &'a Bump,
        host: &'a dyn Host,
        compiled: &'a [Pattern],
        kept: Kept,
    ) -> Self {
        Self { arena, host, compiled, kept, failures: Vec::new() }
    }

    /// Hands over what a later run may use.
    pub fn into_kept(self) -> Kept {
        self.kept
    }

    /// The value that stands for a late argument whose computation failed.
    pub fn failed(&mut self, error: EvalError) -> Value<'a> {
        let index = u32::try_from(self.failures.len()).unwrap_or(u32::MAX);
        self.failures.push(error);
        Value::Failed(index)
    }

    /// A late argument, now that it is needed.
    ///
    /// # Errors
    /// What its computation raised.
    pub fn needed(&self, value: Value<'a>) -> Result<Value<'a>, EvalError> {
        let Value::Failed(index) = value else { return Ok(value) };
        const MISSING: EvalError = EvalError::Internal("a failure is missing");
        Err(self.failures.get(index as usize).cloned().unwrap_or(MISSING))
    }

    /// What a function makes from text that is often the same: a layout, a query, a set of networks.
    /// Made once for each type and text, and kept.
    ///
    /// # Errors
    /// Those of `make`; they are not kept.
    pub fn prepared<T: Any + Send + Sync>(
        &mut self,
        text: &str,
        make: impl FnOnce(&str) -> Result<T, EvalError>,
    ) -> Result<Arc<T>, EvalError> {
        let of_type = self.kept.prepared.entry(TypeId::of::<T>()).or_default();
        if let Some(known) = of_type.get(text)
            && let Ok(known) = known.clone().downcast()
        {
            return Ok(known);
        }
        let made = Arc::new(make(text)?);
        if of_type.len() >= MAX_KEPT {
            of_type.clear();
        }
        of_type.insert(text.into(), made.clone());
        Ok(made)
    }

    /// Compiles a pattern that is known only now.
    ///
    /// # Errors
    /// When it is not valid.
    pub fn compile(&mut self, text: &str) -> Result<PatternId, EvalError> {
        let place = match self.kept.pattern_places.get(text) {
            Some(place) => *place,
            None => {
                let pattern = Pattern::new(text)
                    .map_err(|error| EvalError::Pattern(error.to_string().into()))?;
                let place = u32::try_from(self.kept.patterns.len()).unwrap_or(u32::MAX);
                self.kept.patterns.push(pattern);
                self.kept.pattern_places.insert(text.into(), place);
                place
            }
        };
        // Those of the program come first.
        let compiled = u32::try_from(self.compiled.len()).unwrap_or(u32::MAX);
        Ok(PatternId(compiled.saturating_add(place)))
    }

    /// A compiled pattern.
    ///
    /// # Errors
    /// For a value that is none.
    pub fn pattern(&self, value: Value<'_>) -> Result<&Pattern, EvalError> {
        const MISSING: EvalError = EvalError::Internal("a pattern is missing");
        let Value::Pattern(PatternId(id)) = value else { return Err(MISSING) };
        let index = id as usize;
        match index.checked_sub(self.compiled.len()) {
            None => self.compiled.get(index),
            Some(place) => self.kept.patterns.get(place),
        }
        .ok_or(MISSING)
    }

    /// Called between records, when no value of the last one is in use any more.
    pub fn forget_patterns(&mut self) {
        self.failures.clear();
        if self.kept.patterns.len() > MAX_KEPT {
            self.kept.patterns.clear();
            self.kept.pattern_places.clear();
        }
    }

    /// Text that lives as long as the run.
    pub fn text(&self, text: &str) -> Value<'a> {
        Value::Str(self.arena.alloc_str(text))
    }

    /// As [`Self::text`], for text that may have become long.
    ///
    /// # Errors
    /// When it is longer than [`MAX_TEXT`].
    pub fn new_text(&self, text: &str) -> Result<Value<'a>, EvalError> {
        if text.len() > MAX_TEXT { Err(EvalError::TooLong) } else { Ok(self.text(text)) }
    }

    /// Text from bytes: what is not UTF-8 in them becomes U+FFFD.
    ///
    /// # Errors
    /// When it is longer than [`MAX_TEXT`].
    pub fn repaired(&self, bytes: &[u8]) -> Result<Value<'a>, EvalError> {
        self.new_text(&String::from_utf8_lossy(bytes))
    }

    /// A list or map whose encoded form was just written.
    pub fn list(&self, encoded: &[u8]) -> Value<'a> {
        Value::List(ArrayView::new(self.arena.alloc_slice_copy(encoded)))
    }

    /// A list of one type.
    pub fn typed(&self, of: ElementType, elements: &[Value<'a>]) -> Value<'a> {
        let elements = Elements::Items(self.arena.alloc_slice_copy(elements));
        Value::Typed(self.arena.alloc(TypedList { of, elements }))
    }

    /// A map whose encoded form was just written.
    pub fn map(&self, encoded: &[u8]) -> Value<'a> {
        Value::Map(MapView::new(self.arena.alloc_slice_copy(encoded)))
    }
}

/// Counts that change whenever something above the records changes, so that what was computed from
/// it is known to hold or not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Epochs {
    resource: u64,
    scope: u64,
    seen: (usize, usize),
}

impl Epochs {
    /// Takes note of the resource and scope of the next record.
    #[inline]
    pub fn enter(&mut self, open: &Open<'_>) {
        let now = (open.resource_index, open.scope_index);
        if now != self.seen {
            if now.0 != self.seen.0 {
                self.resource += 1;
            }
            self.scope += 1;
            self.seen = now;
        }
    }

    /// Takes note of a write to the resource.
    pub const fn resource_written(&mut self) {
        self.resource += 1;
        self.scope += 1;
    }

    /// Takes note of a write to the scope.
    pub const fn scope_written(&mut self) {
        self.scope += 1;
    }

    /// The count of the resource: equal counts, equal resource.
    pub const fn resource(&self) -> u64 {
        self.resource
    }

    /// The count of the scope: equal counts, equal scope and equal resource.
    pub const fn scope(&self) -> u64 {
        self.scope
    }
}

/// The scratch map of a group.
#[derive(Clone, Debug, Default)]
pub struct Cache<'a> {
    /// Entries in order; keys are unique.
    pub entries: Vec<(&'a str, ValueView<'a>)>,
}

/// The values of the parameters of lambdas.
#[derive(Clone, Debug, Default)]
pub struct Locals<'a> {
    values: Vec<Value<'a>>,
    /// How often the record has called a lambda.
    calls: u32,
}

/// So often may the statements of one record call lambdas: lists inside lists must not stop the
/// collector.
const MAX_CALLS: u32 = 1 << 22;

impl<'a> Locals<'a> {
    /// The value of a parameter.
    pub fn get(&self, local: LocalId) -> Value<'a> {
        self.values.get(local.0 as usize).copied().unwrap_or_default()
    }

    /// Gives a parameter its value.
    pub fn set(&mut self, local: LocalId, value: Value<'a>) {
        let index = local.0 as usize;
        if index >= self.values.len() {
            self.values.resize(index + 1, Value::Nil);
        }
        if let Some(slot) = self.values.get_mut(index) {
            *slot = value;
        }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// When there were too many for one record.
    pub fn count_call(&mut self) -> Result<(), EvalError> {
        self.calls += 1;
        if self.calls > MAX_CALLS { Err(EvalError::TooManyCalls) } else { Ok(()) }
    }

    /// Begins to count anew, for the next record.
    pub const fn forget_calls(&mut self) {
        self.calls = 0;
    }
}

/// What outlives a record.
pub struct State<'a> {
    /// What functions may use.
    pub work: Workspace<'a>,
    /// The scratch map.
    pub cache: Cache<'a>,
    /// The values of the parameters of lambdas, for the reference evaluator.
    pub locals: Locals<'a>,
    /// When resource and scope last changed.
    pub epochs: Epochs,
    /// What the running group sees one of at a time.
    pub level: Level,
}

impl<'a> State<'a> {
    /// A state with empty caches.
    pub fn new(
        arena: &'a Bump,
        host: &'a dyn Host,
        patterns: &'a [Pattern],
        kept: Kept,
        level: Level,
    ) -> Self {
        Self {
            work: Workspace::with_kept(arena, host, patterns, kept),
            cache: Cache::default(),
            locals: Locals::default(),
            epochs: Epochs::default(),
            level,
        }
    }
}

/// One record under execution.
pub struct Frame<'e, 'a> {
    /// The open records, from the resource down.
    pub open: &'e mut Open<'a>,
    /// What outlives the record.
    pub state: &'e mut State<'a>,
}
