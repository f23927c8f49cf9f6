//! Editors that replace text, in one value or in all of a map: what matches a regular expression, or
//! the whole of what a glob matches.
//!
//! All of them take a replacement and, if wanted, a converter that it goes through and a format that
//! the result is put into.

pub(super) mod replace_all_matches;
pub(super) mod replace_all_patterns;
pub(super) mod replace_match;
pub(super) mod replace_pattern;

use std::sync::Arc;

use super::{ArgumentFault, Arguments, Converter, FunctionDecl, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::{MAX_TEXT, Workspace};
use crate::text::glob::Glob;
use crate::text::regex::{Pattern, Template};
use crate::types::Type;
use crate::value::Value;

/// The parameter that takes what is put in the place of a match.
const REPLACEMENT: Param = Param::required("replacement", Takes::Exactly(Type::STRING));
/// The parameter that takes a converter.
const FUNCTION: Param = Param::optional("function", Takes::Function);
/// The parameter that takes a format; without a converter it is not looked at.
const FORMAT: Param = Param::optional("replacement_format", Takes::Exactly(Type::STRING)).late();

/// The way of a replacement through a converter and a format.
#[derive(Clone, Copy)]
struct Through<'a> {
    convert: Converter,
    format: Value<'a>,
}

impl<'a> Through<'a> {
    /// What the arguments ask for; `None` when there is no converter.
    fn of(function: Value<'a>, format: Value<'a>) -> Result<Option<Self>, EvalError> {
        let Value::Function(function) = function else { return Ok(None) };
        Ok(Some(Self { convert: of_text(function)?, format }))
    }

    fn apply(self, work: &mut Workspace<'a>, text: &str) -> Result<String, EvalError> {
        let text = work.text(text);
        let Value::Str(result) = (self.convert)(work, &[text])? else {
            return Err(EvalError::Function("the converter did not yield text".into()));
        };
        match work.needed(self.format)? {
            Value::Str(format) => formatted(format, result),
            _ => Ok(result.to_owned()),
        }
    }
}

/// The implementation of a converter that takes nothing but one text.
fn of_text(function: &FunctionDecl) -> Result<Converter, EvalError> {
    match (function.run, function.params) {
        (Shim::Converter(run), [Param { takes: Takes::Exactly(Type::STRING), .. }]) => Ok(run),
        _ => {
            let message = format!("`{}` does not take one text and nothing else", function.name);
            Err(EvalError::Function(message.into()))
        }
    }
}

/// A format with the text in place of its `%s`, as Go writes it: only the first one stands for the
/// text, and a `%` at the end is pointed out.
fn formatted(format: &str, text: &str) -> Result<String, EvalError> {
    let invalid = || EvalError::InvalidText {
        text: format.into(),
        wanted: "a format of one line with `%s` and no other directive",
    };
    let mut out = String::new();
    let mut rest = format;
    let mut filled = false;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        if after.is_empty() {
            out.push_str("%!(NOVERB)");
        } else if after.starts_with('s') {
            out.push_str(if filled { "%!s(MISSING)" } else { text });
            filled = true;
        } else {
            return Err(invalid());
        }
        rest = after.strip_prefix('s').unwrap_or_default();
    }
    out.push_str(rest);
    if !filled || format.contains('\n') {
        return Err(invalid());
    }
    if out.len() > MAX_TEXT { Err(EvalError::TooLong) } else { Ok(out) }
}

/// The text with every match replaced; `None` when nothing matches.
fn replace_matches<'a>(
    work: &mut Workspace<'a>,
    text: &str,
    pattern: &Pattern,
    replacement: &str,
    through: Option<Through<'a>>,
) -> Result<Option<&'a str>, EvalError> {
    let long = |out: &String| if out.len() > MAX_TEXT { Err(EvalError::TooLong) } else { Ok(()) };
    // Most replacements refer to no group.
    if through.is_none() && !replacement.contains('$') {
        let replaced = pattern.replace_plainly(text, |out| {
            out.push_str(replacement);
            long(out)
        })?;
        return Ok(replaced.map(|replaced| &*work.arena.alloc_str(&replaced)));
    }
    let template = Template::parse(replacement);
    let replaced = pattern.replace(text, |captures, out| {
        match through {
            None => template.expand(pattern, captures, out),
            Some(through) => {
                let mut expanded = String::new();
                template.expand(pattern, captures, &mut expanded);
                out.push_str(&through.apply(work, &expanded)?);
            }
        }
        long(out)
    })?;
    Ok(replaced.map(|replaced| &*work.arena.alloc_str(&replaced)))
}

/// A glob and what stands in the place of what it matches.
struct Whole<'a> {
    glob: Arc<Glob>,
    replacement: &'a str,
}

impl<'a> Whole<'a> {
    /// From pattern, replacement, converter and format.
    fn of(work: &mut Workspace<'a>, args: &[Value<'a>]) -> Result<Self, EvalError> {
        let [Value::Str(pattern), Value::Str(replacement), function, format] = *args else {
            return Err(EvalError::Internal("the arguments of a replacement"));
        };
        let glob = work.prepared(pattern, |pattern| {
            Glob::new(pattern).map_err(|error| EvalError::Function(error.to_string().into()))
        })?;
        let replacement = match Through::of(function, format)? {
            None => replacement,
            Some(through) => {
                let text = through.apply(work, replacement)?;
                work.arena.alloc_str(&text)
            }
        };
        Ok(Self { glob, replacement })
    }

    fn matches(&self, text: &str) -> Result<bool, EvalError> {
        self.glob.is_match(text).map_err(|error| EvalError::Function(error.to_string().into()))
    }
}

/// The rule for a glob that is the second parameter.
fn check_glob(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    let Some(Err(error)) = args.text(1).map(Glob::new) else { return Ok(()) };
    let help = "a glob knows `*`, `?`, `[abc]`, `[a-z]`, `[!a]` and `{a,b}`; a backslash takes a \
                character as it is";
    Err(ArgumentFault::new(1, format!("takes a glob: {error}"), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_filled_as_in_go() {
        let filled = |format| formatted(format, "x").ok();
        assert_eq!(filled("<%s>").as_deref(), Some("<x>"));
        assert_eq!(filled("%s%s").as_deref(), Some("x%!s(MISSING)"));
        assert_eq!(filled("%s%").as_deref(), Some("x%!(NOVERB)"));
        for format in ["", "x", "%", "%d", "%s %d", "%%s", "%s\n"] {
            assert_eq!(filled(format), None, "{format}");
        }
    }
}
