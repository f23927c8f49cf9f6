//! `clear`

use holt_pdata::{ArrayView, MapView};

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Frame;
use crate::paths::Target;
use crate::text::time::zone::Zone;
use crate::types::Type;
use crate::value::{Time, Value};
use crate::whole::Count;

pub(super) const CLEAR: FunctionDecl = FunctionDecl {
    name: "clear",
    doc: "Gives a path the zero of its present type: empty text, 0, false, an empty list or map. A \
          missing attribute comes into being without a value.",
    params: &[Param::required("target", Takes::Path)],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "x", "b": 5, "c": [1]}"#,
            statement: r#"clear(log.attributes["a"])"#,
            expect: r#"{"a": "", "b": 5, "c": [1]}"#,
        },
        Example {
            given: r#"{"a": "x", "b": 5, "c": [1]}"#,
            statement: r#"clear(log.attributes["c"])"#,
            expect: r#"{"a": "x", "b": 5, "c": []}"#,
        },
        Example {
            given: r#"{"a": "x", "b": 5}"#,
            statement: "clear(log.attributes)",
            expect: "{}",
        },
    ],
    run: Shim::Editor(clear),
};

/// The zero of Go's times: the beginning of the year 1, in seconds since 1970.
const YEAR_ONE: i64 = -62_135_596_800;

fn clear<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    _: &[Value<'a>],
) -> Result<(), EvalError> {
    let zero = match frame.read(target.path, target.keys)? {
        Value::Nil => Value::Nil,
        Value::Bool(_) => Value::Bool(false),
        Value::Int(_) => Value::Int(0),
        Value::Float(_) => Value::Float(0.0),
        Value::Str(_) => Value::Str(""),
        Value::Bytes(_) => Value::Bytes(&[]),
        Value::Time(_) => Value::Time(Time::new(YEAR_ONE, 0, Zone::UTC)),
        Value::Duration(_) => Value::Duration(0),
        Value::Map(_) => Value::Map(MapView::default()),
        Value::List(_) | Value::Items(_) => Value::List(ArrayView::default()),
        Value::TraceId(_) => Value::TraceId([0; 16]),
        Value::SpanId(_) => Value::SpanId([0; 8]),
        Value::ProfileId(_) => Value::ProfileId([0; 16]),
        // Nil empties a list of messages, or of one type.
        Value::Message(whole) if whole.shape.count != Count::One => Value::Nil,
        Value::Typed(_) => Value::Nil,
        // The reference leaves the status of a span, and the buckets of a histogram, as they are.
        Value::Message(_) => return Ok(()),
        Value::Failed(_) | Value::Pattern(_) | Value::Function(_) => {
            return Err(EvalError::Internal("clear"));
        }
    };
    frame.write(target.path, target.keys, zero)
}
