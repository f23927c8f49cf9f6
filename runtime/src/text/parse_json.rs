//! JSON text to encoded maps and lists, in one pass.
//!
//! Accepts what JSON allows, and like the reference a little more: control characters in strings,
//! numbers that begin with zeros. All numbers become doubles. Nesting is bounded.

use bumpalo::Bump;
use holt_pdata::{ArrayView, MapView, ValueView};

use crate::encode::{put_entry, put_value};
use crate::error::EvalError;
use crate::value::Value;

/// Maps and lists inside each other, at most.
const MAX_DEPTH: usize = 100;

/// Up to so many keys, equal ones are found by looking at all.
const FEW_KEYS: usize = 16;

/// The map or list of a JSON text.
///
/// # Errors
/// For text that is not JSON, for a scalar, and for nesting without end.
pub fn parse<'a>(arena: &'a Bump, text: &'a str) -> Result<Value<'a>, EvalError> {
    let mut parser = Parser { arena, text, at: 0 };
    parser.blank();
    let value = parser.value(0)?;
    parser.blank();
    if parser.at < text.len() {
        return Err(parser.fault("something follows the value"));
    }
    match value {
        ValueView::Map(_) | ValueView::Array(_) => Ok(value.into()),
        _ => Err(EvalError::Function("the JSON text holds neither a map nor a list".into())),
    }
}

struct Parser<'a> {
    arena: &'a Bump,
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn fault(&self, what: &str) -> EvalError {
        EvalError::Function(format!("invalid JSON at byte {}: {what}", self.at).into())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<ValueView<'a>, EvalError> {
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(ValueView::Str),
            Some(b't') => self.word("true", ValueView::Bool(true)),
            Some(b'f') => self.word("false", ValueView::Bool(false)),
            Some(b'n') => self.word("null", ValueView::Empty),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.fault("expected a value")),
        }
    }

    fn word(&mut self, word: &str, value: ValueView<'a>) -> Result<ValueView<'a>, EvalError> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.fault("expected a value"))
        }
    }

    fn map(&mut self, depth: usize) -> Result<ValueView<'a>, EvalError> {
        self.enter(depth)?;
        let mut encoded = Vec::new();
        let mut keys: Vec<&'a str> = Vec::new();
        let mut sorted_out = false;
        self.blank();
        if !self.eat(b'}') {
            loop {
                self.blank();
                if self.peek() != Some(b'"') {
                    return Err(self.fault("expected a key"));
                }
                let key = self.string()?;
                self.blank();
                if !self.eat(b':') {
                    return Err(self.fault("expected `:`"));
                }
                self.blank();
                let value = self.value(depth + 1)?;
                sorted_out |= keys.len() < FEW_KEYS && keys.contains(&key);
                keys.push(key);
                put_entry(&mut encoded, key, value);
                self.blank();
                if self.eat(b'}') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.fault("expected `,` or `}`"));
                }
            }
        }
        let map = MapView::new(self.arena.alloc_slice_copy(&encoded));
        if keys.len() > FEW_KEYS && !sorted_out {
            let mut all = keys.clone();
            all.sort_unstable();
            sorted_out = all.windows(2).any(|pair| pair.first() == pair.last());
        }
        Ok(ValueView::Map(if sorted_out { self.last_of_each(map) } else { map }))
    }

    /// The map without entries whose key comes again later.
    fn last_of_each(&self, map: MapView<'a>) -> MapView<'a> {
        let mut places = std::collections::HashMap::new();
        let mut entries: Vec<(&str, ValueView<'_>)> = Vec::new();
        for (key, value) in map.iter() {
            let place = *places.entry(key).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(known) => known.1 = value,
                None => entries.push((key, value)),
            }
        }
        crate::encode::map(self.arena, entries.into_iter())
    }

    fn list(&mut self, depth: usize) -> Result<ValueView<'a>, EvalError> {
        self.enter(depth)?;
        let mut encoded = Vec::new();
        self.blank();
        if !self.eat(b']') {
            loop {
                self.blank();
                let value = self.value(depth + 1)?;
                put_value(&mut encoded, value);
                self.blank();
                if self.eat(b']') {
                    break;
                }
                if !self.eat(b',') {
                    return Err(self.fault("expected `,` or `]`"));
                }
            }
        }
        Ok(ValueView::Array(ArrayView::new(self.arena.alloc_slice_copy(&encoded))))
    }

    fn enter(&mut self, depth: usize) -> Result<(), EvalError> {
        if depth >= MAX_DEPTH {
            return Err(self.fault("maps and lists are nested too deeply"));
        }
        self.at += 1;
        Ok(())
    }

    fn number(&mut self) -> Result<ValueView<'a>, EvalError> {
        let start = self.at;
        let digits = |this: &mut Self| {
            let from = this.at;
            while matches!(this.peek(), Some(b'0'..=b'9')) {
                this.at += 1;
            }
            this.at - from
        };
        self.eat(b'-');
        // As in the reference, a number may begin with zeros and end with its point.
        if digits(self) == 0 {
            return Err(self.fault("not a number"));
        }
        if self.eat(b'.') {
            digits(self);
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            if digits(self) == 0 {
                return Err(self.fault("not a number"));
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(ValueView::Double(value)),
            _ => Err(self.fault("the number is too large")),
        }
    }

    fn string(&mut self) -> Result<&'a str, EvalError> {
        self.at += 1;
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let plain = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
        self.at = start + plain;
        let text = self.text.get(start..self.at).unwrap_or_default();
        if self.eat(b'"') {
            return Ok(text);
        }
        let mut out = text.to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(self.arena.alloc_str(&out));
                }
                Some(b'\\') => self.escape(&mut out)?,
                Some(_) => {
                    let from = self.at;
                    let rest = self.text.as_bytes().get(from..).unwrap_or_default();
                    self.at += memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
                    let text = self.text.get(from..self.at).unwrap_or_default();
                    out.push_str(text);
                }
                None => return Err(self.fault("a string is not closed")),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), EvalError> {
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        out.push(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.four_digits()?;
                let high = (0xd800..0xdc00).contains(&first);
                let follows = self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u"));
                if high && follows {
                    let back = self.at;
                    self.at += 2;
                    let second = self.four_digits()?;
                    if (0xdc00..0xe000).contains(&second) {
                        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                        return Ok(());
                    }
                    self.at = back;
                }
                char::from_u32(first).unwrap_or('\u{fffd}')
            }
            _ => return Err(self.fault("an unknown escape")),
        });
        Ok(())
    }

    fn four_digits(&mut self) -> Result<u32, EvalError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let is_hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex);
        let code = code.ok_or_else(|| self.fault("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nesting_is_bounded() {
        let arena = Bump::new();
        assert!(parse(&arena, &"[".repeat(100_000)).is_err());
        let deep = ["[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH)].concat();
        assert!(parse(&arena, &deep).is_ok());
    }

    #[test]
    fn the_last_of_equal_keys_counts() {
        let arena = Bump::new();
        let Value::Map(map) = parse(&arena, r#"{"a":1,"b":2,"a":3}"#).unwrap() else { panic!() };
        let keys: Vec<_> = map.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["a", "b"]);
        assert!(matches!(map.get("a"), Some(ValueView::Double(3.0))));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = parse(&Bump::new(), &text);
        }

        #[test]
        fn accepts_what_serde_accepts(text in r#"[\[{][\[\]{}:,"a\\u0-9eE+.\-truefalsn ]{0,24}[\]}]"#) {
            let arena = Bump::new();
            if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
                prop_assert!(parse(&arena, &text).is_ok());
            }
        }
    }
}
