//! `replace_all_patterns`

use holt_pdata::ValueView;

use super::super::ordered::Ordered;
use super::super::{ArgumentFault, Arguments, Example, FunctionDecl, Offered, Param, Shim, Takes};
use super::{FORMAT, FUNCTION, REPLACEMENT, Through, replace_matches};
use crate::error::EvalError;
use crate::frame::{Frame, Workspace};
use crate::paths::Target;
use crate::text::regex::Pattern;
use crate::types::Type;
use crate::value::Value;

pub(in crate::functions) const REPLACE_ALL_PATTERNS: FunctionDecl = FunctionDecl {
    name: "replace_all_patterns",
    doc: "Replaces every match of a regular expression in the texts of a map (mode `value`) or in its keys \
          (mode `key`; of entries whose keys become the same the last one stays). The replacement may \
          refer to groups (`$1`, `${name}`); with a function, the filled-in replacement is passed to it \
          and its result is used, in the given format. Where the function fails, a value stays as it is \
          and an entry goes.",
    params: &[
        Param::required("target", Takes::MapPath),
        Param::required("mode", Takes::Literal(Type::STRING)),
        Param::required("regex_pattern", Takes::Pattern),
        REPLACEMENT,
        FUNCTION,
        FORMAT,
    ],
    returns: Type::NOTHING,
    pure: false,
    offered: Offered::EVERYWHERE,
    check: Some(check),
    examples: &[
        Example {
            given: r#"{"kube_pod_x": 1, "b": "kube_pod_y"}"#,
            statement: r#"replace_all_patterns(log.attributes, "key", "^kube_([a-z]+_)", "k8s.${1}")"#,
            expect: r#"{"k8s.pod_x": 1, "b": "kube_pod_y"}"#,
        },
        Example {
            given: r#"{"a": "1-2", "b": 34, "c": "x"}"#,
            statement: r##"replace_all_patterns(log.attributes, "value", "[0-9]", "#")"##,
            expect: r##"{"a": "#-#", "b": 34, "c": "x"}"##,
        },
    ],
    run: Shim::Editor(replace_all_patterns),
};

/// What the texts of a map go through.
struct Replacing<'a> {
    pattern: Pattern,
    replacement: &'a str,
    function: Value<'a>,
    format: Value<'a>,
}

/// What becomes of a text.
enum Outcome<'a> {
    Same,
    Replaced(&'a str),
    Failed,
}

impl<'a> Replacing<'a> {
    fn apply(&self, work: &mut Workspace<'a>, text: &str) -> Result<Outcome<'a>, EvalError> {
        if !self.pattern.is_match(text) {
            return Ok(Outcome::Same);
        }
        let through = match Through::of(self.function, self.format) {
            Ok(through) => through,
            Err(_) => return Ok(Outcome::Failed),
        };
        match replace_matches(work, text, &self.pattern, self.replacement, through) {
            Ok(replaced) => Ok(replaced.map_or(Outcome::Same, Outcome::Replaced)),
            Err(EvalError::TooLong) => Err(EvalError::TooLong),
            // The reference keeps what functions and formats raise to itself.
            Err(_) => Ok(Outcome::Failed),
        }
    }
}

fn replace_all_patterns<'a>(
    frame: &mut Frame<'_, 'a>,
    target: &Target<'_, 'a>,
    args: &[Value<'a>],
) -> Result<(), EvalError> {
    let [mode, pattern, Value::Str(replacement), function, format] = *args else {
        return Err(EvalError::Internal("replace_all_patterns"));
    };
    let pattern = frame.state.work.pattern(pattern)?.clone();
    let replacing = Replacing { pattern, replacement, function, format };
    if matches!(mode, Value::Str("value")) {
        return frame.update_values(target, |work, value| {
            let ValueView::Str(text) = value else { return Ok(None) };
            Ok(match replacing.apply(work, text)? {
                Outcome::Replaced(text) => Some(ValueView::Str(text)),
                Outcome::Same | Outcome::Failed => None,
            })
        });
    }
    let entries = frame.entries(target)?;
    let count = entries.len();
    let mut renamed = Ordered::default();
    let mut changed = false;
    for (key, value) in entries {
        match replacing.apply(&mut frame.state.work, key)? {
            Outcome::Same => renamed.put(key, value),
            Outcome::Replaced(key) => {
                changed = true;
                renamed.put(key, value);
            }
            Outcome::Failed => {}
        }
    }
    let renamed = renamed.into_entries();
    // Keys that stood there twice do so no more, even if none was replaced.
    if changed || renamed.len() < count { frame.replace_map(target, renamed) } else { Ok(()) }
}

fn check(args: &Arguments<'_>) -> Result<(), ArgumentFault> {
    match args.text(1) {
        None | Some("key" | "value") => Ok(()),
        Some(_) => Err(ArgumentFault::new(1, "takes the mode `key` or `value`", "")),
    }
}
