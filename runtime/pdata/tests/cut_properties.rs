//! Joining and cutting random requests loses nothing.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A panic is how a test fails.

use holt_pdata::schema::{Kind, Message, Role};
use holt_pdata::wire::Fields;
use holt_pdata::{Batch, Limit, Signal};
use proptest::prelude::*;

mod common;
use common::checks;
use common::hostile::{Liberties, disturb};
use common::mirror::{by_views, generate};
use common::source::Source;
use common::strategies::{Choices, choices, decode, signals};

/// A random request, its fields in any order.
fn batch(signal: Signal, choices: &Choices, more: &Choices) -> Batch {
    let bytes = generate(signal, &mut Source::new(&choices.0));
    let liberties = Liberties { repeat: false, break_text: false };
    decode(signal, &disturb(signal, &bytes, liberties, &mut Source::new(&more.0)).bytes)
}

/// Items in order, each with all that stands around it; also what holds no items. A profile counts
/// as one, since it is never cut.
fn leaves(batches: &[Batch]) -> Vec<Vec<Vec<u8>>> {
    let mut out = Vec::new();
    for batch in batches {
        walk(batch.signal().request(), batch.bytes(), &mut Vec::new(), &mut out);
    }
    out
}

fn walk(
    message: &'static Message,
    bytes: &[u8],
    around: &mut Vec<Vec<u8>>,
    out: &mut Vec<Vec<Vec<u8>>>,
) {
    let is_child = |number: u32| match message.field(number).map(|field| field.kind) {
        Some(Kind::Message(child)) => match child.role {
            Role::Holder | Role::Item if message.name != "Profile" => Some(child),
            _ => None,
        },
        _ => None,
    };
    let mut own = Vec::new();
    let (mut fields, mut start) = (Fields::new(bytes), 0);
    while let Some(raw) = fields.next() {
        if is_child(raw.number).is_none() {
            own.push((raw.number, &bytes[start..fields.offset()]));
        }
        start = fields.offset();
    }
    // Parts write the fields around the children by number; those of one number keep their order.
    own.sort_by_key(|(number, _)| *number);
    let own = own.into_iter().flat_map(|(_, field)| field.to_vec());
    around.push(message.name.bytes().chain(own).collect());
    let mut children =
        Fields::new(bytes).filter_map(|raw| Some((is_child(raw.number)?, raw.bytes))).peekable();
    // The request itself may well be empty.
    if children.peek().is_none() && around.len() > 1 {
        out.push(around.clone());
    }
    for (child, bytes) in children {
        walk(child, bytes, around, out);
    }
    around.pop();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn joined_batches_are_all_their_requests(
        signal in prop::sample::select(vec![Signal::Traces, Signal::Metrics, Signal::Logs]),
        parts in prop::collection::vec((choices(), choices()), 1..4),
    ) {
        let parts: Vec<Batch> =
            parts.iter().map(|(choices, more)| batch(signal, choices, more)).collect();
        let joined = Batch::concat(&parts).unwrap();
        checks::readable(&joined);
        prop_assert_eq!(joined.items(), parts.iter().map(Batch::items).sum::<usize>());
        // Unknown fields of the requests themselves come together.
        let below = |batches: &[Batch]| -> Vec<_> {
            leaves(batches).into_iter().map(|leaf| leaf[1..].to_vec()).collect()
        };
        prop_assert!(below(std::slice::from_ref(&joined)) == below(&parts));
        // A request is one repeated field, for prost as well.
        let views: Vec<u8> = parts.iter().flat_map(|part| by_views(part, false)).collect();
        prop_assert_eq!(by_views(&joined, false), views);
    }

    #[test]
    fn parts_by_items_lose_nothing(
        signal in signals(), choices in choices(), more in choices(), most in 0usize..9,
    ) {
        let batch = batch(signal, &choices, &more);
        let parts = batch.split(Limit::Items(most));
        parts.iter().for_each(checks::readable);
        prop_assert_eq!(parts.iter().map(Batch::items).sum::<usize>(), batch.items());
        prop_assert!(leaves(&parts) == leaves(std::slice::from_ref(&batch)));
        if signal != Signal::Profiles {
            prop_assert!(parts.iter().all(|part| part.items() <= most.max(1)));
            // All parts but the last are full.
            let full = parts.iter().rev().skip(1).all(|part| part.items() == most.max(1));
            prop_assert!(full, "{:?}", parts.iter().map(Batch::items).collect::<Vec<_>>());
        }
    }

    #[test]
    fn parts_by_bytes_lose_nothing(
        signal in signals(), choices in choices(), more in choices(), most in 0usize..3000,
    ) {
        let batch = batch(signal, &choices, &more);
        let parts = batch.split(Limit::Bytes(most));
        parts.iter().for_each(checks::readable);
        prop_assert!(leaves(&parts) == leaves(std::slice::from_ref(&batch)));
        for part in &parts {
            // A part beyond the limit could not be smaller.
            let count = leaves(std::slice::from_ref(part)).len();
            prop_assert!(part.encoded_len() <= most || count <= 1, "{count} leaves");
        }
    }
}
