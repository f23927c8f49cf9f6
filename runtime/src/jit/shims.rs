//! What compiled code calls: a function for each operation that is not machine code.
//!
//! A shim gets the context of the run and the index of its instruction, does what the virtual machine
//! does for it, and answers with a status. Errors stay in the machine.

use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::engine::Compiled;
use crate::error::{EvalError, PANICKED};
use crate::frame::Frame;
use crate::ir::Op;
use crate::program::Recorder;
use crate::vm::{Known, MISSING, Machine};

/// What a shim answers.
pub(super) mod status {
    /// Execution goes on with the next instruction.
    pub(crate) const NEXT: u32 = 0;
    /// The operation failed; the error lies in the machine.
    pub(crate) const FAILED: u32 = 1;
    /// Execution takes the operation's other way.
    pub(crate) const OTHER: u32 = 2;
    /// An operation that cannot fail panicked; the panic lies in the context.
    pub(crate) const PANICKED: u32 = 3;
}

/// Where execution goes on after an operation that did not fail.
enum Way {
    Next,
    Other,
}

/// What compiled code passes on to shims; it does not look inside.
pub(super) struct Context<'c, 'e, 'r, 'a> {
    pub(super) machine: &'c mut Machine<'a>,
    pub(super) frame: &'c mut Frame<'e, 'a>,
    /// None in sections of lambdas, which have no statements.
    pub(super) recorder: Option<&'c mut Recorder<'r>>,
    pub(super) compiled: &'c Compiled,
    /// What is to be thrown again when compiled code has returned.
    pub(super) panic: Option<Box<dyn Any + Send>>,
}

/// A function that compiled code can call.
pub(super) struct Shim {
    /// Its symbol.
    pub(super) name: &'static str,
    run: extern "C" fn(*mut c_void, u32) -> u32,
}

impl Shim {
    /// Where it is.
    pub(super) fn address(&self) -> *const u8 {
        self.run as *const u8
    }
}

/// Runs an operation and makes a status of what becomes of it.
///
/// # Safety
/// `context` is the address of a [`Context`] that is alive and that nobody else uses meanwhile.
unsafe fn within(
    context: *mut c_void,
    at: u32,
    operate: impl for<'c, 'e, 'r, 'a> FnOnce(
        &mut Context<'c, 'e, 'r, 'a>,
        &'a Op,
    ) -> Result<Way, EvalError>,
) -> u32 {
    // SAFETY: the caller vouches for it. Which lifetimes it has is not known here, and `operate`
    // works for all.
    let context = unsafe { &mut *context.cast::<Context<'_, '_, '_, '_>>() };
    let Some(instruction) = context.machine.code().instructions.get(at as usize) else {
        context.machine.fail(MISSING);
        return status::FAILED;
    };
    // What it works on is plain data: a half-done operation leaves it in order.
    match catch_unwind(AssertUnwindSafe(|| operate(context, &instruction.op))) {
        Ok(Ok(Way::Next)) => status::NEXT,
        Ok(Ok(Way::Other)) => status::OTHER,
        Ok(Err(error)) => {
            context.machine.fail(error);
            status::FAILED
        }
        Err(_) if instruction.on_error.is_some() => {
            context.machine.fail(PANICKED);
            status::FAILED
        }
        Err(panic) => {
            context.panic = Some(panic);
            status::PANICKED
        }
    }
}

/// Declares the shims: name, operation, and what is done with its operands.
macro_rules! shims {
    ($( $name:ident: $op:ident { $($fields:tt)* } => |$context:ident| $run:expr; )*) => {
        $(
            extern "C" fn $name(context: *mut c_void, at: u32) -> u32 {
                // SAFETY: only compiled code calls it, with the context that it was called with;
                // the one who made that context waits for compiled code to return.
                unsafe {
                    within(context, at, |$context: &mut Context<'_, '_, '_, '_>, op| match *op {
                        Op::$op { $($fields)* } => $run,
                        _ => Err(MISSING),
                    })
                }
            }
        )*

        /// All shims.
        pub(super) static ALL: &[Shim] = &[
            $( Shim { name: concat!("holt_", stringify!($name)), run: $name }, )*
        ];

        /// The place in [`ALL`] of the shim of an operation.
        pub(super) fn of(op: &Op) -> Option<usize> {
            let name = match op {
                $( Op::$op { .. } => concat!("holt_", stringify!($name)), )*
                _ => return None,
            };
            ALL.iter().position(|shim| shim.name == name)
        }
    };
}

/// What an operation without another way does when it does not fail.
const NEXT: Result<Way, EvalError> = Ok(Way::Next);

shims! {
    constant: Constant { to, constant } => |context| {
        context.machine.constant(to, constant);
        NEXT
    };
    load: Load { to, place, keys } => |context| {
        context.machine.load(context.frame, to, place, keys).and(NEXT)
    };
    store: Store { place, keys, value } => |context| {
        context.machine.store(context.frame, place, keys, value).and(NEXT)
    };
    call: Call { to, function, args } => |context| {
        context.machine.call(context.frame, to, function.run, args).and(NEXT)
    };
    edit: Edit { function, place, keys, args } => |context| {
        context.machine.edit(context.frame, function.run, place, keys, args).and(NEXT)
    };
    apply: Apply { to, function, args, lambdas } => |context| {
        let Context { machine, frame, compiled, .. } = context;
        machine.apply(frame, *compiled, to, function.run, args, lambdas).and(NEXT)
    };
    edit_item: EditItem { function, args } => |context| {
        context.machine.edit_item(context.frame, function.run, args).and(NEXT)
    };
    index: Index { to, base, key } => |context| context.machine.index(to, base, key).and(NEXT);
    math: Math { to, op, left, right } => |context| {
        context.machine.math(to, op.0, left, right).and(NEXT)
    };
    negate: Negate { to, from } => |context| context.machine.negate(to, from).and(NEXT);
    items: Items { to, items } => |context| {
        context.machine.items(context.frame, to, items);
        NEXT
    };
    map: Map { to, parts } => |context| {
        context.machine.map(context.frame, to, parts).and(NEXT)
    };
    convert: Convert { to, conversion, from } => |context| {
        context.machine.convert(context.frame, to, conversion, from).and(NEXT)
    };
    compare: Compare { to, op, left, right } => |context| {
        context.machine.compare(to, op.0, left, right);
        NEXT
    };
    raise: Raise { error } => |context| Err(context.machine.raise(error));
    catch: Catch { to } => |context| {
        context.machine.catch(context.frame, to);
        NEXT
    };
    recall: Recall { to, memo, .. } => |context| {
        context.machine.recall(context.frame, to, memo).map(|known| match known {
            Known::Yes => Way::Other,
            Known::No => Way::Next,
        })
    };
    keep: Keep { memo, value } => |context| {
        context.machine.keep(context.frame, memo, value);
        NEXT
    };
    keep_error: KeepError { memo } => |context| {
        Err(context.machine.keep_error(context.frame, memo))
    };
    matched: Match { statement } => |context| {
        if let Some(recorder) = &mut context.recorder {
            recorder.matched(statement.0 as usize);
        }
        NEXT
    };
    end: End { statement, conditional } => |context| {
        let Context { machine, frame, recorder, .. } = context;
        let refused = machine.end(frame, recorder.as_deref_mut(), statement, conditional);
        Ok(if refused { Way::Other } else { Way::Next })
    };
    dropped: Drop { statement } => |context| {
        if let Some(recorder) = &mut context.recorder {
            recorder.dropped(statement.0 as usize, context.frame);
        }
        NEXT
    };
    forget: Forget {} => |context| {
        context.frame.state.cache.entries.clear();
        NEXT
    };
}
