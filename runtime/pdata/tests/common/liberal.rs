//! Writes a request as JSON in the ways that OTLP/JSON allows: keys of both kinds in any order,
//! numbers and strings, names of enumerations, unknown keys, keys that repeat.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use holt_pdata::schema::{Field, Kind, Label, Message};
use holt_pdata::wire::{Fields, RawField, WireType, take_fixed32, take_fixed64, unzigzag};
use holt_pdata::{Signal, wire};

use super::source::Source;

/// Rewrites a request that prost wrote.
pub(crate) fn liberal(signal: Signal, bytes: &[u8], source: &mut Source<'_>) -> String {
    let mut writer = Writer { source, out: String::new() };
    writer.object(signal.request(), &Fields::new(bytes).collect::<Vec<_>>());
    writer.out
}

struct Writer<'s, 'a> {
    source: &'s mut Source<'a>,
    out: String,
}

/// The members of an object under construction: each is written with its key.
type Members = Vec<String>;

impl Writer<'_, '_> {
    fn object(&mut self, message: &'static Message, fields: &[RawField<'_>]) {
        let mut members = Members::new();
        for field in message.fields {
            let found: Vec<RawField<'_>> =
                fields.iter().filter(|raw| raw.number == field.number).copied().collect();
            if !found.is_empty() {
                self.field(message, field, &found, &mut members);
            } else if field.label == Label::One && self.source.once_in(10) {
                members.push(format!("{}:null", self.key(field)));
            }
        }
        // Keys that do not repeat may stand anywhere.
        let plain = |member: &String| !member.starts_with('!');
        for index in (1..members.len()).rev() {
            let other = self.source.below(index + 1);
            if plain(&members[index]) && plain(&members[other]) {
                members.swap(index, other);
            }
        }
        if self.source.once_in(8) {
            let unknown = r#""unknown" : {"key":[1,-2.5e+3,"\"}",null,true,{"":false}]}"#;
            let at = self.source.below(members.len() + 1);
            members.insert(at, unknown.to_owned());
        }
        self.out.push('{');
        for (index, member) in members.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.space();
            self.out.push_str(member.trim_start_matches('!'));
        }
        self.space();
        self.out.push('}');
    }

    /// Adds a field's members; those that repeat start with `!` and keep their order.
    fn field(
        &mut self,
        message: &'static Message,
        field: &'static Field,
        found: &[RawField<'_>],
        members: &mut Members,
    ) {
        let raw = found[0];
        match (field.label, field.kind) {
            (Label::Many, kind) => {
                let items: Vec<String> = match kind.packable() {
                    true => found
                        .iter()
                        .flat_map(|raw| numbers(kind.wire(), raw.bytes))
                        .map(|bits| self.apart(|writer| writer.number(kind, bits)))
                        .collect(),
                    false => found
                        .iter()
                        .map(|raw| self.apart(|writer| writer.value(field, *raw)))
                        .collect(),
                };
                let cut =
                    if self.source.once_in(6) { self.source.below(items.len() + 1) } else { 0 };
                for (part, mark) in [
                    (&items[..cut.min(items.len())], cut > 0),
                    (&items[cut.min(items.len())..], true),
                ] {
                    if mark {
                        let sign = if cut > 0 { "!" } else { "" };
                        members.push(format!("{sign}{}: [{}]", self.key(field), part.join(" , ")));
                    }
                }
            }
            (Label::One, Kind::Message(child)) if self.source.once_in(6) => {
                let fields: Vec<RawField<'_>> = Fields::new(raw.bytes).collect();
                // Members of a oneof replace each other, so that group is not torn apart.
                let half = self.source.below(fields.len() + 1).min(fields.len());
                for part in [&fields[..half], &fields[half..]] {
                    let object = self.apart(|writer| writer.object(child, part));
                    members.push(format!("!{}:{object}", self.key(field)));
                }
            }
            (label, kind) => {
                let repeats = self.source.once_in(10);
                if repeats && label == Label::OneOf {
                    for other in message.fields.iter().filter(|other| other.label == label) {
                        let value = self.apart(|writer| writer.value(other, junk(other)));
                        members.push(format!("!{}:{value}", self.key(other)));
                    }
                } else if repeats && !matches!(kind, Kind::Message(_)) {
                    let value = self.apart(|writer| writer.value(field, junk(field)));
                    members.push(format!("!{}:{value}", self.key(field)));
                }
                let value = self.apart(|writer| writer.value(field, raw));
                let sign = if repeats { "!" } else { "" };
                members.push(format!("{sign}{} :{value}", self.key(field)));
            }
        }
    }

    /// What `write` writes, on its own.
    fn apart(&mut self, write: impl FnOnce(&mut Self)) -> String {
        let before = std::mem::take(&mut self.out);
        self.space();
        write(self);
        self.space();
        std::mem::replace(&mut self.out, before)
    }

    fn space(&mut self) {
        let spaces = ["", "", "", " ", "\n", "\t\r\n"];
        self.out.push_str(spaces[self.source.below(spaces.len())]);
    }

    fn key(&mut self, field: &Field) -> String {
        if self.source.once_in(3) {
            return format!("\"{}\"", field.name);
        }
        let mut parts = field.name.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        let camel = parts.fold(first, |name, part| {
            let (initial, rest) = part.split_at(1);
            name + &initial.to_uppercase() + rest
        });
        format!("\"{camel}\"")
    }

    fn value(&mut self, field: &'static Field, raw: RawField<'_>) {
        match field.kind {
            Kind::Message(child) => {
                self.object(child, &Fields::new(raw.bytes).collect::<Vec<_>>());
            }
            Kind::String => self.string(raw.text()),
            Kind::Bytes if self.source.once_in(3) => {
                self.string(&URL_SAFE_NO_PAD.encode(raw.bytes));
            }
            Kind::Bytes => self.string(&STANDARD.encode(raw.bytes)),
            Kind::Id => {
                let upper = self.source.once_in(2);
                let hex: String = raw
                    .bytes
                    .iter()
                    .map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") })
                    .collect();
                self.string(&hex);
            }
            kind => self.number(kind, raw.scalar),
        }
    }

    fn number(&mut self, kind: Kind, bits: u64) {
        let text = match kind {
            Kind::Bool => return self.out.push_str(if bits == 0 { "false" } else { "true" }),
            Kind::Enum(values) => {
                let number = bits as i32;
                let name = values.values.iter().find(|(_, known)| *known == number);
                match name {
                    Some((name, _)) if self.source.once_in(2) => {
                        return self.out.push_str(&format!("\"{name}\""));
                    }
                    _ => return self.out.push_str(&number.to_string()),
                }
            }
            Kind::Double => {
                let value = f64::from_bits(bits);
                if value.is_nan() {
                    return self.out.push_str("\"NaN\"");
                }
                if value.is_infinite() {
                    let sign = if value < 0.0 { "-" } else { "" };
                    return self.out.push_str(&format!("\"{sign}Infinity\""));
                }
                if self.source.once_in(2) { format!("{value:e}") } else { format!("{value:?}") }
            }
            Kind::Int32 | Kind::Int64 | Kind::Sfixed64 => bits.cast_signed().to_string(),
            Kind::Sint32 => unzigzag(bits).to_string(),
            _ => bits.to_string(),
        };
        let quote = if self.source.once_in(2) { "\"" } else { "" };
        self.out.push_str(&format!("{quote}{text}{quote}"));
    }

    fn string(&mut self, text: &str) {
        if self.source.once_in(4) {
            self.out.push('"');
            for unit in text.encode_utf16() {
                self.out.push_str(&format!("\\u{unit:04x}"));
            }
            self.out.push('"');
        } else {
            self.out.push_str(&serde_json::to_string(text).unwrap());
        }
    }
}

/// The numbers in a packed field.
fn numbers(wire: WireType, mut packed: &[u8]) -> Vec<u64> {
    let mut numbers = Vec::new();
    while !packed.is_empty() {
        numbers.push(match wire {
            WireType::Fixed64 => take_fixed64(&mut packed).unwrap(),
            WireType::Fixed32 => take_fixed32(&mut packed).unwrap().into(),
            _ => wire::read_varint(&mut packed).unwrap(),
        });
    }
    numbers
}

/// A value that does not count, since another follows.
fn junk(field: &Field) -> RawField<'static> {
    let bytes: &[u8] = if matches!(field.kind, Kind::String) { b"junk" } else { b"" };
    let wire = field.kind.wire();
    RawField { number: field.number, wire, scalar: 1, bytes }
}
