//! `flatten_data`: log records that do not share their resource and scope while statements run.
//!
//! A batch is taken apart before the program and put together behind it, by consumers on both sides
//! of the processor that runs it.

use std::sync::Arc;

use async_trait::async_trait;
use holt_pdata::Batch;
use holt_runtime::Program;

use crate::component::{Component, Consumer, Context, Processor, Refused};
use crate::ottl::ProgramProcessor;

/// A processor that runs a program on records that stand apart.
pub(super) fn create(program: Option<Arc<Program>>, next: Arc<dyn Consumer>) -> Arc<dyn Processor> {
    let together = Arc::new(Step { change: Batch::grouped, next });
    let program = ProgramProcessor::create(program, together);
    Arc::new(Step { change: Batch::flattened, next: program })
}

/// Changes batches as a whole and passes them on.
struct Step<C: ?Sized> {
    change: fn(&Batch) -> Batch,
    next: Arc<C>,
}

impl<C: Consumer + ?Sized> Component for Step<C> {}

#[async_trait]
impl<C: Consumer + ?Sized> Consumer for Step<C> {
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        self.next.consume((self.change)(&batch), context).await
    }
}
