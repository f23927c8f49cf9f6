//! `UUIDv7`

use uuid::Builder;
use uuid::fmt::Hyphenated;

use super::super::{Example, FunctionDecl, Offered, Shim};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const UUID_V7: FunctionDecl = FunctionDecl {
    name: "UUIDv7",
    doc: "A new UUID, version 7: later ones sort behind earlier ones.",
    params: &[],
    returns: Type::STRING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["ok"], IsMatch(UUIDv7(), "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))"#,
        expect: r#"{"ok": true}"#,
    }],
    run: Shim::Converter(uuid_v7),
};

fn uuid_v7<'a>(work: &mut Workspace<'a>, _: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    /// Nanoseconds in a millisecond.
    const MILLI: u64 = 1_000_000;
    let now = work.host.now();
    let (nanos, since) = (u64::from(now.subsecond_nanos()), now.seconds().max(0).cast_unsigned());
    let millis = since.wrapping_mul(1000).wrapping_add(nanos / MILLI);
    let mut rest = [0; 10];
    work.host.random(&mut rest);
    // Ten bytes follow the milliseconds: the first two begin with the part of the millisecond, so
    // that UUIDs of the same one are in order as well.
    let part = ((nanos % MILLI) >> 8) as u16;
    if let Some(first) = rest.first_chunk_mut() {
        *first = part.to_be_bytes();
    }
    let uuid = Builder::from_unix_timestamp_millis(millis, &rest).into_uuid();
    Ok(work.text(uuid.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH])))
}
