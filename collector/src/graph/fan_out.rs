//! Fan-out: one batch to several consumers. Batches share their bytes, so nothing is copied.

use std::sync::Arc;

use async_trait::async_trait;
use holt_pdata::Batch;

use crate::component::{Consumer, Context, Refused};

/// One consumer that offers every batch to all of `consumers`; a single one is used as it is.
pub fn fan_out(mut consumers: Vec<Arc<dyn Consumer>>) -> Arc<dyn Consumer> {
    match consumers.len() {
        1 => consumers.remove(0),
        _ => Arc::new(FanOut { consumers }),
    }
}

struct FanOut {
    consumers: Vec<Arc<dyn Consumer>>,
}

#[async_trait]
impl Consumer for FanOut {
    /// All consumers are offered the batch at the same time, so that a slow one does not delay the
    /// others; one that refuses does not keep the others from taking it.
    async fn consume(&self, batch: Batch, context: Context) -> Result<(), Refused> {
        let offers = self
            .consumers
            .iter()
            .map(|consumer| consumer.consume(batch.clone(), context.clone()))
            .collect::<Vec<_>>();
        // The shares made above are the ones that count.
        context.ack.resolve(crate::component::AckOutcome::Delivered);
        let answers = futures_util::future::join_all(offers).await;
        match Refused::combine(answers.into_iter().filter_map(Result::err)) {
            None => Ok(()),
            Some(refused) => Err(refused),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::component::{Ack, AckOutcome};
    use bytes::Bytes;
    use holt_pdata::Signal;

    struct Answer(Result<(), Refused>);

    #[async_trait]
    impl Consumer for Answer {
        async fn consume(&self, _batch: Batch, context: Context) -> Result<(), Refused> {
            if self.0.is_ok() {
                context.ack.resolve(AckOutcome::Delivered);
            }
            self.0.clone()
        }
    }

    async fn offer(answers: Vec<Result<(), Refused>>) -> (Result<(), Refused>, AckOutcome) {
        let consumers = answers
            .into_iter()
            .map(|answer| Arc::new(Answer(answer)) as Arc<dyn Consumer>)
            .collect();
        let batch = Batch::decode(Signal::Logs, Bytes::new()).expect("an empty request is valid");
        let (ack, outcome) = Ack::root();
        let context = Context::none().with_ack(ack);
        let answer = fan_out(consumers).consume(batch, context).await;
        (answer, outcome.await)
    }

    #[tokio::test]
    async fn all_takers_make_it_delivered() {
        assert_eq!(offer(vec![Ok(()), Ok(())]).await, (Ok(()), AckOutcome::Delivered));
    }

    #[tokio::test]
    async fn one_refusal_is_the_answer() {
        let no = Refused::retryable("full");
        assert_eq!(offer(vec![Ok(()), Err(no.clone())]).await, (Err(no), AckOutcome::Lost));
    }
}
