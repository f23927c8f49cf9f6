//! Grok: regular expressions with names for their parts, `%{SYNTAX:name:type}`.
//!
//! The patterns in `patterns.txt` are those of go-grok's complete set (see NOTICE).

use std::collections::HashMap;
use std::sync::OnceLock;

use super::number::parse_int;
use super::regex::Pattern;
use crate::error::EvalError;

/// A compiled grok pattern.
#[derive(Debug)]
pub struct Grok {
    pattern: Pattern,
    /// The types that names ask for.
    types: HashMap<String, String>,
}

/// What a name stands for in a match.
#[derive(Clone, Debug, PartialEq)]
pub enum Captured<'t> {
    /// Text.
    Text(&'t str),
    /// An integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// A truth value.
    Bool(bool),
}

/// Names with dots are group names with this instead.
const DOT: &str = "___";

/// Patterns that stand for others are written out, up to this length in bytes.
const MAX_LENGTH: usize = 256 << 10;

/// So often at most, since patterns may stand for themselves.
const MAX_ROUNDS: usize = 1000;

fn known() -> &'static HashMap<&'static str, &'static str> {
    static KNOWN: OnceLock<HashMap<&'static str, &'static str>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        include_str!("patterns.txt").lines().filter_map(|line| line.split_once(' ')).collect()
    })
}

impl Grok {
    /// Compiles a pattern. Definitions come before the known patterns; with `named_only`, a pattern
    /// without a name is not captured.
    ///
    /// # Errors
    /// For a pattern that does not exist, and for an invalid regular expression.
    pub fn new(
        text: &str,
        named_only: bool,
        definitions: &[(&str, &str)],
    ) -> Result<Self, EvalError> {
        let mut types = HashMap::new();
        let expanded = expand(text, named_only, definitions, &mut types)?;
        let pattern = Pattern::new(&expanded)
            .map_err(|error| EvalError::Pattern(error.to_string().into()))?;
        if named_only && !pattern.names().any(|name| name.is_some()) {
            return Err(EvalError::Function("the pattern captures nothing by name".into()));
        }
        Ok(Self { pattern, types })
    }

    /// What the pattern captures first in a text; names that match nothing are left out.
    ///
    /// # Errors
    /// For a capture that is not of the type that its name asks for.
    pub fn captures<'t>(&self, text: &'t str) -> Result<Vec<(String, Captured<'t>)>, EvalError> {
        let Some(captures) = self.pattern.captures(text) else { return Ok(Vec::new()) };
        let mut found: Vec<(String, Captured<'t>)> = Vec::new();
        for (index, name) in self.pattern.names().enumerate() {
            let (Some(name), Some(matched)) = (name, captures.get(index)) else { continue };
            if matched.as_str().is_empty() {
                continue;
            }
            let value = self.converted(name, matched.as_str())?;
            let name = name.replace(DOT, ".");
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => found.push((name, value)),
            }
        }
        Ok(found)
    }

    fn converted<'t>(&self, name: &str, text: &'t str) -> Result<Captured<'t>, EvalError> {
        let invalid = |wanted| EvalError::InvalidText { text: text.into(), wanted };
        Ok(match self.types.get(name).map(String::as_str) {
            None | Some("string") => Captured::Text(text),
            Some("int" | "long") => {
                Captured::Int(parse_int(text).map_err(|_| invalid("an integer"))?)
            }
            Some("float" | "double") => match text.parse() {
                Ok(value) => Captured::Float(value),
                Err(_) => return Err(invalid("a number")),
            },
            Some("bool" | "boolean") => match text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Captured::Bool(true),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Captured::Bool(false),
                _ => return Err(invalid("a truth value")),
            },
            Some(other) => {
                let message = format!("there is no type {other:?} to capture");
                return Err(EvalError::Function(message.into()));
            }
        })
    }
}

/// The pattern with all patterns it stands for written out.
fn expand(
    text: &str,
    named_only: bool,
    definitions: &[(&str, &str)],
    types: &mut HashMap<String, String>,
) -> Result<String, EvalError> {
    let mut expanded = text.to_owned();
    for _ in 0..MAX_ROUNDS {
        let references = references(&expanded);
        if references.is_empty() {
            return Ok(expanded);
        }
        for inner in references {
            let mut parts = inner.split(':');
            let syntax = parts.next().unwrap_or_default();
            let name = parts.next().map(|name| name.replace('.', DOT));
            if let (Some(name), Some(ty)) = (&name, parts.next()) {
                types.insert(name.clone(), ty.to_owned());
            }
            let defined = definitions.iter().rev().find(|(known, _)| *known == syntax);
            let pattern =
                defined.map(|(_, pattern)| *pattern).or_else(|| known().get(syntax).copied());
            let Some(pattern) = pattern else {
                let message = format!("there is no pattern {syntax:?}");
                return Err(EvalError::Function(message.into()));
            };
            let replacement = match name {
                None if named_only => format!("({pattern})"),
                name => format!("(?P<{}>{pattern})", name.as_deref().unwrap_or(syntax)),
            };
            let reference = format!("%{{{inner}}}");
            let copies = expanded.matches(&reference).count();
            if expanded.len() + copies * replacement.len() > MAX_LENGTH {
                return Err(EvalError::Function("the pattern is too long when written out".into()));
            }
            expanded = expanded.replace(&reference, &replacement);
        }
    }
    Ok(expanded)
}

/// What stands inside `%{…}`: a word, perhaps a name, perhaps a type.
fn references(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("%{") {
        let inner = rest.get(at + 2..).unwrap_or_default();
        let Some(end) = inner.find('}') else { break };
        let inner_text = inner.get(..end).unwrap_or_default();
        let parts: Vec<&str> = inner_text.split(':').collect();
        let word = |part: &str, more: &str| {
            !part.is_empty()
                && part.chars().all(|letter| {
                    letter.is_ascii_alphanumeric() || letter == '_' || more.contains(letter)
                })
        };
        let is_reference = match parts.as_slice() {
            [syntax] => word(syntax, ""),
            [syntax, name] => word(syntax, "") && word(name, "+."),
            [syntax, name, ty] => word(syntax, "") && word(name, "+.") && word(ty, ""),
            _ => false,
        };
        if is_reference {
            found.push(inner_text.to_owned());
            rest = inner.get(end..).unwrap_or_default();
        } else {
            rest = inner;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_pattern_compiles() {
        let mut broken = Vec::new();
        for name in known().keys() {
            if let Err(error) = Grok::new(&format!("%{{{name}}}"), true, &[]) {
                let no_names =
                    matches!(&error, EvalError::Function(text) if text.contains("by name"));
                if !no_names {
                    broken.push(format!("{name}: {error}"));
                }
            }
        }
        // One of the set has a stray parenthesis; the reference refuses it as well.
        assert_eq!(broken.len(), 1, "{broken:#?}");
    }

    #[test]
    fn names_have_dots_and_types() {
        let grok = Grok::new("took %{INT:a.ms:int}ms", true, &[]).unwrap();
        let found = grok.captures("took 15ms").unwrap();
        assert_eq!(found, [("a.ms".to_owned(), Captured::Int(15))]);
    }

    #[test]
    fn patterns_that_stand_for_themselves_end() {
        assert!(Grok::new("%{A}", false, &[("A", "x%{A}%{A}")]).is_err());
        assert!(Grok::new("%{NOWHERE}", false, &[]).is_err());
    }
}
