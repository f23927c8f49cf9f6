//! Random ids of traces and spans.

use std::sync::OnceLock;

use holt_runtime::Host;

use crate::ottl::ProcessHost;

/// Random bytes, not all of which are zero.
pub(super) fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    static HOST: OnceLock<ProcessHost> = OnceLock::new();
    let mut bytes = [0; LENGTH];
    while bytes.iter().all(|byte| *byte == 0) {
        HOST.get_or_init(ProcessHost::new).random(&mut bytes);
    }
    bytes
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
