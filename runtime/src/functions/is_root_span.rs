//! `IsRootSpan`

use super::{By, Example, FunctionDecl, Offered, Shim};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const IS_ROOT_SPAN: FunctionDecl = FunctionDecl {
    name: "IsRootSpan",
    doc: "Whether the span has no parent.",
    params: &[],
    returns: Type::BOOL,
    pure: true,
    offered: Offered { by: By::Everyone, contexts: &["span"], gate: None },
    check: None,
    examples: &[Example {
        given: "{}",
        statement: r#"set(span.attributes["root"], IsRootSpan())"#,
        expect: r#"{"root": true}"#,
    }],
    run: Shim::OfField("parent_span_id", is_root_span),
};

fn is_root_span<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::SpanId(parent)] = *args else { return Err(EvalError::Internal("IsRootSpan")) };
    Ok(Value::Bool(parent == [0; 8]))
}
