//! Compiled code: a third engine, made with Cranelift.
//!
//! A pass ([`crate::ir::Code`]) enters through [`Compiled::new`]; what leaves executes it for a
//! record. Moves, comparisons and arithmetic of scalars and all branches are machine code;
//! everything else calls the operation of [`crate::vm::Machine`] that the virtual machine calls too.
//!
//! - `translate`: code to Cranelift's form, operation by operation.
//! - `shims`: what compiled code calls.
//! - `layout`: how values lie in memory.
//! - `module`: the memory of compiled code and its end.
//! - `engine`: entering compiled code and coming back.
//!
//! What must stay true:
//!
//! - Compiled code keeps no address of a record, entry or value over a call: arenas grow. It knows two
//!   addresses, that of the context that it passes on and that of the register file, which does not
//!   move while it runs.
//! - A shim answers with a status; the error itself lies in the machine.
//! - No panic leaves a shim: compiled code cannot be unwound.
//!
//! Where Cranelift has no back end for the processor, there is no compiled code and the virtual
//! machine executes everything.

// The only unsafe code of the project. Every block says why it is sound.
#![allow(unsafe_code)]

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod engine;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod layout;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod module;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod shims;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
mod translate;

#[cfg(all(test, any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tests;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "absent.rs"]
mod engine;

use crate::ir::verify::Fault;

pub use engine::{Compiled, Running};

/// Why there is no compiled code.
#[derive(Debug, thiserror::Error)]
pub enum NotCompiled {
    /// The processor is not supported.
    #[error("no code can be made for this processor: {0}")]
    Unsupported(&'static str),
    /// The code breaks a rule.
    #[error(transparent)]
    Code(#[from] Fault),
    /// The code is too large.
    #[error("the statements are too many for compiled code")]
    TooLarge,
    /// The code generator failed, or the system gave no executable memory.
    #[error("no code was made: {0}")]
    Generator(String),
}
