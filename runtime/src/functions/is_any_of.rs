//! `IsAnyOf`

use super::{FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::{Value, is_same};

pub(super) const IS_ANY_OF: FunctionDecl = FunctionDecl {
    name: "IsAnyOf",
    doc: "Whether a value is one of a list. Unlike `==`, an integer never equals a double.",
    params: &[Param::required("value", Takes::Any), Param::required("list", Takes::Elements)],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::INTERNAL,
    check: None,
    examples: &[],
    run: Shim::Converter(is_any_of),
};

fn is_any_of<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let [value, list] = *args else { return Err(EvalError::Internal("IsAnyOf")) };
    let list = list.elements().ok_or(EvalError::Internal("IsAnyOf"))?;
    Ok(Value::Bool(list.iter().any(|candidate| is_same(value, candidate))))
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;
    use crate::host::FixedHost;

    fn holds(value: Value<'_>, list: &[Value<'_>]) -> bool {
        let (arena, host) = (Bump::new(), FixedHost::default());
        let mut work = Workspace::new(&arena, &host, &[]);
        matches!(is_any_of(&mut work, &[value, Value::Items(list)]), Ok(Value::Bool(true)))
    }

    #[test]
    fn types_must_agree() {
        let list = [Value::Int(42), Value::Str("a"), Value::Items(&[Value::Int(1)])];
        assert!(holds(Value::Int(42), &list));
        assert!(holds(Value::Str("a"), &list));
        assert!(holds(Value::Items(&[Value::Int(1)]), &list));
        assert!(!holds(Value::Float(42.0), &list));
        assert!(!holds(Value::Str("42"), &list));
        assert!(!holds(Value::Nil, &list));
        assert!(!holds(Value::Float(f64::NAN), &[Value::Float(f64::NAN)]));
    }
}
