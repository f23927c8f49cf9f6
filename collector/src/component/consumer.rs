//! How batches pass from component to component, and how one says no.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use holt_pdata::Batch;
use holt_runtime::Program;

use super::Context;
use crate::net::status::{Code, Status};

/// Takes batches: a processor, an exporter, a connector, or several of them at once.
#[async_trait]
pub trait Consumer: Send + Sync {
    /// Offers a batch. `Ok` means that responsibility for it was taken; the outcome goes to the
    /// context's [`Ack`](super::Ack). A refusal leaves the batch with the caller.
    ///
    /// May be cancelled at any await, which counts as a refusal.
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused>;

    /// The program that is all this consumer does before it passes batches on, and to whom. A
    /// processor in front of it that runs a program too takes both over and does them in one go.
    fn program(&self) -> Option<(&Arc<Program>, &Arc<dyn Consumer>)> {
        None
    }
}

/// A batch was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{}{message}", permanent_prefix(*permanent), code_prefix(*code))]
pub struct Refused {
    /// Whether offering the same batch again is pointless.
    pub permanent: bool,
    /// Whether it is permanent because of the size of the batch, so that parts of it may be taken.
    pub too_large: bool,
    /// The least time to wait before offering it again.
    pub after: Option<Duration>,
    /// For people.
    pub message: String,
    /// The status code of a peer, to be passed on to whoever sent the batch.
    pub code: Option<Code>,
}

const fn permanent_prefix(permanent: bool) -> &'static str {
    if permanent { "Permanent error: " } else { "" }
}

/// A peer's code is shown as gRPC libraries show it.
fn code_prefix(code: Option<Code>) -> String {
    code.map(|code| format!("rpc error: code = {code:?} desc = ")).unwrap_or_default()
}

impl Refused {
    /// A refusal that may pass with time.
    pub fn retryable(message: impl Into<String>) -> Self {
        Self {
            permanent: false,
            too_large: false,
            after: None,
            message: message.into(),
            code: None,
        }
    }

    /// A refusal that will stay the same.
    pub fn permanent(message: impl Into<String>) -> Self {
        Self { permanent: true, ..Self::retryable(message) }
    }

    /// A refusal for its size of a batch whose parts may be taken.
    pub fn too_large(message: impl Into<String>) -> Self {
        Self { too_large: true, ..Self::permanent(message) }
    }

    /// Adds the least time to wait.
    #[must_use]
    pub fn with_after(mut self, after: Option<Duration>) -> Self {
        self.after = after;
        self
    }

    /// Adds the peer's status code.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.code = Some(code);
        self
    }

    /// A refusal for what a peer answered, retryable when OTLP says so. A peer whose resources are
    /// exhausted and that does not say when to come back means the size of the batch.
    pub fn from_status(status: Status) -> Self {
        let too_large = status.code == Code::ResourceExhausted && status.retry_after.is_none();
        Self {
            permanent: !status.code.is_retryable(status.retry_after.is_some()),
            too_large,
            after: status.retry_after,
            message: status.message,
            code: Some(status.code),
        }
    }

    /// The status to answer a client with: the peer's code when there is one, otherwise
    /// `Unavailable` for what may pass and `Internal` for what will stay.
    pub fn to_status(&self) -> Status {
        let code = self.code.unwrap_or(match self.permanent {
            true => Code::Internal,
            false => Code::Unavailable,
        });
        Status { code, message: self.message.clone(), retry_after: self.after }
    }

    /// The refusals of several consumers of the same batch as one; `None` when there are none.
    /// Permanent as soon as one is, since the batch will never get through to all; the longest
    /// wait; the first code.
    pub fn combine(refusals: impl IntoIterator<Item = Self>) -> Option<Self> {
        refusals.into_iter().reduce(|first, next| Self {
            permanent: first.permanent || next.permanent,
            // What one of them would take in parts, another has taken, or never will.
            too_large: first.too_large && next.too_large,
            after: first.after.max(next.after),
            message: format!("{}; {}", first.message, next.message),
            code: first.code.or(next.code),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_permanent_refusal_makes_all_permanent() {
        let busy = Refused::retryable("busy").with_after(Some(Duration::from_secs(3)));
        let never = Refused::permanent("never");
        let both = Refused::combine([busy, never]).expect("two refusals");
        assert!(both.permanent);
        assert_eq!(both.message, "busy; never");
        assert_eq!(both.to_status().code, Code::Internal);
        assert_eq!(Refused::combine([]), None);
    }

    #[test]
    fn a_peers_code_is_passed_on() {
        let refused = Refused::from_status(Status::new(Code::ResourceExhausted, "full"));
        assert!(refused.permanent && refused.too_large);
        assert_eq!(refused.to_status().code, Code::ResourceExhausted);
        let later = Status::new(Code::ResourceExhausted, "later");
        let refused = Refused::from_status(later.with_retry_after(Some(Duration::from_secs(1))));
        assert!(!refused.permanent && !refused.too_large);
    }
}
