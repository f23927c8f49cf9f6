//! Decoding protobuf: views show what prost reads, however the request was written.

#![allow(clippy::unwrap_used)] // A panic is how a test fails.

use bytes::Bytes;
use holt_pdata::{Batch, Repairs, Signal};
use proptest::prelude::*;

mod common;
use common::checks;
use common::hostile::{Liberties, disturb};
use common::mirror::{by_prost, by_views, generate};
use common::source::Source;
use common::strategies::{choices, decode, signals};

#[path = "../../../benches/fixtures/spans.rs"]
mod spans;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn views_show_what_prost_wrote(signal in signals(), choices in choices()) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let batch = decode(signal, &bytes);
        prop_assert_eq!(batch.repairs(), Repairs::default());
        prop_assert_eq!(batch.bytes(), &bytes);
        prop_assert_eq!(by_views(&batch, false), bytes);
    }

    #[test]
    fn any_order_and_padding_stay_on_the_fast_path(
        signal in signals(), choices in choices(), more in choices(),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let liberties = Liberties { repeat: false, break_text: false };
        let disturbed = disturb(signal, &bytes, liberties, &mut Source::new(&more.0));
        let batch = decode(signal, &disturbed.bytes);
        prop_assert_eq!(batch.repairs(), Repairs::default());
        prop_assert_eq!(batch.bytes(), &disturbed.bytes);
        prop_assert_eq!(by_views(&batch, false), by_prost(signal, &disturbed.bytes).unwrap());
    }

    #[test]
    fn repeated_fields_and_broken_text_are_mended(
        signal in signals(), choices in choices(), more in choices(),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let liberties = Liberties { repeat: true, break_text: true };
        let disturbed = disturb(signal, &bytes, liberties, &mut Source::new(&more.0));
        let batch = decode(signal, &disturbed.bytes);
        prop_assert_eq!(batch.repairs(), disturbed.repairs);
        checks::readable(&batch);
        prop_assert_eq!(by_views(&batch, false), by_prost(signal, &disturbed.clean).unwrap());
    }

    #[test]
    fn cut_off_or_garbled_bytes_never_panic(
        signal in signals(),
        choices in choices(),
        more in choices(),
        cut in any::<prop::sample::Index>(),
        garbled in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let bytes = generate(signal, &mut Source::new(&choices.0));
        let liberties = Liberties { repeat: true, break_text: true };
        let mut bytes = disturb(signal, &bytes, liberties, &mut Source::new(&more.0)).bytes;
        bytes.truncate(cut.index(bytes.len() + 1));
        for (at, byte) in garbled {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        checks::wire(signal, &bytes);
    }

    #[test]
    fn any_bytes_never_panic(signal in signals(), bytes: Vec<u8>) {
        checks::wire(signal, &bytes);
    }
}

/// Requests that are cut off, or have one faulty byte, are refused at a place inside and with a
/// path; a fault deep inside has a long one.
#[test]
fn refusals_lie_inside() {
    let mut random = spans::Random(11);
    let mut deepest = 0;
    for signal in Signal::ALL {
        // The first of the random requests that is of a fitting size.
        let bytes = std::iter::repeat_with(|| {
            let choices: Vec<u8> = (0..4000).map(|_| random.below(256) as u8).collect();
            generate(signal, &mut Source::new(&choices))
        })
        .find(|bytes| (1500..2500).contains(&bytes.len()))
        .unwrap();
        let cut = (0..bytes.len()).map(|length| bytes[..length].to_vec());
        let faulty = (0..bytes.len()).map(|at| {
            let mut faulty = bytes.clone();
            faulty[at] ^= 7;
            faulty
        });
        for bytes in cut.chain(faulty) {
            if let Err(error) = Batch::decode(signal, Bytes::copy_from_slice(&bytes)) {
                assert!(error.offset <= bytes.len(), "{error}");
                assert!(!error.path.is_empty() || error.offset == 0, "{error}");
                deepest = deepest.max(error.path.split('.').count());
            }
        }
    }
    assert!(deepest >= 5, "paths go down to the field: {deepest}");
}
