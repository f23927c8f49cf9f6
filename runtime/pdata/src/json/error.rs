//! Why a JSON request was refused: the place and what was expected there.
//!
//! A [`Fault`] starts with an offset where reading stopped; each level that it passes on the way
//! out adds its field name or index, so that reading itself need not carry a path.

use crate::batch::Signal;

/// Why JSON was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("malformed {signal} request in JSON: {reason} (byte {offset}, field {path})",
    signal = signal.name(), path = if path.is_empty() { "(request)" } else { path })]
pub struct JsonError {
    /// The signal that was asked for.
    pub signal: Signal,
    /// JSON names from the request down to the fault, indexes for lists:
    /// `resourceSpans[0].scopeSpans[2].scope`. Empty at the top.
    pub path: String,
    /// Byte offset of the fault in the text.
    pub offset: usize,
    /// What was expected there and what was found.
    pub reason: String,
}

/// A fault on its way out of the reader. Boxed, because results are passed often and faults once.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) offset: usize,
    pub(super) reason: String,
    /// Innermost step first.
    path: Vec<Step>,
}

#[derive(Debug)]
enum Step {
    Field(&'static str),
    Index(usize),
}

pub(super) type Result<T> = std::result::Result<T, Box<Fault>>;

impl Fault {
    /// A fault at a byte offset, with the whole reason.
    #[cold]
    pub(super) fn new(offset: usize, reason: impl Into<String>) -> Box<Self> {
        Box::new(Self { offset, reason: reason.into(), path: Vec::new() })
    }

    /// A fault at a byte offset where something else was expected; `input` tells what was found.
    #[cold]
    pub(super) fn expected(what: &str, input: &[u8], offset: usize) -> Box<Self> {
        Self::new(offset, format!("expected {what}, found {}", found(input, offset)))
    }

    /// Adds the field around the fault.
    #[cold]
    pub(super) fn in_field(mut self: Box<Self>, name: &'static str) -> Box<Self> {
        self.path.push(Step::Field(name));
        self
    }

    /// Adds the place in a list around the fault.
    #[cold]
    pub(super) fn in_item(mut self: Box<Self>, index: usize) -> Box<Self> {
        self.path.push(Step::Index(index));
        self
    }

    /// The error for callers.
    pub(super) fn into_error(self, signal: Signal) -> JsonError {
        let mut path = String::new();
        for step in self.path.iter().rev() {
            match step {
                Step::Field(name) => {
                    if !path.is_empty() {
                        path.push('.');
                    }
                    path.push_str(name);
                }
                Step::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        JsonError { signal, path, offset: self.offset, reason: self.reason }
    }
}

/// Text from the input is shown up to this length.
const SHOWN: usize = 40;

/// Describes what stands at `offset`.
fn found(input: &[u8], offset: usize) -> String {
    let rest = input.get(offset..).unwrap_or_default();
    let Some(first) = rest.first() else { return "the end of the text".to_owned() };
    match first {
        b'{' => "an object".to_owned(),
        b'[' => "a list".to_owned(),
        b'"' => {
            let text = rest.get(1..).unwrap_or_default();
            let end = text.iter().position(|byte| *byte == b'"').unwrap_or(text.len());
            let shown = text.get(..end.min(SHOWN)).unwrap_or_default();
            let dots = if end > SHOWN { "…" } else { "" };
            format!("the string \"{}{dots}\"", printable(shown))
        }
        b'-' | b'+' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
            let word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-._".contains(byte);
            let end = rest.iter().position(|byte| !word(byte)).unwrap_or(rest.len());
            let shown = rest.get(..end.min(SHOWN)).unwrap_or_default();
            format!("`{}{}`", printable(shown), if end > SHOWN { "…" } else { "" })
        }
        0x20..=0x7e => format!("`{}`", char::from(*first)),
        byte => format!("the byte 0x{byte:02x}"),
    }
}

/// Text without control characters, so that an error stays on its line.
fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}
