//! Identifiers: of traces, spans and profiles, of network flows, universal ones.

pub(super) mod community_id;
pub(super) mod profile_id;
pub(super) mod span_id;
pub(super) mod trace_id;
pub(super) mod uuid;
pub(super) mod uuid_v7;

use bumpalo::Bump;

use super::{ArgumentFault, Arguments, Given, bytes_like};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::host::FixedHost;
use crate::value::Value;

/// The id that bytes are, or that text spells in hexadecimal.
fn id_of<const N: usize>(target: Value<'_>) -> Result<[u8; N], EvalError> {
    let bytes = match target {
        Value::Bytes(bytes) => bytes,
        _ => &[],
    };
    if let Ok(id) = bytes.try_into() {
        return Ok(id);
    }
    if bytes.len() != 2 * N {
        let why = format!("an id has {N} bytes or {} digits, not {} of them", 2 * N, bytes.len());
        return Err(EvalError::Function(why.into()));
    }
    let mut id = [0; N];
    for (byte, pair) in id.iter_mut().zip(bytes.chunks_exact(2)) {
        for digit in pair {
            let Some(value) = char::from(*digit).to_digit(16) else {
                let text = String::from_utf8_lossy(bytes).into();
                return Err(EvalError::InvalidText { text, wanted: "an id in hexadecimal" });
            };
            *byte = *byte << 4 | value as u8;
        }
    }
    Ok(id)
}

/// The rule for the only argument of a function that makes an id: what is constant must be one.
fn check_id<const N: usize>(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    let value = match args.get(0) {
        Given::Constant(value) => value,
        Given::Nothing => Value::Nil,
        Given::Unknown => return Ok(()),
    };
    let (arena, host) = (Bump::new(), FixedHost::default());
    let work = Workspace::new(&arena, &host, &[]);
    match bytes_like(&work, value).and_then(id_of::<N>) {
        Ok(_) => Ok(()),
        Err(why) => Err(ArgumentFault::new(0, format!("cannot take this: {why}"), "")),
    }
}
