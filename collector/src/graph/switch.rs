//! Where a receiver's batches enter the pipelines: the one place at which a reload puts another
//! way in place of the old one while batches keep coming.

use std::future::Future;
use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use holt_pdata::Batch;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::component::{Consumer, Context, Refused};

/// A consumer that passes everything on to another one, which can be exchanged.
pub struct Switch {
    way: ArcSwap<Way>,
}

/// A way that batches take. Whoever has sent a batch along keeps it until there is an answer.
struct Way {
    next: Arc<dyn Consumer>,
    /// Cancels its token when the last batch has been answered and no new one can come.
    left: DropGuard,
}

impl Way {
    fn to(next: Arc<dyn Consumer>) -> Arc<Self> {
        Arc::new(Self { next, left: CancellationToken::new().drop_guard() })
    }
}

impl Switch {
    /// A switch that leads to `next`.
    pub fn new(next: Arc<dyn Consumer>) -> Self {
        Self { way: ArcSwap::new(Way::to(next)) }
    }

    /// Leads what comes from now on to `next`. The future ends once everything that went the old
    /// way has been answered; it need not be awaited.
    pub fn set(&self, next: Arc<dyn Consumer>) -> impl Future<Output = ()> + Send + use<> {
        let old = self.way.swap(Way::to(next));
        let left = old.left.token().clone();
        drop(old);
        async move { left.cancelled().await }
    }
}

#[async_trait]
impl Consumer for Switch {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        let way = self.way.load_full();
        way.next.consume(batch, context).await
    }
}
