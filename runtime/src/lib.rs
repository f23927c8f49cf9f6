//! OTTL from syntax tree to execution.
//!
//! Statements enter as text through [`program::compile`] or, for processors that are OTTL in
//! disguise, as trees built with [`compiler::hir::builder`]; a [`Program`] leaves, which takes
//! batches and returns them changed. Everything the language knows is declared in tables:
//! [`functions`] and [`paths`].

pub mod compiler;
pub mod encode;
pub mod error;
pub mod frame;
pub mod functions;
pub mod host;
pub mod ir;
pub mod jit;
pub mod ops;
pub mod paths;
pub mod program;
pub mod reference;
pub mod text;
pub mod types;
pub mod value;
pub mod vm;
pub mod whole;

pub use host::Host;
pub use program::{Engine, ErrorMode, Program};
