//! Which traces are kept.

use super::SpanContext;
use crate::config::service::{Choice, Sampler as Settings};

/// Decides whether a trace is kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sampler {
    /// As the caller decided, and by these for traces without a caller and for each of its answers.
    Parent { root: Share, remote: [Share; 2], local: [Share; 2] },
    /// The same for all.
    Share(Share),
}

/// The share of traces that is kept, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share(f64);

const ALL: Share = Share(1.0);
const NONE: Share = Share(0.0);

impl Share {
    fn of(choice: Option<&Choice>, usual: Self) -> Self {
        let Some(choice) = choice else { return usual };
        if choice.always_off.is_some() {
            return NONE;
        }
        match &choice.trace_id_ratio_based {
            Some(share) if choice.always_on.is_none() => Self(share.ratio.unwrap_or(1.0)),
            _ => ALL,
        }
    }

    /// The last eight bytes of the id decide, so that all processes decide alike.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a share of traces need not be exact"
    )]
    fn keeps(self, trace_id: &[u8; 16]) -> bool {
        if self.0 >= 1.0 {
            return true;
        }
        let [.., a, b, c, d, e, f, g, h] = *trace_id;
        let place = u64::from_be_bytes([a, b, c, d, e, f, g, h]) >> 1;
        place < (self.0.max(0.0) * (1u64 << 63) as f64) as u64
    }
}

impl Sampler {
    /// The sampler of settings; all traces without a caller when there are none.
    pub(super) fn new(settings: Option<&Settings>) -> Self {
        let usual = Self::Parent { root: ALL, remote: [NONE, ALL], local: [NONE, ALL] };
        let Some(settings) = settings else { return usual };
        if let Some(parent) = &settings.parent_based {
            return Self::Parent {
                root: Share::of(parent.root.as_ref(), ALL),
                remote: [
                    Share::of(parent.remote_parent_not_sampled.as_ref(), NONE),
                    Share::of(parent.remote_parent_sampled.as_ref(), ALL),
                ],
                local: [
                    Share::of(parent.local_parent_not_sampled.as_ref(), NONE),
                    Share::of(parent.local_parent_sampled.as_ref(), ALL),
                ],
            };
        }
        let choice = Choice {
            always_on: settings.always_on.clone(),
            always_off: settings.always_off.clone(),
            trace_id_ratio_based: settings.trace_id_ratio_based.clone(),
        };
        Self::Share(Share::of(Some(&choice), ALL))
    }

    /// Whether a new span of a trace is kept.
    pub(super) fn keeps(self, trace_id: &[u8; 16], parent: Option<&SpanContext>) -> bool {
        let share = match (self, parent) {
            (Self::Share(share), _) | (Self::Parent { root: share, .. }, None) => share,
            (Self::Parent { remote, local, .. }, Some(parent)) => {
                let [not_sampled, sampled] = if parent.is_remote { remote } else { local };
                if parent.is_sampled { sampled } else { not_sampled }
            }
        };
        share.keeps(trace_id)
    }
}
