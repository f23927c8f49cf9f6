//! Settings of the `pprof` extension (reference §6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::component::{Findings, WRONG_VALUE};
use crate::net::settings::Dialer;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Where to listen.
    pub(super) endpoint: String,
    /// Kind of socket.
    pub(super) transport: String,
    /// Not used by servers.
    pub(super) dialer: Dialer,
    /// Of blocking events of Go every how manieth is recorded; without effect, there are none.
    pub(super) block_profile_fraction: i64,
    /// Of contended locks of Go every how manieth is recorded; without effect, there are none.
    pub(super) mutex_profile_fraction: i64,
    /// A file for a CPU profile of the whole run, written when it ends.
    pub(super) save_to_file: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoint: "localhost:1777".to_owned(),
            transport: "tcp".to_owned(),
            dialer: Dialer::default(),
            block_profile_fraction: 0,
            mutex_profile_fraction: 0,
            save_to_file: String::new(),
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        let without_effect = [
            ("block_profile_fraction", self.block_profile_fraction),
            ("mutex_profile_fraction", self.mutex_profile_fraction),
        ];
        for (key, value) in without_effect {
            if value != 0 {
                findings.warn(
                    &[key],
                    WRONG_VALUE,
                    "it has no effect: these are profiles of Go's runtime",
                    "remove it",
                );
            }
        }
    }
}
