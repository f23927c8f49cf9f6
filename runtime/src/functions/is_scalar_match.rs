//! `IsScalarMatch`

use super::{FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const IS_SCALAR_MATCH: FunctionDecl = FunctionDecl {
    name: "IsScalarMatch",
    doc: "Whether a regular expression matches anywhere in text, or in the digits of a number or the \
          word of a truth value. Other values never match.",
    params: &[Param::required("value", Takes::Any), Param::required("pattern", Takes::Pattern)],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Converter(is_scalar_match),
};

fn is_scalar_match<'a>(
    work: &mut Workspace<'a>,
    args: &[Value<'a>],
) -> Result<Value<'a>, EvalError> {
    let [value, pattern] = *args else { return Err(EvalError::Internal("IsScalarMatch")) };
    let pattern = work.pattern(pattern)?;
    Ok(Value::Bool(match value {
        Value::Str(text) => pattern.is_match(text),
        Value::Bool(value) => pattern.is_match(if value { "true" } else { "false" }),
        Value::Int(value) => pattern.is_match(&value.to_string()),
        Value::Float(value) => pattern.is_match(&digits(value)),
        _ => false,
    }))
}

/// All digits of a double, never an exponent.
fn digits(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_written_out() {
        assert_eq!(digits(1e21), "1000000000000000000000");
        assert_eq!(digits(-1.5), "-1.5");
        assert_eq!(digits(f64::NEG_INFINITY), "-Inf");
        assert_eq!(digits(f64::NAN), "NaN");
    }
}
