//! Character classes and escapes of Go's pattern syntax.

use super::PatternError;
use super::translate::{Input, push_literal};

const ESCAPE: &str = "the escape does not exist";

/// Translates `[…]`.
pub(super) fn translate(input: &mut Input<'_>, out: &mut String) -> Result<(), PatternError> {
    let start = input.offset;
    input.next();
    out.push('[');
    if input.eat("^") {
        out.push('^');
    }
    let mut first = true;
    loop {
        if input.peek().is_none() {
            return Err(input.error(start, "a character class is not closed"));
        }
        if !first && input.eat("]") {
            out.push(']');
            return Ok(());
        }
        first = false;
        if let Some(name) = posix(input)? {
            out.push_str(&name);
        } else if let Some(set) = escaped_set(input)? {
            out.push_str(&set);
        } else {
            range(input, out, start)?;
        }
    }
}

/// A character or a range of characters.
fn range(input: &mut Input<'_>, out: &mut String, class: usize) -> Result<(), PatternError> {
    let start = input.offset;
    let low = character(input, class)?;
    let rest = input.rest();
    let high = if rest.starts_with('-') && !rest.starts_with("-]") && rest.len() > 1 {
        input.next();
        character(input, class)?
    } else {
        low
    };
    if high < low {
        return Err(input.error(start, "a range of characters ends before it begins"));
    }
    push_literal(out, low);
    if low != high {
        out.push('-');
        push_literal(out, high);
    }
    Ok(())
}

fn character(input: &mut Input<'_>, class: usize) -> Result<char, PatternError> {
    if input.peek() == Some('\\') {
        return escaped_character(input);
    }
    match input.next() {
        Some(character) => Ok(character),
        None => Err(input.error(class, "a character class is not closed")),
    }
}

/// `[:alpha:]` and its like, inside a class.
fn posix(input: &mut Input<'_>) -> Result<Option<String>, PatternError> {
    const NAMES: [&str; 14] = [
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
        "space", "upper", "word", "xdigit",
    ];
    let start = input.offset;
    let Some(rest) = input.rest().strip_prefix("[:") else { return Ok(None) };
    let Some(length) = rest.find(":]") else { return Ok(None) };
    let name = rest.get(..length).unwrap_or_default();
    input.offset += length + 4;
    if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
        return Err(input.error(start, "the character class does not exist"));
    }
    Ok(Some(format!("[:{name}:]")))
}

/// `\d`, `\w`, `\s`, `\p{…}` and their negations, as text that is valid inside and outside a class.
/// The first three are ASCII in Go.
pub(super) fn escaped_set(input: &mut Input<'_>) -> Result<Option<String>, PatternError> {
    let set = match input.rest().as_bytes() {
        [b'\\', b'd', ..] => "[0-9]",
        [b'\\', b'D', ..] => "[^0-9]",
        [b'\\', b'w', ..] => "[0-9A-Za-z_]",
        [b'\\', b'W', ..] => "[^0-9A-Za-z_]",
        [b'\\', b's', ..] => "[\\t\\n\\x{c}\\r ]",
        [b'\\', b'S', ..] => "[^\\t\\n\\x{c}\\r ]",
        [b'\\', b'p' | b'P', ..] => return property(input).map(Some),
        _ => return Ok(None),
    };
    input.offset += 2;
    Ok(Some(set.to_owned()))
}

/// `\pL`, `\p{Greek}`, `\p{^Greek}`, `\P{Greek}`.
fn property(input: &mut Input<'_>) -> Result<String, PatternError> {
    const UNKNOWN: &str = "the Unicode category or script does not exist";
    let start = input.offset;
    let mut negative = input.rest().starts_with("\\P");
    input.offset += 2;
    let name = if input.eat("{") {
        let Some(end) = input.rest().find('}') else {
            input.offset = input.pattern.len();
            return Err(input.error(start, UNKNOWN));
        };
        let name = input.rest().get(..end).unwrap_or_default();
        input.offset += end + 1;
        match name.strip_prefix('^') {
            Some(name) => {
                negative = !negative;
                name
            }
            None => name,
        }
    } else {
        let from = input.offset;
        input.next();
        input.pattern.get(from..input.offset).unwrap_or_default()
    };
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ');
    let text = format!("\\{}{{{name}}}", if negative { 'P' } else { 'p' });
    if name.is_empty() || !name.bytes().all(is_name) || regex::Regex::new(&text).is_err() {
        return Err(input.error(start, UNKNOWN));
    }
    Ok(text)
}

/// An escape that stands for one character.
pub(super) fn escaped_character(input: &mut Input<'_>) -> Result<char, PatternError> {
    let start = input.offset;
    input.next();
    let Some(letter) = input.next() else {
        return Err(input.error(start, "the pattern ends in a backslash"));
    };
    Ok(match letter {
        'a' => '\u{7}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => return hexadecimal(input, start),
        '1'..='7' if !input.rest().starts_with(|next| matches!(next, '0'..='7')) => {
            return Err(input.error(start, "back-references are not supported"));
        }
        '0'..='7' => {
            let mut value = letter.to_digit(8).unwrap_or_default();
            for _ in 0..2 {
                let Some(digit) = input.peek().and_then(|next| next.to_digit(8)) else { break };
                input.next();
                value = value * 8 + digit;
            }
            return char::from_u32(value).ok_or_else(|| input.error(start, ESCAPE));
        }
        letter if letter.is_ascii() && !letter.is_ascii_alphanumeric() => letter,
        _ => return Err(input.error(start, ESCAPE)),
    })
}

/// `\xHH` and `\x{H…}`, behind the `x`.
fn hexadecimal(input: &mut Input<'_>, start: usize) -> Result<char, PatternError> {
    let (digits, length) = if let Some(rest) = input.rest().strip_prefix('{') {
        let digits = rest.split('}').next().unwrap_or_default();
        (digits, digits.len() + 2)
    } else {
        (input.rest().get(..2).unwrap_or_default(), 2)
    };
    let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let character = u32::from_str_radix(digits, 16).ok().filter(|_| valid).and_then(char::from_u32);
    let fits = input.offset + length <= input.pattern.len();
    if fits {
        input.offset += length;
    }
    character.filter(|_| fits).ok_or_else(|| input.error(start, ESCAPE))
}
