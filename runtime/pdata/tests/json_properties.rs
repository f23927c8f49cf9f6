//! OTLP/JSON for random requests: nothing is lost on the way there and back, every way of writing
//! it is read, and whatever else comes is refused without a panic.

#![allow(clippy::unwrap_used)] // A panic is how a test fails.

use holt_pdata::{Repairs, json};
use proptest::prelude::*;

mod common;
use common::checks;
use common::hostile::{Liberties, disturb};
use common::liberal::liberal;
use common::mirror::{by_views, generate};
use common::source::Source;
use common::strategies::{choices, decode, signals};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn json_there_and_back_is_the_same_request(
        signal in signals(), choices in choices(), more in choices(),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let liberties = Liberties { repeat: true, break_text: true };
        let disturbed = disturb(signal, &bytes, liberties, &mut Source::new(&more.0));
        let batch = decode(signal, &disturbed.bytes);
        let text = json::encode(&batch);
        prop_assert!(serde_json::from_slice::<serde_json::Value>(&text).is_ok());
        let again = json::decode(signal, &text).unwrap();
        prop_assert_eq!(again.repairs(), Repairs::default());
        prop_assert_eq!(by_views(&again, true), by_views(&batch, true));
        checks::in_order(signal.request(), again.bytes());
        checks::readable(&again);
    }

    #[test]
    fn every_way_of_writing_json_is_read(
        signal in signals(), choices in choices(), more in choices(),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let text = liberal(signal, &bytes, &mut Source::new(&more.0));
        let batch = json::decode(signal, text.as_bytes())
            .map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(batch.repairs(), Repairs::default());
        prop_assert_eq!(by_views(&batch, false), bytes, "{}", text);
        checks::in_order(signal.request(), batch.bytes());
    }

    #[test]
    fn cut_off_or_garbled_text_never_panics(
        signal in signals(),
        choices in choices(),
        more in choices(),
        cut in any::<prop::sample::Index>(),
        garbled in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let mut text = liberal(signal, &bytes, &mut Source::new(&more.0)).into_bytes();
        if cut.index(4) > 0 {
            text.truncate(cut.index(text.len() + 1));
        }
        for (at, byte) in garbled {
            if !text.is_empty() {
                let at = at.index(text.len());
                text[at] = byte;
            }
        }
        checks::json(signal, &text);
    }

    #[test]
    fn any_text_never_panics(signal in signals(), text: Vec<u8>) {
        checks::json(signal, &text);
    }

    #[test]
    fn any_json_never_panics(signal in signals(), text in "[\\[\\]{}:,\" \\\\ntrue0-9.eEu+-]{0,40}") {
        checks::json(signal, text.as_bytes());
    }
}
