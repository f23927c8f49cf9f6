//! `replace_pattern`

use super::{Example, FunctionDecl, Offered, Param, Shim, Takes};
use crate::error::EvalError;
use crate::frame::{Frame, MAX_TEXT, Workspace};
use crate::paths::Target;
use crate::text::regex::Template;
use crate::types::Type;
use crate::value::Value;

pub(super) const REPLACE_PATTERN: FunctionDecl = FunctionDecl {
    name: "replace_pattern",
    doc: "Replaces every match of a regular expression in a text. The replacement may refer to groups \
          (`$1`, `${name}`); with a function, the filled-in replacement is passed to it and its \
          result is used, in the given format. Targets that are not text stay as they are.",
    params: &[
        Param::required("target", Takes::Path),
        Param::required("regex_pattern", Takes::Pattern),
        Param::required("replacement", Takes::Exactly(Type::STRING)).late(),
        Param::optional("function", Takes::Function),
        Param::optional("replacement_format", Takes::Exactly(Type::STRING)).late(),
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: None,
    examples: &[
        Example {
            given: r#"{"a": "pw=abc x"}"#,
            statement: r#"replace_pattern(log.attributes["a"], "pw=(\\w+)", "pw=$1!")"#,
            expect: r#"{"a": "pw=abc! x"}"#,
        },
        Example {
            given: r#"{"a": 4}"#,
            statement: r#"replace_pattern(log.attributes["a"], "4", "x")"#,
            expect: r#"{"a": 4}"#,
        },
    ],
    run: Shim::Editor(replace_pattern),
};

fn replace_pattern<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [pattern, replacement, function, format] = *args else {
        return Err(EvalError::Internal("replace_pattern"));
    };
    let target_value = frame.read(target.path, target.keys)?;
    if target_value.is_nil() {
        return Ok(());
    }
    let Value::Str(replacement) = frame.state.work.needed(replacement)? else {
        return Err(EvalError::Internal("replace_pattern"));
    };
    let Value::Str(text) = target_value else { return Ok(()) };
    let replaced = match function {
        Value::Function(function) => {
            replace_through(&mut frame.state.work, text, pattern, replacement, function, format)?
        }
        _ => {
            let work = &frame.state.work;
            let pattern = work.pattern(pattern)?;
            let template = Template::parse(replacement);
            pattern.replace(text, |captures, out| {
                template.expand(pattern, captures, out);
                if out.len() > MAX_TEXT { Err(EvalError::TooLong) } else { Ok(()) }
            })?
        }
    };
    let Some(replaced) = replaced else { return Ok(()) };
    let replaced = frame.state.work.text(&replaced);
    frame.write(target.path, target.keys, replaced)
}

/// Replaces the text of each match by the function's result, wherever that text stands: as in the
/// reference, a part outside the matches that equals one of them changes as well.
fn replace_through<'a>(
    work: &mut Workspace<'a>,
    text: &str,
    pattern: Value<'a>,
    replacement: &str,
    function: &'static FunctionDecl,
    format: Value<'a>,
) -> Result<Option<String>, EvalError> {
    let Shim::Converter(run) = function.run else {
        return Err(EvalError::Internal("an editor was passed as a converter"));
    };
    let template = Template::parse(replacement);
    let mut matches: Vec<(String, String)> = Vec::new();
    let compiled = work.pattern(pattern)?;
    compiled.replace(text, |captures, _| {
        let mut expanded = String::new();
        template.expand(compiled, captures, &mut expanded);
        let whole = captures.get(0).map_or("", |whole| whole.as_str());
        matches.push((whole.to_owned(), expanded));
        Ok::<_, EvalError>(())
    })?;
    if matches.is_empty() {
        return Ok(None);
    }
    let mut replaced = text.to_owned();
    for (whole, expanded) in matches {
        let argument = work.text(&expanded);
        let result = match run(work, &[argument])? {
            Value::Str(result) => result,
            other => {
                return Err(EvalError::Expected { expected: Type::STRING, got: other.kind() });
            }
        };
        let result = match work.needed(format)? {
            Value::Str(format) => formatted(format, result)?,
            _ => result.to_owned(),
        };
        // An empty match stands between any two characters, so texts can grow without end.
        let growth = replaced.matches(&*whole).count().saturating_mul(result.len());
        if replaced.len().saturating_add(growth) > MAX_TEXT {
            return Err(EvalError::TooLong);
        }
        replaced = replaced.replace(&whole, &result);
    }
    Ok(Some(replaced))
}

/// A format with the text in place of `%s`, the only directive there may be.
fn formatted(format: &str, text: &str) -> Result<String, EvalError> {
    let invalid = || EvalError::InvalidText {
        text: format.into(),
        wanted: "a format with `%s` and no other directive",
    };
    let (before, after) = format.split_once("%s").ok_or_else(invalid)?;
    if before.contains('%') || after.contains('%') {
        return Err(invalid());
    }
    Ok([before, text, after].concat())
}
