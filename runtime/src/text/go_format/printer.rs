//! Values to text by verb and flags.

use std::collections::BTreeMap;

use super::directive::Flags;
use super::float;
use super::integer::{Form, Integer};
use super::quote::{fits_backquotes, quoted, quoted_character};
use super::thing::{Thing, fields};
use crate::error::EvalError;
use crate::frame::MAX_TEXT;
use crate::value::Value;

type Done = Result<(), EvalError>;

/// Writes values one after the other.
#[derive(Debug, Default)]
pub(super) struct Printer {
    out: Vec<u8>,
    /// Those of the directive that is being written.
    pub(super) flags: Flags,
    /// Whether a value is shown that its directive cannot show: its type has no say then.
    plainly: bool,
}

impl Printer {
    /// What was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Appends text as it is.
    pub(super) fn push(&mut self, text: &str) -> Done {
        self.push_bytes(text.as_bytes())
    }

    fn push_bytes(&mut self, bytes: &[u8]) -> Done {
        self.grow(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn fill(&mut self, count: usize, with: u8) -> Done {
        self.grow(count)?;
        self.out.extend(std::iter::repeat_n(with, count));
        Ok(())
    }

    fn grow(&self, count: usize) -> Done {
        if self.out.len().saturating_add(count) > MAX_TEXT {
            Err(EvalError::TooLong)
        } else {
            Ok(())
        }
    }

    /// The arguments that no directive asked for.
    pub(super) fn extra(&mut self, values: &[Value<'_>]) -> Done {
        self.flags = Flags::default();
        self.push("%!(EXTRA ")?;
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.push(", ")?;
            }
            if !value.is_nil() {
                self.push(Thing::Value(*value).type_name())?;
                self.push("=")?;
            }
            self.argument(*value, 'v')?;
        }
        self.push(")")
    }

    /// An argument by a verb.
    pub(super) fn argument(&mut self, value: Value<'_>, verb: char) -> Done {
        let thing = Thing::Value(value);
        match verb {
            'T' | 'v' if value.is_nil() => self.pad(b"<nil>"),
            _ if value.is_nil() => self.push(&format!("%!{verb}(<nil>)")),
            'T' => self.text(thing.type_name().as_bytes()),
            'p' => self.bad_verb(thing, verb),
            'v' if self.flags.go_syntax && matches!(value, Value::Bytes(_)) => {
                self.bytes_as_source(value, "[]byte")
            }
            _ => self.thing(thing, verb),
        }
    }

    /// An element of a list or map by a verb.
    fn element(&mut self, value: Value<'_>, verb: char) -> Done {
        match value {
            Value::Nil if self.flags.go_syntax => self.push("interface {}(nil)"),
            Value::Nil => self.push("<nil>"),
            value => self.thing(Thing::Value(value), verb),
        }
    }

    fn bad_verb(&mut self, thing: Thing<'_>, verb: char) -> Done {
        self.push(&format!("%!{verb}({}=", thing.type_name()))?;
        self.plainly = true;
        match thing {
            Thing::Value(value @ Value::Bytes(_)) if self.flags.go_syntax => {
                self.bytes_as_source(value, "[]byte")?;
            }
            _ => self.contents(thing, 'v')?,
        }
        self.plainly = false;
        self.push(")")
    }

    /// A thing by a verb; its type may have a say.
    fn thing(&mut self, thing: Thing<'_>, verb: char) -> Done {
        if self.plainly {
            return self.contents(thing, verb);
        }
        let own = match verb {
            'v' if self.flags.go_syntax => thing.own_source(),
            // Go looks at the bytes one by one.
            'w' if !matches!(thing, Thing::Value(Value::Bytes(_))) => {
                return self.bad_verb(thing, verb);
            }
            'v' | 's' | 'x' | 'X' | 'q' => {
                let own = thing.own_text();
                return match own {
                    Some(text) => self.string(thing, text.as_bytes(), verb),
                    None => self.contents(thing, verb),
                };
            }
            _ => None,
        };
        match own {
            Some(source) => self.text(source.as_bytes()),
            None => self.contents(thing, verb),
        }
    }

    fn contents(&mut self, thing: Thing<'_>, verb: char) -> Done {
        let value = match thing {
            Thing::Byte(byte) => return self.integer(thing, Integer::unsigned(byte.into()), verb),
            Thing::Word(word) => return self.integer(thing, Integer::unsigned(word), verb),
            Thing::Location => return self.location(verb),
            Thing::Value(value) => value,
        };
        match value {
            Value::Bool(value) => match verb {
                't' | 'v' => self.pad(if value { b"true" } else { b"false" }),
                _ => self.bad_verb(thing, verb),
            },
            Value::Int(value) | Value::Duration(value) => {
                self.integer(thing, Integer::signed(value), verb)
            }
            Value::Float(value) => self.float(thing, value, verb),
            Value::Str(text) => self.string(thing, text.as_bytes(), verb),
            Value::Bytes(bytes) => match verb {
                's' | 'x' | 'X' | 'q' => self.string(thing, bytes, verb),
                _ => self.bytes(bytes, "[]uint8", verb),
            },
            Value::TraceId(id) | Value::ProfileId(id) => self.bytes(&id, thing.type_name(), verb),
            Value::SpanId(id) => self.bytes(&id, thing.type_name(), verb),
            Value::Time(time) => {
                let (open, between) = self.brackets("time.Time{", "{");
                self.push(open)?;
                for (index, (name, field)) in fields(time).into_iter().enumerate() {
                    if index > 0 {
                        self.push(between)?;
                    }
                    if self.flags.go_syntax || self.flags.field_names {
                        self.push(name)?;
                        self.push(":")?;
                    }
                    self.contents(field, verb)?;
                }
                self.push("}")
            }
            Value::Map(map) => {
                let entries: BTreeMap<&str, Value<'_>> =
                    map.iter().map(|(key, value)| (key, value.into())).collect();
                let (open, between) = self.brackets("map[string]interface {}{", "map[");
                self.push(open)?;
                for (index, (key, value)) in entries.into_iter().enumerate() {
                    if index > 0 {
                        self.push(between)?;
                    }
                    self.thing(Thing::Value(Value::Str(key)), verb)?;
                    self.push(":")?;
                    self.element(value, verb)?;
                }
                self.close()
            }
            Value::List(_) | Value::Items(_) | Value::Typed(_) => {
                let typed = match value {
                    Value::Typed(list) => list.of.go_type(),
                    _ => "[]interface {}",
                };
                let (open, between) = self.brackets(typed, "");
                self.push(open)?;
                self.push(if self.flags.go_syntax { "{" } else { "[" })?;
                let elements = value.elements().into_iter().flat_map(|elements| elements.iter());
                for (index, element) in elements.enumerate() {
                    if index > 0 {
                        self.push(between)?;
                    }
                    self.element(element, verb)?;
                }
                self.close()
            }
            Value::Message(_) => self.push("{}"),
            Value::Nil | Value::Failed(_) | Value::Pattern(_) | Value::Function(_) => {
                self.push("<nil>")
            }
        }
    }

    /// What opens a group of elements and what stands between them: as Go source or not.
    const fn brackets<'t>(&self, source: &'t str, plain: &'t str) -> (&'t str, &'static str) {
        if self.flags.go_syntax { (source, ", ") } else { (plain, " ") }
    }

    fn close(&mut self) -> Done {
        self.push(if self.flags.go_syntax { "}" } else { "]" })
    }

    fn bytes_as_source(&mut self, value: Value<'_>, name: &str) -> Done {
        match value {
            Value::Bytes(bytes) => self.bytes(bytes, name, 'v'),
            other => self.contents(Thing::Value(other), 'v'),
        }
    }

    /// Bytes one by one.
    fn bytes(&mut self, bytes: &[u8], name: &str, verb: char) -> Done {
        if self.flags.go_syntax {
            self.push(name)?;
            if bytes.is_empty() {
                return self.push("(nil)");
            }
        }
        let (open, between) = self.brackets("{", "[");
        self.push(open)?;
        for (index, byte) in bytes.iter().enumerate() {
            if index > 0 {
                self.push(between)?;
            }
            self.contents(Thing::Byte(*byte), verb)?;
        }
        self.close()
    }

    /// A pointer that is nil.
    fn location(&mut self, verb: char) -> Done {
        match verb {
            'v' if self.flags.go_syntax => self.push("(*time.Location)(nil)"),
            'v' => self.pad(b"<nil>"),
            'b' | 'o' | 'd' | 'x' | 'X' => {
                self.integer(Thing::Location, Integer::unsigned(0), verb)
            }
            _ => self.bad_verb(Thing::Location, verb),
        }
    }

    fn integer(&mut self, thing: Thing<'_>, value: Integer, verb: char) -> Done {
        let flags = self.flags;
        match verb {
            'c' => self.pad(value.character().encode_utf8(&mut [0; 4]).as_bytes()),
            'q' => self.pad(quoted_character(value.character(), flags.plus).as_bytes()),
            'U' => self.pad_with_blanks(value.code_point(flags).as_bytes()),
            _ => {
                let is_word = matches!(thing, Thing::Byte(_) | Thing::Word(_));
                let form = match Form::of(verb) {
                    Some(Form::DECIMAL) if verb == 'v' && flags.go_syntax && is_word => {
                        Form::PREFIXED
                    }
                    Some(form) => form,
                    None => return self.bad_verb(thing, verb),
                };
                self.pad_with_blanks(value.text(form, flags).as_bytes())
            }
        }
    }

    fn float(&mut self, thing: Thing<'_>, value: f64, verb: char) -> Done {
        let flags = self.flags;
        let (form, default) = match verb {
            'v' => ('g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => (verb, None),
            'e' | 'E' | 'f' => (verb, Some(6)),
            'F' => ('f', Some(6)),
            _ => return self.bad_verb(thing, verb),
        };
        let precision = flags.precision.or(default);
        let mut text = float::text(value, form, precision);
        let sign = match flags {
            _ if value.is_sign_negative() && !value.is_nan() => "-",
            Flags { plus: true, .. } => "+",
            Flags { space: true, .. } => " ",
            _ if value.is_infinite() => "+",
            _ => "",
        };
        if !value.is_finite() {
            return self.pad_with_blanks(format!("{sign}{text}").as_bytes());
        }
        if flags.sharp && form != 'b' {
            text = float::with_point(&text, form, precision);
        }
        // Zeros stand between sign and number.
        match flags.width.and_then(|width| width.checked_sub(sign.len() + text.len())) {
            Some(zeros) if flags.zero && !flags.minus => {
                self.push(sign)?;
                self.fill(zeros, b'0')?;
                self.push(&text)
            }
            _ => self.pad(format!("{sign}{text}").as_bytes()),
        }
    }

    fn string(&mut self, thing: Thing<'_>, bytes: &[u8], verb: char) -> Done {
        match verb {
            'v' if self.flags.go_syntax => self.quoted(bytes),
            'v' | 's' => self.text(bytes),
            'x' => self.hexadecimal(bytes, b"0123456789abcdef", b"0x"),
            'X' => self.hexadecimal(bytes, b"0123456789ABCDEF", b"0X"),
            'q' => self.quoted(bytes),
            _ => self.bad_verb(thing, verb),
        }
    }

    /// Text, cut to the precision.
    fn text(&mut self, bytes: &[u8]) -> Done {
        self.pad(self.cut(bytes))
    }

    fn quoted(&mut self, bytes: &[u8]) -> Done {
        let bytes = self.cut(bytes);
        if self.flags.sharp && fits_backquotes(bytes) {
            let text = [b"`", bytes, b"`"].concat();
            return self.pad(&text);
        }
        self.pad(quoted(bytes, self.flags.plus).as_bytes())
    }

    /// The first characters, as many as the precision says.
    fn cut<'b>(&self, bytes: &'b [u8]) -> &'b [u8] {
        let Some(precision) = self.flags.precision else { return bytes };
        let lengths = bytes.utf8_chunks().flat_map(|chunk| {
            let valid = chunk.valid().chars().map(char::len_utf8);
            valid.chain(std::iter::repeat_n(1, chunk.invalid().len()))
        });
        let end: usize = lengths.take(precision).sum();
        bytes.get(..end).unwrap_or(bytes)
    }

    fn hexadecimal(&mut self, bytes: &[u8], digits: &[u8; 16], prefix: &[u8]) -> Done {
        let Flags { space, sharp, width, minus, zero, precision, .. } = self.flags;
        let bytes = bytes.get(..precision.unwrap_or(usize::MAX)).unwrap_or(bytes);
        self.grow(bytes.len().saturating_mul(2))?;
        let mut text = Vec::with_capacity(bytes.len().saturating_mul(2));
        for (index, byte) in bytes.iter().enumerate() {
            if space && index > 0 {
                text.push(b' ');
            }
            if sharp && (space || index == 0) {
                text.extend_from_slice(prefix);
            }
            let digit = |nibble: u8| digits.get(usize::from(nibble)).copied();
            text.extend([byte >> 4, byte & 15].into_iter().filter_map(digit));
        }
        let missing = width.unwrap_or(0).saturating_sub(text.len());
        let with = if zero && !minus { b'0' } else { b' ' };
        if !minus {
            self.fill(missing, with)?;
        }
        self.push_bytes(&text)?;
        if minus { self.fill(missing, with) } else { Ok(()) }
    }

    /// Appends text, filled up to the width.
    fn pad(&mut self, text: &[u8]) -> Done {
        let Flags { width, minus, zero, .. } = self.flags;
        let characters = || {
            text.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        };
        let missing = width.map_or(0, |width| width.saturating_sub(characters().sum()));
        if minus {
            self.push_bytes(text)?;
            return self.fill(missing, b' ');
        }
        self.fill(missing, if zero { b'0' } else { b' ' })?;
        self.push_bytes(text)
    }

    /// As [`Self::pad`], also where the flags ask for zeros.
    fn pad_with_blanks(&mut self, text: &[u8]) -> Done {
        let zero = std::mem::take(&mut self.flags.zero);
        let done = self.pad(text);
        self.flags.zero = zero;
        done
    }
}
