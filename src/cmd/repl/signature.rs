//! The parameters of the call at the end of a line, while its arguments are typed.

use holt_grammar::token::{self, Token, TokenKind};
use holt_runtime::functions::{FunctionDecl, function};

/// The parameters of the innermost call that is open at the end of a text, from the one that is to
/// be written on: `value: any value`.
pub(super) fn at_end(text: &str) -> Option<String> {
    let tokens: Vec<Token> =
        token::lex(text).into_iter().filter(|token| !token.kind.is_trivia()).collect();
    if tokens.last().is_some_and(|last| last.kind == TokenKind::UnterminatedString) {
        return None;
    }
    let (function, position) = open_call(text, &tokens)?;
    let left: Vec<String> = function
        .params
        .iter()
        .skip(position)
        .map(|param| {
            let mark = if param.optional { "?" } else { "" };
            format!("{}{mark}: {}", param.name, param.takes.describe())
        })
        .collect();
    (!left.is_empty()).then(|| left.join(", "))
}

/// The innermost open call, and the place of the argument that is being written.
fn open_call(text: &str, tokens: &[Token]) -> Option<(&'static FunctionDecl, usize)> {
    let (mut depth, mut commas) = (0_usize, 0);
    for (index, token) in tokens.iter().enumerate().rev() {
        match token.kind {
            kind if kind.is_close() => depth += 1,
            kind if kind.is_open() && depth > 0 => depth -= 1,
            TokenKind::OpenParen => {
                let name = tokens.get(index.checked_sub(1)?)?;
                let function = function(name.span.slice(text))?;
                return Some((function, commas));
            }
            // What stands in a list or a key is no argument.
            kind if kind.is_open() => return None,
            TokenKind::Comma if depth == 0 => commas += 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::at_end;

    #[test]
    fn the_open_call_says_what_is_still_to_come() {
        for (text, expected) in [
            ("delete_key(", Some("target: path to a map, key: string")),
            ("delete_key(log.attributes, ", Some("key: string")),
            ("set(log.body, Concat([\"a\", \"b\"], ", Some("delimiter: string")),
            ("set(log.body, Len(\"a\"), ", None),
            ("set(log.attributes[", None),
            ("set(log.body, \"(", None),
            ("nothing(", None),
            ("(", None),
            ("log.body", None),
            ("", None),
        ] {
            assert_eq!(at_end(text).as_deref(), expected, "{text}");
        }
    }
}
