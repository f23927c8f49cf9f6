//! From statements to code, stage by stage.
//!
//! text → `holt_grammar` tree → [`resolve`] (names become declarations) → [`check`] (types, findings)
//! → [`hir`] (typed tree, explicit conversions) → [`opt`] (tree to tree) → [`lower`] (tree to
//! [`crate::ir`], after [`fuse`] has found which groups share a pass). Each stage takes the result of the one before and nothing else, so none can be
//! left out. Findings are collected over all statements; a finding that the reference would refuse to
//! start with is an error, everything else a warning.

pub mod check;
pub mod codes;
pub mod effects;
pub mod fuse;
pub mod hir;
pub(crate) mod lint;
pub mod lower;
pub mod opt;
pub mod resolve;
