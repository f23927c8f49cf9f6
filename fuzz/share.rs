//! Says how many inputs of a target were valid: a fuzzer that is refused everywhere finds nothing.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts inputs.
pub(crate) struct Share {
    target: &'static str,
    inputs: AtomicU64,
    valid: AtomicU64,
}

impl Share {
    /// Of a target, with nothing counted.
    pub(crate) const fn new(target: &'static str) -> Self {
        Self { target, inputs: AtomicU64::new(0), valid: AtomicU64::new(0) }
    }

    /// Counts an input, and says the share whenever their number has doubled.
    pub(crate) fn count(&self, is_valid: bool) {
        let valid = self.valid.fetch_add(u64::from(is_valid), Ordering::Relaxed) + u64::from(is_valid);
        let inputs = self.inputs.fetch_add(1, Ordering::Relaxed) + 1;
        if inputs.is_power_of_two() {
            let share = 100.0 * valid as f64 / inputs as f64;
            eprintln!("{}: {inputs} inputs, {share:.1} % valid", self.target);
        }
    }
}
