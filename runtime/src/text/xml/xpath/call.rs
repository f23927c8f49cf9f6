//! The functions of XPath.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::eval::{Here, Outcome, Run, number_in, truth};
use super::{Expr, Item};
use crate::error::EvalError;
use crate::frame::MAX_TEXT;
use crate::text::regex::Pattern;

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Boolean,
    Ceiling,
    Concat,
    Contains,
    Count,
    EndsWith,
    False,
    Floor,
    Last,
    LocalName,
    LowerCase,
    Matches,
    Name,
    NamespaceUri,
    NormalizeSpace,
    Not,
    Number,
    Position,
    Replace,
    Reverse,
    Round,
    StartsWith,
    StringJoin,
    StringLength,
    StringOf,
    Substring,
    SubstringAfter,
    SubstringBefore,
    Sum,
    Translate,
    True,
}

/// A function as expressions call it.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    /// How many arguments it accepts; it ignores those that it does not need.
    pub(super) takes: RangeInclusive<usize>,
    pub(super) function: Function,
}

const fn known(name: &'static str, least: usize, most: usize, function: Function) -> Known {
    Known { name, takes: least..=most, function }
}

/// More arguments than any call has.
const ANY: usize = usize::MAX;

impl Function {
    pub(super) const ALL: &'static [Known] = &[
        known("boolean", 0, 1, Self::Boolean),
        known("ceiling", 1, ANY, Self::Ceiling),
        known("concat", 2, ANY, Self::Concat),
        known("contains", 2, ANY, Self::Contains),
        known("count", 1, ANY, Self::Count),
        known("ends-with", 2, ANY, Self::EndsWith),
        known("false", 0, ANY, Self::False),
        known("floor", 1, ANY, Self::Floor),
        known("last", 0, ANY, Self::Last),
        known("local-name", 0, 1, Self::LocalName),
        known("lower-case", 1, ANY, Self::LowerCase),
        known("matches", 2, 2, Self::Matches),
        known("name", 0, 1, Self::Name),
        known("namespace-uri", 0, 1, Self::NamespaceUri),
        known("normalize-space", 0, ANY, Self::NormalizeSpace),
        known("not", 1, ANY, Self::Not),
        known("number", 0, 1, Self::Number),
        known("position", 0, ANY, Self::Position),
        known("replace", 3, 3, Self::Replace),
        known("reverse", 1, ANY, Self::Reverse),
        known("round", 1, ANY, Self::Round),
        known("starts-with", 2, ANY, Self::StartsWith),
        known("string", 0, 1, Self::StringOf),
        known("string-join", 2, 2, Self::StringJoin),
        known("string-length", 1, ANY, Self::StringLength),
        known("substring", 2, ANY, Self::Substring),
        known("substring-after", 2, 2, Self::SubstringAfter),
        known("substring-before", 2, 2, Self::SubstringBefore),
        known("sum", 1, ANY, Self::Sum),
        known("translate", 3, 3, Self::Translate),
        known("true", 0, ANY, Self::True),
    ];
}

impl<'r> Run<'r> {
    pub(super) fn call(
        &mut self,
        function: Function,
        args: &'r [Expr],
        pattern: Option<&Pattern>,
        here: Here,
    ) -> Result<Outcome<'r>, EvalError> {
        let itself = || Outcome::Items(vec![here.item]);
        let mut first = match args.first() {
            Some(first) => self.eval(first, here)?,
            None => itself(),
        };
        Ok(match function {
            Function::True => Outcome::Bool(true),
            Function::False => Outcome::Bool(false),
            Function::Last => Outcome::Number(here.size as f64),
            Function::Position => Outcome::Number(here.position as f64),
            Function::Boolean => Outcome::Bool(truth(&first)),
            Function::Number => Outcome::Number(self.number_of(&first)?),
            Function::StringOf => Outcome::Text(self.text_of(first)?),
            // Numbers and text have no opposite in the reference.
            Function::Not => Outcome::Bool(match first {
                Outcome::Bool(truth) => !truth,
                Outcome::Items(items) => items.is_empty(),
                Outcome::Number(_) | Outcome::Text(_) => false,
            }),
            Function::Count => Outcome::Number(match first {
                Outcome::Items(items) => items.len() as f64,
                _ => 0.0,
            }),
            Function::Sum => Outcome::Number(match first {
                Outcome::Items(items) => self.sum(items)?,
                other => self.number_of(&other)?,
            }),
            Function::Ceiling => Outcome::Number(self.number_of(&first)?.ceil()),
            Function::Floor => Outcome::Number(self.number_of(&first)?.floor()),
            // Halves go up.
            Function::Round => Outcome::Number((self.number_of(&first)? + 0.5).floor()),
            Function::Reverse => {
                if let Outcome::Items(items) = &mut first {
                    items.reverse();
                }
                first
            }
            Function::Name | Function::LocalName | Function::NamespaceUri => match first {
                Outcome::Items(items) => Outcome::Text(self.name(function, items.first())),
                _ => Outcome::Text(Cow::Borrowed("")),
            },
            Function::NormalizeSpace => {
                let text = self.text_of(first)?;
                let words: Vec<&str> = text.split_whitespace().collect();
                Outcome::Text(Cow::Owned(words.join(" ")))
            }
            // In bytes, as in the reference.
            Function::StringLength => Outcome::Number(self.text_of(first)?.len() as f64),
            Function::LowerCase => Outcome::Text(Cow::Owned(self.text_of(first)?.to_lowercase())),
            Function::Contains | Function::StartsWith | Function::EndsWith | Function::Matches => {
                // Nothing contains nothing.
                if matches!(&first, Outcome::Items(items) if items.is_empty()) {
                    return Ok(Outcome::Bool(false));
                }
                let text = self.text_of(first)?;
                let other = self.second(args, here)?;
                Outcome::Bool(match (function, pattern) {
                    (Function::Contains, _) => text.contains(&*other),
                    (Function::StartsWith, _) => text.starts_with(&*other),
                    (Function::EndsWith, _) => text.ends_with(&*other),
                    (_, Some(pattern)) => pattern.is_match(&text),
                    (_, None) => self.compiled(&other)?.is_match(&text),
                })
            }
            Function::SubstringBefore | Function::SubstringAfter => {
                let text = self.text_of(first)?;
                let other = self.second(args, here)?;
                let parts = text.split_once(&*other).filter(|_| !other.is_empty());
                let part = match function {
                    Function::SubstringBefore => parts.map(|(before, _)| before),
                    _ => parts.map(|(_, after)| after),
                };
                Outcome::Text(Cow::Owned(part.unwrap_or_default().to_owned()))
            }
            Function::Substring => {
                let text = self.text_of(first)?;
                let start = args.get(1).map_or(Ok(f64::NAN), |arg| self.number(arg, here))?;
                let length = args.get(2).map(|arg| self.number(arg, here)).transpose()?;
                Outcome::Text(Cow::Owned(substring(&text, start, length)))
            }
            Function::Concat => {
                let mut all = self.text_of(first)?.into_owned();
                for arg in args.iter().skip(1) {
                    all.push_str(&self.text(arg, here)?);
                    limited(&all)?;
                }
                Outcome::Text(Cow::Owned(all))
            }
            Function::StringJoin => {
                let separator = self.second(args, here)?;
                let Outcome::Items(items) = first else {
                    return Ok(Outcome::Text(self.text_of(first)?));
                };
                let mut all = String::new();
                for (index, item) in items.into_iter().enumerate() {
                    if index > 0 {
                        all.push_str(&separator);
                    }
                    all.push_str(&self.value(item)?);
                    limited(&all)?;
                }
                Outcome::Text(Cow::Owned(all))
            }
            Function::Translate => {
                let text = self.text_of(first)?;
                let (from, to) = (self.second(args, here)?, self.third(args, here)?);
                let to: Vec<char> = to.chars().collect();
                let translated = text.chars().filter_map(|char| {
                    match from.chars().position(|from| from == char) {
                        Some(place) => to.get(place).copied(),
                        None => Some(char),
                    }
                });
                let translated = translated.collect();
                self.count(text.len())?;
                Outcome::Text(Cow::Owned(translated))
            }
            Function::Replace => {
                let text = self.text_of(first)?;
                let (pattern, with) = (self.second(args, here)?, self.third(args, here)?);
                let pattern = self.compiled(&pattern)?;
                let replaced = pattern.replace(&text, |captures, out| {
                    captures.expand(&braced(&with), out);
                    limited(out)
                })?;
                Outcome::Text(replaced.map_or(text, Cow::Owned))
            }
        })
    }

    fn second(&mut self, args: &'r [Expr], here: Here) -> Result<Cow<'r, str>, EvalError> {
        args.get(1).map_or(Ok(Cow::Borrowed("")), |arg| self.text(arg, here))
    }

    fn third(&mut self, args: &'r [Expr], here: Here) -> Result<Cow<'r, str>, EvalError> {
        args.get(2).map_or(Ok(Cow::Borrowed("")), |arg| self.text(arg, here))
    }

    /// A pattern that is known only now; compiling it counts as many steps.
    fn compiled(&mut self, pattern: &str) -> Result<Pattern, EvalError> {
        self.count(10_000)?;
        Pattern::new(pattern).map_err(|error| EvalError::Pattern(error.to_string().into()))
    }

    fn sum(&mut self, items: Vec<Item>) -> Result<f64, EvalError> {
        let mut sum = 0.0;
        for item in items {
            let number = number_in(&self.value(item)?);
            sum += if number.is_nan() { 0.0 } else { number };
        }
        Ok(sum)
    }

    fn name(&self, function: Function, item: Option<&Item>) -> Cow<'r, str> {
        let Some(node) = item.and_then(|item| self.tree.get(item.node)) else {
            return Cow::Borrowed("");
        };
        let attribute = item.and_then(|item| item.attribute);
        let attribute = attribute.and_then(|place| node.attributes.get(place as usize));
        let (prefix, local, namespace) = match attribute {
            Some(one) => (one.prefix, one.local, &one.namespace),
            None => (node.prefix, &*node.data, &node.detail),
        };
        match function {
            Function::NamespaceUri => Cow::Borrowed(namespace),
            Function::Name if !prefix.is_empty() => Cow::Owned(format!("{prefix}:{local}")),
            _ => Cow::Borrowed(local),
        }
    }
}

/// A part of a text by bytes, counted from 1.
fn substring(text: &str, start: f64, length: Option<f64>) -> String {
    let all = text.len() as f64;
    let start = start.round();
    let end = length.map_or(all, |length| (start + length.round() - 1.0).min(all));
    let begin = (start - 1.0).max(0.0);
    if begin >= end {
        return String::new();
    }
    // Both lie in the text now.
    let bytes = text.as_bytes().get(begin as usize..end as usize);
    String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned()
}

/// A replacement whose references to groups end where their digits end.
fn braced(replacement: &str) -> String {
    let mut out = String::with_capacity(replacement.len());
    let mut rest = replacement;
    while let Some((text, behind)) = rest.split_once('$') {
        let digits =
            behind.len() - behind.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        let (group, behind) = behind.split_at(digits);
        out.push_str(text);
        match group {
            "" => out.push('$'),
            group => out.extend(["${", group, "}"]),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn limited(text: &str) -> Result<(), EvalError> {
    if text.len() > MAX_TEXT { Err(EvalError::TooLong) } else { Ok(()) }
}
