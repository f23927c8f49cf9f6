//! Text by a format with directives such as `%-5.2f`, as Go's `fmt.Sprintf` makes it.
//!
//! A [`Format`] is read once and written as often as there are arguments for it. Nothing about it is
//! an error: what a directive cannot do stands in the result, as in `%!d(string=x)`.
//!
//! Values are shown as the Go values that they are in the reference: integers as `int64`, times as
//! `time.Time`, ids as arrays of bytes with a text of their own. Maps, lists and statuses of
//! telemetry, of which Go would show addresses in memory, are shown by what they hold.

mod directive;
mod float;
mod integer;
mod printer;
mod quote;
mod thing;

use directive::{Count, Directive, Piece};
use printer::Printer;

use crate::error::EvalError;
use crate::value::Value;

/// A double with as few digits as tell it from its neighbours, as `%g` writes it: `0.5`, `1e+06`.
pub fn shortest(value: f64) -> String {
    let sign = if value.is_sign_negative() && !value.is_nan() { "-" } else { "" };
    format!("{sign}{}", float::text(value, 'g', None))
}

/// A format.
#[derive(Clone, Debug)]
pub struct Format {
    pieces: Vec<Piece>,
    /// Whether directives name arguments by their number, so that none counts as left over.
    numbered: bool,
}

impl Format {
    /// Reads a format.
    pub fn new(text: &str) -> Self {
        let pieces = directive::pieces(text);
        let numbered = pieces.iter().any(Piece::is_numbered);
        Self { pieces, numbered }
    }

    /// The text with these arguments. It may not be UTF-8, since bytes are written as they are.
    ///
    /// # Errors
    /// When it is too long.
    pub fn write(&self, args: &[Value<'_>]) -> Result<Vec<u8>, EvalError> {
        let mut printer = Printer::default();
        let mut next = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => printer.push(text)?,
                Piece::Directive(directive) => write(&mut printer, directive, args, &mut next)?,
            }
        }
        let rest = args.get(next..).unwrap_or_default();
        if !self.numbered && !rest.is_empty() {
            printer.extra(rest)?;
        }
        Ok(printer.into_bytes())
    }
}

/// Writes what a directive asks for. `next` is the argument that follows the last one used.
fn write(
    printer: &mut Printer,
    directive: &Directive,
    args: &[Value<'_>],
    next: &mut usize,
) -> Result<(), EvalError> {
    let mut sound = directive.sound;
    let mut flags = directive.flags;
    sound &= directive.before_width.go_to(next, args.len());
    match directive.width {
        Count::None => {}
        Count::Fixed(width) => flags.width = Some(width),
        Count::Argument => match count(args, next) {
            Some(width) => {
                flags.width = usize::try_from(width.unsigned_abs()).ok();
                if width < 0 {
                    flags.minus = true;
                    flags.zero = false;
                }
            }
            None => printer.push("%!(BADWIDTH)")?,
        },
    }
    sound &= directive.before_precision.go_to(next, args.len());
    match directive.precision {
        Count::None => {}
        Count::Fixed(precision) => flags.precision = Some(precision),
        Count::Argument => {
            flags.precision = count(args, next).and_then(|count| usize::try_from(count).ok());
            if flags.precision.is_none() {
                printer.push("%!(BADPREC)")?;
            }
        }
    }
    sound &= directive.before_verb.go_to(next, args.len());
    let Some(verb) = directive.verb else { return printer.push("%!(NOVERB)") };
    let value = match args.get(*next) {
        _ if verb == '%' => return printer.push("%"),
        _ if !sound => return printer.push(&format!("%!{verb}(BADINDEX)")),
        None => return printer.push(&format!("%!{verb}(MISSING)")),
        Some(value) => *value,
    };
    *next += 1;
    if matches!(verb, 'v' | 'w') {
        // Here the two flags choose between forms of the whole value.
        flags.go_syntax = std::mem::take(&mut flags.sharp);
        flags.field_names = std::mem::take(&mut flags.plus);
    }
    printer.flags = flags;
    printer.argument(value, verb)
}

/// Largest width or precision that an argument may give.
const MAX_COUNT: u64 = 1_000_000;

/// A width or precision that an argument gives, if it is an integer of a sensible size.
fn count(args: &[Value<'_>], next: &mut usize) -> Option<i64> {
    let value = args.get(*next)?;
    *next += 1;
    match value {
        Value::Int(count) | Value::Duration(count) if count.unsigned_abs() <= MAX_COUNT => {
            Some(*count)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
