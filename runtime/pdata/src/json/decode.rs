//! Decoding OTLP/JSON: text in, a batch of canonical protobuf out.
//!
//! One pass: every value is written as protobuf where it stands in the text. An object whose keys
//! were not in the order of the field numbers is put in order when it ends, from the list of pieces
//! its keys became; one that repeats keys is merged.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

use super::error::{Fault, JsonError, Result};
use super::merge::merge;
use super::plan::{Plan, PlanField};
use super::read::Reader;
use super::skip::skip_value;
use super::writer::{Piece, Writer};
use crate::batch::{Batch, Repairs, Signal};
use crate::count;
use crate::schema::{Kind, Label, Role};
use crate::validate::MAX_DEPTH;
use crate::wire::{WireType, put_len, put_tag, put_varint};

/// Decodes an OTLP/JSON export request.
///
/// Keys may be lowerCamelCase or as in the `.proto` files; unknown ones are skipped. 64-bit
/// integers may be numbers or strings, enumerations numbers or names, ids are hex, bytes base64.
/// `null` stands for an absent value. Of a key that repeats the last value counts, lists grow and
/// messages merge. Text that is not UTF-8 gets U+FFFD in its place; [`Batch::repairs`] tells.
///
/// # Errors
/// When the text is not JSON, or a value is not what its field holds: JSON path, byte offset, what
/// was expected and what was found. Also when anything follows the request.
pub fn decode(signal: Signal, json: &[u8]) -> std::result::Result<Batch, JsonError> {
    let plan = Plan::of(signal);
    let mut decoder = Decoder {
        reader: Reader::new(json),
        // Protobuf is a third to two thirds of its JSON.
        writer: Writer::with_capacity(json.len() / 2),
        pieces: Vec::new(),
        scratch: Vec::new(),
        mended: false,
    };
    decoder.request(plan).map_err(|fault| fault.into_error(signal))?;
    let bytes = Bytes::from(decoder.writer.out);
    let items = count::items(signal.request(), &bytes);
    let repairs = Repairs { text: decoder.mended, merged: false };
    Ok(Batch::trusted(signal, bytes, items).with_repairs(repairs))
}

struct Decoder<'a> {
    reader: Reader<'a>,
    writer: Writer,
    /// Pieces of the objects that are open; each takes its own off the end.
    pieces: Vec<Piece>,
    /// Holds a string that had escapes.
    scratch: Vec<u8>,
    mended: bool,
}

/// How the value of a singular field is written.
#[derive(Clone, Copy)]
struct Mode {
    depth: u32,
    /// Defaults are written out, since the value replaces an earlier one.
    explicit: bool,
}

impl Decoder<'_> {
    fn request(&mut self, plan: &'static Plan) -> Result<()> {
        if !self.reader.null() {
            self.object(plan, Mode { depth: 0, explicit: false })?;
        }
        match self.reader.peek() {
            None => Ok(()),
            Some(_) => Err(self.reader.expected("nothing after the request")),
        }
    }

    /// Reads an object and writes the content of its message.
    fn object(&mut self, plan: &'static Plan, mode: Mode) -> Result<()> {
        if mode.depth > MAX_DEPTH {
            return Err(Fault::new(self.reader.at, "messages nest too deeply"));
        }
        self.reader.open(b'{', "an object")?;
        let (begin, first_piece) = (self.writer.out.len(), self.pieces.len());
        let (mut seen, mut repeats, mut ordered) = (0u32, false, true);
        let (mut first, mut last, mut guess) = (true, 0, 0);
        while self.reader.more(b'}', first)? {
            first = false;
            let key = self.reader.key(&mut self.scratch)?;
            let Some(field) = plan.find(key, guess) else {
                skip_value(&mut self.reader, &mut self.scratch, mode.depth + 1)?;
                continue;
            };
            guess = field.index + 1;
            let again = seen & field.bit != 0;
            let start = self.writer.out.len();
            let inner = Mode { depth: mode.depth + 1, explicit: mode.explicit || again };
            self.field(field, inner).map_err(|fault| fault.in_field(field.name.as_str()))?;
            let end = self.writer.out.len();
            if start == end {
                continue;
            }
            seen |= field.bit;
            repeats |= again;
            ordered &= field.index >= last;
            last = field.index;
            self.pieces.push(Piece { start, end, index: field.index });
        }
        if repeats {
            let content = self.writer.out.get(begin..).unwrap_or_default();
            let merged = merge(plan.message, content);
            self.writer.truncate(begin);
            self.writer.out.extend_from_slice(&merged);
        } else if !ordered && let Some(pieces) = self.pieces.get_mut(first_piece..) {
            self.writer.sort(begin, pieces);
        }
        self.pieces.truncate(first_piece);
        Ok(())
    }

    fn field(&mut self, field: &'static PlanField, mode: Mode) -> Result<()> {
        if self.reader.null() {
            self.null(field);
            return Ok(());
        }
        match field.field.label {
            Label::Many => self.list(field, mode),
            Label::One => self.value(field, mode.explicit, mode),
            Label::Optional | Label::OneOf => {
                self.value(field, true, Mode { explicit: false, ..mode })
            }
        }
    }

    /// `null` is as if the key were not there. Like in the Go collector, text and messages that are
    /// members of a oneof are set to their default all the same.
    fn null(&mut self, field: &PlanField) {
        if field.field.label == Label::OneOf
            && matches!(field.field.kind, Kind::String | Kind::Message(_))
        {
            put_len(&mut self.writer.out, field.field.number, &[]);
        }
    }

    fn list(&mut self, field: &'static PlanField, mode: Mode) -> Result<()> {
        self.reader.open(b'[', "a list")?;
        let mode = Mode { explicit: false, ..mode };
        let packed = field.field.kind.packable();
        let start = self.writer.out.len();
        let begun = packed.then(|| self.writer.begin(field.field.number, 1));
        let mut index = 0;
        while self.reader.more(b']', index == 0)? {
            let item = match packed {
                true => self
                    .reader
                    .scalar(field.field.kind, &mut self.scratch)
                    .map(|bits| self.writer.number(field.field.kind.wire(), bits)),
                // An element that is null counts, as the default.
                false if self.reader.null() => {
                    put_len(&mut self.writer.out, field.field.number, &[]);
                    Ok(())
                }
                false => self.value(field, true, mode),
            };
            item.map_err(|fault| fault.in_item(index))?;
            index += 1;
        }
        match begun {
            Some(_) if index == 0 => self.writer.truncate(start),
            Some(begun) => self.writer.end(begun),
            None => {}
        }
        Ok(())
    }

    /// Reads one value and writes it with its tag. A default is left out unless `keep_default`.
    #[inline]
    fn value(&mut self, field: &'static PlanField, keep_default: bool, mode: Mode) -> Result<()> {
        let number = field.field.number;
        match field.field.kind {
            Kind::Message(message) => {
                let Some(child) = field.child() else { return Ok(()) };
                // Holders are mostly longer than 16 KiB, other messages shorter than 128 bytes.
                let room = match message.role {
                    Role::Holder => 3,
                    Role::Item => 2,
                    Role::Entry | Role::Other => 1,
                };
                let begun = self.writer.begin(number, room);
                self.object(child, mode)?;
                self.writer.end(begun);
            }
            Kind::String => self.text(number, keep_default)?,
            Kind::Bytes => self.base64(number, keep_default)?,
            Kind::Id => self.id(field, keep_default)?,
            kind => {
                let bits = self.reader.scalar(kind, &mut self.scratch)?;
                let default = match kind {
                    // Negative zero equals the default.
                    Kind::Double => bits << 1 == 0,
                    _ => bits == 0,
                };
                if keep_default || !default {
                    put_tag(&mut self.writer.out, number, kind.wire());
                    self.writer.number(kind.wire(), bits);
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn text(&mut self, number: u32, keep_default: bool) -> Result<()> {
        let text = self.reader.string(&mut self.scratch)?;
        self.mended |= text.mended;
        if text.bytes.is_empty() && !keep_default {
            return Ok(());
        }
        match std::str::from_utf8(text.bytes) {
            Ok(_) => put_len(&mut self.writer.out, number, text.bytes),
            Err(_) => {
                self.mended = true;
                let mended = String::from_utf8_lossy(text.bytes);
                put_len(&mut self.writer.out, number, mended.as_bytes());
            }
        }
        Ok(())
    }

    fn base64(&mut self, number: u32, keep_default: bool) -> Result<()> {
        self.reader.peek();
        let start = self.reader.at;
        let text = self.reader.string(&mut self.scratch)?.bytes;
        if text.is_empty() && !keep_default {
            return Ok(());
        }
        let url_safe = text.iter().any(|byte| matches!(byte, b'-' | b'_'));
        let engine = if url_safe { &URL_SAFE } else { &STANDARD };
        let bytes =
            engine.decode(text).map_err(|_| Fault::expected("base64", self.reader.input, start))?;
        put_len(&mut self.writer.out, number, &bytes);
        Ok(())
    }

    fn id(&mut self, field: &PlanField, keep_default: bool) -> Result<()> {
        self.reader.peek();
        let start = self.reader.at;
        let text = self.reader.string(&mut self.scratch)?.bytes;
        let mut id = [0u8; 16];
        let length = field.id_length;
        if !text.is_empty() && (text.len() != 2 * length || decode_hex(text, &mut id).is_none()) {
            let what = format!("{} hexadecimal digits or nothing", 2 * length);
            return Err(Fault::expected(&what, self.reader.input, start));
        }
        // An id of zeros means that there is none.
        let id = id.get(..length).filter(|id| id.iter().any(|byte| *byte != 0));
        if id.is_some() || keep_default {
            put_tag(&mut self.writer.out, field.field.number, WireType::Len);
            put_varint(&mut self.writer.out, id.map_or(0, <[u8]>::len) as u64);
            self.writer.out.extend_from_slice(id.unwrap_or_default());
        }
        Ok(())
    }
}

fn decode_hex(text: &[u8], id: &mut [u8]) -> Option<()> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, _) = text.as_chunks::<2>();
    for ([high, low], byte) in pairs.iter().zip(id) {
        *byte = (digit(*high)? << 4 | digit(*low)?) as u8;
    }
    Some(())
}

/// Padding is optional, as the protobuf JSON mapping has it.
const BASE64: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
static STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, BASE64);
static URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, BASE64);
