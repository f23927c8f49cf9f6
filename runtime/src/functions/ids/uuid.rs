//! `UUID`

use uuid::Builder;
use uuid::fmt::Hyphenated;

use super::super::{Example, FunctionDecl, Offered, Shim};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const UUID: FunctionDecl = FunctionDecl {
    name: "UUID",
    doc: "A new random UUID, version 4.",
    params: &[],
    returns: Type::STRING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["ok"], IsMatch(UUID(), "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"))"#,
        expect: r#"{"ok": true}"#,
    }],
    run: Shim::Converter(uuid),
};

fn uuid<'a>(work: &mut Workspace<'a>, _: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let mut random = [0; 16];
    work.host.random(&mut random);
    let uuid = Builder::from_random_bytes(random).into_uuid();
    Ok(work.text(uuid.hyphenated().encode_lower(&mut [0; Hyphenated::LENGTH])))
}
