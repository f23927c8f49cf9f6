//! Random edits through `edit` equal the same edits on prost's types, and what was written reads
//! back without repair.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // A panic is how a test fails.

use holt_pdata::{Batch, Level, Signal};
use proptest::prelude::*;
use prost::Message;

#[path = "../common/mod.rs"]
mod common;
mod oracle;
mod views;
mod visit;

use common::checks;
use common::hostile::{Liberties, disturb};
use common::mirror::{Logs, Metrics, Traces, by_views, generate};
use common::source::Source;
use common::strategies::{choices, decode};
use oracle::Visits;
use visit::Visit;

/// What the request looks like after the same visits on prost's types.
fn expected(batch: &Batch, level: Level, visits: &[Visit]) -> Batch {
    let mut visits = Visits::new(visits, level);
    let bytes = batch.bytes().clone();
    let bytes = match batch.signal() {
        Signal::Traces => {
            let mut request = Traces::decode(bytes).unwrap();
            oracle::traces(&mut request, &mut visits);
            request.encode_to_vec()
        }
        Signal::Logs => {
            let mut request = Logs::decode(bytes).unwrap();
            oracle::logs(&mut request, &mut visits);
            request.encode_to_vec()
        }
        _ => {
            let mut request = Metrics::decode(bytes).unwrap();
            oracle::metrics(&mut request, &mut visits);
            request.encode_to_vec()
        }
    };
    decode(batch.signal(), &bytes)
}

fn levels() -> impl Strategy<Value = (Signal, Level)> {
    prop::sample::select(vec![
        (Signal::Traces, Level::Record),
        (Signal::Traces, Level::SpanEvent),
        (Signal::Traces, Level::Scope),
        (Signal::Logs, Level::Record),
        (Signal::Logs, Level::Resource),
        (Signal::Metrics, Level::Record),
        (Signal::Metrics, Level::DataPoint),
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn edits_equal_those_on_prost_types(
        (signal, level) in levels(), choices in choices(), more in choices(), edits in choices(),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        // In any order that a writer may choose, for the half of them.
        let liberties = Liberties { repeat: false, break_text: false };
        let shuffled = disturb(signal, &bytes, liberties, &mut Source::new(&more.0)).bytes;
        let batch = decode(signal, if more.0.len() % 2 == 0 { &shuffled } else { &bytes });
        let mut source = Source::new(&edits.0);
        let visits: Vec<Visit> =
            (0..1 + source.below(5)).map(|_| Visit::new(signal, &mut source)).collect();

        let edited = views::visited(&batch, level, &visits);
        checks::readable(&edited);
        let expected = expected(&batch, level, &visits);
        prop_assert_eq!(edited.items(), expected.items());
        // An edit may create a parent that stays empty, or not; that means the same.
        prop_assert_eq!(by_views(&edited, true), by_views(&expected, true));
    }
}
