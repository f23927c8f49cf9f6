//! `IsValidLuhn`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::Workspace;
use crate::types::Type;
use crate::value::Value;

pub(super) const IS_VALID_LUHN: FunctionDecl = FunctionDecl {
    name: "IsValidLuhn",
    doc: "Whether the last digit of a number is its check digit by the Luhn algorithm, as in card \
          numbers. Blanks do not count.",
    params: &[Param::required("target", Takes::TextLike)],
    returns: Type::BOOL,
    pure: true,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"n": "7992 7398 713"}"#,
            statement: r#"set(log.attributes["r"], IsValidLuhn(log.attributes["n"]))"#,
            expect: r#"{"n": "7992 7398 713", "r": true}"#,
        },
        Example {
            given: r#"{"n": 79927398710}"#,
            statement: r#"set(log.attributes["r"], IsValidLuhn(log.attributes["n"]))"#,
            expect: r#"{"n": 79927398710, "r": false}"#,
        },
        Example {
            given: r#"{"n": "12x"}"#,
            statement: r#"set(log.attributes["r"], IsValidLuhn(log.attributes["n"]))"#,
            expect: "error",
        },
    ],
    run: Shim::Converter(is_valid_luhn),
};

fn is_valid_luhn<'a>(_: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Value<'a>, EvalError> {
    let text = match *args {
        [Value::Str(text)] => text,
        [other] => return Err(EvalError::Expected { expected: Type::STRING, got: other.kind() }),
        _ => return Err(EvalError::Internal("IsValidLuhn")),
    };
    let mut sum = 0;
    let mut digits = 0_usize;
    for character in text.chars().rev().filter(|character| *character != ' ') {
        let Some(digit) = character.to_digit(10) else {
            let wanted = "a number of digits and blanks";
            return Err(EvalError::InvalidText { text: text.into(), wanted });
        };
        // Every second digit, counted from the check digit, is doubled and its own digits are summed.
        sum += match digits % 2 {
            0 => digit,
            _ => 2 * digit / 10 + 2 * digit % 10,
        };
        sum %= 10;
        digits += 1;
    }
    Ok(Value::Bool(digits > 0 && sum == 0))
}
