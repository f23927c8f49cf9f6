//! `Format`

use super::super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::text::go_format::Format;
use crate::types::Type;
use crate::value::Value;

pub(in super::super) const FORMAT: FunctionDecl = FunctionDecl {
    name: "Format",
    doc: "Values written by the directives of a format, as Go's `fmt.Sprintf` does it: `%v` for any \
          value, `%d` for integers, `%5.2f` for doubles, `%s` and `%q` for text, `%x` for \
          hexadecimal.",
    params: &[
        Param::required("format", Takes::Literal(Type::STRING)),
        Param::required("vals", Takes::List(Type::ANY)),
    ],
    returns: Type::STRING,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"n": 3.14159, "s": "a"}"#,
            statement: r#"set(log.attributes["t"], Format("%05.1f|%-4s|%x", [log.attributes["n"], log.attributes["s"], 255]))"#,
            expect: r#"{"n": 3.14159, "s": "a", "t": "003.1|a   |ff"}"#,
        },
        Example {
            given: "{}",
            statement: r#"set(log.attributes["t"], Format("%d", ["one"]))"#,
            expect: r#"{"t": "%!d(string=one)"}"#,
        },
    ],
    run: Shim::Converter(format),
};

fn format<'a>(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [Value::Str(format), Value::Items(values)] = *args else {
        return Err(EvalError::Internal("Format"));
    };
    let format = work.prepared(format, |text| Ok(Format::new(text)))?;
    let text = format.write(values)?;
    work.repaired(&text)
}
