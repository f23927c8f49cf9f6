//! Which level takes a batch, and when the preferred one is tried again.

use std::sync::Arc;

use holt_pdata::Signal;

use super::Factory;
use crate::component::{
    Ack, AckOutcome, Connector, ConnectorConfig, ConnectorFactory, Context, Kind, PipelineOutput,
    Refused,
};
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, node, section, settings, spans};

fn configure(yaml: &str) -> Option<Box<dyn ConnectorConfig>> {
    let node = node(yaml);
    let id = ComponentId::of_type("failover").expect("id");
    Factory::default().parse(section(&id, &node), &mut Vec::new())
}

fn connector(levels: &[&Arc<Recorder>], interval: &str) -> Arc<dyn Connector> {
    let names = ["traces/a", "traces/b", "traces/c"];
    let lists: Vec<String> =
        levels.iter().zip(names).map(|(_, name)| format!("[{name}]")).collect();
    let yaml = format!("{{priority_levels: [{}], retry_interval: {interval}}}", lists.join(", "));
    let outputs = levels.iter().zip(names).map(|(level, name)| {
        let id = name.parse().expect("an id");
        PipelineOutput { id, consumer: (*level).clone() }
    });
    let (settings, _hub) = settings(Kind::Connector, "failover");
    let config = configure(&yaml).expect("valid");
    config.create(settings, Signal::Traces, outputs.collect()).expect("created")
}

fn refusing(times: usize) -> Arc<Recorder> {
    Recorder::refusing((0..times).map(|_| Refused::retryable("down")))
}

#[test]
fn settings_that_cannot_work_are_refused() {
    for yaml in
        ["{}", "{priority_levels: [[traces]], retry_interval: 0s}", "{priority_levels: [[a]]}"]
    {
        assert!(configure(yaml).is_none(), "{yaml}");
    }
    assert!(configure("{priority_levels: [[traces]], retry_gap: 1s, max_retries: 3}").is_some());
}

async fn send(failover: &Arc<dyn Connector>, items: usize) {
    let (ack, outcome) = Ack::root();
    failover.consume(spans(items), Context::none().with_ack(ack)).await.expect("taken");
    assert_eq!(outcome.await, AckOutcome::Delivered);
}

#[tokio::test]
async fn the_next_level_takes_over_at_once() {
    let (first, second) = (refusing(1), Arc::new(Recorder::default()));
    let failover = connector(&[&first, &second], "1h");
    for items in 1..4 {
        send(&failover, items).await;
    }
    assert_eq!((first.offers(), second.sizes()), (1, vec![1, 2, 3]));
}

#[tokio::test]
async fn the_preferred_level_is_tried_again() {
    let (first, second) = (refusing(2), Arc::new(Recorder::default()));
    let failover = connector(&[&first, &second], "1ns");
    for items in 1..5 {
        send(&failover, items).await;
    }
    assert_eq!((first.sizes(), second.sizes()), (vec![3, 4], vec![1, 2]));
}

#[tokio::test]
async fn all_levels_refuse_as_one() {
    let (first, second) = (refusing(1), refusing(1));
    let failover = connector(&[&first, &second], "1h");
    let refused = failover.consume(spans(1), Context::none()).await.expect_err("refused");
    assert!(!refused.permanent);
    assert!(refused.message.starts_with("All provided pipelines return errors"), "{refused}");
    failover.consume(spans(2), Context::none()).await.expect("taken");
    assert_eq!((first.sizes(), second.sizes()), (vec![2], Vec::new()));
}
