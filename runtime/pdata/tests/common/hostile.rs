//! Writes a request in the ways that protobuf allows and nearly nobody uses.
//!
//! A request is parsed into a tree by the schema, the tree is disturbed by choices from a
//! [`Source`], and written out again, with padded varints.

use holt_pdata::schema::{Field, Kind, Label, Message};
use holt_pdata::wire::{Fields, WireType, put_len, put_tag, put_varint};
use holt_pdata::{Repairs, Signal, wire};

use super::source::Source;

/// What may be done to a request.
#[derive(Clone, Copy)]
pub(crate) struct Liberties {
    /// Singular fields and oneof members may stand more than once.
    pub(crate) repeat: bool,
    /// Text may be other than UTF-8.
    pub(crate) break_text: bool,
}

/// A disturbed request.
pub(crate) struct Disturbed {
    pub(crate) bytes: Vec<u8>,
    /// The same, but with U+FFFD where the text was broken, so that prost takes it.
    pub(crate) clean: Vec<u8>,
    /// What has to be mended in it.
    pub(crate) repairs: Repairs,
}

/// Rewrites a request that prost wrote.
pub(crate) fn disturb(
    signal: Signal,
    bytes: &[u8],
    liberties: Liberties,
    source: &mut Source<'_>,
) -> Disturbed {
    let mut disturber = Disturber { liberties, source, repairs: Repairs::default() };
    let tree = disturber.message(signal.request(), parse(signal.request(), bytes));
    let repairs = disturber.repairs;
    let (mut sent, mut clean) = (Vec::new(), Vec::new());
    write(&tree, Some(source), &mut sent);
    write(&tree, None, &mut clean);
    Disturbed { bytes: sent, clean, repairs }
}

#[derive(Clone)]
struct Node {
    number: u32,
    payload: Payload,
}

#[derive(Clone)]
enum Payload {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(Vec<u8>),
    /// Text that is not UTF-8, and what should become of it.
    Broken(Vec<u8>),
    Message(Vec<Node>),
    Group(Vec<Node>),
}

fn parse(message: &'static Message, bytes: &[u8]) -> Vec<Node> {
    Fields::new(bytes)
        .map(|raw| {
            let payload = match (raw.wire, message.field(raw.number).map(|field| field.kind)) {
                (WireType::Len, Some(Kind::Message(child))) => {
                    Payload::Message(parse(child, raw.bytes))
                }
                (WireType::Len, _) => Payload::Bytes(raw.bytes.to_vec()),
                (WireType::Fixed64, _) => Payload::Fixed64(raw.scalar),
                (WireType::Fixed32, _) => Payload::Fixed32(raw.scalar as u32),
                _ => Payload::Varint(raw.scalar),
            };
            Node { number: raw.number, payload }
        })
        .collect()
}

struct Disturber<'s, 'a> {
    liberties: Liberties,
    source: &'s mut Source<'a>,
    repairs: Repairs,
}

impl Disturber<'_, '_> {
    fn message(&mut self, message: &'static Message, nodes: Vec<Node>) -> Vec<Node> {
        let mut out = Vec::new();
        for node in nodes {
            let field = message.field(node.number).unwrap();
            self.field(field, message, node, &mut out);
        }
        for field in message.fields {
            let absent = out.iter().all(|node| node.number != field.number);
            if absent && field.label == Label::One && self.source.once_in(4) {
                out.push(Node { number: field.number, payload: default(field.kind) });
            }
        }
        while self.source.once_in(5) {
            out.push(self.unknown(message, 0));
        }
        self.shuffle(message, out)
    }

    fn field(&mut self, field: &Field, message: &'static Message, node: Node, out: &mut Vec<Node>) {
        let number = node.number;
        match (field.kind, node.payload) {
            (Kind::Message(child), Payload::Message(nodes)) => {
                let mut nodes = self.message(child, nodes);
                if field.label != Label::Many && self.repeats() {
                    let rest = nodes.split_off(self.source.below(nodes.len() + 1).min(nodes.len()));
                    out.push(Node { number, payload: Payload::Message(nodes) });
                    nodes = rest;
                }
                out.push(Node { number, payload: Payload::Message(nodes) });
            }
            (kind, Payload::Bytes(packed)) if kind.packable() => {
                self.numbers(number, kind.wire(), &packed, out);
            }
            (kind, payload) => {
                if field.label != Label::Many && self.repeats() {
                    let other = self.other(field, message);
                    out.push(other);
                }
                let payload = match payload {
                    Payload::Bytes(text) if matches!(kind, Kind::String) => self.text(text),
                    payload => payload,
                };
                out.push(Node { number, payload });
            }
        }
    }

    fn repeats(&mut self) -> bool {
        let repeats = self.liberties.repeat && self.source.once_in(12);
        self.repairs.merged |= repeats;
        repeats
    }

    /// An earlier value of a field, which does not count: of the same field or, in a oneof, maybe
    /// of another member.
    fn other(&mut self, field: &Field, message: &'static Message) -> Node {
        let members: Vec<&Field> = message
            .fields
            .iter()
            .filter(|member| match field.label {
                Label::OneOf => member.label == Label::OneOf,
                _ => member.number == field.number,
            })
            .collect();
        let chosen = members[self.source.below(members.len())];
        let payload = match default(chosen.kind) {
            Payload::Varint(_) => Payload::Varint(self.source.bits()),
            Payload::Fixed64(_) => Payload::Fixed64(self.source.bits()),
            // Even an id that does not count must have its length.
            Payload::Bytes(_) if matches!(chosen.kind, Kind::Id) => {
                Payload::Bytes(self.source.id(if chosen.name.ends_with("span_id") {
                    8
                } else {
                    16
                }))
            }
            Payload::Bytes(_) => Payload::Bytes(self.source.text().into_bytes()),
            other => other,
        };
        Node { number: chosen.number, payload }
    }

    fn text(&mut self, mut text: Vec<u8>) -> Payload {
        if !(self.liberties.break_text && self.source.once_in(6)) {
            return Payload::Bytes(text);
        }
        self.repairs.text = true;
        let faults: [&[u8]; 5] = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f", b"\xc0\xaf"];
        let at = self.source.below(text.len() + 1).min(text.len());
        let fault = faults[self.source.below(faults.len())];
        // A faulty sequence followed by the rest of a character may be a character.
        let rest = text.split_off(at);
        text.extend_from_slice(fault);
        text.push(b'!');
        text.extend_from_slice(&rest);
        Payload::Broken(text)
    }

    /// Packed numbers, in several parts, some of them not packed.
    fn numbers(&mut self, number: u32, wire: WireType, mut packed: &[u8], out: &mut Vec<Node>) {
        let mut part = Vec::new();
        let flush = |part: &mut Vec<u8>, out: &mut Vec<Node>| {
            if !part.is_empty() {
                out.push(Node { number, payload: Payload::Bytes(std::mem::take(part)) });
            }
        };
        while !packed.is_empty() {
            let before = packed;
            let payload = match wire {
                WireType::Fixed64 => Payload::Fixed64(wire::take_fixed64(&mut packed).unwrap()),
                WireType::Fixed32 => Payload::Fixed32(wire::take_fixed32(&mut packed).unwrap()),
                _ => Payload::Varint(wire::read_varint(&mut packed).unwrap()),
            };
            if self.source.once_in(3) {
                flush(&mut part, out);
                out.push(Node { number, payload });
            } else {
                part.extend_from_slice(&before[..before.len() - packed.len()]);
            }
        }
        flush(&mut part, out);
        if self.source.once_in(6) {
            out.push(Node { number, payload: Payload::Bytes(Vec::new()) });
        }
    }

    fn unknown(&mut self, message: &'static Message, depth: u32) -> Node {
        let numbers = [19, 31, 1000, 2047, 2048, (1 << 29) - 1];
        let small = (1..16).find(|number| message.field(*number).is_none());
        let number = match self.source.below(numbers.len() + 1) {
            index if index < numbers.len() => numbers[index],
            _ => small.unwrap_or(17),
        };
        let payload = match self.source.below(if depth > 4 { 4 } else { 5 }) {
            0 => Payload::Varint(self.source.bits()),
            1 => Payload::Fixed64(self.source.bits()),
            2 => Payload::Fixed32(self.source.bits() as u32),
            3 => Payload::Bytes(self.source.bytes()),
            _ => {
                let count = self.source.below(3);
                Payload::Group((0..count).map(|_| self.unknown(message, depth + 1)).collect())
            }
        };
        Node { number, payload }
    }

    /// Any order, but fields of one number, or of the oneof, keep theirs: it has a meaning.
    fn shuffle(&mut self, message: &'static Message, nodes: Vec<Node>) -> Vec<Node> {
        let group = |node: &Node| match message.field(node.number).map(|field| field.label) {
            Some(Label::OneOf) => u32::MAX,
            _ => node.number,
        };
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        for index in (1..order.len()).rev() {
            order.swap(index, self.source.below((index + 1).min(256)));
        }
        let mut taken = vec![false; nodes.len()];
        order
            .iter()
            .map(|index| {
                let wanted = group(&nodes[*index]);
                let first = (0..nodes.len())
                    .find(|index| !taken[*index] && group(&nodes[*index]) == wanted)
                    .unwrap();
                taken[first] = true;
                nodes[first].clone()
            })
            .collect()
    }
}

fn default(kind: Kind) -> Payload {
    match kind.wire() {
        WireType::Fixed64 => Payload::Fixed64(0),
        WireType::Fixed32 => Payload::Fixed32(0),
        WireType::Len if matches!(kind, Kind::Message(_)) => Payload::Message(Vec::new()),
        WireType::Len => Payload::Bytes(Vec::new()),
        _ => Payload::Varint(0),
    }
}

/// Writes a tree: with padded varints and broken text when there is a source, else the clean way.
fn write(nodes: &[Node], mut source: Option<&mut Source<'_>>, out: &mut Vec<u8>) {
    for node in nodes {
        let mut tag = |wire: WireType, out: &mut Vec<u8>| match &mut source {
            Some(source) => padded(out, u64::from(node.number) << 3 | wire as u64, 5, source),
            None => put_tag(out, node.number, wire),
        };
        match &node.payload {
            Payload::Varint(value) => {
                tag(WireType::Varint, out);
                match &mut source {
                    Some(source) => padded(out, *value, 10, source),
                    None => put_varint(out, *value),
                }
            }
            Payload::Fixed64(value) => {
                tag(WireType::Fixed64, out);
                out.extend_from_slice(&value.to_le_bytes());
            }
            Payload::Fixed32(value) => {
                tag(WireType::Fixed32, out);
                out.extend_from_slice(&value.to_le_bytes());
            }
            Payload::Group(nodes) => {
                tag(WireType::GroupStart, out);
                write(nodes, source.as_deref_mut(), out);
                put_tag(out, node.number, WireType::GroupEnd);
            }
            Payload::Bytes(bytes) => delimited(node.number, bytes, source.as_deref_mut(), out),
            Payload::Broken(bytes) => {
                let clean = String::from_utf8_lossy(bytes);
                let bytes = if source.is_some() { bytes } else { clean.as_bytes() };
                delimited(node.number, bytes, source.as_deref_mut(), out);
            }
            Payload::Message(nodes) => {
                let mut message = Vec::new();
                write(nodes, source.as_deref_mut(), &mut message);
                delimited(node.number, &message, source.as_deref_mut(), out);
            }
        }
    }
}

fn delimited(number: u32, bytes: &[u8], source: Option<&mut Source<'_>>, out: &mut Vec<u8>) {
    match source {
        Some(source) => {
            padded(out, u64::from(number) << 3 | WireType::Len as u64, 5, source);
            padded(out, bytes.len() as u64, 10, source);
            out.extend_from_slice(bytes);
        }
        None => put_len(out, number, bytes),
    }
}

/// A varint that is sometimes longer than it need be, up to `most` bytes.
fn padded(out: &mut Vec<u8>, value: u64, most: usize, source: &mut Source<'_>) {
    let start = out.len();
    put_varint(out, value);
    if source.once_in(8) {
        let length = out.len() - start;
        let padding = source.below(4).min(most - length);
        for _ in 0..padding {
            *out.last_mut().unwrap() |= 0x80;
            out.push(0);
        }
    }
}
