//! Settings of the `memory_limiter` processor (reference §4.2).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::limiter::{Limits, MIB};
use super::memory;
use crate::component::Findings;
use crate::config::values::Duration;

/// The whole section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub(crate) struct Config {
    /// Time between measurements; required. Data that arrives between two of them is counted, so a
    /// burst makes for a measurement of its own.
    pub(super) check_interval: Duration,
    /// Most memory of the process, in MiB; wins over `limit_percentage`.
    pub(super) limit_mib: u32,
    /// How far below the limit data is refused, in MiB; a fifth of the limit when it is 0.
    pub(super) spike_limit_mib: u32,
    /// Most memory of the process, in percent of what the control group may have, or of all there
    /// is.
    pub(super) limit_percentage: u32,
    /// How far below the limit data is refused, in percent of the same; a fifth of the limit when
    /// it is 0.
    pub(super) spike_limit_percentage: u32,
    /// Accepted without effect: there is no garbage collector.
    pub(super) min_gc_interval_when_soft_limited: Duration,
    /// Accepted without effect: there is no garbage collector.
    pub(super) min_gc_interval_when_hard_limited: Duration,
    /// Accepted without effect: there is no garbage collector.
    pub(super) max_gc_interval_when_soft_limited: Duration,
    /// Accepted without effect: there is no garbage collector.
    pub(super) max_gc_interval_when_hard_limited: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            check_interval: Duration::ZERO,
            limit_mib: 0,
            spike_limit_mib: 0,
            limit_percentage: 0,
            spike_limit_percentage: 0,
            min_gc_interval_when_soft_limited: Duration::from_secs(10),
            min_gc_interval_when_hard_limited: Duration::ZERO,
            max_gc_interval_when_soft_limited: Duration::from_secs(30),
            max_gc_interval_when_hard_limited: Duration::from_secs(30),
        }
    }
}

impl Config {
    /// Reports what is wrong.
    pub(super) fn validate(&self, findings: &mut Findings<'_>) {
        if self.check_interval <= Duration::ZERO {
            findings.refuse(
                &["check_interval"],
                "the time between measurements must be positive",
                "write a duration such as `1s`",
                "'check_interval' must be greater than zero",
            );
        }
        self.validate_intervals(findings);
        if self.limit_mib == 0 && self.limit_percentage == 0 {
            findings.refuse(
                &["limit_mib"],
                "there is no limit",
                "write `limit_mib: 400`, or `limit_percentage: 80` for a share of the memory",
                "'limit_mib' or 'limit_percentage' must be greater than zero",
            );
        }
        for (key, value) in [
            ("limit_percentage", self.limit_percentage),
            ("spike_limit_percentage", self.spike_limit_percentage),
        ] {
            if value > 100 {
                findings.refuse(
                    &[key],
                    &format!("{value} is more than all memory"),
                    "write a percentage up to 100",
                    "'limit_percentage' and 'spike_limit_percentage' must be greater than zero \
                     and less than or equal to hundred",
                );
            }
        }
        if self.limit_mib > 0 && self.limit_mib <= self.spike_limit_mib {
            findings.refuse(
                &["spike_limit_mib"],
                &format!("it is not smaller than `limit_mib` ({})", self.limit_mib),
                "leave it out for a fifth of the limit",
                "'spike_limit_mib' must be smaller than 'limit_mib'",
            );
        }
        if self.limit_percentage > 0 && self.limit_percentage <= self.spike_limit_percentage {
            findings.refuse(
                &["spike_limit_percentage"],
                &format!("it is not smaller than `limit_percentage` ({})", self.limit_percentage),
                "leave it out for a fifth of the limit",
                "'spike_limit_percentage' must be smaller than 'limit_percentage'",
            );
        }
    }

    /// The intervals have no effect, but a configuration that the reference refuses is refused.
    fn validate_intervals(&self, findings: &mut Findings<'_>) {
        let (min_soft, min_hard) =
            (self.min_gc_interval_when_soft_limited, self.min_gc_interval_when_hard_limited);
        let (max_soft, max_hard) =
            (self.max_gc_interval_when_soft_limited, self.max_gc_interval_when_hard_limited);
        let is_set = |value: Duration| value > Duration::ZERO;
        let mut refuse = |holds: bool, key: &str, what: &str, reference: &str| {
            if !holds {
                findings.refuse(&[key], what, "leave it out: it has no effect", reference);
            }
        };
        refuse(
            min_soft >= min_hard,
            "min_gc_interval_when_soft_limited",
            "it is shorter than `min_gc_interval_when_hard_limited`",
            "'min_gc_interval_when_soft_limited' should be larger than \
             'min_gc_interval_when_hard_limited'",
        );
        refuse(
            !max_soft.is_negative(),
            "max_gc_interval_when_soft_limited",
            "it is negative",
            "'max_gc_interval_when_soft_limited' must be non-negative",
        );
        refuse(
            !max_hard.is_negative(),
            "max_gc_interval_when_hard_limited",
            "it is negative",
            "'max_gc_interval_when_hard_limited' must be non-negative",
        );
        refuse(
            !is_set(max_soft) || max_soft >= min_soft,
            "max_gc_interval_when_soft_limited",
            "it is shorter than `min_gc_interval_when_soft_limited`",
            "'max_gc_interval_when_soft_limited' must be greater than or equal to \
             'min_gc_interval_when_soft_limited' (or 0 to disable)",
        );
        refuse(
            !is_set(max_hard) || max_hard >= min_hard,
            "max_gc_interval_when_hard_limited",
            "it is shorter than `min_gc_interval_when_hard_limited`",
            "'max_gc_interval_when_hard_limited' must be greater than or equal to \
             'min_gc_interval_when_hard_limited' (or 0 to disable)",
        );
        refuse(
            !is_set(max_soft) || !is_set(max_hard) || max_soft >= max_hard,
            "max_gc_interval_when_soft_limited",
            "it is shorter than `max_gc_interval_when_hard_limited`",
            "'max_gc_interval_when_soft_limited' should be larger than or equal to \
             'max_gc_interval_when_hard_limited' (when both are set)",
        );
    }

    /// The limits in bytes.
    ///
    /// # Errors
    /// When they are percentages of something that cannot be found out.
    pub(super) fn limits(&self) -> Result<Limits, String> {
        let (hard, spike) = match self.limit_mib {
            0 => {
                let total = memory::total()
                    .ok_or("failed to get total memory, use fixed memory settings (limit_mib)")?;
                let share = |percent: u32| total / 100 * u64::from(percent);
                (share(self.limit_percentage), share(self.spike_limit_percentage))
            }
            limit => (u64::from(limit) * MIB, u64::from(self.spike_limit_mib) * MIB),
        };
        let spike = if spike == 0 { hard / 5 } else { spike };
        Ok(Limits { hard, soft: hard.saturating_sub(spike) })
    }

    /// Logs what is in force.
    pub(super) fn log(&self, limits: Limits) {
        if self.limit_mib == 0 {
            tracing::info!(
                total_memory_mib = memory::total().unwrap_or_default() / MIB,
                limit_percentage = self.limit_percentage,
                spike_limit_percentage = self.spike_limit_percentage,
                "Using percentage memory limiter"
            );
        }
        tracing::info!(
            limit_mib = limits.hard / MIB,
            spike_limit_mib = (limits.hard - limits.soft) / MIB,
            check_interval = %self.check_interval,
            "Memory limiter configured"
        );
    }
}
