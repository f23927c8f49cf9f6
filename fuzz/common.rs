//! The checks that the property tests of holt-pdata make too.

#![allow(dead_code)] // Each target makes one of them.

#[path = "../runtime/pdata/tests/common/checks.rs"]
pub(crate) mod checks;
#[path = "../runtime/pdata/tests/common/mirror.rs"]
pub(crate) mod mirror;
#[path = "../runtime/pdata/tests/common/source.rs"]
pub(crate) mod source;
