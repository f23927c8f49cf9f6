//! `Now`

use super::super::{Example, FunctionDecl, Offered, Shim};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const NOW: FunctionDecl = FunctionDecl {
    name: "Now",
    doc: "The time of day.",
    params: &[],
    returns: Type::TIME,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[Example {
        given: r#"{}"#,
        statement: r#"set(log.attributes["out"], UnixSeconds(Now()))"#,
        expect: r#"{"out": 0}"#,
    }],
    run: Shim::Converter(now),
};

fn now<'a>(work: &mut Workspace<'a>, _: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    Ok(Value::Time(work.host.now().in_zone(work.host.local_zone())))
}
