//! The engine: enters compiled code and makes sense of how it came back.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::ptr;
use std::sync::Arc;

use super::NotCompiled;
use super::layout::MAX_REGISTERS;
use super::module::{Emitter, Entry, Memory};
use super::shims::{self, Context};
use super::translate::{exit, translate};
use crate::frame::Frame;
use crate::ir::verify::verify;
use crate::ir::{Code, Label, Reg};
use crate::program::Recorder;
use crate::vm::{Enter, Exit, MISSING, Machine, Outcome};

/// The compiled code of a pass. Dropped, it gives its memory back.
pub struct Compiled {
    code: Arc<Code>,
    /// The function of the pass, and one for each section, by where they start.
    entries: BTreeMap<Label, Entry>,
    /// Keeps the entries alive.
    _memory: Memory,
}

impl fmt::Debug for Compiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compiled").field("entries", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Compiled {
    /// Compiles a pass.
    ///
    /// # Errors
    /// When the code breaks a rule, when it is too large, and when this machine or the system does
    /// not let code be made.
    pub fn new(code: &Arc<Code>) -> Result<Self, NotCompiled> {
        verify(code)?;
        if code.registers.len() > MAX_REGISTERS {
            return Err(NotCompiled::TooLarge);
        }
        // The code generator panics where the system refuses it something.
        match catch_unwind(AssertUnwindSafe(|| Self::of_verified(code))) {
            Ok(result) => result,
            Err(_) => Err(NotCompiled::Generator("the code generator panicked".to_owned())),
        }
    }

    fn of_verified(code: &Arc<Code>) -> Result<Self, NotCompiled> {
        let sections = code.lambdas.iter().flatten().flatten();
        let mut starts: Vec<Label> = sections.map(|section| section.entry).collect();
        starts.push(Label(0));
        let mut emitter = Emitter::new(shims::ALL)?;
        for start in &starts {
            emitter.function(|builder, shims, config| {
                translate(code, *start, builder, shims, config);
            })?;
        }
        let (memory, entries) = emitter.finish()?;
        let entries = starts.into_iter().zip(entries).collect();
        Ok(Self { code: Arc::clone(code), entries, _memory: memory })
    }

    /// Executes the function that starts at a label, for a machine of the same code.
    fn call<'a>(
        &self,
        start: Label,
        machine: &mut Machine<'a>,
        frame: &mut Frame<'_, 'a>,
        recorder: Option<&mut Recorder<'_>>,
    ) -> Exit<'a> {
        let Some(entry) = self.entries.get(&start) else { return Exit::Failed(MISSING) };
        if !ptr::eq(machine.code(), Arc::as_ptr(&self.code)) {
            return Exit::Failed(MISSING);
        }
        let registers = machine.registers_mut().as_mut_ptr();
        let mut context = Context { machine, frame, recorder, compiled: self, panic: None };
        // SAFETY:
        // - The entry is alive, since `self` owns its memory and is borrowed.
        // - It was made from the code of the machine, which the verifier has seen: every register
        //   that it touches is in the register file, and what it jumps to exists.
        // - The context is a `Context` on this stack frame, which outlives the call. Compiled code
        //   only passes its address on, to one shim at a time.
        // - The register file is a vector that is never resized. Shims reach it through the machine,
        //   but only while compiled code waits for them; it could as well ask for the address anew
        //   after every call, and would get the same.
        // - It writes whole values that it has read from registers, or tags with payloads of their
        //   kind, so registers hold valid values at all times.
        // - It has no unwinding edge; shims let no panic out.
        let answer = unsafe { entry(ptr::from_mut(&mut context).cast(), registers.cast()) };
        let Context { machine, panic, .. } = context;
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
        match answer as u32 {
            exit::DONE => Exit::Ended(Outcome::Done),
            exit::DROPPED => Exit::Ended(Outcome::Dropped),
            exit::REFUSED => Exit::Ended(Outcome::Refused),
            exit::YIELDED => Exit::Yielded(machine.get(Reg((answer >> 32) as u32))),
            _ => Exit::Failed(machine.take_error()),
        }
    }
}

impl<'a> Enter<'a> for Compiled {
    fn enter(
        &self,
        machine: &mut Machine<'a>,
        entry: Label,
        frame: &mut Frame<'_, 'a>,
    ) -> Exit<'a> {
        self.call(entry, machine, frame, None)
    }
}

/// Compiled code with what outlives a record.
#[allow(missing_debug_implementations)] // There are no names for what registers hold.
pub struct Running<'a> {
    compiled: &'a Compiled,
    machine: Machine<'a>,
}

impl<'a> Running<'a> {
    /// Of the code of a pass.
    pub fn new(compiled: &'a Compiled) -> Self {
        Self { compiled, machine: Machine::new(&compiled.code) }
    }

    /// The code.
    pub(crate) fn code(&self) -> &'a Code {
        &self.compiled.code
    }

    #[cfg(test)]
    pub(super) const fn machine(&self) -> &Machine<'a> {
        &self.machine
    }

    /// Executes the code for one record.
    pub fn run(&mut self, frame: &mut Frame<'_, 'a>, recorder: &mut Recorder<'_>) -> Outcome {
        match self.compiled.call(Label(0), &mut self.machine, frame, Some(recorder)) {
            Exit::Ended(outcome) => outcome,
            Exit::Yielded(_) | Exit::Failed(_) => Outcome::Done,
        }
    }
}
