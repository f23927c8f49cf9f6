//! Settings are accepted and refused as in the reference, and pipelines share a limiter.

use std::sync::Arc;

use holt_pdata::Signal;

use super::Factory;
use crate::component::{
    ComponentState, Context, Host, Kind, Processor, ProcessorConfig, ProcessorFactory,
};
use crate::config::ids::ComponentId;
use crate::testing::{Recorder, node, section, settings, spans};

/// What the factory says to settings: a configuration, or the reference's messages.
fn configure(yaml: &str) -> Result<Box<dyn ProcessorConfig>, Vec<String>> {
    let node = node(yaml);
    let id = ComponentId::of_type("memory_limiter").expect("id");
    let mut findings = Vec::new();
    let parsed = Factory::default().parse(section(&id, &node), &mut findings);
    let notes = findings.into_iter().flat_map(|finding| finding.notes);
    parsed.ok_or_else(|| {
        let said = notes
            .filter_map(|note| note.strip_prefix("the Go collector says: ").map(str::to_owned));
        said.collect()
    })
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = [
        ("{limit_mib: 5}", "'check_interval' must be greater than zero"),
        ("{check_interval: 1s}", "'limit_mib' or 'limit_percentage' must be greater than zero"),
        (
            "{check_interval: 1s, limit_mib: 5, spike_limit_mib: 5}",
            "'spike_limit_mib' must be smaller than 'limit_mib'",
        ),
        (
            "{check_interval: 1s, limit_percentage: 101}",
            "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less \
             than or equal to hundred",
        ),
        (
            "{check_interval: 1s, limit_percentage: 50, spike_limit_percentage: 60}",
            "'spike_limit_percentage' must be smaller than 'limit_percentage'",
        ),
        (
            "{check_interval: 1s, limit_mib: 5, min_gc_interval_when_hard_limited: 11s}",
            "'min_gc_interval_when_soft_limited' should be larger than \
             'min_gc_interval_when_hard_limited'",
        ),
        (
            "{check_interval: 1s, limit_mib: 5, max_gc_interval_when_soft_limited: 20s}",
            "'max_gc_interval_when_soft_limited' should be larger than or equal to \
             'max_gc_interval_when_hard_limited' (when both are set)",
        ),
    ];
    for (yaml, expected) in refused {
        let messages = configure(yaml).err().unwrap_or_default();
        assert_eq!(messages, [expected], "{yaml}");
    }
    let limits = "check_interval: 5s, limit_mib: 4000, spike_limit_mib: 800";
    for yaml in [
        format!("{{{limits}}}"),
        "{check_interval: 1s, limit_percentage: 100}".to_owned(),
        format!("{{{limits}, max_gc_interval_when_soft_limited: 0}}"),
    ] {
        assert!(configure(&yaml).is_ok(), "{yaml}");
    }
}

#[tokio::test]
async fn a_process_beyond_its_limit_refuses_in_all_pipelines() {
    // No process of this kind has less than a mebibyte.
    let config = configure("{check_interval: 1h, limit_mib: 1}").expect("valid");
    let host = Host::default();
    let mut held: Vec<Arc<dyn Processor>> = Vec::new();
    for _ in 0..2 {
        let (settings, _hub) = settings(Kind::Processor, "memory_limiter");
        let (status, metrics) = (settings.status.clone(), settings.metrics.clone());
        status.report(ComponentState::Starting);
        let next = Arc::new(Recorder::default());
        let limiter = config.create(settings, Signal::Traces, next.clone()).expect("created");
        limiter.start(&host).await.expect("started");
        let refused = limiter.consume(spans(3), Context::none()).await.expect_err("refused");
        assert!(!refused.permanent);
        assert_eq!(metrics.total("otelcol_processor_memory_limiter_refused_spans"), 3);
        assert_eq!(next.offers(), 0);
        assert!(matches!(status.state(), ComponentState::RecoverableError(_)));
        held.push(limiter);
    }
}

#[tokio::test]
async fn within_the_limit_everything_passes() {
    let config = configure("{check_interval: 1h, limit_mib: 1000000}").expect("valid");
    let (settings, _hub) = settings(Kind::Processor, "memory_limiter");
    let metrics = settings.metrics.clone();
    let next = Arc::new(Recorder::default());
    let limiter = config.create(settings, Signal::Traces, next.clone()).expect("created");
    limiter.start(&Host::default()).await.expect("started");
    limiter.consume(spans(3), Context::none()).await.expect("taken");
    assert_eq!(next.sizes(), [3]);
    assert_eq!(metrics.total("otelcol_processor_memory_limiter_accepted_spans"), 3);
}
