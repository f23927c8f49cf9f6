//! The properties that hold for any bytes whatever.

use bytes::Bytes;
use holt_pdata::schema::{Kind, Label, Message};
use holt_pdata::wire::Fields;
use holt_pdata::{Batch, Editor, Level, Open, Repairs, Signal, Verdict, edit, json};

use super::mirror::{by_prost, by_views};

/// The signal that a fuzzer's first byte chooses.
pub(crate) fn signal(choice: u8) -> Signal {
    Signal::ALL[usize::from(choice) % Signal::ALL.len()]
}

/// Bytes as a request in protobuf: prost and this package agree on what they hold, or both refuse.
pub(crate) fn wire(signal: Signal, bytes: &[u8]) {
    let ours = Batch::decode(signal, Bytes::copy_from_slice(bytes));
    let theirs = by_prost(signal, bytes);
    match (&ours, theirs) {
        (Ok(batch), Ok(expected)) => {
            assert_eq!(by_views(batch, false), expected);
            assert!(!batch.repairs().text, "prost took the text");
            if !batch.repairs().merged {
                assert_eq!(batch.bytes(), bytes);
            }
        }
        (Ok(batch), Err(error)) => {
            let depth = error.to_string().contains("recursion limit");
            assert!(batch.repairs().text || depth, "prost refuses: {error}");
            if !depth {
                assert_eq!(by_views(batch, false), by_prost(signal, batch.bytes()).unwrap());
            }
        }
        // Unknown groups may nest 32 deep here; prost counts them like messages.
        (Err(error), Ok(_)) => {
            let groups = bytes.iter().filter(|byte| **byte & 7 == 3).count();
            // To prost an id is any bytes.
            let id = error.reason.starts_with("the id is not");
            assert!(groups > 32 || id, "prost takes what we refuse: {error}");
        }
        (Err(error), Err(_)) => assert!(error.offset <= bytes.len(), "{error}"),
    }
    if let Ok(batch) = ours {
        readable(&batch);
        for level in [Level::Resource, Level::Record, Level::DataPoint, Level::SpanEvent] {
            let same = edit(&batch, level, &mut KeepAll).unwrap();
            assert_eq!(same.bytes().as_ptr(), batch.bytes().as_ptr());
        }
        let text = json::encode(&batch);
        serde_json::from_slice::<serde::de::IgnoredAny>(&text).unwrap();
    }
}

/// Bytes as a request in JSON: what is taken is JSON, and means the same when written again.
pub(crate) fn json(signal: Signal, bytes: &[u8]) {
    match json::decode(signal, bytes) {
        Ok(batch) => {
            readable(&batch);
            assert!(!batch.repairs().merged);
            in_order(signal.request(), batch.bytes());
            let parsed = serde_json::from_slice::<serde::de::IgnoredAny>(bytes);
            assert!(parsed.is_ok() || batch.repairs().text, "{parsed:?}");
            let text = json::encode(&batch);
            let again = json::decode(signal, &text).unwrap();
            assert_eq!(again.repairs(), Repairs::default());
            assert_eq!(json::encode(&again), text);
            assert_eq!(again.items(), batch.items());
        }
        Err(error) => {
            assert!(error.offset <= bytes.len(), "{error}");
            assert!(!error.reason.is_empty());
        }
    }
}

/// A batch that reads back without repair.
pub(crate) fn readable(batch: &Batch) {
    let again = Batch::decode(batch.signal(), batch.bytes().clone()).unwrap();
    assert_eq!(again.repairs(), Repairs::default());
    assert_eq!(again.items(), batch.items());
}

/// Every message has its fields in the order of their numbers, singular ones once and not at their
/// default.
pub(crate) fn in_order(message: &'static Message, bytes: &[u8]) {
    let mut last = 0;
    for raw in Fields::new(bytes) {
        let field = message.field(raw.number).unwrap();
        let repeats = raw.number == last && field.label != Label::Many;
        assert!(raw.number >= last && !repeats, "{}.{}", message.name, field.name);
        last = raw.number;
        match field.kind {
            Kind::Message(child) => in_order(child, raw.bytes),
            _ if field.label == Label::One => assert!(raw.scalar != 0 || !raw.bytes.is_empty()),
            _ => {}
        }
    }
}

struct KeepAll;

impl<'a> Editor<'a> for KeepAll {
    type Error = std::convert::Infallible;

    fn edit(&mut self, _: &mut Open<'a>) -> Result<Verdict, Self::Error> {
        Ok(Verdict::Keep)
    }
}
